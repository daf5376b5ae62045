"""What writers make of remarks: kept over versions, for them alone, compared with the last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from memo_coach.coaching.evaluation import Comment
from memo_coach.coaching.samples import samples
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.services.errors import NotFound, TooMany
from memo_coach.services.review import service as reviews
from memo_coach.services.review.errors import ReasonTooLong, UnknownKind, WordNotKept
from memo_coach.services.review.views import EarlierRemark, ReviewPreferences
from memo_coach.services.usage.storage_budget import Allowance, StorageLimits, StorageRefused
from memo_coach.settings import Settings
from memo_coach.storage.tables import RemarkMark
from memo_coach.translations import speaking
from tests.unit.conftest import Opening
from tests.waiting import PATIENCE_SECONDS

RUBRIC = "investment-memo"
(WEAK,) = [each.text for each in samples(RUBRIC, "en") if each.quality == "weak"]
VAGUE = "The costs are still being finalised with the vendor"
MENDED = WEAK.replace(VAGUE, "It costs $412,000, quoted on 3 March 2026 by the vendor").replace("AMR", "new")


@pytest.fixture
async def shipped(settings: Settings) -> AsyncIterator[Services]:
    """Open services with the built-in coach."""
    opened = await open_services(settings)
    yield opened
    await close_services(opened)


@pytest.fixture
async def writer(shipped: Services) -> str:
    _token, owner = await shipped.visitors.admit()
    return owner


async def evaluated(services: Services, owner: str, text: str = WEAK, after: str | None = None) -> str:
    """Hand in a text, as the next version of the memo of an earlier evaluation; wait for the feedback."""
    memo = None if after is None else (await services.evaluations.get(owner, after)).memo_id
    evaluation = await services.evaluations.submit(owner, text=text, rubric=RUBRIC, memo_id=memo)
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for _view in services.evaluations.follow(owner, evaluation):
            pass
    return evaluation


async def remarks(services: Services, owner: str, evaluation: str, finding: str) -> list[Comment]:
    comments = (await services.evaluations.get(owner, evaluation)).comments
    return [comment for comment in comments if comment.finding == finding]


async def said_of(services: Services, owner: str, evaluation: str) -> dict[str, EarlierRemark]:
    """Return what became of each earlier remark, by what was said."""
    return {each.comment: each for each in (await services.review.of_evaluation(owner, evaluation)).earlier}


async def test_a_mark_is_kept_changed_and_taken_back(shipped: Services, writer: str) -> None:
    evaluation = await evaluated(shipped, writer)
    review = await shipped.review.of_evaluation(writer, evaluation)
    view = await shipped.evaluations.get(writer, evaluation)
    assert set(review.marks) == {comment.id for comment in view.comments}
    assert {(mark.state, mark.reason, mark.muted) for mark in review.marks.values()} == {("open", "", False)}
    assert (review.earlier, review.new, review.previous_evaluation) == ((), frozenset(), None)
    one, other = view.comments[0].id, view.comments[1].id
    for _again in range(2):
        await shipped.review.mark(writer, evaluation, one, "declined", "  We have no night shift. ")
    await shipped.review.mark(writer, evaluation, other, "done", "dropped")
    marks = (await shipped.review.of_evaluation(writer, evaluation)).marks
    assert (marks[one].state, marks[one].reason) == ("declined", "We have no night shift.")
    assert (marks[other].state, marks[other].reason) == ("done", "")
    assert sum(mark.state != "open" for mark in marks.values()) == 2
    await shipped.review.mark(writer, evaluation, one, "done")
    await shipped.review.mark(writer, evaluation, other, "open")
    await shipped.review.mark(writer, evaluation, other, "open")
    marks = (await shipped.review.of_evaluation(writer, evaluation)).marks
    assert [marks[each].state for each in (one, other)] == ["done", "open"]


async def test_marks_hold_in_later_versions_and_each_earlier_remark_has_an_outcome(
    shipped: Services, writer: str
) -> None:
    first = await evaluated(shipped, writer)
    before = await shipped.evaluations.get(writer, first)
    kept, declined, mended, *_ = (comment for comment in before.comments if comment.kind == "opportunity")
    await shipped.review.mark(writer, first, kept.id, "done")
    await shipped.review.mark(writer, first, declined.id, "declined", "Not ours to say.")
    second = await evaluated(shipped, writer, MENDED, after=first)
    review = await shipped.review.of_evaluation(writer, second)
    assert review.previous_evaluation == first
    assert before.overall is not None
    assert review.previous_score == before.overall.score
    assert len(review.earlier) == sum(comment.kind == "opportunity" for comment in before.comments)
    said = await said_of(shipped, writer, second)
    assert (said[declined.comment].outcome, said[declined.comment].reason) == ("declined", "Not ours to say.")
    findings = {each.id: each.finding for each in (await shipped.evaluations.get(writer, second)).comments}
    for comment in (kept, declined):
        current = said[comment.comment].now
        # What is weak now where something was missing is told as the same matter, and is not yet declined.
        if current is not None and findings[current] == comment.finding:
            mark = review.marks[current]
            assert mark.state == ("done" if comment is kept else "declined")
            assert mark.found_again is (comment is kept)
    assert {each.outcome for each in review.earlier} >= {"open", "addressed", "declined"}
    assert all((each.now is not None) >= (each.outcome == "open") for each in review.earlier)
    assert mended.comment in said
    now = await shipped.evaluations.get(writer, second)
    opportunities = {comment.id for comment in now.comments if comment.kind == "opportunity"}
    assert review.new | {each.now for each in review.earlier if each.now} >= opportunities
    with speaking("es"):
        spanish = await shipped.review.of_evaluation(writer, second)
    assert [each.outcome for each in spanish.earlier] == [each.outcome for each in review.earlier]
    assert "El coach lo sigue diciendo." in {each.reason for each in spanish.earlier}
    # The first version's page shows what was made of it there, and nothing was before it.
    assert (await shipped.review.of_evaluation(writer, first)).previous_evaluation is None


async def test_a_muted_kind_and_a_word_of_the_glossary_are_muted_in_every_memo(
    shipped: Services, writer: str
) -> None:
    await shipped.review.mute(writer, "passive.many")
    for word in ("wes", "  WES ", "R&D / IT"):
        await shipped.review.add_word(writer, word)
    assert await shipped.review.preferences(writer) == ReviewPreferences(
        ("passive.many",), ("R&D / IT", "wes")
    )
    evaluation = await evaluated(shipped, writer)
    review = await shipped.review.of_evaluation(writer, evaluation)
    acronyms = await remarks(shipped, writer, evaluation, "acronyms.unexplained")
    assert {each.quote for each in acronyms if review.marks[each.id].muted} == {"WES"}
    assert {review.marks[each.id].word for each in acronyms} == {each.quote for each in acronyms}
    await shipped.review.mute(writer, "acronyms.unexplained")
    muted = (await shipped.review.of_evaluation(writer, evaluation)).marks
    assert {mark.kind for mark in muted.values() if mark.muted} == {"acronyms.unexplained"}
    for kind in ("acronyms.unexplained", "never-muted"):
        await shipped.review.unmute(writer, kind)
    await shipped.review.remove_word(writer, "Wes")
    again = (await shipped.review.of_evaluation(writer, evaluation)).marks
    assert not any(mark.muted for mark in again.values())
    assert (await shipped.review.preferences(writer)).glossary == ("R&D / IT",)


async def test_nobody_else_sees_or_changes_any_of_it(shipped: Services, writer: str) -> None:
    evaluation = await evaluated(shipped, writer)
    comment = (await shipped.evaluations.get(writer, evaluation)).comments[0].id
    await shipped.review.add_word(writer, "WES")
    _token, other = await shipped.visitors.admit()
    with pytest.raises(NotFound):
        await shipped.review.of_evaluation(other, evaluation)
    with pytest.raises(NotFound):
        await shipped.review.mark(other, evaluation, comment, "done")
    with pytest.raises(NotFound):
        await shipped.review.mark(writer, evaluation, "no-such-remark", "done")
    assert await shipped.review.preferences(other) == ReviewPreferences((), ())
    await shipped.review.remove_word(other, "WES")
    assert (await shipped.review.preferences(writer)).glossary == ("WES",)
    assert (await shipped.review.of_evaluation(writer, evaluation)).marks[comment].state == "open"


async def test_everything_that_is_kept_has_an_end(
    shipped: Services, writer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluation = await evaluated(shipped, writer)
    one, other, *_ = [each.id for each in (await shipped.evaluations.get(writer, evaluation)).comments]
    with pytest.raises(ReasonTooLong, match="500"):
        await shipped.review.mark(writer, evaluation, one, "declined", "x" * 501)
    for word in ("", "  ", "x" * 61):
        with pytest.raises(WordNotKept, match="60"):
            await shipped.review.add_word(writer, word)
    for kind in ("", "Not a kind", "x" * 200, "a/b"):
        with pytest.raises(UnknownKind):
            await shipped.review.mute(writer, kind)
    monkeypatch.setattr(reviews, "MOST_MARKS", 1)
    monkeypatch.setattr(reviews, "MOST_MUTED", 1)
    monkeypatch.setattr(reviews, "MOST_GLOSSARY_WORDS", 1)
    await shipped.review.mark(writer, evaluation, one, "done")
    await shipped.review.mark(writer, evaluation, one, "declined")
    await shipped.review.mute(writer, "ask.missing")
    await shipped.review.add_word(writer, "WMS")
    with pytest.raises(TooMany, match="marked 1 remarks"):
        await shipped.review.mark(writer, evaluation, other, "done")
    with pytest.raises(TooMany, match="muted 1 kinds"):
        await shipped.review.mute(writer, "risks.missing")
    with pytest.raises(TooMany, match="1 words"):
        await shipped.review.add_word(writer, "WES")


async def test_what_several_tabs_send_at_once_is_kept_once_and_goes_with_the_memo(
    shipped: Services, writer: str
) -> None:
    evaluation = await evaluated(shipped, writer)
    view = await shipped.evaluations.get(writer, evaluation)
    comment = view.comments[0].id
    await asyncio.gather(
        *(shipped.review.mark(writer, evaluation, comment, "done") for _ in range(5)),
        *(shipped.review.mute(writer, "ask.missing") for _ in range(5)),
        *(shipped.review.add_word(writer, word) for word in ("wms", "WMS", "Wms")),
    )
    assert (await shipped.review.of_evaluation(writer, evaluation)).marks[comment].state == "done"
    found = await shipped.review.preferences(writer)
    assert found.muted == ("ask.missing",)
    assert len(found.glossary) == 1
    await shipped.memos.delete(writer, view.memo_id)
    async with shipped.database.read() as session:
        assert (await session.execute(select(RemarkMark))).all() == []


async def test_what_is_kept_counts_for_the_network_that_it_comes_from(opening: Opening) -> None:
    services = await opening(StorageLimits(kept_by_address=Allowance(1_000, 0.0001)))
    _token, owner = await services.visitors.admit()
    await services.review.add_word(owner, "WMS", address="192.0.2.1")
    await services.review.mute(owner, "ask.missing", address="192.0.2.1")
    await services.review.add_word(owner, "WES", address="192.0.2.1")
    with pytest.raises(StorageRefused):
        await services.review.mute(owner, "risks.missing", address="192.0.2.1")
    await services.review.mute(owner, "ask.missing", address="192.0.2.1")
