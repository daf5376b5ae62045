"""Where a run of words stands nearly as it is given: rapidfuzz aligns the words, then the ends are set.

The alignment finds the passage of as many words that has most in common with the run. Where words were put in
or left out, the passage that was meant begins or ends a few words beside it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq, Levenshtein

from memo_coach.coaching.quotes.normalised_text import NormalisedText

LONGEST = 150
"""Words of the longest run that is looked for."""
_MOST_STEPS = 10_000_000
"""Words of the run times words of the text that are among them: what the alignment may have to compare.

So many take a tenth of a second at worst. A memo of 200,000 characters has half of them, unless it repeats a
few letters or is in a script whose characters are words.
"""
_MOST_ALIGNMENTS = 5
"""In one text: of the whole, then of what stands before and behind the place that was found."""
_MOST_BESIDE = 4
"""Words that a passage may begin or end beside what was aligned."""
_ALIKE = 0.75
"""The least resemblance of two words, by letters, that counts: an ending or a slip of the pen."""


@dataclass(frozen=True, slots=True)
class NearMatch:
    """``words[first:last]`` of a text resembles the run by ``similarity`` (0 to 1)."""

    first: int
    last: int
    similarity: float


def near_matches(text: NormalisedText, run: Sequence[str], *, threshold: float) -> list[NearMatch]:
    """Return the passages that resemble the run at least by the threshold, the most similar first.

    None where the run has more than :data:`LONGEST` words, or so many of the text's words that it would
    take too long.
    """
    if len(run) > LONGEST or len(run) * sum(text.counts[word] for word in set(run)) > _MOST_STEPS:
        return []
    most_changes = max(2, len(run) // 5)
    good = []
    for first, last in _aligned(text.words, run, most_changes):
        passage = text.words[first:last]
        similarity = _similarity(run, passage)
        if similarity >= threshold and Levenshtein.distance(run, passage) <= most_changes:
            good.append(NearMatch(first, last, similarity))
    return sorted(good, key=lambda match: (-match.similarity, match.first, match.last))


def _aligned(words: Sequence[str], run: Sequence[str], most_changes: int) -> Iterator[tuple[int, int]]:
    """Give the passages that have most in common with the run: the best, then the best on either side."""
    # With no more changes so many words of the run are there; half a word less, for scores are rounded.
    least = 100 * (len(run) - most_changes - 0.5) / len(run)
    stretches = deque([(0, len(words))])
    for _ in range(_MOST_ALIGNMENTS):
        if not stretches:
            return
        low, high = stretches.popleft()
        found = fuzz.partial_ratio_alignment(run, words[low:high], score_cutoff=least)
        if found is not None:
            first, last = _with_ends_set(words, run, low + found.dest_start, low + found.dest_end)
            yield first, last
            stretches += [(low, first), (last, high)]


def _with_ends_set(words: Sequence[str], run: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """Return the passage about ``words[first:last]`` that takes the fewest changes from the run.

    Of equals the one that has most words of the run, then the one with as many words: a changed word stands
    for a word.
    """
    firsts = range(max(0, first - _MOST_BESIDE), first + _MOST_BESIDE + 1)
    lasts = range(max(0, last - _MOST_BESIDE), min(len(words), last + _MOST_BESIDE) + 1)

    def changes(ends: tuple[int, int]) -> tuple[int, int, int, int]:
        passage = words[slice(*ends)]
        in_common = LCSseq.similarity(run, passage)
        return Levenshtein.distance(run, passage), -in_common, abs(len(passage) - len(run)), ends[1]

    return min((ends for ends in product(firsts, lasts) if ends[0] < ends[1]), key=changes)


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
