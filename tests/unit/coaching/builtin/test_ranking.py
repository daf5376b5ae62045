"""Ranking: what would raise the score most comes first, spread over passages, kinds and criteria."""

from __future__ import annotations

from dataclasses import replace

from memo_coach.coaching.builtin.findings import Finding
from memo_coach.coaching.builtin.ranking import (
    MOST_COMMENTS,
    MOST_OF_A_KIND,
    ON_A_PASSAGE,
    TOP,
    RankedFinding,
    rank_findings,
)
from memo_coach.coaching.builtin.scoring import ScoredMemo, score_memo
from memo_coach.coaching.evaluation import CommentKind
from memo_coach.coaching.memo.model import Memo, Span
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.model import Criterion, IndicatorShare, Rubric

TEXT = {"en": "text"}
PARAGRAPHS = tuple(f"Paragraph {number} says that costs fell by {number} percent." for number in range(1, 9))
MEMO = parse_memo("\n\n".join(PARAGRAPHS), "en")


def scored(weights: dict[str, float], values: dict[str, float]) -> ScoredMemo:
    """One criterion for each indicator, with the same name."""
    criteria = tuple(
        Criterion(name, {"en": name}, TEXT, weight, {}, (IndicatorShare(name, 1.0),))
        for name, weight in weights.items()
    )
    return score_memo(Rubric("mine", "1", TEXT, TEXT, criteria), values)


def finding(
    indicator: str,
    paragraph: int | None = None,
    *,
    what: str = "missing",
    polarity: CommentKind = "opportunity",
    severity: float = 1.0,
    confidence: float = 1.0,
) -> Finding:
    span = None if paragraph is None else MEMO.blocks[paragraph].span
    return Finding(f"{indicator}.{what}", indicator, polarity, span, severity, confidence)


def ranked(judged: ScoredMemo, *findings: Finding, memo: Memo = MEMO) -> tuple[RankedFinding, ...]:
    return rank_findings(memo, judged, findings)


def kinds(items: tuple[RankedFinding, ...]) -> list[str]:
    return [item.finding.kind for item in items]


def test_the_heavier_criterion_comes_first() -> None:
    judged = scored({"a": 20, "b": 80}, {"a": 0.0, "b": 0.0})
    assert kinds(ranked(judged, finding("a"), finding("b"))) == ["b.missing", "a.missing"]


def test_what_is_farther_from_full_comes_first() -> None:
    judged = scored({"a": 50, "b": 50}, {"a": 0.8, "b": 0.1})
    assert kinds(ranked(judged, finding("a"), finding("b"))) == ["b.missing", "a.missing"]


def test_the_surer_finding_comes_first() -> None:
    judged = scored({"a": 50, "b": 50}, {"a": 0.0, "b": 0.0})
    assert kinds(ranked(judged, finding("a", confidence=0.5), finding("b"))) == ["b.missing", "a.missing"]


def test_the_priority_is_weight_times_distance_times_confidence() -> None:
    judged = scored({"a": 50, "b": 50}, {"a": 0.0, "b": 1.0})
    assert ranked(judged, finding("a", confidence=0.8))[0].priority == 0.5 * 1.0 * 0.8


def test_an_indicator_counts_under_the_criterion_where_it_weighs_most() -> None:
    criteria = (
        Criterion("light", TEXT, TEXT, 30, {}, (IndicatorShare("a", 1.0),)),
        Criterion("heavy", TEXT, TEXT, 70, {}, (IndicatorShare("a", 1.0),)),
    )
    judged = score_memo(Rubric("mine", "1", TEXT, TEXT, criteria), {"a": 0.0})
    assert ranked(judged, finding("a"))[0].criterion == "heavy"


def test_a_finding_on_an_indicator_that_the_rubric_does_not_use_is_left_out() -> None:
    assert ranked(scored({"a": 100}, {"a": 0.0}), finding("elsewhere")) == ()


def test_a_sentence_that_orders_the_grader_about_is_shown_and_weighs_nothing() -> None:
    judged = scored({"a": 100}, {"a": 0.0})
    items = ranked(judged, finding("instructions", 2), finding("a"))
    assert kinds(items) == ["a.missing", "instructions.missing"]
    assert items[1].priority == 0.0


def test_a_paragraph_has_at_most_one_comment_among_the_first() -> None:
    names = [f"i{number}" for number in range(8)]
    judged = scored(dict.fromkeys(names, 12.5), dict.fromkeys(names, 0.0))
    findings = [finding(name, 0) for name in names[:5]] + [
        finding(name, i) for i, name in enumerate(names[5:], 1)
    ]
    first = ranked(judged, *findings)[:4]
    assert len({item.block for item in first}) == 4


def test_a_criterion_has_at_most_two_comments_among_the_first_where_there_is_a_choice() -> None:
    judged = scored({"a": 70, "b": 10, "c": 10, "d": 10}, dict.fromkeys("abcd", 0.0))
    findings = [finding("a", number, what=f"kind-{number}") for number in range(4)]
    items = ranked(judged, *findings, finding("b", 4), finding("c", 5), finding("d", 6))
    assert [item.criterion for item in items[:TOP]].count("a") == 2


def test_the_same_kind_of_finding_comes_once_among_the_first_where_there_is_a_choice() -> None:
    judged = scored({"a": 70, "b": 10, "c": 10, "d": 10}, dict.fromkeys("abcd", 0.0))
    items = ranked(
        judged, finding("a", 0), finding("a", 1), finding("b", 2), finding("c", 3), finding("d", 4)
    )
    assert kinds(items[:4]) == ["a.missing", "b.missing", "c.missing", "d.missing"]


def test_ranks_count_from_zero_for_opportunities_and_for_strengths() -> None:
    judged = scored({"a": 50, "b": 50}, {"a": 0.0, "b": 1.0})
    items = ranked(judged, finding("b", 1, polarity="strength"), finding("a", 0), finding("a", 2))
    assert [(item.finding.polarity, item.rank) for item in items] == [
        ("opportunity", 0),
        ("opportunity", 1),
        ("strength", 0),
    ]


def test_what_is_missing_altogether_counts_for_all_that_would_come_with_it() -> None:
    names = {"risks-named": 1.0, "risks-mitigated": 1.0}
    criterion = Criterion(
        "risks", TEXT, TEXT, 100, {}, tuple(IndicatorShare(name, weight) for name, weight in names.items())
    )
    judged = score_memo(Rubric("mine", "1", TEXT, TEXT, (criterion,)), dict.fromkeys(names, 0.0))
    missing = Finding("risks.missing", "risks-named", "opportunity", None, 1.0, 1.0)
    unmitigated = Finding("risks.unmitigated", "risks-mitigated", "opportunity", None, 1.0, 1.0)
    assert ranked(judged, missing)[0].priority == 1.0
    assert all(item.priority < 1.0 for item in ranked(judged, missing, unmitigated))


def test_the_only_strength_keeps_its_paragraph_where_opportunities_have_others() -> None:
    names = [f"i{number}" for number in range(8)]
    judged = scored(dict.fromkeys(names, 12.5), {**dict.fromkeys(names, 0.0), "i7": 1.0})
    findings = [finding(name, number) for number, name in enumerate(names[:7])]
    items = ranked(judged, *findings, finding("i7", 0, polarity="strength", what="clear"))
    shown = [*items[:TOP], next(item for item in items if item.finding.polarity == "strength")]
    assert len({item.block for item in shown}) == len(shown)


def test_one_kind_cannot_crowd_out_the_rest() -> None:
    judged = scored({"a": 100}, {"a": 0.0})
    text = "\n\n".join(f"Passage number {number} goes on and on." for number in range(30))
    memo = parse_memo(text, "en")
    findings = [Finding("a.long", "a", "opportunity", block.span, 0.5, 1.0) for block in memo.blocks]
    assert len(ranked(judged, *findings, memo=memo)) == MOST_OF_A_KIND


def test_an_evaluation_holds_a_bounded_number_of_comments() -> None:
    names = [f"i{number}" for number in range(100)]
    judged = scored(dict.fromkeys(names, 1.0), dict.fromkeys(names, 0.0))
    assert len(ranked(judged, *(finding(name) for name in names))) == MOST_COMMENTS


def test_the_order_does_not_depend_on_the_order_of_the_findings() -> None:
    judged = scored({"a": 50, "b": 50}, {"a": 0.0, "b": 0.0})
    findings = [finding("a", 3), finding("b", 1), finding("a", 2), finding("b", None)]
    assert ranked(judged, *findings) == ranked(judged, *reversed(findings))


def test_a_finding_without_a_passage_stays_without_one() -> None:
    item = ranked(scored({"a": 100}, {"a": 0.0}), finding("a"))[0]
    assert item.finding.span is None
    assert item.block is None


def test_a_span_between_paragraphs_is_tied_to_no_paragraph() -> None:
    gap = MEMO.blocks[0].span.end
    item = Finding("a.missing", "a", "opportunity", Span(gap, gap + 1), 1.0, 1.0)
    assert ranked(scored({"a": 100}, {"a": 0.0}), item)[0].block is None


def test_what_a_check_is_sure_of_outranks_what_is_missing() -> None:
    judged = scored({"a": 99, "figures-consistent": 1}, {"a": 0.0, "figures-consistent": 0.3})
    wrong = Finding("consistency.sum-off", "figures-consistent", "opportunity", MEMO.blocks[3].span, 0.7, 0.9)
    assert kinds(ranked(judged, finding("a", 1), wrong)) == ["consistency.sum-off", "a.missing"]


def test_what_a_check_is_not_sure_of_waits_its_turn() -> None:
    judged = scored({"a": 100}, {"a": 0.0})
    unsure = Finding("timeline.out-of-order", "", "opportunity", MEMO.blocks[3].span, 0.7, 0.6)
    assert kinds(ranked(judged, finding("a", 1), unsure)) == ["a.missing", "timeline.out-of-order"]


def test_a_check_that_no_criterion_is_scored_from_is_listed_all_the_same() -> None:
    judged = scored({"a": 100}, {"a": 0.0})
    blank = Finding("blanks.placeholder", "", "opportunity", MEMO.blocks[3].span, 0.7, 0.9)
    first = ranked(judged, finding("a", 1), blank)[0]
    assert (first.finding.kind, first.rank) == ("blanks.placeholder", 0)
    assert first.priority > 0


def test_three_of_those_shown_first_stand_on_a_passage_where_enough_do() -> None:
    names = "abcdefgh"
    judged = scored(dict.fromkeys(names, 12.5), dict.fromkeys(names, 0.0))
    whole = [finding(name) for name in "abcde"]
    placed = [finding(name, number, severity=0.9) for number, name in enumerate("fgh")]
    first = ranked(judged, *whole, *placed)[:TOP]
    assert [item.finding.span is not None for item in first].count(True) == ON_A_PASSAGE
    assert [item.rank for item in first] == list(range(TOP))


def test_a_passage_that_matters_far_less_is_not_put_first() -> None:
    names = "abcdef"
    judged = scored(dict.fromkeys(names, 100 / 6), dict.fromkeys(names, 0.0))
    first = ranked(judged, *(finding(name) for name in "abcde"), finding("f", 0, severity=0.1))[:TOP]
    assert not [item for item in first if item.finding.span is not None]


def test_a_strength_in_a_passage_comes_before_those_of_the_style() -> None:
    judged = scored({"a": 90, "b": 10}, {"a": 1.0, "b": 1.0})
    style = finding("a", what="plain", polarity="strength")
    placed = replace(finding("b", 0, what="there", polarity="strength"), claim="there", element="risks")
    assert kinds(ranked(judged, style, placed)) == ["b.there", "a.plain"]


def test_a_check_that_no_criterion_is_scored_from_is_shown_with_the_one_that_it_is_about() -> None:
    judged = scored({"clarity": 50, "progress": 50}, {"clarity": 0.5, "progress": 0.5})
    (off,) = ranked(
        judged, Finding("consistency.sum-off", "figures-consistent", "opportunity", None, 1.0, 0.9)
    )
    assert off.criterion == "progress"
