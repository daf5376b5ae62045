"""Clarity: one figure for how plainly the sentences are written, and what stands in its way.

The figure is :func:`memo_coach.coaching.builtin.clarity.clarity_of`, which is what the pairs of the plain
language guidance are measured with. The remarks are those of the detectors of style.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from memo_coach.coaching.builtin import clarity as measure
from memo_coach.coaching.builtin.detectors.hedges.detector import read_hedges
from memo_coach.coaching.builtin.detectors.jargon.detector import read_jargon
from memo_coach.coaching.builtin.detectors.long_paragraphs.detector import read_long_paragraphs
from memo_coach.coaching.builtin.detectors.long_sentences.detector import read_long_sentences
from memo_coach.coaching.builtin.detectors.nominalisations.detector import read_nominalisations
from memo_coach.coaching.builtin.detectors.passive_voice.detector import read_passive_voice
from memo_coach.coaching.builtin.detectors.readability.detector import read_readability
from memo_coach.coaching.builtin.detectors.wordiness.detector import read_wordiness
from memo_coach.coaching.builtin.findings import Read, Reading, detector
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo

KINDS: tuple[str, ...] = ()

SHARES: Mapping[Read, float] = {
    read_long_sentences: 0.3,
    read_readability: 0.2,
    read_wordiness: 0.2,
    read_passive_voice: 0.15,
    read_nominalisations: 0.15,
    read_jargon: 0.15,
    read_hedges: 0.1,
    read_long_paragraphs: 0.1,
}
"""The detectors whose remarks are passed on, and what part of clarity comes back where one is heeded: about
their weight among the measures."""


def placed(clarity: float, lexicon: Lexicon) -> float:
    """Place the figure on 0 to 1, as a reader would call it; it always rises, so that no pair is a tie."""
    scale = lexicon.replacements("clarity_scale")
    points = [(0.0, 0.0), (float(scale["poor"]), 0.1), (float(scale["good"]), 0.9), (1.0, 1.0)]
    for (left, low), (right, high) in pairwise(points):
        if clarity <= right:
            return low + (high - low) * (clarity - left) / (right - left)
    return 1.0


@detector(
    "clarity",
    indicators=("clarity",),
    source="plainlanguage.gov, before-and-after comparisons; the weights are our own, see "
    "memo_coach/coaching/builtin/clarity.py",
)
def read_clarity(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read how plainly the memo is written."""
    findings = tuple(
        replace(finding, indicator="clarity", severity=finding.severity * share)
        for read, share in SHARES.items()
        for finding in read(memo, lexicon).findings
    )
    return Reading({"clarity": placed(measure.clarity_of(memo), lexicon)}, findings)
