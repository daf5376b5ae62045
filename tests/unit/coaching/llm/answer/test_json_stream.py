"""Values are told as soon as they are complete, however the text is cut, whatever stands around them."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memo_coach.coaching.llm.answer.json_stream import (
    DEEPEST,
    LONGEST_STRING,
    Broken,
    Event,
    Found,
    JsonStream,
)

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6).map(float),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
KEYS = st.text("abcdefgh", min_size=1, max_size=3)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=25,
)
DOCUMENTS = st.lists(VALUES, max_size=5) | st.dictionaries(KEYS, VALUES, max_size=5)
PIECES = st.sampled_from(
    [
        *'{}[]",:\\ \n019.-e/',
        '{"a":',
        '"x"',
        "true",
        "nul",
        "NaN",
        "\\u12",
        "\\ud800",
        "3,5",
        "<think>",
        "</think>",
        "<",
        "```json",
        "prose ",
        "\x00",
        "\ud800",
        "\ufeff",
        "'",
    ]
)
NOISE = st.lists(PIECES, max_size=40).map("".join)


def told(*pieces: str) -> list[Event]:
    """Return the events as they were told: the containers in their state of then."""
    stream = JsonStream()
    events: list[Event] = []
    for piece in pieces:
        events += map(as_told, stream.feed(piece))
    return events


def as_told(event: Event) -> Event:
    return Found(event.path, repr(event.value), repr(event.container)) if isinstance(event, Found) else event


def values(text: str) -> list[Any]:
    return [found.value for found in JsonStream().feed(text) if isinstance(found, Found) and not found.path]


def cut(text: str, places: list[int]) -> list[str]:
    at = sorted({place % (len(text) + 1) for place in places})
    return [text[start:end] for start, end in zip([0, *at], [*at, len(text)], strict=True)]


@given(DOCUMENTS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_document_is_read_as_the_standard_library_reads_it(document: Any, plain: bool) -> None:
    text = json.dumps(document, ensure_ascii=plain, indent=1 if plain else None)
    assert values(text) == [json.loads(text)]


@given(st.one_of(DOCUMENTS.map(json.dumps), NOISE), st.lists(st.integers(0, 500), max_size=6))
@settings(max_examples=300, deadline=None)
def test_any_cutting_tells_the_same(text: str, places: list[int]) -> None:
    whole = told(text)
    assert told(*cut(text, places)) == whole
    assert told(*text) == whole


def test_a_value_is_told_when_its_last_character_is_there() -> None:
    stream = JsonStream()
    assert list(stream.feed('{"a": {"b": "x')) == []
    assert [event.path for event in stream.feed('"')] == [("a", "b")]
    assert [event.path for event in stream.feed(', "n": 3.5}')] == [("a", "n"), ("a",)]


@pytest.mark.parametrize("ending", [",", "}", " ", "\n"])
def test_a_number_is_told_when_it_can_grow_no_more(ending: str) -> None:
    stream = JsonStream()
    assert list(stream.feed('{"score": 3.5')) == []
    first = next(iter(stream.feed(ending)))
    assert isinstance(first, Found)
    assert first.value == 3.5


def test_a_number_before_a_comma_is_told_when_no_decimal_place_follows() -> None:
    stream = JsonStream()
    assert list(stream.feed('{"score": 3,')) == []
    assert next(event.value for event in stream.feed("5}") if isinstance(event, Found)) == 3.5


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 3,5, "b": 1}', {"a": 3.5, "b": 1.0}),
        ('{"a": 4, "b": 1}', {"a": 4.0, "b": 1.0}),
        ('{"a": 4,\n"b": [1,2]}', {"a": 4.0, "b": [1.0, 2.0]}),
        ('{"a": 4/5}', {"a": "4/5"}),
        ('{"a": 1,}', {"a": 1.0}),
        ("[1, 2,]", [1.0, 2.0]),
        ('{"a": "one\ntwo"}', {"a": "one\ntwo"}),
        (r'{"a": "50\% \u00e9 \ud83d\ude00 \u12"}', {"a": "50% é 😀 u12"}),
        ('{"A ": True, "b": None}', {"a": True, "b": None}),
        ('{"a": 1, "a": 2}', {"a": 1.0}),
        ('{"a": 1e999}', {"a": math.inf}),
        ('{"a": "b", "c": [' + "9" * 400 + "]}", {"a": "b", "c": [pytest.approx(math.nan, nan_ok=True)]}),
        ('{"a": -Infinity}', {"a": -math.inf}),
    ],
)
def test_what_models_write_beyond_the_standard_is_taken(text: str, value: Any) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    "frame",
    ["{}", "Here it is:\n```json\n{}\n```\nDone.", "<think>{{'a': [</think>{}", "a < b {{see}} {}", "[1] {}"],
)
def test_what_stands_around_a_document_is_passed_over(frame: str) -> None:
    assert values(frame.format('{"a": "b"}'))[-1] == {"a": "b"}


@pytest.mark.parametrize(
    "text", ["{'a': 1}", '{"a" 1}', '{"a": 1 2}', '{"a": word}', '["a" "b"]', "[1}", '{"a": "b"c"}', "[1:2]"]
)
def test_what_is_not_json_is_told_as_broken(text: str) -> None:
    events = told("prose ", text)
    assert any(isinstance(event, Broken) and event.starts[0] == 6 for event in events)


def test_where_a_document_broke_is_told() -> None:
    (*_, broken) = told('xx {"criteria": [{"id": "a"}, {"id": "b" "c"}]}')[:5]
    assert isinstance(broken, Broken)
    assert broken.path == ("criteria", 1, "id")
    assert broken.starts == (3, 16, 30)


def test_a_document_may_not_be_deeper_than_a_bound() -> None:
    assert values("[" * DEEPEST + "]" * DEEPEST) != []
    assert isinstance(told("[" * (DEEPEST + 1))[0], Broken)


def test_the_rest_of_a_long_string_is_passed_over() -> None:
    assert values('["' + "a" * 50_000 + '", 1]') == [["a" * LONGEST_STRING, 1.0]]


@pytest.mark.parametrize(
    "piece", ["[", "{", '{"a":', '["', "\\", '"', "<", "<think>", "1", ",", "[1,", '{"a":1}', "]"]
)
def test_repetition_of_anything_comes_to_an_end(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    assert sum(1 for _ in JsonStream().feed(text)) <= len(text) + 1


def test_a_megabyte_of_brackets_comes_to_an_end() -> None:
    assert sum(1 for _ in JsonStream().feed("[" * 1_000_000)) <= 1_000_000 / DEEPEST


def test_the_work_grows_with_the_text_alone() -> None:
    class Counting(JsonStream):
        steps = 0

        def _tell(self, value: Any) -> None:
            Counting.steps += 1
            super()._tell(value)

        def _break(self, at: int) -> int:
            Counting.steps += 1
            return super()._break(at)

    for text in ("[" * 100_000, '{"a":' * 20_000, "[1," * 30_000, '"{' * 50_000):
        Counting.steps = 0
        stream = Counting()
        for character in text:
            list(stream.feed(character))
        assert Counting.steps <= len(text)
