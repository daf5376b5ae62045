"""Memos in languages that the built-in coach does not read: refused wherever they are handed in."""

from __future__ import annotations

import pytest

from memo_coach.services.coaches.builtin_executor import BuiltinExecutor
from memo_coach.services.coaches.hints import HintService
from memo_coach.services.container import Services
from memo_coach.services.errors import LanguageNotRead
from memo_coach.services.rubrics import RubricService
from memo_coach.translations import speaking
from tests.unit.coaching.foreign_memos import sentences

RUBRIC = "investment-memo"
FRENCH = " ".join(sentences()["fr"])


async def test_a_memo_in_another_language_is_refused_and_nothing_is_stored(
    services: Services, owner: str
) -> None:
    with pytest.raises(LanguageNotRead, match="written in French"):
        await services.evaluations.submit(owner, text=FRENCH, rubric=RUBRIC)
    with speaking("es"), pytest.raises(LanguageNotRead, match="en francés"):
        await services.evaluations.submit(owner, text=FRENCH, rubric=RUBRIC)
    assert await services.memos.list(owner) == ()


async def test_the_language_that_the_writer_chose_is_respected(services: Services, owner: str) -> None:
    evaluation = await services.evaluations.submit(owner, text=FRENCH, rubric=RUBRIC, language="es")
    assert (await services.evaluations.get(owner, evaluation)).language == "es"


async def test_there_are_no_hints_on_it_unless_a_language_was_chosen() -> None:
    hints = HintService(RubricService(), BuiltinExecutor())
    with pytest.raises(LanguageNotRead):
        await hints.of(FRENCH, RUBRIC)
    assert await hints.of(FRENCH, RUBRIC, "en")


async def test_a_draft_of_it_is_kept_like_any_other(services: Services, owner: str) -> None:
    drafts = services.drafts
    saved = await drafts.save(owner, memo_id=None, text=FRENCH, rubric=RUBRIC, base_revision=0)
    assert saved.memo_id
