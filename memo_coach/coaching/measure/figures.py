"""The figures of a coach: comparisons of documents summed up, as a whole, by kind and by language.

Shares are percentages with one decimal; a figure is ``None`` where there is nothing to count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, fmean, median, stdev

from memo_coach.coaching.measure.comparing import Comparison, Counts

FEWEST_SCORES = 12
"""A criterion that fewer documents have counts for nothing in the mean of the criteria."""
_FEWEST_RANKED = 3


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the scores of the reader and the coach agree."""

    documents: int
    rank_correlation: float | None
    """Spearman's: 1 where both order the documents alike. It takes three, and scores that differ."""
    mean_difference: float
    """The mean distance of the two scores, in points."""
    offset: float
    """By how many points the coach is kinder than the reader, in the mean; below 0 it is stricter."""
    spread: float | None
    """The standard deviation of what the coach gives more than the reader. It takes two documents."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What the coach says to be missing, of one element, in the documents where the reader expects it."""

    right: int
    """It is absent and said to be missing."""
    false: int
    """It is there and said to be missing."""
    overlooked: int
    """It is absent and not said to be missing."""
    quiet: int
    """All other documents."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures over some documents."""

    documents: int
    false: float | None
    """Of the remarks shown first, those that are wrong."""
    misplaced: float | None
    """Of the remarks shown first that have a quote, those that quote what is not the author's."""
    hit: float | None
    """Of the reader's remarks on an element, those whose element is among the remarks shown first."""
    hit_of_usual: float | None
    """The same of the five elements that readers name most often, said of each document."""
    strengths_real: float | None
    """Of the praised passages, those whose element the reader found."""
    strengths_at: float | None
    """Of the praised passages, those that share words with one that the reader quotes for the element."""
    missing_precision: float | None
    """Of what is said to be missing and is expected, what is absent. What is there in part is left out."""
    missing_recall: float | None
    """Of what the reader expects and is absent, what is said to be missing."""
    criteria_correlation: float | None
    """The mean rank correlation of the criteria that at least :data:`FEWEST_SCORES` documents have."""
    overall: Agreement | None
    criteria: Mapping[str, Agreement]
    missing: Mapping[str, Missing]

    @property
    def overall_correlation(self) -> float | None:
        """The rank correlation of the overall scores."""
        return None if self.overall is None else self.overall.rank_correlation

    @property
    def overall_difference(self) -> float | None:
        """The mean distance of the overall scores."""
        return None if self.overall is None else self.overall.mean_difference


HEADLINES = (
    "false",
    "misplaced",
    "hit",
    "hit_of_usual",
    "strengths_real",
    "strengths_at",
    "missing_precision",
    "missing_recall",
    "criteria_correlation",
    "overall_correlation",
    "overall_difference",
)
"""The figures that are one number, by name."""


@dataclass(frozen=True, slots=True)
class Measure:
    """The figures of one run of a coach over a set of documents."""

    whole: Figures
    by_kind: Mapping[str, Figures]
    by_language: Mapping[str, Figures]


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over several runs."""

    lowest: float
    median: float
    highest: float


def summed_up(comparisons: Sequence[Comparison]) -> Measure:
    """Return the measure of the documents compared."""
    return Measure(
        whole=_figures(comparisons),
        by_kind=_by(comparisons, lambda each: each.document.kind),
        by_language=_by(comparisons, lambda each: each.document.language),
    )


def spread_of(runs: Iterable[Figures], headline: str) -> Spread | None:
    """Return a figure's spread over several runs, or ``None`` where no run has it."""
    values = [value for figures in runs if (value := getattr(figures, headline)) is not None]
    return Spread(min(values), median(values), max(values)) if values else None


def agreement(pairs: Sequence[tuple[float, float]]) -> Agreement | None:
    """Return how far the scores of pairs agree; ``None`` where there is no pair."""
    if not pairs:
        return None
    readers, coachs = zip(*pairs, strict=True)
    correlated = _rank_correlation(readers, coachs)
    more = [coach - reader for reader, coach in pairs]
    return Agreement(
        documents=len(pairs),
        rank_correlation=None if correlated is None else round(correlated, 3),
        mean_difference=round(fmean(abs(one - other) for one, other in pairs), 2),
        offset=round(fmean(more), 2),
        spread=round(stdev(more), 2) if len(more) > 1 else None,
    )


def _by(comparisons: Iterable[Comparison], group_of: Callable[[Comparison], str]) -> dict[str, Figures]:
    groups: defaultdict[str, list[Comparison]] = defaultdict(list)
    for comparison in comparisons:
        groups[group_of(comparison)].append(comparison)
    return {name: _figures(groups[name]) for name in sorted(groups)}


def _figures(comparisons: Sequence[Comparison]) -> Figures:
    counts = sum((each.counts for each in comparisons), Counts())
    missing = _missing(comparisons)
    right = sum(each.right for each in missing.values())
    criteria = _criteria(comparisons)
    return Figures(
        documents=len(comparisons),
        false=_share(counts.false, counts.first),
        misplaced=_share(counts.misplaced, counts.quoted),
        hit=_share(counts.hit, counts.wanted),
        hit_of_usual=_share(counts.usual, counts.wanted),
        strengths_real=_share(counts.strengths_real, counts.strengths),
        strengths_at=_share(counts.strengths_at, counts.strengths),
        missing_precision=_share(right, right + sum(each.false for each in missing.values())),
        missing_recall=_share(right, right + sum(each.overlooked for each in missing.values())),
        criteria_correlation=_mean_correlation(criteria.values()),
        overall=agreement([each.overall for each in comparisons if each.overall is not None]),
        criteria=criteria,
        missing=missing,
    )


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _missing(comparisons: Iterable[Comparison]) -> dict[str, Missing]:
    outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for comparison in comparisons:
        for element, outcome in comparison.outcomes.items():
            outcomes[element][outcome] += 1
    return {
        element: Missing(*(counted[name] for name in ("right", "false", "overlooked", "quiet")))
        for element, counted in sorted(outcomes.items())
    }


def _criteria(comparisons: Iterable[Comparison]) -> dict[str, Agreement]:
    pairs: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for comparison in comparisons:
        for criterion, pair in comparison.scores.items():
            pairs[criterion].append(pair)
    agreements = {criterion: agreement(pairs[criterion]) for criterion in sorted(pairs)}
    return {criterion: agreed for criterion, agreed in agreements.items() if agreed is not None}


def _mean_correlation(criteria: Iterable[Agreement]) -> float | None:
    correlations = [
        each.rank_correlation
        for each in criteria
        if each.documents >= FEWEST_SCORES and each.rank_correlation is not None
    ]
    return round(fmean(correlations), 3) if correlations else None


def _rank_correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return Spearman's rank correlation: Pearson's of the ranks, equal values share their mean rank."""
    if len(one) < _FEWEST_RANKED:
        return None
    try:
        return correlation(_ranks(one), _ranks(other))
    except StatisticsError:
        return None  # one of the two gave everything the same score


def _ranks(values: Sequence[float]) -> list[float]:
    places: defaultdict[float, list[int]] = defaultdict(list)
    for place, value in enumerate(sorted(values)):
        places[value].append(place)
    return [fmean(places[value]) for value in values]
