"""Judge a text with the built-in coach and see more than a page shows, such as scores before rounding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from memo_coach.coaching.builtin import coach
from memo_coach.coaching.builtin.analysis.patterns import read_pattern
from memo_coach.coaching.builtin.findings import Finding
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.evaluation import Evaluation
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.memo.text import normalise_text
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.rubric.reader import shipped_rubrics

RUBRIC_IDS = ("investment-memo", "decision-memo", "status-update", "policy-memo")


@dataclass(frozen=True)
class Judgement:
    """What the coach says of a text, with the figures that led to it."""

    text: str
    rubric: Rubric
    evaluation: Evaluation

    @cached_property
    def _work(self) -> coach._Work:
        memo = parse_memo(self.text, self.evaluation.language)
        lexicon = lexicon_of(memo.language)
        work, _ = coach._masked(memo, self.rubric, lexicon)
        for detector in coach._needed(self.rubric):
            work.take(detector.read(work.shown, lexicon))
        for pattern in self.rubric.detectors:
            work.take(read_pattern(work.shown, pattern))
        return work

    @property
    def indicators(self) -> Mapping[str, float]:
        return self._work.indicators

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that the detectors found, also what the ranking leaves out."""
        return tuple(self._work.findings)

    @cached_property
    def means(self) -> Mapping[str, float]:
        """Each criterion's weighted mean of its indicators, 0 to 1: its score before caps and rounding."""
        means = {}
        for criterion in self.rubric.criteria:
            shares = [share for share in criterion.indicators if share.indicator in self.indicators]
            total = sum(share.weight for share in shares)
            if total:
                weighted = sum(share.weight * self.indicators[share.indicator] for share in shares)
                means[criterion.id] = weighted / total
        return means

    @property
    def scores(self) -> dict[str, float | None]:
        return {criterion.id: criterion.score for criterion in self.evaluation.criteria}

    @property
    def overall(self) -> float:
        score = self.evaluation.overall.score
        assert score is not None
        return score

    @property
    def flags(self) -> frozenset[str]:
        """The kinds of finding that speak of something to improve."""
        return frozenset(
            comment.finding for comment in self.evaluation.comments if comment.kind == "opportunity"
        )


@cache
def rubric(rubric_id: str) -> Rubric:
    return next(rubric for rubric in shipped_rubrics() if rubric.id == rubric_id)


@cache
def judge(raw: str, rubric_id: str, language: str | None = None) -> Judgement:
    """Judge a text as a page would hand it to the coach: normalised first."""
    text = normalise_text(raw)
    chosen = rubric(rubric_id)
    return Judgement(text, chosen, coach.evaluate_text(text, chosen, language))
