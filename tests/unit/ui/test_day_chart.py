"""Figures of days as a drawing: nothing that a person wrote is markup, and what is not known is not drawn."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from memo_coach.ui.day_chart import Line, day_chart, highest_tick

DAYS = [f"May {day}" for day in range(1, 8)]


def drawn(*lines: Line, is_whole: bool = False) -> str:
    return day_chart(
        lines, DAYS, lambda figure: f"{figure:g}", title="T <b>", description="D", name="n", is_whole=is_whole
    )


def test_a_day_without_a_figure_breaks_the_line() -> None:
    svg = drawn(Line("a", (1.0, 2.0, None, 4.0, 5.0, None, 7.0)))
    assert svg.count('class="stroke"') == 2
    assert svg.count('class="point"') == 5


def test_what_is_said_is_escaped() -> None:
    root = ET.fromstring(drawn(Line("<script>", (1.0,) * 7)))
    titles = [each.text for each in root.iter("title")]
    assert titles[0] == "T <b>"
    assert titles[1] == "May 1: <script> 1"


@pytest.mark.parametrize(
    ("most", "tick"), [(0, 1), (1, 1), (3, 5), (10, 10), (45, 50), (0.003, 0.005), (101, 200)]
)
def test_the_highest_tick_is_a_round_figure(most: float, tick: float) -> None:
    assert highest_tick([most]) == pytest.approx(tick)


def test_between_two_counts_there_is_no_tick() -> None:
    ticks = re.compile(r'class="up"[^>]*>([^<]*)<')
    assert ticks.findall(drawn(Line("a", (5,) * 7))) == ["0", "2.5", "5"]
    assert ticks.findall(drawn(Line("a", (5,) * 7), is_whole=True)) == ["0", "5"]
