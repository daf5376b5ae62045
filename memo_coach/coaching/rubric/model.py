"""A rubric: what a memo is judged on, how much each criterion counts, and which indicators score it.

The values here are complete and checked; :mod:`memo_coach.coaching.rubric.reader` makes them from YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LocalisedText = Mapping[str, str]
"""A text for each language code; ``en`` is always there and stands in for a missing language."""


def localised(text: LocalisedText, language: str) -> str:
    """Return the text in a language, or the English one where that language has none."""
    return text.get(language) or text.get("en", "")


@dataclass(frozen=True, slots=True)
class IndicatorShare:
    """How much one indicator counts within a criterion (any positive number; shares are normalised)."""

    indicator: str
    weight: float


@dataclass(frozen=True, slots=True)
class Cap:
    """Where ``indicator`` stays below ``below`` (0 to 1) the score may not pass ``at_most`` (1.0 to 5.0)."""

    indicator: str
    below: float
    at_most: float
    reason: LocalisedText


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a rubric."""

    id: str
    name: LocalisedText
    description: LocalisedText
    weight: float
    """Share of the overall score in percent; the weights of a rubric add up to 100."""
    guidance: Mapping[int, LocalisedText]
    """What a memo that earns 1, 2, 3, 4 and 5 looks like."""
    indicators: tuple[IndicatorShare, ...] = ()
    """Empty for a criterion that the built-in coach cannot judge."""
    caps: tuple[Cap, ...] = ()


@dataclass(frozen=True, slots=True)
class PatternDetector:
    """An administrator's own detector: an indicator that counts how many of its patterns a memo matches.

    ``patterns`` are regular expressions for each language. The indicator is 1.0 at ``full`` or more
    distinct matching sentences. With ``flags`` true each match is an opportunity, and matches lower the
    indicator instead.
    """

    indicator: str
    patterns: Mapping[str, tuple[str, ...]]
    full: int
    flags: bool
    comment: LocalisedText
    question: LocalisedText
    suggestion: LocalisedText
    name: LocalisedText = field(default_factory=dict)
    """What the patterns look for, as a noun that fits within a sentence; the indicator's id stands in."""


@dataclass(frozen=True, slots=True)
class Rubric:
    """A complete rubric."""

    id: str
    version: str
    """Changes whenever the document does: the first twelve hexadecimal digits of its SHA-256."""
    name: LocalisedText
    description: LocalisedText
    criteria: tuple[Criterion, ...]
    caps: tuple[Cap, ...] = ()
    """Caps on the overall score."""
    detectors: tuple[PatternDetector, ...] = ()
    position: int = 0
    """Order in lists; the lowest is the default rubric."""

    def criterion(self, criterion_id: str) -> Criterion | None:
        """Find a criterion by its id."""
        return next((criterion for criterion in self.criteria if criterion.id == criterion_id), None)
