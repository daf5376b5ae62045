"""Which comments matter first: what would raise the score most, spread over passages and criteria.

What a check found wrong (:data:`CHECKS`) comes before all else, if it is sure of it.
The priority of a comment is the weight of its criterion, times how far the criterion would rise if the
finding were mended, times how sure the detector is. Everything is ordered by values of the memo alone, so
the same memo gives the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from memo_coach.coaching.builtin.elements.catalogue import HOMES
from memo_coach.coaching.builtin.findings import Finding, registered_detectors
from memo_coach.coaching.builtin.scoring import ScoredCriterion, ScoredMemo, distance
from memo_coach.coaching.memo.model import Memo, Span

TOP = 5
"""Opportunities that a page shows first; the rest stand behind “show all”."""
TOP_STRENGTHS = 3
MOST_COMMENTS = 60
"""Comments of one evaluation, strengths included."""
MOST_STRENGTHS = 12
MOST_OF_A_KIND = 6
"""Comments of one kind of finding: the eighth passive sentence teaches nothing that the sixth did not."""
MOST_OF_A_CRITERION_ON_TOP = 2
ON_A_PASSAGE = 3
"""Remarks among those shown first that stand on a passage, where the memo gives enough to choose from."""
ABOUT_AS_MUCH = 0.85
"""The part of another's priority from which a remark on a passage may stand in its place."""
LEAST_DISTANCE = 0.02
"""A flagged passage counts this much even where its indicator is full, so that it still has a place."""

CHECKS = frozenset({"blanks", "consistency", "timeline"})
"""Detectors of what is there and wrong: what they are sure of outranks what is missing."""
SURE = 0.7
"""Confidence from which a finding of a check comes first."""
WITHOUT_INDICATOR = frozenset({"instructions"}) | CHECKS
"""Detectors whose findings are shown though no criterion is scored from them."""


@dataclass(slots=True, unsafe_hash=True)
class RankedFinding:
    """A finding with the criterion that it bears on and its place among those of its polarity.

    Not to be changed.
    """

    finding: Final[Finding]
    criterion: Final[str]
    priority: Final[float]
    rank: Final[int]
    block: Final[int | None]
    """Index of the block of the memo where it stands; ``None`` for the memo as a whole."""


def rank_findings(memo: Memo, scored: ScoredMemo, findings: Iterable[Finding]) -> tuple[RankedFinding, ...]:
    """Order findings: opportunities by rank, then strengths by rank, at most :data:`MOST_COMMENTS` together.

    The first :data:`TOP` opportunities and the first :data:`TOP_STRENGTHS` strengths stand in different
    blocks, and no kind comes twice among them, as far as the memo gives enough to choose from.
    """
    homes = _homes(scored)
    fallback = _fallback_criterion(scored)
    findings = tuple(findings)
    reach = _reach(findings)
    criteria = [item.criterion.id for item in scored.criteria]
    placed = [_placed(memo, finding, homes, fallback, reach=reach, criteria=criteria) for finding in findings]
    candidates = _limited([item for item in placed if item is not None])
    opportunities = [item for item in candidates if item.finding.polarity == "opportunity"]
    strengths = sorted(
        (item for item in candidates if item.finding.polarity == "strength"), key=_is_of_the_style
    )[:MOST_STRENGTHS]
    taken: set[int] = set()
    ordered = _fitting(_spread(opportunities, taken, TOP), MOST_COMMENTS - len(strengths))
    if strengths and all(item.block in taken for item in strengths):
        best = strengths[0].block
        checked = {item.block for item in opportunities if is_sure_check(item.finding)}
        if (
            best is not None
            and best not in checked
            and len({item.block for item in opportunities} - {best}) >= TOP
        ):
            ordered = _fitting(_spread(opportunities, {best}, TOP), MOST_COMMENTS - len(strengths))
            taken = {item.block for item in ordered[:TOP] if item.block is not None}
    ordered = _anchored(ordered)
    ordered_strengths = _spread(strengths, taken, TOP_STRENGTHS)
    return (*_numbered(ordered), *_numbered(ordered_strengths))


def _fitting(items: Sequence[RankedFinding], room: int) -> list[RankedFinding]:
    """Return the first that there is room for; what no criterion is scored from is never the one left out."""
    kept = [item for item in items if item.finding.kind.partition(".")[0] in WITHOUT_INDICATOR][:room]
    chosen = {id(item) for item in kept}
    chosen.update(id(item) for item in [one for one in items if id(one) not in chosen][: room - len(kept)])
    return [item for item in items if id(item) in chosen]


def _homes(scored: ScoredMemo) -> dict[str, tuple[ScoredCriterion, float]]:
    """For each indicator, the criterion where it counts most, and how much it counts there (0 to 1)."""
    homes: dict[str, tuple[ScoredCriterion, float]] = {}
    for item in scored.criteria:
        for value in item.values:
            counts = item.effective_weight / 100 * value.share
            if value.indicator not in homes or counts > homes[value.indicator][1]:
                homes[value.indicator] = (item, counts)
    return homes


def _reach(findings: Iterable[Finding]) -> dict[str, frozenset[str]]:
    """For each kind of finding, the indicators that mending it would fill.

    That is its own; and for what is missing altogether, also those of its detector on which nothing was
    found: where no risk is named, nobody complains of missing mitigations, yet they come with the risks.
    """
    opportunities = [finding for finding in findings if finding.polarity == "opportunity"]
    spoken_of = {finding.indicator for finding in opportunities}
    siblings = {name: one.indicators for one in registered_detectors() for name in one.indicators}
    reach: dict[str, frozenset[str]] = {}
    for finding in opportunities:
        missing = finding.kind.endswith(".missing")
        silent = set(siblings.get(finding.indicator, ())) - spoken_of if missing else set()
        reach[finding.kind] = frozenset({finding.indicator, *silent})
    return reach


def _fallback_criterion(scored: ScoredMemo) -> str:
    """The criterion under which a finding without an indicator is shown: that of plain words, or the last."""
    for item in scored.criteria:
        if any(value.indicator == "plain-words" for value in item.values):
            return item.criterion.id
    return scored.criteria[-1].criterion.id


def _placed(
    memo: Memo,
    finding: Finding,
    homes: Mapping[str, tuple[ScoredCriterion, float]],
    fallback: str,
    *,
    reach: Mapping[str, frozenset[str]],
    criteria: Collection[str],
) -> RankedFinding | None:
    block = memo.block_at(finding.span.start) if finding.span is not None else None
    index = None if block is None else block.index
    home = homes.get(finding.indicator)
    if home is None:
        if finding.importance is not None or finding.claim == "there":
            priority = (
                finding.confidence * finding.severity if finding.importance is None else finding.importance
            )
            return RankedFinding(finding, _nearest(finding, criteria, fallback), priority, 0, index)
        if finding.kind.partition(".")[0] in WITHOUT_INDICATOR:
            least = LEAST_DISTANCE * finding.severity * finding.confidence if _is_check(finding) else 0.0
            return RankedFinding(finding, _nearest(finding, criteria, fallback), least, 0, index)
        return None
    item, counts = home
    weight = item.effective_weight / 100
    if finding.polarity == "strength":
        return RankedFinding(
            finding, item.criterion.id, counts * finding.severity * finding.confidence, 0, index
        )
    if finding.importance is not None:
        return RankedFinding(finding, item.criterion.id, finding.importance, 0, index)
    far = max(LEAST_DISTANCE, distance(item, reach.get(finding.kind, {finding.indicator})))
    priority = weight * far * min(1.0, max(0.05, finding.severity)) * finding.confidence
    return RankedFinding(finding, item.criterion.id, priority, 0, index)


def _nearest(finding: Finding, criteria: Collection[str], fallback: str) -> str:
    """Return the criterion that a remark on something which the rubric does not score is shown with."""
    wanted = HOMES.get(finding.kind.partition(".")[0], ())
    if finding.element == "problem":
        wanted = HOMES["problem"]
    return next((one for one in wanted if one in criteria), fallback)


def _is_check(finding: Finding) -> bool:
    return finding.polarity == "opportunity" and finding.kind.partition(".")[0] in CHECKS


def is_sure_check(finding: Finding) -> bool:
    """Whether a check found something wrong and is sure of it: that comes first."""
    return _is_check(finding) and finding.confidence >= SURE


def _is_of_the_style(item: RankedFinding) -> bool:
    """Whether a strength is one of the sentences throughout: told after those that stand in a passage."""
    return item.finding.claim is None


def _order(item: RankedFinding) -> tuple[bool, float, int, str]:
    position = item.finding.span.start if item.finding.span is not None else -1
    return (not is_sure_check(item.finding), -round(item.priority, 9), position, item.finding.kind)


def _limited(items: Iterable[RankedFinding]) -> list[RankedFinding]:
    kinds: Counter[str] = Counter()
    passages: set[tuple[str, Span | None]] = set()
    kept = []
    for item in sorted(items, key=_order):
        passage = (item.finding.kind, item.finding.span)
        if passage in passages or kinds[item.finding.kind] >= MOST_OF_A_KIND:
            continue
        passages.add(passage)
        kinds[item.finding.kind] += 1
        kept.append(item)
    return kept


def _spread(items: Sequence[RankedFinding], taken: set[int], top: int) -> list[RankedFinding]:
    """Move the best ``top`` items that spread well to the front, avoiding and adding to ``taken`` blocks."""
    criteria: Counter[str] = Counter()
    kinds: set[str] = set()
    front: list[RankedFinding] = []

    def choose(fits: Callable[[RankedFinding], bool]) -> None:
        for item in items:
            if len(front) >= top:
                return
            if item in front or item.block in taken or not fits(item):
                continue
            front.append(item)
            criteria[item.criterion] += 1
            kinds.add(item.finding.kind)
            if item.block is not None:
                taken.add(item.block)

    choose(
        lambda item: criteria[item.criterion] < MOST_OF_A_CRITERION_ON_TOP and item.finding.kind not in kinds
    )
    choose(lambda item: True)
    chosen = {id(item) for item in front}
    return front + [item for item in items if id(item) not in chosen]


def _anchored(ordered: Sequence[RankedFinding]) -> list[RankedFinding]:
    """Let :data:`ON_A_PASSAGE` of those shown first stand on a passage, where enough matter about as much."""
    front, rest = list(ordered[:TOP]), list(ordered[TOP:])
    blocks = {item.block for item in front}
    kinds = {item.finding.kind for item in front}
    better = [
        item
        for item in rest
        if item.finding.span is not None and item.block not in blocks and item.finding.kind not in kinds
    ]
    for place in range(len(front) - 1, -1, -1):
        lacking = ON_A_PASSAGE - sum(item.finding.span is not None for item in front)
        if lacking <= 0 or not better:
            break
        item = front[place]
        if item.finding.span is None and better[0].priority >= ABOUT_AS_MUCH * item.priority:
            front[place] = better.pop(0)
    chosen = {id(item) for item in front}
    front.sort(key=ordered.index)
    return front + [item for item in ordered if id(item) not in chosen]


def _numbered(items: Iterable[RankedFinding]) -> list[RankedFinding]:
    return [
        RankedFinding(item.finding, item.criterion, item.priority, rank, item.block)
        for rank, item in enumerate(items)
    ]
