"""One idea, one folder: a detector's folder has its code, its words and its sentences, and registers it."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from memo_coach.coaching.builtin import detectors
from memo_coach.coaching.builtin.findings import Detector, registered_detectors
from memo_coach.coaching.builtin.language_files import FOLDER, content_of, files_of, languages
from memo_coach.coaching.builtin.remarks import REMARKS

DETECTORS = Path(detectors.__path__[0])
IDEAS = sorted(path.parent.name for path in DETECTORS.glob("*/detector.py"))
LANGUAGES = languages()


def idea_of(detector: Detector) -> str:
    return detector.read.__module__.split(".")[-2]


def strings_in(idea: str) -> set[object]:
    tree = ast.parse((DETECTORS / idea / "detector.py").read_text("utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}


def test_a_folder_registers_one_detector_by_being_there() -> None:
    assert sorted(map(idea_of, registered_detectors())) == IDEAS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_folder_has_a_file_for_every_language(language: str) -> None:
    files = {path.relative_to(FOLDER).as_posix() for path in files_of(language)}
    assert files == {
        f"{language}.yaml",
        f"analysis/{language}.yaml",
        *(f"detectors/{idea}/{language}.yaml" for idea in IDEAS),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_a_detector_stands_in_its_folder(language: str) -> None:
    remarks = {kind for kinds in REMARKS.values() for kind in kinds}
    for detector in registered_detectors():
        content = content_of(DETECTORS / idea_of(detector) / f"{language}.yaml")
        own = set(importlib.import_module(detector.read.__module__).KINDS)
        named = {kind for kind in remarks if kind.startswith(f"{detector.name}.")}
        assert set(content["findings"]) == own | named
        assert set(content.get("indicators", {})) == set(detector.indicators)


def test_words_that_stand_in_a_folder_are_read_by_no_other_detector() -> None:
    strings = {idea: strings_in(idea) for idea in IDEAS}
    for idea in IDEAS:
        words = set(content_of(DETECTORS / idea / "en.yaml").get("words", {}))
        readers = {other: words & strings[other] for other in IDEAS if other != idea}
        assert {other: shared for other, shared in readers.items() if shared} == {}, idea
