"""Signs earn a part of an indicator: more for more of them, never the whole, and nothing in a note."""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.detectors.ask.detector import read_ask
from memo_coach.coaching.builtin.detectors.options.detector import read_options
from memo_coach.coaching.builtin.detectors.risks.detector import read_risks
from memo_coach.coaching.builtin.detectors.strategy.detector import read_strategy
from memo_coach.coaching.builtin.findings import Read
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.builtin.scoring import EARNED
from memo_coach.coaching.memo.parser import parse_memo

REST = {
    "en": " ".join(f"The team in town number {number} keeps its own list of parts." for number in range(24)),
    "es": " ".join(
        f"El equipo de la sede número {number} lleva su propia lista de piezas." for number in range(24)
    ),
}
SIGNS = [
    (read_options, "options-compared", "en", "Unlike the old press, machine {n} will clean itself."),
    (
        read_options,
        "options-compared",
        "es",
        "A diferencia de la prensa vieja, la máquina {n} se limpia sola.",
    ),
    (read_risks, "risks-named", "en", "The launch depends on permit {n} of the port authority."),
    (read_risks, "risks-named", "es", "La apertura depende de la licencia {n} del puerto."),
    (read_strategy, "strategic-link", "en", "The library benefits readers of district {n} who have no car."),
    (
        read_strategy,
        "strategic-link",
        "es",
        "La biblioteca es un beneficio para quien vive en el barrio {n}.",
    ),
]


def value(read: Read, indicator: str, text: str, language: str) -> float:
    return read(parse_memo(text, language), lexicon_of(language)).indicators[indicator]


@pytest.mark.parametrize(("read", "indicator", "language", "sign"), SIGNS)
def test_more_signs_earn_more_but_never_the_whole(
    read: Read, indicator: str, language: str, sign: str
) -> None:
    values = [
        value(
            read,
            indicator,
            " ".join([*(sign.format(n=n) for n in range(count)), REST[language]]),
            language,
        )
        for count in (0, 1, 2, 30)
    ]
    assert values == sorted(values)
    assert values[0] == 0 < values[1] < values[2]
    assert values[-1] < EARNED


@pytest.mark.parametrize(("read", "indicator", "language", "sign"), SIGNS)
def test_the_same_sign_again_earns_nothing_more(read: Read, indicator: str, language: str, sign: str) -> None:
    once = f"{sign.format(n=1)} {REST[language]}"
    again = f"{sign.format(n=1)} {sign.format(n=1)} {REST[language]}"
    assert value(read, indicator, again, language) == value(read, indicator, once, language)


@pytest.mark.parametrize(("read", "indicator", "language", "sign"), SIGNS)
def test_a_note_earns_nothing_by_signs(read: Read, indicator: str, language: str, sign: str) -> None:
    assert value(read, indicator, sign.format(n=1), language) == 0


@pytest.mark.parametrize(
    ("language", "total", "part"),
    [
        ("en", "Total costs: 30,000 USD.", "Costs: {n},000 USD."),
        ("es", "Coste total: 30.000 euros.", "Coste: {n}.000 euros."),
    ],
)
def test_a_total_that_nobody_asks_for_is_worth_more_with_its_parts(
    language: str, total: str, part: str
) -> None:
    bare = f"# Budget\n\n- {total}\n\n{REST[language]}\n"
    split = bare + "".join(f"\n## Part {n}\n\n- {part.format(n=n)}\n" for n in (10, 20))
    assert 0 < value(read_ask, "ask-amount", bare, language) < value(read_ask, "ask-amount", split, language)
    assert value(read_ask, "ask-amount", split, language) < EARNED
