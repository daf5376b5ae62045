"""What was left open is pointed out; what is meant to stay open is left alone."""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.detectors.blanks.detector import read_blanks
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.memo.parser import parse_memo
from tests.work import grows_at_most


def blanks(text: str, language: str = "en") -> list[str]:
    memo = parse_memo(text, language)
    findings = read_blanks(memo, lexicon_of(language)).findings
    return [memo.quote(finding.span) for finding in findings if finding.span is not None]


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("The rollout begins on [insert date].", "[insert date]"),
        ("Owner: TBD", "TBD"),
        ("| Task | Cost |\n|---|---|\n| Pump | to be confirmed |\n| Pipe | $300 |", "to be confirmed"),
        ("We need XX days.", "XX"),
        ("Cost: $XX,XXX", "$XX,XXX"),
        ("Sales grew xx% last year.", "xx%"),
        ("The review is on ____ in Rome.", "____"),
        ("Ask <name> for the key.", "<name>"),
        ("Dear {{first_name}},", "{{first_name}}"),
        ("Lorem ipsum dolor sit amet.", "Lorem ipsum dolor sit amet."),
        ("Describe the project here.", "Describe the project here."),
        ("Delete this line before sending.", "Delete this line before sending."),
        ("Please include the team's plans for next year.", "Please include the team's plans for next year."),
        ("- Address on the new site TBD\n- Keys with Ann", "TBD"),
    ],
)
def test_a_blank_is_quoted(text: str, blank: str) -> None:
    assert blanks(text) == [blank]


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("Empieza el [fecha].", "[fecha]"),
        ("Responsable: por definir", "por definir"),
        ("Son XX días.", "XX"),
        ("Importe: ____ euros", "____"),
        ("Explique aquí el problema.", "Explique aquí el problema."),
        ("Por favor, describa su equipo de obra.", "Por favor, describa su equipo de obra."),
        ("Borre esta línea antes de enviar.", "Borre esta línea antes de enviar."),
    ],
)
def test_a_blank_is_quoted_in_spanish(text: str, blank: str) -> None:
    assert blanks(text, "es") == [blank]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("See [the report](https://example.org) and note [1].", "en"),
        ("- [ ] order the pump\n- [x] sign the lease", "en"),
        ("The template says `[insert date]` at the top.", "en"),
        ("```\n[insert date]\n```", "en"),
        ("Name each file <project>-<date>.", "en"),
        ("The record must say “[Name] was present”.", "en"),
        ("Signed: ________", "en"),
        ("I have read this. Name: ________ Date: ________", "en"),
        ("Insurance: n/a", "en"),
        ("The details are to be confirmed with the bank in June.", "en"),
        ("Please put your coat here.", "en"),
        ("En el siglo XX hubo dos crisis.", "es"),
        ("Firma: ______", "es"),
        ("El plazo está por definir con el proveedor en junio.", "es"),
    ],
)
def test_what_is_meant_to_stay_open_is_left_alone(text: str, language: str) -> None:
    assert blanks(text, language) == []


def test_the_same_sign_is_pointed_out_twice_and_no_more() -> None:
    assert blanks("\n\n".join(f"Owner {number}: TBD" for number in range(9))) == ["TBD", "TBD"]


@pytest.mark.parametrize(
    "hostile", ["[", "<a ", "{{", "_ ___", "XX", "TBD ", "insert here (", "\n# (insert "]
)
def test_time_grows_with_the_length_and_no_faster(hostile: str) -> None:
    lexicon = lexicon_of("en")
    memos = [parse_memo(hostile * count, "en") for count in (4_000 // len(hostile), 32_000 // len(hostile))]
    for memo in memos:
        assert memo.words.forms is not None
    assert grows_at_most(
        24, short=lambda: read_blanks(memos[0], lexicon), long=lambda: read_blanks(memos[1], lexicon)
    )


def test_an_instruction_to_fill_in_is_found_in_the_familiar_form_too() -> None:
    text = "**ID del proyecto:** _[coloca aquí tu ID del proyecto]_"
    assert blanks(text, "es") == ["[coloca aquí tu ID del proyecto]"]
