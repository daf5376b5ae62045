"""Drawn scores: well-formed, complete, escaped, and told apart without colour."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from memo_coach.ui.score_chart import MOST_SERIES, Mark, chart, mark_of_line, sparkline

HOSTILE = "<script>alert(\"x\")</script> & 'more'"


def drawn(lines: list[list[Mark]], places: list[str]) -> ET.Element:
    return ET.fromstring(chart(lines, places, title=HOSTILE, description=HOSTILE, name="n"))


def points(drawing: ET.Element) -> list[ET.Element]:
    return drawing.findall(".//svg[@class='point']")


def test_what_people_wrote_is_text_and_nothing_else() -> None:
    drawing = drawn([[Mark(0, 2.0, HOSTILE)]], [HOSTILE])
    assert drawing.findtext("title") == drawing.findtext("desc") == HOSTILE
    assert points(drawing)[0].findtext("title") == HOSTILE
    assert not drawing.findall(".//script")


def test_no_element_has_a_style_or_a_handler_of_its_own() -> None:
    drawings = [
        drawn([[Mark(0, 1.0, "a"), Mark(1, 5.0, "b")]], ["1", "2"]),
        ET.fromstring(sparkline([1.0, 2.0])),
        ET.fromstring(mark_of_line(0)),
    ]
    names = {name for drawing in drawings for each in drawing.iter() for name in each.attrib}
    assert not {name for name in names if name == "style" or name.startswith("on")}


def test_the_drawing_is_named_by_its_title_and_told_by_its_description() -> None:
    drawing = drawn([[Mark(0, 1.0, "a")]], ["1"])
    ids = [drawing.find(name).get("id") for name in ("title", "desc")]  # type: ignore[union-attr]
    assert drawing.get("role") == "img"
    assert drawing.get("aria-labelledby") == " ".join(str(each) for each in ids)


def test_scores_stand_higher_the_better_they_are_and_later_ones_to_the_right() -> None:
    low, high = points(drawn([[Mark(0, 1.0, "a"), Mark(3, 5.0, "b")]], ["1", "2", "3", "4"]))
    assert float(str(low.get("y"))) > float(str(high.get("y")))
    assert float(str(low.get("x")).rstrip("%")) < float(str(high.get("x")).rstrip("%"))


def test_lines_differ_by_the_shape_of_their_points() -> None:
    drawing = drawn([[Mark(0, 3.0, "a")] for _ in range(MOST_SERIES)], ["1"])
    shapes = {ET.tostring(point[1]) for point in points(drawing)}
    assert len(shapes) == MOST_SERIES
    assert len({mark_of_line(number) for number in range(MOST_SERIES)}) == MOST_SERIES


def test_more_lines_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be told apart"):
        drawn([[] for _ in range(MOST_SERIES + 1)], ["1"])


@pytest.mark.parametrize("count", [1, 2, 6, 7, 24])
def test_below_stand_the_first_place_the_last_and_few_between(count: int) -> None:
    places = [str(number) for number in range(count)]
    labels = [each.text for each in drawn([[]], places).findall("text[@class='across']")]
    assert labels[0] == places[0]
    assert labels[-1] == places[-1]
    assert len(labels) == min(count, 6)


@pytest.mark.parametrize("scores", [[3.0], [1.0, 5.0], [2.5] * 24])
def test_a_small_line_stays_within_its_frame(scores: list[float]) -> None:
    drawing = ET.fromstring(sparkline(scores))
    line = drawing.find("polyline")
    assert line is not None
    places = [tuple(map(float, pair.split(","))) for pair in str(line.get("points")).split()]
    assert len(places) == len(scores)
    width, height = float(str(drawing.get("width"))), float(str(drawing.get("height")))
    assert all(3 <= x <= width - 3 and 3 <= y <= height - 3 for x, y in places)
