"""What differs between two versions of a text, by words, grouped so that people can read it.

The texts are parted into words, white space and signs. Stretches of up to some thousands of these are
compared by rapidfuzz's longest common subsequence; longer ones are first parted at words that stand as often
in both, the rarest first (as in a histogram diff), so the work is bounded whatever the texts are. Then what
both have in common only by chance, a "the" between two rewritten clauses, goes to the change around it, and a
change that could begin at several places begins where a sentence or a line does.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final, Literal

from rapidfuzz.distance import LCSseq

RunKind = Literal["equal", "removed", "added"]

_TOKEN: Final = re.compile(r"[ \t]++|[^\W_]++(?:['’\-][^\W_]++)*+|.", re.DOTALL)
_MOST_COMPARED: Final = 32_000_000
"""Tokens of the one times tokens of the other in one comparison: it takes 4 MB and some milliseconds."""
_DEEPEST: Final = 16
"""How often a stretch is parted again. What is too long even then counts as replaced."""
_SENTENCE_ENDS: Final = frozenset(".!?…")
_LONGEST_SLIDE: Final = 400
"""Tokens by which a change is moved at most in looking for a better beginning."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that both versions have, or only the old, or only the new one."""

    kind: RunKind
    text: str


@dataclass(slots=True)
class _Block:
    """``size`` tokens that are the same from ``old`` in the one text and from ``new`` in the other."""

    old: int
    new: int
    size: int


def difference(old: str, new: str) -> list[Run]:
    """Return the runs that turn one text into the other, in order.

    None is empty, and no two of a kind are neighbours. The removed and the equal ones make the old text, the
    added and the equal ones the new one. Where something is replaced, what was removed comes before what was
    added.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    ends = _Block(0, 0, 0), _Block(len(before), len(after), 0)
    blocks = [ends[0], *_joined(_common(*_encoded(before, after))), ends[1]]
    blocks = _without_chance(blocks, before, after)
    for left, right in pairwise(blocks):
        _slide(left, right, before, after)
    return list(_runs(blocks, before, after))


def _encoded(before: Sequence[str], after: Sequence[str]) -> tuple[str, str, frozenset[str]]:
    """Return each list as a text with a character for each token, and which characters stand for words.

    Texts are compared ten times as fast as lists.
    """
    codes: dict[str, str] = {}
    for token in (*before, *after):
        if token not in codes:
            number = len(codes)
            codes[token] = chr(number if number < 0xD800 else number + 0x800)  # surrogates are left out
    words = frozenset(code for token, code in codes.items() if token[0].isalnum())
    return "".join(map(codes.__getitem__, before)), "".join(map(codes.__getitem__, after)), words


def _common(before: str, after: str, words: frozenset[str]) -> Iterator[_Block]:
    """Yield the blocks that both have, in order."""
    waiting = [(0, len(before), 0, len(after), 0)]
    while waiting:
        old, old_end, new, new_end, depth = waiting.pop()
        start = _common_length(before, after, (old, new), min(old_end - old, new_end - new), 1)
        if start:
            yield _Block(old, new, start)
            old, new = old + start, new + start
        tail = _common_length(
            before, after, (old_end - 1, new_end - 1), min(old_end - old, new_end - new), -1
        )
        if tail:
            # It comes after all between; there it is a beginning that both have.
            waiting.append((old_end - tail, old_end, new_end - tail, new_end, depth))
            old_end, new_end = old_end - tail, new_end - tail
        if old == old_end or new == new_end:
            continue
        if (old_end - old) * (new_end - new) <= _MOST_COMPARED:
            for step in LCSseq.opcodes(before[old:old_end], after[new:new_end]):
                if step.tag == "equal":
                    yield _Block(old + step.src_start, new + step.dest_start, step.src_end - step.src_start)
        elif depth < _DEEPEST:
            parts = _parted(before, after, words, (old, old_end, new, new_end))
            waiting.extend((*part, depth + 1) for part in reversed(parts))


def _common_length(before: str, after: str, at: tuple[int, int], most: int, step: int) -> int:
    """Return how many tokens are the same from a place in each on, forwards or backwards."""
    length = 0
    while length < most and before[at[0] + step * length] == after[at[1] + step * length]:
        length += 1
    return length


def _parted(
    before: str, after: str, words: frozenset[str], within: tuple[int, int, int, int]
) -> list[tuple[int, int, int, int]]:
    """Return the parts of two stretches between the words that surely belong together, and these.

    None where there are no such words.
    """
    old, old_end, new, new_end = within
    places: dict[str, tuple[list[int], list[int]]] = {word: ([], []) for word in words}
    for text, first, last, which in ((before, old, old_end, 0), (after, new, new_end, 1)):
        for place in range(first, last):
            if text[place] in words:
                places[text[place]][which].append(place)
    alike = [each for each in places.values() if each[0] and len(each[0]) == len(each[1])]
    rarest = min((len(each[0]) for each in alike), default=0)
    pairs = sorted(
        pair for each in alike if len(each[0]) == rarest for pair in zip(each[0], each[1], strict=True)
    )
    parts, at_old, at_new = [], old, new
    for place_old, place_new in _longest_rising(pairs):
        parts.append((at_old, place_old, at_new, place_new))
        parts.append((place_old, place_old + 1, place_new, place_new + 1))
        at_old, at_new = place_old + 1, place_new + 1
    return [*parts, (at_old, old_end, at_new, new_end)] if parts else []


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the most pairs, in order, whose second numbers rise as the first ones do."""
    lowest: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, second) in enumerate(pairs):
        length = bisect_left(lowest, second)
        before.append(ends[length - 1] if length else -1)
        if length == len(lowest):
            lowest.append(second)
            ends.append(index)
        else:
            lowest[length], ends[length] = second, index
    found = []
    index = ends[-1] if ends else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]


def _joined(blocks: Iterator[_Block]) -> Iterator[_Block]:
    """Yield the blocks with those made one that nothing parts."""
    last: _Block | None = None
    for block in blocks:
        if last is not None and (last.old + last.size, last.new + last.size) == (block.old, block.new):
            last.size += block.size
            continue
        if last is not None:
            yield last
        last = block
    if last is not None:
        yield last


def _without_chance(blocks: Sequence[_Block], before: Sequence[str], after: Sequence[str]) -> list[_Block]:
    """Leave out the blocks that have no more words than the change on either side: they only part it."""
    words_old, words_new = _words_until(before), _words_until(after)

    def changed(left: _Block, right: _Block) -> int:
        """Return the words of the change between two blocks; -1 where nothing is."""
        old, new = left.old + left.size, left.new + left.size
        if (old, new) == (right.old, right.new):
            return -1
        return max(words_old[right.old] - words_old[old], words_new[right.new] - words_new[new])

    def parts_a_change(left: _Block, block: _Block, right: _Block) -> bool:
        words = words_old[block.old + block.size] - words_old[block.old]
        if not words and "\n" in before[block.old : block.old + block.size]:
            return False  # paragraphs stay apart
        return words <= min(changed(left, block), changed(block, right))

    kept: list[_Block] = []
    for block in blocks:
        while len(kept) >= 2 and parts_a_change(kept[-2], kept[-1], block):
            kept.pop()
        kept.append(block)
    return kept


def _words_until(tokens: Sequence[str]) -> list[int]:
    """Return how many words there are before each token, and in all."""
    return [0, *accumulate(token[0].isalnum() for token in tokens)]


def _slide(left: _Block, right: _Block, before: Sequence[str], after: Sequence[str]) -> None:
    """Move what was only added, or only removed, to where it begins and ends best, if it can be moved."""
    old, new = left.old + left.size, left.new + left.size
    if (right.old > old) == (right.new > new):
        return
    tokens, start, end = (before, old, right.old) if right.old > old else (after, new, right.new)
    best, best_rank = 0, _rank(tokens, start) + _rank(tokens, end)
    for step in (-1, 1):
        most = min((left.size if step < 0 else right.size), _LONGEST_SLIDE)
        for moved in range(step, step * (most + 1), step):
            gone, come = (start + moved, end + moved) if step < 0 else (start + moved - 1, end + moved - 1)
            if tokens[gone] != tokens[come]:
                break
            rank = _rank(tokens, start + moved) + _rank(tokens, end + moved)
            if rank > best_rank:
                best, best_rank = moved, rank
    left.size += best
    right.old, right.new, right.size = right.old + best, right.new + best, right.size - best


def _rank(tokens: Sequence[str], place: int) -> int:
    """Return how well a text is parted before a token: 3 at a line, 2 at a sentence, 1 after white space."""
    if place in (0, len(tokens)) or tokens[place - 1] == "\n":
        return 3
    if not tokens[place - 1].isspace():
        return 0
    return 2 if place >= 2 and tokens[place - 2] in _SENTENCE_ENDS else 1


def _runs(blocks: Sequence[_Block], before: Sequence[str], after: Sequence[str]) -> Iterator[Run]:
    old = new = 0
    same: list[str] = []
    for block in blocks:
        removed, added = before[old : block.old], after[new : block.new]
        if removed or added:
            if same:
                yield Run("equal", "".join(same))
                same = []
            if removed:
                yield Run("removed", "".join(removed))
            if added:
                yield Run("added", "".join(added))
        same += before[block.old : block.old + block.size]
        old, new = block.old + block.size, block.new + block.size
    if same:
        yield Run("equal", "".join(same))
