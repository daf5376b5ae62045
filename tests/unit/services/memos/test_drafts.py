"""Drafts: nothing typed is lost, whatever tabs do."""

from __future__ import annotations

import pytest

from memo_coach.services.container import Services
from memo_coach.services.errors import MemoTooLong, NotFound, TooMany, UnknownRubric
from memo_coach.services.memos import drafts as drafts_module
from memo_coach.services.views import DraftSaved

TEXT = "Subject: A new pump\n\nPlease approve a new pump."
RUBRIC = "investment-memo"


async def save(
    services: Services, owner: str, text: str, *, memo: DraftSaved | None = None, base: int | None = None
) -> DraftSaved:
    revision = base if base is not None else (memo.revision if memo else 0)
    return await services.drafts.save(
        owner, memo_id=memo.memo_id if memo else None, text=text, rubric=RUBRIC, base_revision=revision
    )


async def test_a_new_visitor_has_no_draft(services: Services, owner: str) -> None:
    assert await services.drafts.current(owner) is None


async def test_a_saved_draft_is_the_current_one_with_its_title(services: Services, owner: str) -> None:
    saved = await save(services, owner, TEXT)
    draft = await services.drafts.current(owner)
    assert draft is not None
    assert (draft.memo_id, draft.text, draft.revision, draft.title) == (saved.memo_id, TEXT, 1, "A new pump")
    assert draft.saved == saved.saved


async def test_each_save_that_changes_something_is_a_new_revision(services: Services, owner: str) -> None:
    first = await save(services, owner, TEXT)
    second = await save(services, owner, TEXT + " Now.", memo=first)
    assert (second.memo_id, second.revision, second.forked) == (first.memo_id, 2, False)


async def test_saving_the_same_text_again_changes_nothing(services: Services, owner: str) -> None:
    first = await save(services, owner, TEXT)
    again = await save(services, owner, TEXT, memo=first)
    assert again == first


async def test_a_first_save_that_is_repeated_makes_one_memo(services: Services, owner: str) -> None:
    assert await save(services, owner, TEXT) == await save(services, owner, TEXT)


async def test_a_tab_that_is_behind_keeps_its_words_in_a_memo_of_its_own(
    services: Services, owner: str
) -> None:
    first = await save(services, owner, TEXT)
    await save(services, owner, TEXT + " From one tab.", memo=first)
    other = await save(services, owner, TEXT + " From another.", memo=first)
    assert other.forked
    assert other.memo_id != first.memo_id
    assert (await services.drafts.of_memo(owner, first.memo_id)).text == TEXT + " From one tab."
    assert (await services.drafts.of_memo(owner, other.memo_id)).text == TEXT + " From another."


async def test_a_tab_that_is_behind_with_the_same_words_makes_no_second_memo(
    services: Services, owner: str
) -> None:
    first = await save(services, owner, TEXT)
    second = await save(services, owner, TEXT + " More.", memo=first)
    assert await save(services, owner, TEXT + " More.", memo=first, base=1) == second


async def test_a_draft_may_be_emptied(services: Services, owner: str) -> None:
    first = await save(services, owner, TEXT)
    await save(services, owner, "  \n", memo=first)
    draft = await services.drafts.current(owner)
    assert draft is not None
    assert (draft.text, draft.revision) == ("", 2)


async def test_an_empty_text_without_a_memo_leaves_no_trace(services: Services, owner: str) -> None:
    saved = await save(services, owner, " ")
    assert (saved.memo_id, saved.revision) == ("", 0)
    assert await services.memos.list(owner) == ()


async def test_starting_anew_keeps_the_old_draft_among_the_memos(services: Services, owner: str) -> None:
    saved = await save(services, owner, TEXT)
    await services.drafts.start_new(owner)
    assert await services.drafts.current(owner) is None
    (memo,) = await services.memos.list(owner)
    assert (memo.memo_id, memo.has_unsubmitted_draft) == (saved.memo_id, True)
    assert (await services.drafts.of_memo(owner, saved.memo_id)).text == TEXT


async def test_a_draft_that_was_put_aside_is_current_again_when_somebody_goes_on_with_it(
    services: Services, owner: str
) -> None:
    saved = await save(services, owner, TEXT)
    await services.drafts.start_new(owner)
    await save(services, owner, TEXT + " And more.", memo=saved)
    draft = await services.drafts.current(owner)
    assert draft is not None
    assert draft.memo_id == saved.memo_id


async def test_starting_anew_drops_a_memo_without_words(services: Services, owner: str) -> None:
    saved = await save(services, owner, TEXT)
    await save(services, owner, "", memo=saved)
    await services.drafts.start_new(owner)
    assert await services.memos.list(owner) == ()


async def test_without_a_draft_a_memo_opens_with_its_newest_version(services: Services, owner: str) -> None:
    saved = await save(services, owner, TEXT)
    await services.evaluations.submit(owner, text=TEXT, rubric="decision-memo", memo_id=saved.memo_id)
    draft = await services.drafts.of_memo(owner, saved.memo_id)
    assert (draft.text, draft.rubric, draft.revision) == (TEXT, "decision-memo", saved.revision)


async def test_a_save_that_arrives_after_its_text_was_submitted_makes_no_draft(
    services: Services, owner: str
) -> None:
    saved = await save(services, owner, "Please")
    await services.evaluations.submit(
        owner, text=TEXT, rubric=RUBRIC, memo_id=saved.memo_id, base_revision=saved.revision
    )
    await save(services, owner, TEXT, memo=saved)
    (memo,) = await services.memos.list(owner)
    assert not memo.has_unsubmitted_draft


async def test_a_submitted_memo_stays_open_until_its_writer_begins_another(
    services: Services, owner: str
) -> None:
    earlier = await save(services, owner, "Another memo")
    saved = await save(services, owner, TEXT)
    await services.evaluations.submit(owner, text=TEXT, rubric=RUBRIC, memo_id=saved.memo_id)
    assert await services.drafts.current(owner) == await services.drafts.of_memo(owner, saved.memo_id)
    await services.drafts.start_new(owner)
    assert await services.drafts.current(owner) is None
    # Whoever goes on with either of them, or hands it in once more, has it open again.
    await save(services, owner, "Another memo, longer", memo=earlier)
    draft = await services.drafts.current(owner)
    assert draft is not None
    assert draft.text == "Another memo, longer"
    await services.evaluations.submit(owner, text=TEXT, rubric=RUBRIC, memo_id=saved.memo_id)
    draft = await services.drafts.current(owner)
    assert draft is not None
    assert (draft.memo_id, draft.text) == (saved.memo_id, TEXT)


async def test_a_rubric_chosen_after_the_submission_is_kept_with_the_memo(
    services: Services, owner: str
) -> None:
    saved = await save(services, owner, TEXT)
    await services.evaluations.submit(owner, text=TEXT, rubric=RUBRIC, memo_id=saved.memo_id)
    await services.drafts.save(
        owner, memo_id=saved.memo_id, text=TEXT, rubric="decision-memo", base_revision=saved.revision
    )
    assert (await services.drafts.of_memo(owner, saved.memo_id)).rubric == "decision-memo"


async def test_a_draft_of_another_tab_survives_a_submission(services: Services, owner: str) -> None:
    saved = await save(services, owner, "Please")
    await save(services, owner, "Please, from another tab", memo=saved)
    await services.evaluations.submit(
        owner, text=TEXT, rubric=RUBRIC, memo_id=saved.memo_id, base_revision=saved.revision
    )
    draft = await services.drafts.current(owner)
    assert draft is not None
    assert draft.text == "Please, from another tab"


async def test_text_is_normalised_at_the_border(services: Services, owner: str) -> None:
    await save(services, owner, "Line\r\nNUL \x00 surrogate \ud800 end")
    draft = await services.drafts.current(owner)
    assert draft is not None
    assert draft.text == "Line\nNUL \ufffd surrogate \ufffd end"


async def test_what_is_far_too_long_is_refused_with_a_sentence(services: Services, owner: str) -> None:
    with pytest.raises(MemoTooLong, match="200,000"):
        await save(services, owner, "a" * 500_000)


async def test_an_unknown_rubric_is_refused(services: Services, owner: str) -> None:
    with pytest.raises(UnknownRubric):
        await services.drafts.save(owner, memo_id=None, text=TEXT, rubric="none", base_revision=0)


async def test_there_is_an_end_to_the_memos_of_one_writer(
    services: Services, owner: str, stranger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts_module, "MOST_MEMOS", 2)
    first = await save(services, owner, "One")
    await save(services, owner, "Two")
    with pytest.raises(TooMany):
        await save(services, owner, "Three")
    await save(services, owner, "One and a half", memo=first)
    await save(services, stranger, "Mine")


async def test_nobody_touches_the_draft_of_another(services: Services, owner: str, stranger: str) -> None:
    saved = await save(services, owner, TEXT)
    with pytest.raises(NotFound) as foreign:
        await services.drafts.of_memo(stranger, saved.memo_id)
    with pytest.raises(NotFound) as absent:
        await services.drafts.of_memo(stranger, "no-such-memo")
    assert str(foreign.value) == str(absent.value)
    with pytest.raises(NotFound):
        await save(services, stranger, "Hijacked", memo=saved)
    with pytest.raises(NotFound):
        await services.memos.delete(stranger, saved.memo_id)
    await services.drafts.start_new(stranger)
    assert await services.drafts.current(stranger) is None
    assert await services.memos.list(stranger) == ()
    assert (await services.drafts.of_memo(owner, saved.memo_id)).text == TEXT
