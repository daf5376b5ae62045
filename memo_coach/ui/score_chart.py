"""Scores drawn as SVG by the server: a chart of lines, and a small line to stand beside a figure.

What is across is told in percent and what is up in pixels, so that a chart is as wide as its place and its
words are as large as others, on a phone as on a wide screen. Colours and strokes are classes of
``assets/styles.css``, right in both themes; lines differ by their points' shape and by their dashes as well.
What a person wrote is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

from memo_coach.coaching.evaluation import HIGHEST_SCORE, LOWEST_SCORE

MOST_SERIES: Final = 4
"""Lines that can be told apart: so many have a shape and a dash of their own."""

_TOP, _POINT_HEIGHT = 12, 44
"""Pixels above the highest score, and from one whole score to the next."""
_BOTTOM: Final = _TOP + round(_POINT_HEIGHT * (HIGHEST_SCORE - LOWEST_SCORE))
_HEIGHT: Final = _BOTTOM + 30
_MARGIN: Final = 3.0
"""Percent of the width before the first place and behind the last."""
_MOST_LABELS: Final = 6
"""Across: so many fit on the narrowest phone."""
_SHAPES: Final = (
    '<circle r="5"/>',
    '<rect x="-4.5" y="-4.5" width="9" height="9"/>',
    '<path d="M0-6.5 6.5 0 0 6.5-6.5 0z"/>',
    '<path d="M0-6 6 5H-6z"/>',
)
_SPARK_WIDTH, _SPARK_HEIGHT, _SPARK_MARGIN = 96, 26, 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A score of a line: at which place across, counted from 0, and what is told where it is pointed at."""

    place: int
    score: float
    label: str


def chart(
    lines: Sequence[Sequence[Mark]], places: Sequence[str], *, title: str, description: str, name: str
) -> str:
    """Return a chart of up to :data:`MOST_SERIES` lines as SVG.

    Args:
        lines: the marks of each line, in the order of their places.
        places: what each place across is called.
        title: what the chart is, in a few words.
        description: what it shows, in sentences; for who cannot see it.
        name: an id in the page, of which those of title and description are made.

    Raises:
        ValueError: there are more lines than can be told apart.
    """
    if len(lines) > MOST_SERIES:
        raise ValueError(f"{len(lines)} lines cannot be told apart")
    drawn = "".join(_line(line, number, len(places)) for number, line in enumerate(lines))
    return (
        f'<svg class="score-chart" role="img" width="100%" height="{_HEIGHT}"'
        f' aria-labelledby="{name}-title {name}-description">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-description">{escape(description)}</desc>'
        f"{_grid()}{_labels(places)}{drawn}</svg>"
    )


def mark_of_line(number: int) -> str:
    """Return the shape that the points of a line have, for a list that says whose it is."""
    return (
        '<svg class="score-mark" width="28" height="16" viewBox="-14 -8 28 16" aria-hidden="true">'
        f'<g class="line-{number}"><line class="stroke" x1="-14" x2="14" y1="0" y2="0"/>'
        f"{_SHAPES[number]}</g></svg>"
    )


def sparkline(scores: Sequence[float]) -> str:
    """Return scores, the oldest first, as a small line; what it shows has to be told beside it."""
    span = _SPARK_WIDTH - 2 * _SPARK_MARGIN
    step = span / max(1, len(scores) - 1)
    height = _SPARK_HEIGHT - 2 * _SPARK_MARGIN
    points = [
        (
            round(_SPARK_MARGIN + (span if len(scores) == 1 else number * step), 1),
            round(_SPARK_MARGIN + height * (HIGHEST_SCORE - score) / (HIGHEST_SCORE - LOWEST_SCORE), 1),
        )
        for number, score in enumerate(scores)
    ]
    path = " ".join(f"{x},{y}" for x, y in points)
    last = f'<circle cx="{points[-1][0]}" cy="{points[-1][1]}" r="3"/>' if points else ""
    return (
        f'<svg class="sparkline" width="{_SPARK_WIDTH}" height="{_SPARK_HEIGHT}" aria-hidden="true"'
        f' viewBox="0 0 {_SPARK_WIDTH} {_SPARK_HEIGHT}"><polyline points="{path}"/>{last}</svg>'
    )


def _across(place: int, places: int) -> str:
    share = 0.5 if places <= 1 else place / (places - 1)
    return f"{_MARGIN + share * (100 - 2 * _MARGIN):.2f}%"


def _up(score: float) -> float:
    return round(_TOP + (HIGHEST_SCORE - score) * _POINT_HEIGHT, 1)


def _grid() -> str:
    lines = []
    for score in range(round(LOWEST_SCORE), round(HIGHEST_SCORE) + 1):
        y = _up(score)
        lines.append(f'<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
        lines.append(f'<text class="up" x="-8" y="{y + 4}">{score}</text>')
    return "".join(lines)


def _labels(places: Sequence[str]) -> str:
    """Return what stands below: all places where they fit, else the first, the last and some between."""
    count = len(places)
    shown = min(count, _MOST_LABELS)
    chosen = {round(number * (count - 1) / max(1, shown - 1)) for number in range(shown)}
    return "".join(
        f'<text class="across" x="{_across(place, count)}" y="{_BOTTOM + 22}">{escape(places[place])}</text>'
        for place in sorted(chosen)
    )


def _line(marks: Sequence[Mark], number: int, places: int) -> str:
    strokes = [
        f'<line class="stroke" x1="{_across(one.place, places)}" y1="{_up(one.score)}"'
        f' x2="{_across(other.place, places)}" y2="{_up(other.score)}"/>'
        for one, other in pairwise(marks)
    ]
    points = [
        f'<svg class="point" x="{_across(mark.place, places)}" y="{_up(mark.score)}">'
        f"<title>{escape(mark.label)}</title>{_SHAPES[number]}</svg>"
        for mark in marks
    ]
    return f'<g class="line-{number}">{"".join(strokes)}{"".join(points)}</g>'
