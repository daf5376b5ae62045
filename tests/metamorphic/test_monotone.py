"""Repairing what is flagged takes the flag away and lowers no criterion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from memo_coach.coaching.builtin.detectors.wordiness.detector import read_wordiness
from memo_coach.coaching.builtin.findings import Finding
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.memo.model import Span
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.samples import Sample, samples

from .base_memo import BaseMemo, Edit, base_memos, edit
from .judging import RUBRIC_IDS, Judgement, judge

_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Repair:
    """A flaw that was planted in a strong memo; the memo as it was is the repair."""

    memo: BaseMemo
    flags: tuple[str, ...]
    """The kinds of finding of which at least one must flag the flaw."""
    flaws: tuple[Edit, ...]


def _repairs() -> list[Repair]:
    memos = {memo.name: memo for memo in base_memos()}
    records = yaml.safe_load((Path(__file__).parent / "repairs.yaml").read_text("utf-8"))
    return [
        Repair(
            memos[record["memo"]],
            tuple(record["flags"]),
            tuple((flaw["from"], flaw["to"]) for flaw in record["flaws"]),
        )
        for record in records
    ]


def _flags(judgement: Judgement, kinds: tuple[str, ...]) -> int:
    return sum(finding.polarity == "opportunity" and finding.kind in kinds for finding in judgement.findings)


def _lowered(flawed: Judgement, repaired: Judgement) -> dict[str, tuple[float | None, float | None]]:
    return {
        name: (score, repaired.scores[name])
        for name, score in flawed.scores.items()
        if (repaired.scores[name] or 0.0) < (score or 0.0)
    }


@pytest.mark.parametrize("repair", _repairs(), ids=lambda repair: f"{repair.flags[0]}-{repair.memo.name}")
def test_a_repair_by_hand_takes_the_flag_away_and_lowers_nothing(repair: Repair) -> None:
    memo = repair.memo
    flawed = judge(edit(memo.text, *repair.flaws), "investment-memo", memo.language)
    repaired = judge(memo.text, "investment-memo", memo.language)
    assert _flags(repaired, repair.flags) < _flags(flawed, repair.flags)
    assert _lowered(flawed, repaired) == {}
    assert repaired.overall >= flawed.overall


WEAK = [
    next(sample for sample in samples(rubric_id, language) if sample.quality == "weak")
    for language in ("en", "es")
    for rubric_id in RUBRIC_IDS
]


def _better_wordings(judgement: Judgement) -> Iterator[tuple[Finding, str]]:
    """Each flagged phrase with the wording that the coach itself proposes."""
    for finding in judgement.findings:
        better = finding.values.get("better")
        if finding.kind == "wordiness.phrase" and finding.span is not None and better:
            yield finding, better.split("/")[0].split(",")[0].strip()


def _concision(judgement: Judgement) -> float:
    memo = parse_memo(judgement.text, judgement.evaluation.language)
    return read_wordiness(memo, lexicon_of(memo.language)).indicators["concision"]


@pytest.mark.parametrize("sample", WEAK, ids=lambda sample: sample.id)
def test_taking_the_wording_that_the_coach_proposes_removes_the_flag(sample: Sample) -> None:
    before = judge(sample.text, sample.rubric, sample.language)
    for finding, better in _better_wordings(before):
        assert finding.span is not None
        text = sample.text[: finding.span.start] + better + sample.text[finding.span.end :]
        after = judge(text, sample.rubric, sample.language)
        replaced = Span(finding.span.start, finding.span.start + len(better))
        still = [
            other
            for other in after.findings
            if other.kind == finding.kind and other.span is not None and other.span.overlaps(replaced)
        ]
        assert not still, finding.values
        assert _concision(after) >= _concision(before) - _TOLERANCE


def test_weak_samples_hold_phrases_with_a_better_wording() -> None:
    for language in ("en", "es"):
        found = [
            better
            for sample in WEAK
            if sample.language == language
            for better in _better_wordings(judge(sample.text, sample.rubric, language))
        ]
        assert len(found) >= 3, language
