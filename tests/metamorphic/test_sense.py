"""A text out of order, a heap of words, one paragraph over and over, padding, jargon: each costs points."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from memo_coach.coaching.builtin.detectors.coherence.detector import broken_joints
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.samples import Sample, samples

from .judging import RUBRIC_IDS, judge

STRONG = [
    sample
    for language in ("en", "es")
    for rubric_id in RUBRIC_IDS
    for sample in samples(rubric_id, language)
    if sample.quality == "strong"
]
EMPTY = {
    name: yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text("utf-8"))
    for name in ("padding", "padding_held_back")
}
each_strong_sample = pytest.mark.parametrize("sample", STRONG, ids=lambda sample: sample.id)
_ENDS = (".", "!", "?")


def _header(sample: Sample) -> str:
    memo = parse_memo(sample.text, sample.language)
    return memo.text[: memo.header[-1].span.end] + "\n\n" if memo.header else ""


def _in_random_order(sample: Sample, seed: int) -> str:
    memo = parse_memo(sample.text, sample.language)
    texts = [sentence.text.rstrip() for sentence in memo.sentences]
    random.Random(seed).shuffle(texts)
    ended = [text if text.endswith(_ENDS) else f"{text}." for text in texts]
    paragraphs = [" ".join(ended[start : start + 4]) for start in range(0, len(ended), 4)]
    return _header(sample) + "\n\n".join(paragraphs)


def _with_words_shuffled(sample: Sample, seed: int) -> str:
    memo = parse_memo(sample.text, sample.language)
    words = [memo.quote(word.span) for word in memo.words]
    random.Random(seed).shuffle(words)
    sentences = [" ".join(words[start : start + 14]) + "." for start in range(0, len(words), 14)]
    return _header(sample) + "\n\n".join(sentences)


def _one_paragraph_repeated(sample: Sample) -> str:
    memo = parse_memo(sample.text, sample.language)
    longest = max(
        (block for block in memo.blocks if block.kind == "paragraph"), key=lambda one: len(one.text)
    )
    return _header(sample) + "\n\n".join([memo.quote(longest.span)] * 12)


def _with_sentences_inserted(sample: Sample, sentences: list[str]) -> str:
    memo = parse_memo(sample.text, sample.language)
    places = [block.span.end for block in memo.blocks if block.kind == "paragraph"][1:]
    text = memo.text
    for number, sentence in sorted(enumerate(sentences), key=lambda one: -places[one[0] % len(places)]):
        place = places[number % len(places)]
        text = f"{text[:place]} {sentence}{text[place:]}"
    return text


@each_strong_sample
def test_sentences_in_random_order_cost_half_a_point(sample: Sample) -> None:
    before = judge(sample.text, sample.rubric, sample.language).overall
    falls = sorted(
        before - judge(_in_random_order(sample, seed), sample.rubric, sample.language).overall
        for seed in range(5)
    )
    assert falls[1] >= 0.5 - 1e-9, "one order in five may look like a writer's by chance"


@each_strong_sample
@pytest.mark.parametrize("seed", range(3))
def test_a_heap_of_words_is_worth_nothing(sample: Sample, seed: int) -> None:
    assert judge(_with_words_shuffled(sample, seed), sample.rubric, sample.language).overall <= 1.5


@each_strong_sample
def test_one_paragraph_over_and_over_is_worth_little(sample: Sample) -> None:
    assert judge(_one_paragraph_repeated(sample), sample.rubric, sample.language).overall <= 2.0


@each_strong_sample
@pytest.mark.parametrize("what", ["jargon", "padding"])
@pytest.mark.parametrize("source", EMPTY)
def test_sentences_that_say_nothing_lower_clarity_and_the_whole(
    sample: Sample, what: str, source: str
) -> None:
    before = judge(sample.text, sample.rubric, sample.language)
    padded = _with_sentences_inserted(sample, EMPTY[source][sample.language][what])
    after = judge(padded, sample.rubric, sample.language)
    clearer, clear = before.scores["clarity"], after.scores["clarity"]
    assert clearer is not None
    assert clear is not None
    assert after.overall <= before.overall - 0.1 + 1e-9
    assert clear <= clearer - 0.3 + 1e-9
    assert after.evaluation.overall.notices


@each_strong_sample
def test_a_text_that_holds_together_loses_nothing(sample: Sample) -> None:
    judged = judge(sample.text, sample.rubric, sample.language)
    assert judged.indicators["coherence"] == 1.0
    assert judged.indicators["to-the-point"] > 0.95


@pytest.mark.parametrize("shuffled", [_with_words_shuffled])
def test_only_shuffled_words_break_joints(shuffled: Callable[[Sample, int], str]) -> None:
    for sample in STRONG:
        lexicon = lexicon_of(sample.language)
        _, broken, total = broken_joints(parse_memo(sample.text, sample.language), lexicon)
        assert broken < 0.05 * total
        _, broken, total = broken_joints(parse_memo(shuffled(sample, 1), sample.language), lexicon)
        assert broken > 0.18 * total
