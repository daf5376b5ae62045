"""Figures of days drawn as SVG by the server: lines of up to two figures a day.

Made as :mod:`.score_chart` is: what is across is told in percent and what is up in pixels, colours and
strokes are classes of ``assets/styles.css``, and the two lines differ by their points' shape and by dashes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, floor, log10
from typing import Final

MOST_LINES: Final = 2
_TOP, _BOTTOM, _HEIGHT = 12, 156, 186
"""Pixels of the highest tick, of zero, and of all."""
_MARGIN: Final = 2.0
"""Percent of the width before the first day and behind the last."""
_MOST_LABELS: Final = 4
"""Across: so many dates fit on the narrowest phone."""
_MOST_POINTS: Final = 31
"""With more, points would touch each other: then a line alone is drawn, with something to point at."""
_SHAPES: Final = ('<circle r="3.5"/>', '<rect x="-3.5" y="-3.5" width="7" height="7"/>')


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of each day; ``None`` where a day has none."""

    name: str
    figures: tuple[float | None, ...]


def day_chart(
    lines: Sequence[Line],
    days: Sequence[str],
    written: Callable[[float], str],
    *,
    title: str,
    description: str,
    name: str,
    is_whole: bool = False,
) -> str:
    """Return a chart as SVG.

    Args:
        lines: what is drawn, a figure for each day.
        days: what each day is called.
        written: how a figure is said.
        title: what the chart is, in a few words.
        description: what it shows, in sentences; for who cannot see it.
        name: an id in the page, of which those of title and description are made.
        is_whole: whether figures are counts, so that none stands between two.

    Raises:
        ValueError: there are more lines than can be told apart.
    """
    if len(lines) > MOST_LINES:
        raise ValueError(f"{len(lines)} lines cannot be told apart")
    top = highest_tick([each for line in lines for each in line.figures if each is not None])
    drawn = "".join(_line(line, number, days, top, written) for number, line in enumerate(lines))
    return (
        f'<svg class="score-chart day-chart" role="img" width="100%" height="{_HEIGHT}"'
        f' aria-labelledby="{name}-title {name}-description">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-description">{escape(description)}</desc>'
        f"{_grid(top, written, is_whole=is_whole)}{_labels(days)}{drawn}</svg>"
    )


def highest_tick(figures: Sequence[float]) -> float:
    """Return the least of 1, 2 and 5, times a power of ten, that no figure passes; 1 where there is none."""
    most = max(figures, default=0.0)
    if most <= 0:
        return 1.0
    power = 10.0 ** floor(log10(most))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= most * (1 - 1e-9))


def _up(figure: float, top: float) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * figure / top, 1)


def _across(place: int, places: int) -> str:
    share = 0.5 if places <= 1 else place / (places - 1)
    return f"{_MARGIN + share * (100 - 2 * _MARGIN):.2f}%"


def _grid(top: float, written: Callable[[float], str], *, is_whole: bool) -> str:
    """Return lines at zero, at the highest tick, and in their middle where there can be such a figure."""
    shown = [(0.0, _BOTTOM), (top, _TOP)]
    if not is_whole or top % 2 == 0:
        shown.insert(1, (top / 2, (_BOTTOM + _TOP) // 2))
    return "".join(
        f'<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
        f'<text class="up" x="-8" y="{y + 4}">{escape(written(figure))}</text>'
        for figure, y in shown
    )


def _labels(days: Sequence[str]) -> str:
    step = max(1, ceil((len(days) - 1) / (_MOST_LABELS - 1)))
    y = _BOTTOM + 22
    # The last day is today, and always there.
    return "".join(
        f'<text class="across" x="{_across(place, len(days))}" y="{y}">{escape(days[place])}</text>'
        for place in range(len(days) - 1, -1, -step)
    )


def _line(line: Line, number: int, days: Sequence[str], top: float, written: Callable[[float], str]) -> str:
    places = len(days)
    points = [(place, figure) for place, figure in enumerate(line.figures) if figure is not None]
    strokes = "".join(
        f'<line class="stroke" x1="{_across(one, places)}" y1="{_up(figure, top)}"'
        f' x2="{_across(other, places)}" y2="{_up(next_figure, top)}"/>'
        for (one, figure), (other, next_figure) in pairwise(points)
        # Over a day without a figure nothing is drawn: nobody knows how it would have been.
        if other == one + 1
    )
    alone = {place for place, _ in points} - {each for place, _ in points for each in (place - 1, place + 1)}
    marks = "".join(
        f'<svg class="point" x="{_across(place, places)}" y="{_up(figure, top)}">'
        f"<title>{escape(f'{days[place]}: {line.name} {written(figure)}')}</title>{_SHAPES[number]}</svg>"
        for place, figure in points
        if places <= _MOST_POINTS or place in alone
    )
    return f'<g class="line-{number}">{strokes}{marks}</g>'
