"""A link opens one evaluation to be read and remarked upon: that alone, and as long as its owner wants."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from memo_coach.services.container import Services
from memo_coach.services.errors import NotFound, TooMany
from memo_coach.services.sharing.errors import NotShareable, RemarkRefused
from memo_coach.services.sharing.service import (
    LONGEST_NAME,
    LONGEST_PASSAGE,
    LONGEST_REMARK,
    REMARKS_OF_ADDRESS,
    SEARCHES_OF_ADDRESS,
    SharingService,
)
from memo_coach.services.sharing.views import ReaderRemark, RemarkToLeave
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage import quotas
from memo_coach.services.usage.storage_budget import StorageBudget
from memo_coach.settings import Settings
from memo_coach.storage.tables import SharedRemark, ShareLink
from tests.clock import Clock
from tests.scripted_coach import ScriptedCoach
from tests.waiting import until_told

RUBRIC = "investment-memo"
FIRST = "Subject: The ovens\n\nPlease approve two **new** ovens by May. They bake well."
SECOND = "Subject: Zanzibarquagga\n\nPlease approve three ovens by June."
HTML = '<img src=x onerror=alert(1)><script>alert("a")</script>'


async def evaluated(services: Services, owner: str, text: str = FIRST, memo: str | None = None) -> str:
    evaluation = await services.evaluations.submit(owner, text=text, rubric=RUBRIC, memo_id=memo)
    async for _ in services.evaluations.follow(owner, evaluation):
        pass
    return evaluation


async def count(services: Services, table: type[ShareLink | SharedRemark]) -> int:
    async with services.database.read() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


def files_of(settings: Settings) -> list[bytes]:
    return [path.read_bytes() for path in Path(settings.data_dir).rglob("*") if path.is_file()]


async def remarks(services: Services, owner: str, evaluation: str) -> tuple[ReaderRemark, ...]:
    return (await services.sharing.of_evaluation(owner, evaluation)).remarks


async def test_who_has_the_link_reads_this_evaluation_and_nothing_else_of_the_writer(
    services: Services, owner: str, settings: Settings
) -> None:
    evaluation = await evaluated(services, owner)
    view = await services.evaluations.get(owner, evaluation)
    await services.chats.ask(owner, evaluation, "Why Zanzibarquagga?")
    await services.review.mark(owner, evaluation, view.comments[0].id, "declined", "Zanzibarquagga")
    await services.review.add_word(owner, "Zanzibarquagga")
    await evaluated(services, owner, SECOND, view.memo_id)
    made = await services.sharing.make(owner, evaluation)
    shared = await services.sharing.view(made.token)
    assert (shared.title, shared.text, shared.overall) == ("The ovens", FIRST, view.overall)
    assert (shared.criteria, shared.comments) == (view.criteria, view.comments)
    everything = repr(shared)
    assert "Zanzibarquagga" not in everything
    for secret in (owner, view.memo_id, evaluation, made.token, made.link.link_id):
        assert secret not in everything
    assert made.link.expires - made.link.made == timedelta(days=settings.sharing_days)
    assert (await services.sharing.of_evaluation(owner, evaluation)).links == (made.link,)


async def test_the_token_is_kept_nowhere(services: Services, owner: str, settings: Settings) -> None:
    evaluation = await evaluated(services, owner)
    tokens = {(await services.sharing.make(owner, evaluation)).token for _ in range(3)}
    assert len(tokens) == 3
    assert {len(token) for token in tokens} == {43}
    assert not any(token.encode() in content for token in tokens for content in files_of(settings))
    async with services.database.read() as session:
        rows = (await session.execute(select(ShareLink))).scalars().all()
    assert not any(token in repr(row) for token in tokens for row in rows)


async def test_unknown_expired_revoked_and_deleted_are_answered_alike(
    services: Services, owner: str, stranger: str, clock: Clock, settings: Settings
) -> None:
    evaluation = await evaluated(services, owner)
    memo = (await services.evaluations.get(owner, evaluation)).memo_id
    sharing = services.sharing
    revoked, kept, late = [await sharing.make(owner, evaluation) for _ in range(3)]
    with pytest.raises(NotFound):
        await sharing.revoke(stranger, kept.link.link_id)
    await sharing.revoke(owner, revoked.link.link_id)
    guessed = f"{'A' if kept.token[0] != 'A' else 'B'}{kept.token[1:]}"
    for token in (
        revoked.token,
        guessed,
        "",
        "é" * 43,
        "A" * 43,
        "'; --",
        kept.token + "\n",
        evaluation,
        memo,
        owner,
    ):
        with pytest.raises(NotFound):
            await sharing.view(token)
        with pytest.raises(NotFound):
            await sharing.leave_remark(token, RemarkToLeave("I read it."))
    deletion = await services.deletions.delete_memo(owner, memo)
    with pytest.raises(NotFound):
        await sharing.view(kept.token)
    with pytest.raises(NotFound):
        await sharing.leave_remark(kept.token, RemarkToLeave("I read it."))
    await services.deletions.undo(owner, deletion.deletion_id)
    assert (await sharing.view(kept.token)).text == FIRST
    clock.move(settings.sharing_days * 86_400 + 1)
    with pytest.raises(NotFound):
        await sharing.view(late.token)
    assert (await sharing.of_evaluation(owner, evaluation)).links == ()
    await until_told(lambda: _none_left(services), "housekeeping has removed what has expired")


async def _none_left(services: Services) -> bool:
    return await count(services, ShareLink) == 0


async def test_switched_off_there_are_no_links_and_those_there_were_open_nothing(
    services: Services, owner: str, settings: Settings
) -> None:
    evaluation = await evaluated(services, owner)
    token = (await services.sharing.make(owner, evaluation)).token
    await services.sharing.leave_remark(token, RemarkToLeave("I read it.", "Ana"))
    unit_of_work = UnitOfWork(services.database, settings.data_dir)
    off = SharingService(unit_of_work, StorageBudget(unit_of_work, str), None)
    for refused in (
        off.view(token),
        off.make(owner, evaluation),
        off.leave_remark(token, RemarkToLeave("More.")),
    ):
        with pytest.raises(NotFound):
            await refused
    view = await off.of_evaluation(owner, evaluation)
    assert (view.links, [each.text for each in view.remarks]) == ((), ["I read it."])


async def test_a_remark_is_its_readers_word_for_word_and_its_owner_may_delete_it(
    services: Services, owner: str, stranger: str
) -> None:
    evaluation, other = await evaluated(services, owner), await evaluated(services, stranger, SECOND)
    token = (await services.sharing.make(owner, evaluation)).token
    await services.sharing.leave_remark(
        token, RemarkToLeave(f"{HTML}\r\nsecond line", f" {HTML}\u202e ", passage="two new ovens")
    )
    await services.sharing.leave_remark(token, RemarkToLeave("On the whole."))
    first, second = await remarks(services, owner, evaluation)
    assert (first.name, first.text) == (f"{HTML}\ufffd", f"{HTML}\nsecond line")
    assert first.quote == "two **new** ovens"
    assert (first.start, first.end) == (FIRST.index("two"), FIRST.index(" by May"))
    assert (second.name, second.quote, second.start) == ("", None, None)
    assert (await services.sharing.view(token)).remarks == (first, second)
    assert await remarks(services, stranger, other) == ()
    with pytest.raises(NotFound):
        await services.sharing.of_evaluation(stranger, evaluation)
    with pytest.raises(NotFound):
        await services.sharing.make(stranger, evaluation)
    with pytest.raises(NotFound):
        await services.sharing.remove_remark(stranger, first.remark_id)
    await services.sharing.remove_remark(owner, first.remark_id)
    with pytest.raises(NotFound):
        await services.sharing.remove_remark(owner, first.remark_id)
    assert await remarks(services, owner, evaluation) == (second,)
    memo = (await services.evaluations.get(owner, evaluation)).memo_id
    await services.memos.delete(owner, memo)
    assert (await count(services, ShareLink), await count(services, SharedRemark)) == (0, 0)


async def test_links_and_remarks_have_bounds(
    services: Services, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluation = await evaluated(services, owner)
    sharing = services.sharing
    token = (await sharing.make(owner, evaluation)).token
    for name, remark, passage in (
        ("", "", ""),
        ("", " \n ", ""),
        ("", "x" * (LONGEST_REMARK + 1), ""),
        ("n" * (LONGEST_NAME + 1), "I read it.", ""),
        ("", "I read it.", "p" * (LONGEST_PASSAGE + 1)),
        ("", "I read it.", "Seven elephants in the boardroom"),
    ):
        with pytest.raises(RemarkRefused):
            await sharing.leave_remark(token, RemarkToLeave(remark, name, passage=passage))
    for _ in range(REMARKS_OF_ADDRESS[0]):
        await sharing.leave_remark(token, RemarkToLeave("I read it."), address="192.0.2.1")
    with pytest.raises(TooMany):
        await sharing.leave_remark(token, RemarkToLeave("I read it."), address="192.0.2.1")
    await sharing.leave_remark(
        token, RemarkToLeave("x" * LONGEST_REMARK, "n" * LONGEST_NAME), address="192.0.2.2"
    )
    elsewhere = RemarkToLeave("Where?", passage="words that nobody wrote")
    for refusal in (*[RemarkRefused] * SEARCHES_OF_ADDRESS[0], TooMany):
        with pytest.raises(refusal):
            await sharing.leave_remark(token, elsewhere, address="192.0.2.3")
    kept = await remarks(services, owner, evaluation)
    assert len(kept) == REMARKS_OF_ADDRESS[0] + 1
    monkeypatch.setattr("memo_coach.services.sharing.service.MOST_READER_REMARKS", len(kept))
    with pytest.raises(TooMany):
        await sharing.leave_remark(token, RemarkToLeave("One more."))
    for _ in range(quotas.MOST_SHARE_LINKS - 1):
        await sharing.make(owner, evaluation)
    with pytest.raises(TooMany):
        await sharing.make(owner, evaluation)


async def test_what_is_not_done_cannot_be_shared(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    evaluation = await services.evaluations.submit(owner, text=FIRST, rubric=RUBRIC)
    with pytest.raises(NotShareable):
        await services.sharing.make(owner, evaluation)
    coach.go_on()
