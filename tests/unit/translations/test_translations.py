"""The words for people: every language has all of them, none is left over, and a folder adds a language."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from memo_coach import translations
from memo_coach.translations import current_language, languages, number, speaking, text

ENGLISH = translations.FOLDER / translations.ENGLISH
PARTS = sorted(path.stem for path in ENGLISH.glob("*.yaml"))
PACKAGE = translations.FOLDER.parent
OF_CLICK = {"click_words", "command_help"}
"""Named by click's own words and by the names of commands: the tests of the command line look at them."""
OF_LIBRARIES = {"yaml_words", "pattern_words", "json_words", "sqlite_words", "request_faults"}
"""Looked up by what a library says: the tests of its words look at them."""
SLOT = re.compile(r"\{(\w+)[^}]*\}")


def shape(value: object) -> object:
    """Return what has to be alike in every language: keys, slots, and how many there are of a list."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    assert isinstance(value, str), f"{value!r} is no text: put it in quotes"
    assert value.strip()
    return sorted(SLOT.findall(value))


def read(language: str, part: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        (translations.FOLDER / language / f"{part}.yaml").read_text("utf-8")
    )
    return loaded


@pytest.fixture
def with_a_third(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put a made-up language beside the others for the time of a test."""
    folder = tmp_path / "translations"
    shutil.copytree(translations.FOLDER, folder)
    shutil.copytree(folder / "en", folder / "eo")
    monkeypatch.setattr(translations, "FOLDER", folder)
    _forget()
    yield folder / "eo"
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    languages.cache_clear()
    translations._contents.cache_clear()


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_parts_keys_slots_and_plurals_of_english(language: str) -> None:
    assert sorted(path.stem for path in (translations.FOLDER / language).iterdir()) == PARTS
    for part in PARTS:
        assert shape(read(language, part)) == shape(read("en", part)), f"{language}/{part}.yaml"


def test_every_text_is_said_somewhere() -> None:
    source = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    named = set(re.findall(r"""["']([\w-]+(?:\.[\w-]+)?)["']""", source))
    # Of text(f"part.begin_{name}_end") the beginning and the end are fixed; the name itself stands
    # somewhere, too; the places are named by what a rubric looks for.
    composed = re.findall(r"""f["'](\w+)\.([\w-]*)\{[^}]+\}([\w-]*)["']""", source)
    whole = set(re.findall(r'contents\("(\w+)"\)', source)) - {of for of, *_ in composed}

    def is_said(part: str, key: str) -> bool:
        return f"{part}.{key}" in named or any(
            part == of and key.startswith(begin) and key.endswith(end)
            and (begin or end or key in named or of == "places")
            for of, begin, end in composed
        )  # fmt: skip

    unused = [
        f"{part}.{key}"
        for part in PARTS
        if part not in OF_CLICK | OF_LIBRARIES
        for key in read("en", part)
        if not (f'["{key}"]' in source if part in whole else is_said(part, key))
    ]
    assert unused == []


def test_every_text_that_is_said_is_there() -> None:
    source = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    said = sorted(set(re.findall(r'\b(?:text|sentence)\(\s*"(\w+)\.([\w-]+)"', source)))
    missing = [f"{part}.{key}" for part, key in said if part in PARTS and key not in read("en", part)]
    assert missing == []


def test_plurals_and_numbers_follow_the_language() -> None:
    with speaking("es"):
        assert current_language() == "es"
        assert text("memos.words", count=1) == "1 palabra"
        assert text("memos.words", count=1_234_567) == "1.234.567 palabras"
        # Spanish has a plural category of its own for whole millions, which English has not.
        assert text("memos.words", count=1_000_000) == "1.000.000 palabras"
        assert number(2.64, digits=1) == "2,6"
    assert text("memos.words", count=12_345) == "12,345 words"
    assert number(2.64, digits=1) == "2.6"


def test_a_language_that_has_not_all_texts_yet_is_filled_up_in_english(with_a_third: Path) -> None:
    (with_a_third / "memos.yaml").unlink()
    (with_a_third / "menu.yaml").write_text("help: Helpo\n", "utf-8")
    with speaking("eo"):
        assert text("menu.help") == "Helpo"
        assert text("memos.words", count=2) == "2 words"
        assert set(translations.contents("menu")) == set(read("en", "menu"))


def test_a_folder_alone_adds_a_language(with_a_third: Path) -> None:
    menu = with_a_third / "menu.yaml"
    menu.write_text(menu.read_text("utf-8").replace("help: Help", "help: Helpo"), "utf-8")
    assert languages() == ("en", "eo", "es")
    with speaking("eo"):
        assert text("menu.help") == "Helpo"
    assert text("menu.help") == "Help"
    with speaking("xx"):
        assert current_language() == "en"
