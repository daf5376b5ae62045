"""The coach that asks a model, where the model fails, leaves something out, or is ordered about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from memo_coach.coaching.builtin.coach import evaluate_memo
from memo_coach.coaching.evaluation import (
    Attributed,
    CoachEvent,
    CommentMade,
    CriterionJudged,
    Progressed,
    Provenance,
)
from memo_coach.coaching.llm.model import FailureReason
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.model import Rubric
from tests.judging_model import NAME, ScriptedModel, Turn, answer, comment, criterion, failure
from tests.model_evaluations import (
    IDS,
    LIMITS,
    MEMO,
    ORDER,
    RUBRIC,
    comments_of,
    criteria_of,
    of,
    overall_of,
    provenance_of,
    said,
    said_by,
    sample,
    whole_answer,
)

REASONS: tuple[FailureReason, ...] = get_args(FailureReason)
HALF, OTHER_HALF = IDS[:5], IDS[5:]
BUILTIN = evaluate_memo(MEMO, RUBRIC)


def text_on(ids: list[str], **values: Any) -> str:
    return answer([criterion(each, 3.0, **values) for each in ids], None)


def half_said() -> str:
    """Return an answer that ends within the sixth criterion."""
    text = whole_answer()
    return text[: text.index('"id": "strategic-fit"') + 60]


def is_builtin(events: list[CoachEvent], builtin: Any = BUILTIN) -> bool:
    return (
        tuple(criteria_of(events).values()) == builtin.criteria
        and tuple(comments_of(events)) == builtin.comments
        and replace(overall_of(events), notices=()) == replace(builtin.overall, notices=())
    )


# Nothing of the model can be used


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("language", ["en", "es"])
async def test_each_failure_leads_to_the_built_in_coach_with_a_sentence_of_its_own(
    reason: FailureReason, language: str
) -> None:
    memo = sample(language)
    events = await said(Turn(failure=failure(reason)), memo=memo)
    assert is_builtin(events, evaluate_memo(memo, RUBRIC))
    assert provenance_of(events) == Provenance("builtin", fallback_from=NAME, fallback_reason=reason)
    notice = overall_of(events).notices[0]
    assert "built-in coach" in notice or "coach integrado" in notice


@pytest.mark.parametrize("reason", REASONS)
async def test_a_model_that_failed_before_its_first_word_is_not_asked_again(reason: FailureReason) -> None:
    model = ScriptedModel([Turn(failure=failure(reason)), Turn(whole_answer())])
    await said_by(model)
    assert len(model.requests) == 1


@pytest.mark.parametrize(("reason", "word"), [("limit", "ask it again"), ("budget", "asked again")])
async def test_a_limit_names_the_moment_at_which_it_is_over(reason: str, word: str) -> None:
    over = failure(reason, until=datetime(2026, 11, 24, 9, 5, tzinfo=UTC))
    notice = overall_of(await said(Turn(failure=over))).notices[0]
    assert word in notice
    assert "from 09:05 UTC on 24 November" in notice


async def test_steps_go_forward_also_where_the_built_in_coach_stands_in() -> None:
    steps = of(await said(Turn(failure=failure("slow"))), Progressed)
    assert [step.done for step in steps] == list(range(1, len(IDS) + 3))


async def test_a_memo_longer_than_the_model_may_read_is_not_sent() -> None:
    model = ScriptedModel([], tokens=LIMITS.memo_tokens + 1)
    events = await said_by(model)
    assert model.requests == []
    assert is_builtin(events)
    assert "longer than the language model can read" in overall_of(events).notices[0]


async def test_an_empty_answer_that_is_followed_by_a_whole_one_is_forgotten() -> None:
    model = ScriptedModel([Turn("  \n"), Turn(whole_answer())])
    events = await said_by(model)
    assert provenance_of(events).kind == "llm"
    assert overall_of(events).notices == ()
    again = model.requests[1]
    assert (again.purpose, again.most_tokens) == ("repair", LIMITS.answer_tokens)
    assert "repair en" in again.messages[0].content


async def test_an_answer_that_is_empty_twice_is_told_as_such() -> None:
    events = await said(Turn(""), Turn(" "))
    assert is_builtin(events)
    assert "empty answer" in overall_of(events).notices[0]
    assert provenance_of(events).fallback_reason == "empty"


@pytest.mark.parametrize("text", ["I cannot do that.", "[1, 2]", '{"criteria": []}', "{" * 5000])
async def test_an_answer_that_is_nothing_of_what_was_asked_for_is_unusable(text: str) -> None:
    model = ScriptedModel([Turn(text), Turn(text)])
    events = await said_by(model)
    assert is_builtin(events)
    assert len(model.requests) == 2
    assert "was not what it was asked for" in overall_of(events).notices[0]


async def test_an_answer_in_another_language_is_asked_for_again_and_then_left() -> None:
    foreign = "El memo dice lo que quiere y el lector sabe para cuándo debe responder."
    wrong = answer([criterion(each, reason=foreign) for each in IDS])
    model = ScriptedModel([Turn(wrong), Turn(whole_answer())])
    assert provenance_of(await said_by(model)).kind == "llm"
    assert len(model.requests) == 2
    events = await said(Turn(wrong), Turn(wrong))
    assert is_builtin(events)


async def test_a_repair_that_fails_where_nothing_came_tells_its_own_reason() -> None:
    events = await said(Turn("I cannot do that."), Turn(failure=failure("budget")))
    assert is_builtin(events)
    assert "may spend" in overall_of(events).notices[0]


# A part of the answer can be used


async def test_what_is_missing_is_asked_for_once_and_alone() -> None:
    model = ScriptedModel([Turn(answer([criterion(each) for each in HALF])), Turn(text_on(OTHER_HALF))])
    events = await said_by(model)
    assert list(criteria_of(events)) == IDS
    assert {each.coach for each in criteria_of(events).values()} == {"llm"}
    assert overall_of(events).notices == ()
    request = model.requests[1]
    assert (request.purpose, request.most_tokens) == ("repair", LIMITS.repair_tokens)
    wanted = " ".join(OTHER_HALF)
    assert request.messages[0].content == f"repair en investment-memo boundary12345678 {wanted} False"
    assert request.schema is not None
    assert set(request.schema["properties"]) == {"criteria"}


async def test_a_repair_that_repeats_what_was_there_adds_nothing_to_it() -> None:
    first = answer([criterion(each, comments=[comment()]) for each in HALF])
    again = answer([criterion(each, 1.0, comments=[comment(text="Another remark on it.")]) for each in IDS])
    events = await said(Turn(first), Turn(again))
    assert {each.score for each in criteria_of(events).values() if each.id in HALF} == {3.5}
    made = {each.criterion: each.comment for each in comments_of(events)}
    assert {identity for identity, text in made.items() if text == "Another remark on it."} == set(OTHER_HALF)


async def test_an_answer_cut_at_its_longest_is_completed() -> None:
    rest = answer([criterion(each) for each in OTHER_HALF])
    events = await said(Turn(half_said(), finish="length"), Turn(rest))
    assert list(criteria_of(events)) == IDS
    assert provenance_of(events).kind == "llm"
    assert overall_of(events).notices == ()


@pytest.mark.parametrize("reason", ["broken", "slow"])
async def test_what_was_read_before_a_stream_broke_stands_and_the_rest_is_asked_for(reason: str) -> None:
    model = ScriptedModel(
        [Turn(half_said(), failure=failure(reason)), Turn(answer([criterion(each) for each in OTHER_HALF]))]
    )
    events = await said_by(model)
    assert list(criteria_of(events)) == IDS
    assert len(model.requests) == 2
    assert overall_of(events).notices == ()


@pytest.mark.parametrize("reason", ["budget", "limit", "refused-key", "circuit-open"])
async def test_nothing_more_is_asked_where_asking_again_is_no_use(reason: str) -> None:
    model = ScriptedModel([Turn(half_said(), failure=failure(reason))])
    events = await said_by(model)
    assert len(model.requests) == 1
    coaches = {identity: each.coach for identity, each in criteria_of(events).items()}
    assert coaches == {each: "llm" if each in HALF else "builtin" for each in IDS}


async def test_what_a_repair_does_not_bring_comes_from_the_built_in_coach_with_a_notice() -> None:
    turns = [Turn(half_said(), failure=failure("broken")), Turn(failure=failure("server-error"))]
    events = await said(*turns)
    criteria = criteria_of(events)
    for taken in (each for each in BUILTIN.criteria if each.id in OTHER_HALF):
        assert criteria[taken.id] == taken
    assert provenance_of(events) == Provenance("llm", NAME, prompt_version="prompts12345")
    first, *_ = overall_of(events).notices
    assert first.startswith(
        "The built-in coach judged in the model's place: Strategic fit, Risks, Plan, Clarity."
    )
    assert "has a fault" in first
    commented = {each.criterion for each in comments_of(events)}
    assert commented <= set(OTHER_HALF)
    assert {each.criterion for each in BUILTIN.comments} & set(OTHER_HALF) <= commented
    ids = [each.id for each in comments_of(events)]
    assert len(ids) == len(set(ids))


async def test_a_criterion_that_is_left_out_twice_is_named() -> None:
    events = await said(
        Turn(answer([criterion(each) for each in IDS if each != "risks"])),
        Turn(text_on(["risks", "ask"]).replace("3.0", "9")),
    )
    assert criteria_of(events)["risks"].coach == "builtin"
    assert "Risks. The model gave nothing usable on that" in overall_of(events).notices[0]


async def test_a_score_out_of_range_never_counts() -> None:
    events = await said(Turn(whole_answer({"ask": 9.0})), Turn(text_on(["ask"])))
    assert criteria_of(events)["ask"].score == 3.0


async def test_a_repair_by_another_model_is_told() -> None:
    rest = answer([criterion(each) for each in OTHER_HALF])
    events = await said(Turn(half_said(), failure=failure("broken")), Turn(rest, model="openai/second"))
    told = [(each.provenance.model, each.provenance.fallback_reason) for each in of(events, Attributed)]
    assert told == [(NAME, ""), (NAME, "completed")]
    assert overall_of(events).notices == (f"What the answer of {NAME} lacked was added by openai/second.",)


async def test_a_repair_by_another_model_that_gives_all_is_attributed_to_it() -> None:
    events = await said(Turn("No."), Turn(whole_answer(), model="openai/second", fallback_from=NAME))
    assert [each.provenance.model for each in of(events, Attributed)] == [NAME, "openai/second"]


# No words on the whole


async def test_without_words_on_the_whole_they_are_composed_of_the_comments_by_what_matters_most() -> None:
    listed = [criterion(each, 3.0) for each in IDS]
    listed[-1] |= {"score": 1.0, "comments": [comment(text="The reader trips over long words. Often.")]}
    listed[0] |= {
        "score": 1.0,
        "comments": [comment(text="Nobody says what is wanted."), comment(text="The date is missing too.")],
    }
    listed[1] |= {"score": 4.5, "comments": [comment("strength", text="The problem is told well.")]}
    model = ScriptedModel([Turn(answer(listed, None)), Turn("No.")])
    events = await said_by(model)
    assert model.requests[1].messages[0].content.endswith("boundary12345678 True")
    overall = overall_of(events)
    assert overall.opportunities == (
        "Nobody says what is wanted.",
        "The reader trips over long words.",
        "The date is missing too.",
    )
    assert overall.strengths == ("The problem is told well.",)
    assert overall.summary == (
        "The memo is strongest on “The problem”, at 4.5. "
        "What would raise it most is work on “The ask”, at 1.0."
    )
    assert overall.notices == (
        "The model gave no summary; this one is put together from its scores and comments.",
    )


async def test_without_comments_the_lists_are_the_built_in_coachs() -> None:
    overall = overall_of(await said(Turn(whole_answer(overall=None)), Turn("No.")))
    assert overall.opportunities == BUILTIN.overall.opportunities
    assert overall.strengths == BUILTIN.overall.strengths


async def test_lists_that_the_model_left_empty_come_from_its_comments_alone() -> None:
    words = {"summary": "The memo asks for money. It does not say why.", "strengths": [], "opportunities": []}
    text = whole_answer(overall=words, comments=[comment(text="Nobody says what is wanted.")])
    overall = overall_of(await said(Turn(text)))
    assert overall.summary == words["summary"]
    assert (overall.strengths, overall.opportunities) == ((), ("Nobody says what is wanted.",))


# A memo that orders its reader about


async def test_where_the_memo_gives_orders_no_score_counts_more_than_one_above_the_built_in_one() -> None:
    memo = sample(addition=f"\n\n{ORDER}")
    builtin = {each.id: each.score or 0.0 for each in evaluate_memo(memo, RUBRIC).criteria}
    events = await said(Turn(whole_answer(dict.fromkeys(IDS, 5.0))), memo=memo)
    for identity, judged in criteria_of(events).items():
        assert judged.score == pytest.approx(min(5.0, builtin[identity] + 1.0))
    notices = overall_of(events).notices
    assert "tells the reader or a grader" in notices[0]
    assert "no score counts more than one point above" in notices[1]


async def test_where_the_memo_gives_orders_lower_scores_stand() -> None:
    memo = sample(addition=f"\n\n{ORDER}")
    events = await said(Turn(whole_answer(dict.fromkeys(IDS, 1.5))), memo=memo)
    assert {each.score for each in criteria_of(events).values()} == {1.5}
    assert len(overall_of(events).notices) == 1


async def test_a_memo_without_orders_may_score_what_the_model_says() -> None:
    events = await said(Turn(whole_answer(dict.fromkeys(IDS, 5.0))))
    assert {each.score for each in criteria_of(events).values()} == {5.0}


async def test_the_notice_of_orders_stays_where_the_built_in_coach_stands_in() -> None:
    memo = sample(addition=f"\n\n{ORDER}")
    notices = overall_of(await said(Turn(failure=failure("slow")), memo=memo)).notices
    assert "took too long" in notices[0]
    assert "tells the reader or a grader" in notices[1]


# A criterion that nobody can judge


def without_indicators(identity: str) -> Rubric:
    """Return the rubric with one criterion that the built-in coach has no indicator for."""
    return replace(
        RUBRIC,
        criteria=tuple(
            replace(each, indicators=()) if each.id == identity else each for each in RUBRIC.criteria
        ),
    )


async def test_the_weight_of_a_criterion_that_nobody_judged_is_shared_out_over_the_others() -> None:
    listed = [criterion(each, 5.0 if each == "ask" else 2.0) for each in IDS if each != "risks"]
    events = await said(Turn(answer(listed)), Turn("No."), rubric=without_indicators("risks"))
    risks = criteria_of(events)["risks"]
    assert (risks.score, risks.effective_weight, risks.coach) == (None, 0.0, "builtin")
    overall = overall_of(events)
    assert overall.score == pytest.approx((5.0 * 18 + 2.0 * 73) / 91, abs=0.051)
    assert (
        overall.notices[-1]
        == "Without a score: Risks. Their share of the overall score went to the other criteria."
    )


async def test_where_the_built_in_coach_has_no_score_orders_are_held_by_its_overall_score() -> None:
    memo = sample(addition=f"\n\n{ORDER}")
    rubric = without_indicators("risks")
    overall = evaluate_memo(memo, rubric).overall.score
    assert overall is not None
    events = await said(Turn(whole_answer(dict.fromkeys(IDS, 5.0))), memo=memo, rubric=rubric)
    assert criteria_of(events)["risks"].score == pytest.approx(overall + 1.0)


async def test_a_memo_of_nothing_but_orders_is_judged() -> None:
    memo: Memo = parse_memo(ORDER, "en")
    events = await said(Turn(whole_answer(dict.fromkeys(IDS, 5.0))), memo=memo)
    assert overall_of(events).score is not None
    assert max(each.score or 0 for each in criteria_of(events).values()) <= 2.5


async def test_a_flagged_order_is_told_once_where_its_criterion_is_the_built_in_coachs() -> None:
    memo: Memo = parse_memo(f"We ask for 40,000 euros by 3 May. {ORDER}", "en")
    (flag,) = [
        each for each in evaluate_memo(memo, RUBRIC).comments if each.finding.startswith("instructions")
    ]
    listed = [criterion(each, 1.0) for each in IDS if each != flag.criterion]
    made = comments_of(await said(Turn(answer(listed)), Turn("No."), memo=memo))
    assert [each.id for each in made].count(flag.id) == 1


async def test_every_failure_tells_one_criterion_and_one_comment_at_most_once() -> None:
    turns = [Turn(half_said(), failure=failure("broken")), Turn(half_said(), failure=failure("broken"))]
    events = await said(*turns, memo=sample(addition=f"\n\n{ORDER}"))
    judged = [event.criterion.id for event in of(events, CriterionJudged)]
    made = [event.comment.id for event in of(events, CommentMade)]
    assert sorted(judged) == sorted(IDS)
    assert len(made) == len(set(made))
