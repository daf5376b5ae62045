"""The examples beside the detectors: for each kind of remark a text that earns it, and one that does not.

``examples.yaml`` in a detector's folder has them. An example is two short texts, or one of the memos of
``example_frames.yaml`` with some of its passages put in, changed or left out. A kind that no evaluation
makes any more says why instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.builtin.detectors import __path__ as _detectors
from memo_coach.coaching.evaluation import Comment
from memo_coach.coaching.memo.text import normalise_text
from memo_coach.coaching.rubric.model import Criterion, IndicatorShare, Rubric
from memo_coach.coaching.rubric.reader import shipped_rubric

FOLDER = Path(_detectors[0])
DEFAULT_RUBRIC = "investment-memo"

Passages = Mapping[str, str]
"""The passages of a memo by name, in order."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole memo in named passages, and the rubric that it is judged on."""

    rubric: str
    passages: Passages


@dataclass(frozen=True, slots=True)
class Judge:
    """By what a text is judged: a shipped rubric, or one that asks for a single indicator."""

    rubric: str
    indicator: str | None
    """What none of the shipped rubrics asks for, and one of an administrator's own may."""
    language: str


@dataclass(frozen=True, slots=True)
class Example:
    """Two texts that differ in what a kind of remark is about."""

    kind: str
    fires: str
    silent: str
    passage_that_fires: str
    """What makes the difference, where it is not the whole text; empty where it was left out."""
    passage_that_is_silent: str
    judge: Judge
    frame: str | None = None
    """The memo that the passages stand in."""


@cache
def comments_on(text: str, judge: Judge) -> tuple[Comment, ...]:
    """Return the coach's remarks; those on a memo that several examples share are made once."""
    rubric = shipped_rubric(judge.rubric) if judge.indicator is None else _rubric_for(judge.indicator)
    return evaluate_text(normalise_text(text), rubric, judge.language).comments


def kinds_on(text: str, judge: Judge) -> set[str | None]:
    """Return the kinds of the coach's remarks."""
    return {comment.finding for comment in comments_on(text, judge)}


@cache
def frames() -> Mapping[str, Frame]:
    """Return the memos that passages of examples stand in."""
    content = _content(FOLDER / "example_frames.yaml")
    return {name: Frame(entry["rubric"], entry["passages"]) for name, entry in content.items()}


@cache
def entries() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """Return what each detector's folder has: for each kind its entry, as it is written."""
    return {path.parent.name: _content(path) for path in sorted(FOLDER.glob("*/examples.yaml"))}


@cache
def examples() -> Mapping[str, Example]:
    """Return the examples by kind."""
    return {kind: _read(kind, entry) for kind, entry in _all_entries() if "unspoken" not in entry}


@cache
def unspoken() -> Mapping[str, str]:
    """Return the kinds that no evaluation makes any more, each with the reason."""
    return {kind: entry["unspoken"] for kind, entry in _all_entries() if "unspoken" in entry}


def _all_entries() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for folder in entries().values():
        yield from folder.items()


def _content(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return content


def _read(kind: str, entry: Mapping[str, Any]) -> Example:
    frame = frames()[entry["frame"]] if "frame" in entry else None
    rubric = entry.get("rubric", DEFAULT_RUBRIC if frame is None else frame.rubric)
    judge = Judge(rubric, entry.get("indicator"), entry.get("language", "en"))
    if frame is None:
        fires, silent = entry["fires"].strip(), entry["silent"].strip()
        return Example(kind, fires, silent, fires, silent, judge)
    return _in_frame(kind, entry, frame.passages, judge)


def _in_frame(kind: str, entry: Mapping[str, Any], passages: Passages, judge: Judge) -> Example:
    fires, silent, both = entry["fires"], entry["silent"], entry.get("both", {})
    unknown = {*fires, *silent, *both, *entry.get("only", ()), *entry.get("without", ())} - set(passages)
    if unknown:
        raise KeyError(f"{kind}: {entry['frame']!r} has no passages {sorted(unknown)}")
    passages = {**passages, **both}
    changed = [name for name in passages if name in fires or name in silent]
    kept = [name for name in passages if name in changed or _stays(name, entry)]
    return Example(
        kind,
        _memo(passages, kept, fires),
        _memo(passages, kept, silent),
        _memo(passages, changed, fires),
        _memo(passages, changed, silent),
        judge,
        entry["frame"],
    )


def _stays(name: str, entry: Mapping[str, Any]) -> bool:
    return name in entry.get("only", (name,)) and name not in entry.get("without", ())


def _memo(passages: Passages, names: list[str], changes: Passages) -> str:
    texts = (changes.get(name, passages[name]).strip() for name in names)
    return "\n\n".join(text for text in texts if text)


def _rubric_for(indicator: str) -> Rubric:
    text = {"en": indicator}
    share = IndicatorShare(indicator, 1)
    criterion = Criterion(indicator, text, text, 100, dict.fromkeys(range(1, 6), text), (share,))
    return Rubric(indicator, "1", text, text, (criterion,))
