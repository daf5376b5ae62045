"""Dates that cannot all be right are found; dates that only look odd are left alone."""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.detectors.timeline.detector import read_timeline
from memo_coach.coaching.builtin.findings import Finding
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.memo.parser import parse_memo
from tests.work import grows_at_most

STEPS = "1. Order it by 3 May 2025.\n2. Fit it by 10 May 2025.\n3. Test it by {}.\n4. Close by 1 June 2025.\n"


def findings(text: str, language: str = "en") -> tuple[Finding, ...]:
    return read_timeline(parse_memo(text, language), lexicon_of(language)).findings


@pytest.mark.parametrize(
    ("text", "kind", "language"),
    [
        ("The board meets on Monday 12 March 2025.", "weekday", "en"),
        ("La junta se reúne el lunes 12 de marzo de 2025.", "weekday", "es"),
        ("The trial runs from 12 May 2025 to 3 April 2025.", "end-before-start", "en"),
        ("La prueba va del 12 de mayo de 2025 al 3 de abril de 2025.", "end-before-start", "es"),
        (
            (
                "| Phase | Start | End |\n|---|---|---|\n"
                "| Build | 2025-05-01 | 2025-04-01 |\n| Test | 2025-06-01 | |"
            ),
            "end-before-start",
            "en",
        ),
        (
            "Date: 4 February 2025\nTo: Board\n\nThe report will be delivered by 3 March 2024.",
            "past",
            "en",
        ),
        ("Lima, 4 de febrero de 2025\n\nEl informe se entregará el 3 de marzo de 2024.", "past", "es"),
        ("Please decide by 30 June 2025. Work starts on 1 June 2025.", "decision-after-start", "en"),
        (
            "Pedimos que aprueben el gasto antes del 30 de junio. Las obras empiezan el 1 de junio.",
            "decision-after-start",
            "es",
        ),
        (STEPS.format("4 April 2025"), "out-of-order", "en"),
    ],
)
def test_dates_that_cannot_all_be_right_are_found(text: str, kind: str, language: str) -> None:
    assert [finding.kind for finding in findings(text, language)] == [f"timeline.{kind}"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The board meets on Wednesday, 12 March 2025.", "en"),
        ("The board met on Monday. On 12 March 2025 it decided.", "en"),
        ("La junta se reúne el miércoles, 12 de marzo de 2025.", "es"),
        ("The trial runs from November to March.", "en"),
        ("The trial runs from 12 May 2025 to 3 June 2025.", "en"),
        ("Date: 4 February 2025\nTo: Board\n\nThe report was delivered on 3 March 2024.", "en"),
        ("Date: 4 February 2025\nTo: Board\n\nIt was to be delivered by 3 March 2024.", "en"),
        ("The report will be delivered by 3 March 1999.", "en"),
        ("Please decide by 30 May 2025. Work starts on 1 June 2025.", "en"),
        ("Please decide by 30 June 2025. Work started on 1 June 2025.", "en"),
        (STEPS.format("20 May 2025"), "en"),
        (
            "1. Order by 3 November.\n2. Fit by 10 December.\n3. Test by 4 January.\n4. Close by 1 May.",
            "en",
        ),
    ],
)
def test_dates_that_only_look_odd_are_left_alone(text: str, language: str) -> None:
    assert findings(text, language) == ()


def test_the_right_weekday_is_computed_and_told() -> None:
    (finding,) = findings("The board meets on Monday 12 March 2025.")
    assert finding.values == {"said": "Monday", "date": "12 March 2025", "right": "Wednesday"}


@pytest.mark.parametrize(
    "hostile", ["from 1 May 2025 to ", "1. by 3 May 2025\n", "decide by 3 May 2025 and "]
)
def test_time_grows_with_the_length_and_no_faster(hostile: str) -> None:
    lexicon = lexicon_of("en")

    def read(count: int) -> None:
        read_timeline(parse_memo(hostile * (count // len(hostile)), "en"), lexicon)

    assert grows_at_most(16, short=lambda: read(8_000), long=lambda: read(64_000))
