"""Where a run of words stands nearly as it is given: candidates by shared rare words, then an alignment.

The time does not grow with the square of the text: shared words vote for a place, of which few are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from memo_coach.coaching.quotes.normalised_text import NormalisedText

LONGEST = 150
"""Words of the longest run that is looked for: the alignment takes words² steps."""
_MOST_VOTES = 4_000
_MOST_CANDIDATES = 4
_CHANGE = 1_000
"""Cost of a changed, added or dropped word. A word in common gains 1, which decides among equal changes."""
_ALIKE = 0.75
"""The least resemblance of two words, by letters, that counts: an ending or a slip of the pen."""
_BUCKET = 4
"""Places that differ by so many words count as one: words may have been put in or left out."""


@dataclass(frozen=True, slots=True)
class NearMatch:
    """``words[first:last]`` of a text resembles the run by ``similarity`` (0 to 1)."""

    first: int
    last: int
    similarity: float


def near_matches(text: NormalisedText, run: Sequence[str], *, threshold: float) -> list[NearMatch]:
    """Return the passages that resemble the run at least by the threshold, the most similar first.

    None where the run has more than :data:`LONGEST` words.
    """
    if len(run) > LONGEST:
        return []
    most_changes = max(2, len(run) // 5)
    aligned = (_aligned(text, run, place) for place in _candidates(text, run))
    good = {match for match, changes in aligned if match.similarity >= threshold and changes <= most_changes}
    return sorted(good, key=lambda match: (-match.similarity, match.first, match.last))


def _candidates(text: NormalisedText, run: Sequence[str]) -> list[int]:
    """Let each word of the run vote for where the run would begin; rare words first, long words more."""
    votes: defaultdict[int, int] = defaultdict(int)
    spent = 0
    known = [(len(text.places[word]), index, word) for index, word in enumerate(run) if word in text.places]
    for count, index, word in sorted(known):
        spent += count
        if spent > _MOST_VOTES:
            break
        for place in text.places[word]:
            votes[(place - index) // _BUCKET] += len(word)
    joint = {bucket: weight + votes.get(bucket + 1, 0) for bucket, weight in list(votes.items())}
    best = sorted(joint, key=lambda bucket: (-joint[bucket], bucket))[: 2 * _MOST_CANDIDATES]
    kept: list[int] = []
    for bucket in best:
        if 2 * joint[bucket] < joint[best[0]] or len(kept) == _MOST_CANDIDATES:
            break
        if all(abs(bucket - other) > 1 for other in kept):
            kept.append(bucket)
    return [bucket * _BUCKET for bucket in kept]


def _aligned(text: NormalisedText, run: Sequence[str], place: int) -> tuple[NearMatch, int]:
    """Return the passage near a place that takes the fewest changes, and how many words those are."""
    slack = 2 * _BUCKET + len(run) // 5
    low = max(0, place - slack)
    window = text.words[low : max(0, place) + len(run) + slack]
    costs, starts = _fit(run, window)
    least = min(costs)
    ends = [end for end, cost in enumerate(costs) if cost == least]
    # Of equally good passages the one with as many words as the run: a changed word stands for a word.
    end = min(ends, key=lambda end: (abs(end - starts[end] - len(run)), end))
    first, last = low + starts[end], low + end
    passage = text.words[first:last]
    return NearMatch(first, last, _similarity(run, passage)), Levenshtein.distance(run, passage)


def _fit(run: Sequence[str], window: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return for each end in the window the fewest words to change, put in or drop, and where that begins.

    Sellers, 'The theory and computation of evolutionary distances' (1980), with words for letters.
    """
    costs = [0] * (len(window) + 1)
    starts = list(range(len(window) + 1))
    for number, word in enumerate(run, start=1):
        above, above_starts = costs, starts
        costs, starts = [number * _CHANGE], [0]
        for index, other in enumerate(window):
            cost, start = above[index] + (-1 if word == other else _CHANGE), above_starts[index]
            if above[index + 1] + _CHANGE < cost:
                cost, start = above[index + 1] + _CHANGE, above_starts[index + 1]
            if costs[index] + _CHANGE < cost:
                cost, start = costs[index] + _CHANGE, starts[index]
            costs.append(cost)
            starts.append(start)
    return costs, starts


def _similarity(run: Sequence[str], passage: Sequence[str]) -> float:
    """Return the share of letters in words that both have in this order, or nearly (``plan``, ``plans``).

    0 where a figure is another one: of all changes to a quote that is the one a reader must not be shown.
    """
    shared = 0.0
    for step in Levenshtein.opcodes(run, passage):
        if step.tag not in {"equal", "replace"}:
            continue
        pairs = zip(run[step.src_start : step.src_end], passage[step.dest_start : step.dest_end], strict=True)
        for word, other in pairs:
            alike = fuzz.ratio(word, other) / 100
            if alike < 1 and _digits([word]) and _digits([other]) and _digits(run) != _digits(passage):
                return 0.0
            shared += alike * (len(word) + len(other)) if alike >= _ALIKE else 0.0
    return shared / (len("".join(run)) + len("".join(passage)))


def _digits(words: Sequence[str]) -> str:
    """Return all digits in a row, so that ``1 000`` is ``1000``."""
    return "".join(filter(str.isdigit, "".join(words)))
