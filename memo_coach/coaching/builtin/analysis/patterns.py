"""Detectors that an administrator writes as patterns in a rubric: their check, and their reading of a memo.

A pattern is a regular expression, matched against one sentence at a time. Because a rubric is edited in a
browser and serves everybody at once, a pattern that could take long is refused before it is saved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from math import prod
from typing import Any

from memo_coach.coaching.builtin.findings import Finding, Reading
from memo_coach.coaching.memo.model import Memo, Sentence
from memo_coach.coaching.rubric.model import PatternDetector
from memo_coach.translations import sentences
from memo_coach.translations.library_words import library_words

LONGEST_PATTERN = 200
"""Characters of one pattern."""
LONGEST_SENTENCE = 1_000
"""Characters of a sentence that a pattern sees; the rest of a longer one is left out."""
MOST_FINDINGS = 12
"""Findings of one flagging pattern detector."""

_MOST_WAYS = 50_000
"""Of one pattern: under half a second for the longest sentence, one that is made to be slow."""
_MOST_WAYS_IN_ALL = 150_000
"""Of all patterns of a rubric for one language."""
_WAYS_OF_ANY = 500
"""What looking for a pattern costs that has one way to match."""


def fault_of_pattern(pattern: str) -> sentences.Sentence | None:
    r"""Say why a pattern cannot be used, or ``None`` where it can.

    A pattern is refused where it is empty, too long or no regular expression, where a repeat holds another
    repeat or alternatives, and where the repeats that vary multiply to more than 50,000 ways of matching from
    one place (``.{0,40}`` counts 41; ``.*`` and ``\w+`` count 1,000).
    """
    if len(pattern) > LONGEST_PATTERN:
        length, most = str(len(pattern)), str(LONGEST_PATTERN)
        return sentences.sentence("document_faults.pattern_long", length=length, most=most)
    try:
        matches_nothing = re.compile(pattern, re.IGNORECASE).match("") is not None
        ways = _ways(import_module("re._parser").parse(pattern))
    except (re.error, RecursionError, OverflowError) as error:
        return sentences.sentence(
            "document_faults.pattern_invalid",
            pattern=repr(pattern),
            error=library_words("pattern_words", str(error)),
        )
    except _NestedRepeat:
        return sentences.sentence("document_faults.pattern_endless", pattern=repr(pattern))
    if matches_nothing:
        return sentences.sentence("document_faults.pattern_nothing", pattern=repr(pattern))
    return (
        sentences.sentence("document_faults.pattern_slow", pattern=repr(pattern))
        if ways > _MOST_WAYS
        else None
    )


def take_too_long(patterns: Iterable[str]) -> bool:
    """Whether patterns, each of which can be used, could take too long together."""
    parse = import_module("re._parser").parse
    ways = (_WAYS_OF_ANY + _ways(parse(pattern)) for pattern in patterns)
    return sum(ways) > _MOST_WAYS_IN_ALL


class _NestedRepeat(Exception):
    """A repeat within a repeat."""


def _ways(tree: Iterable[tuple[Any, Any]], *, repeated: bool = False) -> int:
    """Estimate in how many ways a parsed pattern can match from one place."""
    return prod(_ways_of_item(str(operator), argument, repeated) for operator, argument in tree)


def _ways_of_item(operator: str, argument: Any, repeated: bool) -> int:  # noqa: ANN401 - the parser's own tree
    if operator in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        lowest, highest, inner = argument
        if repeated and highest != lowest:
            raise _NestedRepeat
        ways = max(1, min(int(highest), LONGEST_SENTENCE) - int(lowest) + 1)
        return ways * _ways(inner, repeated=repeated or highest > 1)
    if operator == "BRANCH":
        if repeated:
            raise _NestedRepeat
        return sum(_ways(branch) for branch in argument[1])
    return prod(_ways(group, repeated=repeated) for group in _groups_within(operator, argument))


def _groups_within(operator: str, argument: Any) -> list[Any]:  # noqa: ANN401 - the parser's own tree
    """Return the sub-patterns of a group, look-around, atomic group or conditional."""
    if operator == "SUBPATTERN":
        return [argument[3]]
    if operator in ("ASSERT", "ASSERT_NOT"):
        return [argument[1]]
    if operator == "ATOMIC_GROUP":
        return [argument]
    if operator == "GROUPREF_EXISTS":
        return [group for group in argument[1:] if group is not None]
    return []


@lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


def read_pattern(memo: Memo, detector: PatternDetector) -> Reading:
    """Read a memo with one pattern detector.

    Sentences are counted once however often they stand in the memo. A language for which the detector has no
    patterns gives no reading at all, so that nobody is marked down for it.
    """
    patterns = _compiled(detector.patterns.get(memo.language, ()))
    if not patterns:
        return Reading({})
    found = _matching_sentences(memo, patterns)
    share = min(1.0, len(found) / detector.full)
    value = 1.0 - share if detector.flags else share
    if detector.flags:
        findings = tuple(_flag(detector, sentence) for sentence in found[:MOST_FINDINGS])
    elif value < 1.0:
        findings = (
            Finding(
                kind=f"pattern.{detector.indicator}",
                indicator=detector.indicator,
                polarity="opportunity",
                span=found[-1].span if found else None,
                severity=1.0 - value,
                confidence=0.7,
            ),
        )
    else:
        findings = ()
    return Reading({detector.indicator: value}, findings)


def _matching_sentences(memo: Memo, patterns: tuple[re.Pattern[str], ...]) -> list[Sentence]:
    found: dict[str, Sentence] = {}
    for sentence in memo.sentences:
        text = sentence.text[:LONGEST_SENTENCE]
        if any(pattern.search(text) for pattern in patterns):
            found.setdefault(" ".join(text.lower().split()), sentence)
    return list(found.values())


def _flag(detector: PatternDetector, sentence: Sentence) -> Finding:
    return Finding(
        kind=f"pattern.{detector.indicator}",
        indicator=detector.indicator,
        polarity="opportunity",
        span=sentence.span,
        severity=min(1.0, 1.0 / detector.full),
        confidence=0.7,
    )
