"""The JSON schema of a model's answer, within what every provider's strict mode takes.

OpenAI's strict mode wants each property required and ``additionalProperties`` false. Anthropic and Gemini
refuse a schema with ``minimum``, ``maxItems``, ``minLength`` and the like, and what is passed on to a local
grammar differs from server to server. So nothing but types, enumerations and short descriptions stands
here, at most three objects deep; ranges and lengths are checked when the answer is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from memo_coach.coaching.rubric.model import Rubric

Schema = dict[str, Any]

_ONE_PLACE = "Exact words of the memo."
_BEFORE = "Up to 32 characters right before the quote; empty if the quote occurs once."


def answer_schema(rubric: Rubric, *, criteria: Sequence[str] | None = None, overall: bool = True) -> Schema:
    """Return the schema of an answer about ``criteria`` (by default all) and the memo as a whole.

    Properties come in the order in which they are to be written: reason and evidence before the score.

    Raises:
        ValueError: one of ``criteria`` is not in the rubric, or nothing at all is asked for.
    """
    known = [criterion.id for criterion in rubric.criteria]
    asked = known if criteria is None else list(dict.fromkeys(criteria))
    if unknown := [criterion for criterion in asked if criterion not in known]:
        raise ValueError(f"not in the rubric {rubric.id}: {', '.join(unknown)}")
    properties: dict[str, Schema] = {}
    if asked:
        properties["criteria"] = _list(_criterion(asked), "One entry for each criterion, in this order.")
    if overall:
        properties["overall"] = _overall()
    if not properties:
        raise ValueError("an answer about nothing has no schema")
    return _object(properties)


def _criterion(ids: Sequence[str]) -> Schema:
    return _object(
        {
            "id": {"type": "string", "enum": list(ids)},
            "reason": _text("Why the memo earns this score."),
            "evidence": _list(
                _object({"quote": _text(_ONE_PLACE), "before": _text(_BEFORE)}),
                "Passages that the score rests on.",
            ),
            "score": {"type": "number", "description": "1.0 to 5.0 in steps of 0.5."},
            "comments": _list(_comment(), "Remarks to the writer."),
        }
    )


def _comment() -> Schema:
    return _object(
        {
            "kind": {"type": "string", "enum": ["strength", "opportunity"]},
            "quote": _text(
                "Exact words of the memo, or empty for what is missing and for the memo as a whole."
            ),
            "before": _text(_BEFORE),
            "comment": _text("What the reader notices and why it matters."),
            "questions": _list(_text(""), "Questions that lead the writer on; none for a strength."),
            "suggestion": _text("What to do, or empty."),
        }
    )


def _overall() -> Schema:
    return _object(
        {
            "summary": _text("Two sentences."),
            "strengths": _list(_text(""), "The memo's strong points, short."),
            "opportunities": _list(_text(""), "What would raise the memo most, first things first, short."),
        }
    )


def _object(properties: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(item: Schema, description: str) -> Schema:
    return {"type": "array", "description": description, "items": item}


def _text(description: str) -> Schema:
    return {"type": "string", "description": description} if description else {"type": "string"}
