"""What the detectors of style share: the sentences that style is judged on, rates, and findings in order.

Style is judged on running text: paragraphs and list items, without tables, quotations and sentences that
repeat an earlier one (repeating plain sentences must not make a wordy memo look plain).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from memo_coach.coaching.builtin.analysis.phrases import PhraseMatch
from memo_coach.coaching.builtin.findings import Finding, ramp
from memo_coach.coaching.memo.model import Memo, Sentence, Span

MOST_FINDINGS, FEWEST_FINDINGS = 8, 3
"""A writer reads no more than a handful of remarks of one sort; the worst come first."""

_WORDS_FOR_A_FINDING = 100
"""One remark of a sort for each hundred words, or the page is all marks."""

WORDS_FOR_A_JUDGEMENT = 60
"""Below about five sentences a share says little: one passive sentence of two is no habit."""

WORDS_FOR_A_STRENGTH = 120
"""Praise for what is absent (no jargon, no hedges) has to be earned over some length."""

_RUNNING = frozenset({"paragraph", "list_item"})
_SHORTEST_REPEAT = 4
_SHORTEST_REPEATED_ENTRY = 8
_SHORTEST_FULL_SENTENCE = 5


def repeated_sentences(memo: Memo) -> frozenset[int]:
    """Return the indices of the sentences that repeat an earlier one, word for word, case and marks aside.

    Sentences of fewer than four words, and entries of lists and tables of fewer than eight, are left alone:
    "To be confirmed." or "Duration: two months" may stand in many places.
    """
    held: frozenset[int] | None = memo.remembered.get("repeated_sentences")
    if held is None:
        held = memo.remembered["repeated_sentences"] = frozenset(_repeated(memo))
    return held


def _repeated(memo: Memo) -> Iterator[int]:
    seen: set[tuple[str, ...]] = set()
    for index, sentence in enumerate(memo.sentences):
        prose = memo.blocks[sentence.block].kind == "paragraph"
        if sentence.word_count < (_SHORTEST_REPEAT if prose else _SHORTEST_REPEATED_ENTRY):
            continue
        words = tuple(memo.words.forms[sentence.first_word : sentence.last_word])
        if words in seen:
            yield index
        else:
            seen.add(words)


def running_sentences(memo: Memo) -> tuple[Sentence, ...]:
    """Return the sentences of paragraphs and list items that have words and repeat no earlier one."""
    held: tuple[Sentence, ...] | None = memo.remembered.get("running_sentences")
    if held is not None:
        return held
    repeated = repeated_sentences(memo)
    blocks = memo.blocks
    held = memo.remembered["running_sentences"] = tuple(
        sentence
        for index, sentence in enumerate(memo.sentences)
        if sentence.word_count and blocks[sentence.block].kind in _RUNNING and index not in repeated
    )
    return held


def full_sentences(memo: Memo, sentences: Iterable[Sentence]) -> tuple[Sentence, ...]:
    """Leave out list items of fewer than five words, which have no verb to be active or passive."""
    blocks = memo.blocks
    return tuple(
        sentence
        for sentence in sentences
        if sentence.word_count >= _SHORTEST_FULL_SENTENCE or blocks[sentence.block].kind == "paragraph"
    )


def words_in(sentences: Iterable[Sentence]) -> int:
    """Count the words of some sentences."""
    return sum([sentence.last_word - sentence.first_word for sentence in sentences])


def sentences_around(sentences: Sequence[Sentence], places: Iterable[int]) -> list[Sentence]:
    """Return those of some sentences, in order, that have one of the places, which are indices of words.

    A detector that looks for what is rare goes through these alone, instead of asking each sentence.
    """
    starts = [sentence.first_word for sentence in sentences]
    indices: set[int] = set()
    for place in places:
        index = bisect_right(starts, place) - 1
        if index >= 0 and place < sentences[index].last_word:
            indices.add(index)
    return [sentences[index] for index in sorted(indices)]


def per_hundred(count: float, words: int) -> float:
    """Return a count per hundred words; 0 for no words."""
    return 100.0 * count / words if words else 0.0


def settled(indicator: float, words: int) -> float:
    """Draw an indicator towards the middle where the text is too short to judge; 0 where there is no text.

    At :data:`WORDS_FOR_A_JUDGEMENT` words and more it stays as it is.
    """
    if not words:
        return 0.0
    return 0.5 + (indicator - 0.5) * ramp(words, 0, WORDS_FOR_A_JUDGEMENT)


def blamed(indicator: float, words: int) -> float:
    """Draw an indicator that only marks faults down towards 1 where the text is short; 0 where there is none.

    A sentence needs no headings, explains no acronyms and repeats nothing: neither a merit nor a fault.
    """
    if not words:
        return 0.0
    return 1.0 - (1.0 - indicator) * ramp(words, 0, WORDS_FOR_A_JUDGEMENT)


def span_of(memo: Memo, match: PhraseMatch) -> Span:
    """Return the passage of a phrase that was found in ``memo.words``."""
    return Span(memo.words[match.first].span.start, memo.words[match.last - 1].span.end)


def adjacent(memo: Memo, first: int, second: int) -> bool:
    """Whether only blanks stand between two words of ``memo.words``: no comma, bracket or full stop."""
    return not memo.text[memo.words[first].span.end : memo.words[second].span.start].strip()


def worst_first(findings: Iterable[Finding], words: int) -> tuple[Finding, ...]:
    """Order findings by what they cost and how sure they are, and keep the worst; ties keep the memo's order.

    Three to eight are kept, one for each hundred words of the text.
    """
    most = min(MOST_FINDINGS, max(FEWEST_FINDINGS, words // _WORDS_FOR_A_FINDING))
    return tuple(sorted(findings, key=lambda finding: -finding.severity * finding.confidence)[:most])
