"""Strong memos with their passages named, so that a test can change one idea of a memo and nothing else.

``memos/*.yaml`` records each one: where its ideas stand, and the words that carry them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from memo_coach.coaching.samples import samples

FOLDER = Path(__file__).parent / "memos"

Edit = tuple[str, str]
"""A passage that stands in the memo exactly once, and what takes its place."""


@dataclass(frozen=True)
class BaseMemo:
    """A strong memo, where each idea stands in it, and the words that carry it."""

    name: str
    language: str
    text: str
    opening: str
    """The paragraph that says the bottom line and asks."""
    sections: Mapping[str, str]
    """Heading line of each idea: situation, strategy, options, financial, risks, plan."""
    headings: tuple[str, ...]
    """Every heading line, in order."""
    names: Mapping[str, str]
    """People and companies in the memo, and others to take their place."""
    edits: Mapping[str, tuple[Edit, ...]]
    """What a degradation changes, by idea."""

    def edited(self, *ideas: str) -> str:
        """Apply the recorded edits of some ideas."""
        return edit(self.text, *(change for idea in ideas for change in self.edits[idea]))

    def section(self, idea: str) -> str:
        """Return the section of an idea: its heading and all up to the next heading."""
        start = self._start_of(self.sections[idea])
        later = [self._start_of(heading) for heading in self.headings if self._start_of(heading) > start]
        return self.text[start : min(later, default=len(self.text))]

    def without(self, idea: str) -> str:
        """Return the memo without the section of an idea."""
        return edit(self.text, (self.section(idea), ""))

    def _start_of(self, heading: str) -> int:
        return self.text.index(f"\n{heading}\n") + 1


def edit(text: str, *changes: Edit) -> str:
    """Replace passages, each of which must stand in the text exactly once."""
    for old, new in changes:
        count = text.count(old)
        if count != 1:
            raise AssertionError(f"the passage stands {count} times in the memo, not once: {old!r}")
        text = text.replace(old, new)
    return text


@cache
def base_memos() -> tuple[BaseMemo, ...]:
    """Read the six strong memos: with tables, made of lists and in plain text, in English and in Spanish."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.yaml")))


def _read(path: Path) -> BaseMemo:
    record: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    text = _text(record)
    headings = record["headings"]
    if headings == "markdown":
        headings = [line for line in text.splitlines() if line.startswith("#")]
    return BaseMemo(
        name=path.stem,
        language=record["language"],
        text=text,
        opening=next(line for line in text.splitlines() if line.startswith(record["opening"])),
        sections=record["sections"],
        headings=tuple(headings),
        names=record["names"],
        edits={
            idea: tuple((change["from"], change["to"]) for change in changes)
            for idea, changes in record["edits"].items()
        },
    )


def _text(record: Mapping[str, Any]) -> str:
    if record["memo"] != "sample":
        return (FOLDER / str(record["memo"])).read_text("utf-8")
    return next(
        sample.text for sample in samples(record["rubric"], record["language"]) if sample.quality == "strong"
    )
