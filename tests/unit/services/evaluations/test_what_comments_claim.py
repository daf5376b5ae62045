"""What a comment is about, and what it says of it, goes with it wherever it goes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from memo_coach.coaching.evaluation import CoachEvent, Comment, CommentMade, Evaluation, OverallJudgement
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.serialisation import comment_as_dict, evaluation_as_json
from memo_coach.services.container import Services
from memo_coach.services.evaluations.mapping import reading_document, reading_of
from tests.scripted_coach import ScriptedCoach

TEXT = "Subject: A new pump\n\nPlease approve a new pump."
PLAIN = Comment("c01", "risks", "opportunity", None, None, None, "Name what may go wrong.", ())
CLAIMING = replace(PLAIN, element="risks", claim="missing", confidence=0.75)


def reading(comment: Comment) -> Evaluation:
    overall = OverallJudgement(3.0, "Short.", (), ())
    return Evaluation("en", "investment-memo", "builtin", overall, (), (comment,))


def claims(comment: Comment) -> tuple[Any, ...]:
    return comment.element, comment.claim, comment.confidence


@pytest.mark.parametrize("comment", [PLAIN, CLAIMING])
async def test_a_stored_comment_keeps_what_it_claims_and_one_without_claims_nothing(
    services: Services,
    owner: str,
    coach: ScriptedCoach,
    monkeypatch: pytest.MonkeyPatch,
    comment: Comment,
) -> None:
    def said(_memo: Memo, step: int) -> list[CoachEvent]:
        return [CommentMade(comment)] if step == 0 else []

    monkeypatch.setattr(coach, "_said", said)
    evaluation = await services.evaluations.submit(owner, text=TEXT, rubric="investment-memo")
    done = [view async for view in services.evaluations.follow(owner, evaluation)][-1]
    assert done.status == "done"
    assert [claims(each) for each in done.comments] == [claims(comment)]


def test_a_second_opinion_keeps_what_its_comments_claim() -> None:
    assert reading_of(json.loads(json.dumps(reading_document(reading(CLAIMING))))) == reading(CLAIMING)


def test_a_second_opinion_stored_before_comments_claimed_anything_claims_nothing() -> None:
    document = reading_document(reading(CLAIMING))
    for name in ("element", "claim", "confidence"):
        del document["comments"][0][name]
    assert reading_of(document) == reading(PLAIN)


def test_json_has_the_claims_by_the_names_of_the_public_interface() -> None:
    assert {"element": "risks", "claim": "missing", "confidence": 0.75}.items() <= comment_as_dict(
        CLAIMING
    ).items()
    assert json.loads(evaluation_as_json(reading(PLAIN)))["comments"][0]["element"] is None
