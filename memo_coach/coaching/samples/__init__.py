"""Sample memos, one weak and one strong for each rubric and language, to try the coach on.

A sample is a file ``<language>/<rubric>-<quality>.md``; adding one is adding a file. Companies, people and
figures are invented. Nothing is read before it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

SampleQuality = Literal["weak", "strong"]

_FOLDER = Path(__file__).parent
_QUALITIES: tuple[SampleQuality, ...] = ("weak", "strong")
_SUBJECT_LINES = ("subject:", "asunto:")


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample memo."""

    id: str
    """Unique over all samples, such as ``en-investment-memo-weak``."""
    rubric: str
    """The id of the rubric that it is written for."""
    language: str
    quality: SampleQuality
    title: str
    """The memo's own subject line."""
    text: str


def samples(rubric_id: str, language: str) -> tuple[Sample, ...]:
    """Return the samples for a rubric in a language, the weak one first.

    A language without samples of its own gets the English ones; an unknown rubric gets none.
    """
    own = _samples_in(rubric_id, language)
    return own or _samples_in(rubric_id, "en")


def _samples_in(rubric_id: str, language: str) -> tuple[Sample, ...]:
    keys = [(rubric_id, language, quality) for quality in _QUALITIES]
    return tuple(_read(*key) for key in keys if key in _files())


@cache
def _files() -> dict[tuple[str, str, SampleQuality], Path]:
    """Name every sample file by rubric, language and quality.

    Ids come from requests, so they are looked up here and never become part of a path.
    """
    return {
        (path.stem.removesuffix(f"-{quality}"), path.parent.name, quality): path
        for path in sorted(_FOLDER.glob("*/*.md"))
        for quality in _QUALITIES
        if path.stem.endswith(f"-{quality}")
    }


@cache
def _read(rubric_id: str, language: str, quality: SampleQuality) -> Sample:
    text = _files()[rubric_id, language, quality].read_text("utf-8")
    return Sample(f"{language}-{rubric_id}-{quality}", rubric_id, language, quality, _title(text), text)


def _title(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        if line.lower().startswith(_SUBJECT_LINES):
            return line.split(":", 1)[1].strip()
    return lines[0].lstrip("# ") if lines else ""
