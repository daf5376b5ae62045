"""What a detector returns: indicators from 0 to 1, and findings on passages or on what is absent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.evaluation import Claim, CommentKind
from memo_coach.coaching.memo.model import Memo, Span

PassageRole = Literal["said", "presumed", "nearest", "related"]
"""What a passage is to what is remarked on: it says that; it most likely does, in words that no list has; it
is only the nearest that was found, which it may not be at all; or something missing would belong to it."""


@dataclass(slots=True, unsafe_hash=True)
class Finding:
    """One thing that a detector saw, or missed. Not to be changed.

    ``kind`` names the phrasing, as ``<detector>.<what>`` in lower case with hyphens (``ask.amount-missing``).
    ``span`` is the passage; for something absent it is the place where it belongs (a heading, the first
    paragraph), or ``None`` where there is no such place.
    """

    kind: Final[str]
    indicator: Final[str]
    """The indicator it bears on; the rubric decides which criterion that is."""
    polarity: Final[CommentKind]
    span: Final[Span | None]
    severity: Final[float]
    """0 to 1: how much of the indicator this one finding costs, or earns."""
    confidence: Final[float]
    """0 to 1: how sure the detector is that a careful reader would agree."""
    values: Final[Mapping[str, str]] = field(default_factory=dict)
    """Words for the slots of the phrasing, such as ``{"phrase": "in order to", "better": "to"}``."""
    element: Final[str | None] = None
    """What of a memo it is about, such as ``risks``, where it is one of the things that readers look for."""
    claim: Final[Claim | None] = None
    """What it says of that element."""
    role: Final[PassageRole] = "said"
    """What the passage is to what is remarked on."""
    importance: Final[float | None] = None
    """0 to 1: how likely a careful reader makes a remark about it; ``None`` where only its weight counts."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one detector says of one memo."""

    indicators: Mapping[str, float]
    """Each of the detector's indicators, 0 (absent, poor) to 1 (excellent)."""
    findings: tuple[Finding, ...] = ()


Read = Callable[[Memo, Lexicon], Reading]


@dataclass(frozen=True, slots=True)
class Detector:
    """A named reader of one idea."""

    name: str
    indicators: tuple[str, ...]
    source: str
    """The guideline, paper or book that the idea and its limits come from."""
    read: Read


_DETECTORS: dict[str, Detector] = {}


def detector(name: str, *, indicators: tuple[str, ...], source: str) -> Callable[[Read], Read]:
    """Register a function as a detector.

    Raises:
        ValueError: another detector has the name, or one of the indicators.
    """

    def register(read: Read) -> Read:
        taken = {indicator for other in _DETECTORS.values() for indicator in other.indicators}
        if name in _DETECTORS or taken.intersection(indicators):
            raise ValueError(f"detector {name!r} or one of its indicators is registered already")
        _DETECTORS[name] = Detector(name, indicators, source, read)
        return read

    return register


def registered_detectors() -> tuple[Detector, ...]:
    """Return all detectors, by name; :mod:`memo_coach.coaching.builtin.detectors` fills the registry."""
    return tuple(_DETECTORS[name] for name in sorted(_DETECTORS))


def ramp(value: float, low: float, high: float) -> float:
    """Place a measure on 0 to 1: 0 at ``low``, 1 at ``high``, straight between. ``low`` may be the larger."""
    if low == high:
        raise ValueError("a ramp needs two different ends")
    return min(1.0, max(0.0, (value - low) / (high - low)))
