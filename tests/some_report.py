"""A report to make a PDF of, as large or as odd as a test wants it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from memo_coach.coaching.evaluation import Comment, CriterionScore, OverallJudgement, Provenance
from memo_coach.documents.pdf.report import EarlierEvaluation, Report

TEXT = (
    "To: The board\nSubject: A new pump\n\n"
    "# The pump\n\nPlease approve **$5,000** for a new pump by 1 May.\n\n"
    "## Options\n\n- Repair it for $2,000.\n- Replace it.\n\n"
    "| Option | Cost |\n|---|---|\n| Repair | $2,000 |\n"
    "| Replace | $5,000 |\n\nAnn Lee orders it by 3 May.\n"
)
RUBRIC = {"en": "Decision memo", "es": "Memo de decisión"}
MOMENT = datetime(2027, 3, 12, 9, 5, 7, 123456, tzinfo=UTC)


def comment(number: int, text: str, quote: str | None, /, **changes: Any) -> Comment:
    start = None if quote is None else text.index(quote)
    values: dict[str, Any] = {
        "id": f"c{number}",
        "criterion": "ask",
        "kind": "opportunity",
        "start": start,
        "end": None if start is None or quote is None else start + len(quote),
        "quote": quote,
        "comment": f"What remark {number} says.",
        "questions": (f"What does remark {number} ask?",),
        "suggestion": f"What remark {number} suggests.",
    }
    return Comment(**{**values, **changes})


def some_comments(text: str = TEXT) -> Sequence[Comment]:
    return (
        comment(1, text, None),
        comment(2, text, "Please approve **$5,000** for a new pump by 1 May.", kind="strength"),
        comment(3, text, "Replace it."),
        comment(4, text, "$2,000 |\n| Replace"),
    )


def some_report(text: str = TEXT, **changes: Any) -> Report:
    progress = [
        EarlierEvaluation(2, MOMENT, RUBRIC, None, 3.4, current=True),
        EarlierEvaluation(1, MOMENT.replace(day=1), RUBRIC, "openai/some-model", 2.1, current=False),
    ]
    values: dict[str, Any] = {
        "title": "A new pump",
        "text": text,
        "language": "en",
        "words": 40,
        "rubric": RUBRIC,
        "rubric_version": "0123456789ab",
        "provenance": Provenance("builtin"),
        "overall": OverallJudgement(
            3.4, "It is clear. It could be clearer.", ("It asks.",), ("Give figures.",), ("A notice.",)
        ),
        "criteria": (
            CriterionScore("ask", "The ask", 62.5, 100.0, 3.4, "It asks for a sum."),
            CriterionScore("plan", "The plan", 37.5, 0.0, None, "It has no plan."),
        ),
        "comments": some_comments(text) if text == TEXT else (),
        "version": 2,
        "created": MOMENT,
        "progress": progress,
    }
    return Report(**{**values, **changes})
