"""What a writer starts with is what they chose, as long as there is such a thing."""

from __future__ import annotations

import pytest

from memo_coach.services.container import Services
from memo_coach.services.errors import UnknownCoach, UnknownRubric


async def test_a_writer_starts_with_what_they_chose_and_nobody_else_does(
    services: Services, owner: str, stranger: str
) -> None:
    first, *_, last = [rubric.id for rubric in services.rubrics.all()]
    assert (await services.preferences.of_owner(owner)).rubric == first
    await services.preferences.choose_rubric(owner, last)
    await services.preferences.choose_coach(owner, "builtin")
    chosen = await services.preferences.of_owner(owner)
    assert (chosen.rubric, chosen.coach) == (last, "builtin")
    assert (await services.preferences.of_owner(stranger)).rubric == first
    with pytest.raises(UnknownRubric):
        await services.preferences.choose_rubric(owner, "nonesuch")
    with pytest.raises(UnknownCoach):
        await services.preferences.choose_coach(owner, "llm")
    deletion = await services.deletions.delete_all(owner)
    assert (await services.preferences.of_owner(owner)).rubric == first
    await services.preferences.choose_rubric(owner, first)
    await services.deletions.undo(owner, deletion.deletion_id)
    assert await services.preferences.of_owner(owner) == chosen, "what comes back has its place"
