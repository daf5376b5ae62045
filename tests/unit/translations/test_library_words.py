"""What libraries say of a text that they cannot read is told in the language that is spoken."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from memo_coach.translations import contents, speaking
from memo_coach.translations.library_words import OTHER, library_words

BROKEN_YAML = ("a: [", "a: b: c", "a: {b", "- a\nb: c", "a: @b", 'a: "b', 'a: "\\q"', "a: 'b\n", "a:\n\tb")
BROKEN_PATTERNS = ("(a", "a)", "*a", "a**", "[a", "a\\", "\\q", "a{3,2}", "[b-a]", "(?Za)", "(?<=a*)b")
BROKEN_JSON = ("", "{", '{"a" 1}', '{"a": 1 "b"}', "[1] 2", '"a', '"\n"', '"\\q"', "[1,]", '{"a": 1,}')

BROKEN_STATEMENTS = ("SELECT * FROM others", "SELECT other FROM memos", "INSERT INTO memos VALUES (1)")


def complaint_of_yaml(text: str) -> str:
    with pytest.raises(yaml.MarkedYAMLError) as broken:
        list(yaml.parse(text, Loader=yaml.CSafeLoader))
    return str(broken.value.problem)


def complaint_of_pattern(pattern: str) -> str:
    with pytest.raises(re.error) as broken:
        re.compile(pattern)
    return str(broken.value)


def complaint_of_json(text: str) -> str:
    with pytest.raises(json.JSONDecodeError) as broken:
        json.loads(text)
    return broken.value.msg


def complaint_of_sqlite(statement: str) -> str:
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(sqlite3.Error) as broken:
        connection.executescript(f"CREATE TABLE memos (id UNIQUE); PRAGMA query_only = 1; {statement}")
    return str(broken.value)


COMPLAINTS = [
    *(("yaml_words", complaint_of_yaml(each)) for each in BROKEN_YAML),
    *(("pattern_words", complaint_of_pattern(each)) for each in BROKEN_PATTERNS),
    *(("json_words", complaint_of_json(each)) for each in BROKEN_JSON),
    *(("sqlite_words", complaint_of_sqlite(each)) for each in BROKEN_STATEMENTS),
]


@pytest.mark.parametrize(("part", "complaint"), COMPLAINTS)
def test_what_a_library_says_is_told_in_words_of_its_own(part: str, complaint: str) -> None:
    said = library_words(part, complaint)
    assert said.spoken() == complaint
    with speaking("es"):
        assert said.spoken() in set(contents(part).values()) - {contents(part)[OTHER]}


def test_what_nobody_has_listed_is_told_in_general_words() -> None:
    said = library_words("yaml_words", "an error that is new")
    with speaking("es"):
        assert said.spoken() == contents("yaml_words")[OTHER]


def test_the_library_that_reads_yaml_says_all_that_is_listed() -> None:
    library = Path(yaml._yaml.__file__).read_bytes()
    listed = {said for key, said in contents("yaml_words").items() if key != OTHER}
    assert {said for said in listed if said.encode() not in library} == set()
