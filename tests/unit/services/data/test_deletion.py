"""What is deleted is out of sight at once, can be had back for some seconds, and is then gone for good."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from memo_coach.services.container import Services, close_services, open_services
from memo_coach.services.data.deletion import UNDO_SECONDS, NothingToDelete, TooLateToUndo
from memo_coach.services.errors import NotFound
from memo_coach.settings import Settings
from memo_coach.storage.tables import ChatMessage, Deletion, Evaluation, Memo, Visitor
from tests.clock import Clock
from tests.databases import only_on_sqlite
from tests.scripted_coach import ScriptedCoach
from tests.waiting import until, until_told

PHRASE = "Zanzibarquagga"
"""Stands nowhere but in the memo."""
TEXT = f"Subject: The {PHRASE}\n\nPlease approve a new pump." + " It pumps well." * 2_000
RUBRIC = "investment-memo"


async def evaluated(services: Services, owner: str, text: str = TEXT) -> str:
    """Have a memo judged and ask a question about it; return the evaluation's id."""
    evaluation = await services.evaluations.submit(owner, text=text, rubric=RUBRIC)
    async for _ in services.evaluations.follow(owner, evaluation):
        pass
    await services.chats.ask(owner, evaluation, f"Why {PHRASE}?")
    return evaluation


async def rows(services: Services) -> int:
    """Count what is left of anybody's writing."""
    async with services.database.read() as session:
        counts = [
            (await session.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (Memo, Evaluation, ChatMessage, Deletion)
        ]
    return sum(counts)


async def gone(services: Services) -> bool:
    return await rows(services) == 0


def stands_in_files(settings: Settings) -> list[str]:
    """Return the names of the database's files that hold the phrase."""
    directory = Path(settings.data_dir)
    return [
        path.name for path in directory.iterdir() if path.is_file() and PHRASE.encode() in path.read_bytes()
    ]


async def test_a_deleted_memo_is_out_of_sight_and_comes_back_whole(
    services: Services, owner: str, stranger: str
) -> None:
    evaluation = await evaluated(services, owner)
    other = await evaluated(services, owner, "Subject: Another\n\nPlease read it.")
    before = await services.evaluations.get(owner, evaluation)
    listed = await services.memos.list(owner)
    deletion = await services.deletions.delete_memo(owner, before.memo_id)
    assert [memo.title for memo in await services.memos.list(owner)] == ["Another"]
    for look in (services.evaluations.get, services.chats.get, services.pdfs.pdf):
        with pytest.raises(NotFound):
            await look(owner, evaluation)
    with pytest.raises(NotFound):
        await services.drafts.of_memo(owner, before.memo_id)
    with pytest.raises(NotFound):
        await services.deletions.delete_memo(owner, before.memo_id)
    assert await services.evaluations.get(owner, other)
    with pytest.raises(TooLateToUndo):
        await services.deletions.undo(stranger, deletion.deletion_id)
    await services.deletions.undo(owner, deletion.deletion_id)
    assert await services.memos.list(owner) == listed
    assert await services.evaluations.get(owner, evaluation) == before
    assert (await services.chats.get(owner, evaluation)).messages
    async with services.database.read() as session:
        visitors = (await session.execute(select(func.count()).select_from(Visitor))).scalar_one()
    assert visitors == 1


async def test_all_that_is_mine_goes_and_nobody_elses(
    services: Services, owner: str, stranger: str, clock: Clock
) -> None:
    with pytest.raises(NothingToDelete):
        await services.deletions.delete_all(owner)
    await evaluated(services, owner)
    theirs = await evaluated(services, stranger)
    deletion = await services.deletions.delete_all(owner)
    assert await services.memos.list(owner) == ()
    await services.deletions.undo(owner, deletion.deletion_id)
    assert len(await services.memos.list(owner)) == 1
    deletion = await services.deletions.delete_all(owner)
    clock.move(UNDO_SECONDS + 1)
    with pytest.raises(TooLateToUndo):
        await services.deletions.undo(owner, deletion.deletion_id)
    await services.deletions.sweep()
    assert await services.memos.list(owner) == ()
    assert len(await services.memos.list(stranger)) == 1
    assert await services.evaluations.get(stranger, theirs)


async def test_what_nobody_had_back_goes_by_itself_also_while_it_is_being_judged(
    services: Services, owner: str, coach: ScriptedCoach, clock: Clock
) -> None:
    coach.hold()
    evaluation = await services.evaluations.submit(owner, text=TEXT, rubric=RUBRIC)
    memo = (await services.evaluations.get(owner, evaluation)).memo_id
    waiting = await services.evaluations.submit(owner, text=TEXT + "!", rubric=RUBRIC, memo_id=memo)
    await until(lambda: coach.begun > 0, "it is being judged")
    deletion = await services.deletions.delete_memo(owner, memo)
    await until(lambda: coach.closed == coach.begun, "nothing of it is judged any more")
    await services.deletions.undo(owner, deletion.deletion_id)
    for each in (evaluation, waiting):
        assert (await services.evaluations.get(owner, each)).status == "cancelled"
    again = await services.evaluations.retry(owner, evaluation)
    assert again != evaluation
    await services.deletions.delete_all(owner)
    clock.move(UNDO_SECONDS + 1)
    await until_told(lambda: gone(services), "all rows have gone")
    coach.go_on()


@only_on_sqlite
async def test_nothing_of_a_deleted_memo_is_left_in_the_raw_files(
    services: Services, settings: Settings, owner: str, clock: Clock
) -> None:
    saved = await services.drafts.save(
        owner, memo_id=None, text=f"A draft of the {PHRASE}", rubric=RUBRIC, base_revision=0
    )
    await services.drafts.save(
        owner, memo_id=saved.memo_id, text="Another text", rubric=RUBRIC, base_revision=1
    )
    evaluation = await evaluated(services, owner)
    memo = (await services.evaluations.get(owner, evaluation)).memo_id
    assert stands_in_files(settings), "the search finds it while it is there"
    await services.deletions.delete_memo(owner, memo)
    clock.move(UNDO_SECONDS + 1)
    await services.deletions.sweep()
    await until_told(lambda: _cleared(settings), "the files hold nothing of it")


async def _cleared(settings: Settings) -> bool:
    return not stands_in_files(settings)


@only_on_sqlite
async def test_what_was_deleted_before_the_server_was_killed_goes_at_its_next_start(
    services: Services, settings: Settings, owner: str, clock: Clock
) -> None:
    evaluation = await evaluated(services, owner)
    memo = (await services.evaluations.get(owner, evaluation)).memo_id
    await services.deletions.delete_memo(owner, memo)
    await close_services(services)
    assert stands_in_files(settings)
    clock.move(UNDO_SECONDS + 1)
    again = await open_services(settings)
    try:
        await until_told(lambda: _cleared(settings), "the files hold nothing of it")
        assert await gone(again)
    finally:
        await close_services(again)


async def test_a_text_that_is_deleted_does_not_wait_for_somebody_who_reads(
    services: Services, owner: str, clock: Clock
) -> None:
    await evaluated(services, owner)
    await services.deletions.delete_all(owner)
    clock.move(UNDO_SECONDS + 1)
    async with services.database.read() as session:
        await session.execute(select(func.count()).select_from(Memo))
        await services.deletions.sweep()
    await until_told(lambda: gone(services), "all rows have gone")
