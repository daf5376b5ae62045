"""Annotated documents for tests: a short memo, and what a reader wrote down about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from memo_coach.coaching.measure.elements import required_elements
from memo_coach.coaching.rubric.reader import shipped_rubric

TEXT = (
    "Subject: Replace the pump in hall 3\n\n"
    "Please approve $5,000 for a new pump by 1 May 2026. The old pump failed eleven times in 2025, and each "
    "failure stopped the line for four hours.\n\n"
    "Form 27: fill in all fields of this section before you send it.\n\n"
    "Ann Lee orders the pump by 3 May 2026.\n"
)


def element(status: str = "absent", *quotes: str, expected: bool = True) -> dict[str, Any]:
    """Make what a reader found of an element."""
    return {"expected": expected, "status": status, "quotes": list(quotes)}


def annotations(rubric: str = "decision-memo", **changes: Any) -> dict[str, Any]:
    """Make annotations of :data:`TEXT` without a fault, but for what is changed."""
    found = {name: element(expected=False) for name in required_elements(rubric)}
    remark = {"element": "risks", "quote": None, "remark": "Say what may go wrong."}
    return {
        "id": "01",
        "genre": "decision",
        "rubric": rubric,
        "language": "en",
        "source": "written for this test",
        "words": 50,
        "set": "dev",
        "elements": {
            **found,
            "ask": element("present", "Please approve $5,000 for a new pump"),
            "risks": element(),
            "plan-owners": element("partial", "Ann Lee orders the pump"),
        },
        "criteria": {criterion.id: 3.0 for criterion in shipped_rubric(rubric).criteria},
        "overall": 3.5,
        "remarks": [remark] * 5,
        "strengths": [],
        "style": [],
        "not_prose": ["Form 27: fill in all fields of this section before you send it."],
        **changes,
    }


def write_document(folder: Path, name: str, text: str = TEXT, **changes: Any) -> None:
    """Write an annotated document into a folder: ``decision/01`` makes ``01.md`` and ``01.json`` there."""
    path = folder / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.with_suffix(".json").write_text(json.dumps(annotations(**changes), ensure_ascii=False), "utf-8")
