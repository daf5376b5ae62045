"""What is said of each earlier remark, and why: the built-in coach's, before and after one change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.evaluation import Comment, CriterionScore, Provenance
from memo_coach.coaching.rubric.reader import shipped_rubric
from memo_coach.coaching.samples import samples
from memo_coach.services.review.comparison import Comparison, Reviewed, compare
from memo_coach.services.review.identity import identities, kind_of
from memo_coach.services.review.views import RemarkMark
from memo_coach.services.views import EvaluationView, Usage

RUBRIC = shipped_rubric("investment-memo")
(WEAK,) = [each.text for each in samples(RUBRIC.id, "en") if each.quality == "weak"]
COSTS = (
    "The costs are still being finalised with the vendor, however they are felt to be reasonable in view of "
    "the benefits"
)


def reviewed(text: str, comments: tuple[Comment, ...] | None = None, coach: str = "builtin") -> Reviewed:
    """Evaluate a text by the built-in coach, or say what is given of it."""
    found = evaluate_text(text, RUBRIC)
    criteria = found.criteria if comments is None else (criterion("risks", coach),)
    said = found.comments if comments is None else comments
    evaluation = EvaluationView(
        evaluation_id="e", status="done", created=datetime(2026, 5, 1, tzinfo=UTC), finished=None,
        memo_id="m", version=1, title="T", text=text, language="en", words=1, rubric=RUBRIC.id,
        rubric_version="1", coach="builtin", provenance=Provenance("builtin"), second_opinion=None,
        usage=Usage(), removed_characters=0, changes=0, done_steps=1, total_steps=1, overall=None,
        criteria=criteria, comments=said, seconds=None, error=None,
    )  # fmt: skip
    marks = {each.id: RemarkMark("open", "", muted=False, kind=kind_of(each)) for each in said}
    return Reviewed(evaluation, identities(said), marks)


def criterion(name: str, coach: str) -> CriterionScore:
    return CriterionScore(
        name, name.title(), 100.0, 100.0, 2.0, "", coach="llm" if coach == "llm" else "builtin"
    )


def mended(old: str, new: str) -> dict[tuple[str, str | None], tuple[str, str]]:
    """Mend one thing; return outcome and reason of each earlier remark, by its finding and its passage."""
    assert old in WEAK
    before = reviewed(WEAK)
    compared = compare(before, reviewed(WEAK.replace(old, new)))
    said = [each for each in before.evaluation.comments if each.kind == "opportunity"]
    assert [each.comment for each in compared.earlier] == [each.comment for each in said]
    return {
        (comment.finding, comment.quote): (each.outcome, each.reason)
        for comment, each in zip(said, compared.earlier, strict=True)
    }


def test_a_word_that_was_replaced_is_addressed_and_its_sentence_still_too_long() -> None:
    said = mended("the AMR solution", "the robot")
    assert said["acronyms.unexplained", "AMR"] == ("addressed", "The passage is gone.")
    said = mended("leverages a best-in-class", "uses a")
    assert said["jargon.word", "leverages"] == ("addressed", "The passage is gone.")
    (long,) = [
        each for (kind, quote), each in said.items()
        if kind == "long-sentences.very-long" and (quote or "").startswith("The solution")
    ]  # fmt: skip
    assert long == ("open", "The passage changed; the coach still says it.")


def test_what_was_missing_and_is_weak_now_is_still_open_and_said_to_be_there() -> None:
    said = mended(COSTS, "It costs $412,000, quoted on 3 March 2026 by the vendor")
    assert said["financial.costs-missing", None] == ("open", "It is there now, but not yet in full.")


def test_what_is_unchanged_and_makes_room_for_others_is_not_called_addressed() -> None:
    said = mended("some very promising discussions were held", "we held three discussions")
    assert said["weasel-words.quantity", "A number of"][0] == "not comparable"


def test_the_same_text_again_leaves_everything_open_and_nothing_new() -> None:
    compared = compare(reviewed(WEAK), reviewed(WEAK))
    assert {(each.outcome, each.reason) for each in compared.earlier} == {
        ("open", "The coach still says it.")
    }
    assert compared.new == frozenset()


MILD = Comment(
    "m1", "risks", "opportunity", 0, 31, "There are some challenges ahead", "Weak.", (), element="risks",
    claim="weak",
)  # fmt: skip
AHEAD = "There are some challenges ahead. We start in May."


def by_a_model(text: str, comments: tuple[Comment, ...]) -> Comparison:
    return compare(reviewed(AHEAD, (MILD,), "llm"), reviewed(text, comments, "llm"))


def test_a_model_that_is_silent_on_an_unchanged_passage_says_nothing_by_it() -> None:
    (silent,) = by_a_model(AHEAD, ()).earlier
    assert (silent.outcome, silent.now, silent.criterion_name) == ("not comparable", None, "Risks")
    (gone,) = by_a_model("We start in May.", ()).earlier
    assert gone.outcome == "addressed"
    other = replace(MILD, id="m9", start=33, end=48, quote="We start in May", element="plan")
    found = by_a_model(AHEAD, (replace(MILD, id="m2"), other))
    assert (found.earlier[0].now, found.new) == ("m2", frozenset({"m9"}))


def test_a_criterion_that_another_coach_judged_is_not_compared() -> None:
    (each,) = compare(reviewed(AHEAD, (MILD,), "llm"), reviewed("We start in May.", ())).earlier
    assert each.outcome == "not comparable"
    assert "same coach" in each.reason


def test_what_the_writer_declined_is_told_with_their_reason() -> None:
    before, now = reviewed(AHEAD, (MILD,)), reviewed("We start in May.", ())
    for reason, told in (("None here.", "None here."), ("", "You decided against it.")):
        marked = replace(before, marks={"m1": RemarkMark("declined", reason, muted=False, kind="risks")})
        (each,) = compare(marked, now).earlier
        assert (each.outcome, each.reason) == ("declined", told)
