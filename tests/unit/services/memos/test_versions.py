"""The versions of a memo: listed and compared for their owner, and for nobody else."""

from __future__ import annotations

import pytest

from memo_coach.services.container import Services
from memo_coach.services.errors import NotFound

RUBRIC = "investment-memo"


async def revised(services: Services, owner: str) -> str:
    """Hand a memo in twice; give its id."""
    evaluation = await services.evaluations.submit(owner, text="Buy 5 pumps now.", rubric=RUBRIC)
    memo = (await services.evaluations.get(owner, evaluation)).memo_id
    await services.evaluations.submit(owner, text="Buy 6 pumps now.", rubric=RUBRIC, memo_id=memo)
    return memo


async def test_the_versions_of_a_memo_are_listed_the_newest_first(services: Services, owner: str) -> None:
    found = await services.versions.list(owner, await revised(services, owner))
    assert [(version.number, version.words, version.language) for version in found] == [
        (2, 4, "en"),
        (1, 4, "en"),
    ]


async def test_a_memo_that_was_never_handed_in_has_no_versions(services: Services, owner: str) -> None:
    saved = await services.drafts.save(
        owner, text="Only begun.", rubric=RUBRIC, memo_id=None, base_revision=0
    )
    assert await services.versions.list(owner, saved.memo_id) == ()


async def test_what_differs_between_two_versions_is_told_either_way_round(
    services: Services, owner: str
) -> None:
    memo = await revised(services, owner)
    forward = await services.versions.difference(owner, memo, 1, 2)
    assert [(run.kind, run.text) for run in forward] == [
        ("equal", "Buy "),
        ("removed", "5"),
        ("added", "6"),
        ("equal", " pumps now."),
    ]
    backward = await services.versions.difference(owner, memo, 2, 1)
    assert [run.text for run in backward if run.kind == "added"] == ["5"]
    assert {run.kind for run in await services.versions.difference(owner, memo, 1, 1)} == {"equal"}


async def test_another_owners_versions_are_as_good_as_none(
    services: Services, owner: str, stranger: str
) -> None:
    memo = await revised(services, owner)
    with pytest.raises(NotFound):
        await services.versions.list(stranger, memo)
    with pytest.raises(NotFound):
        await services.versions.difference(stranger, memo, 1, 2)


@pytest.mark.parametrize(("old", "new"), [(1, 3), (0, 1), (-1, 2), (1, 2**40)])
async def test_a_version_that_there_is_not_is_not_found(
    services: Services, owner: str, old: int, new: int
) -> None:
    memo = await revised(services, owner)
    with pytest.raises(NotFound):
        await services.versions.difference(owner, memo, old, new)
