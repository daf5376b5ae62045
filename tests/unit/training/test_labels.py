"""The labels are well formed, and belong to the texts that are here."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from memo_coach.coaching.builtin.elements.catalogue import NAMES
from memo_coach.coaching.memo.text import normalise_text
from tests.checks.repository import ROOT

LABELS = sorted((ROOT / "training" / "labels").glob("*.json"))
TEXTS = sorted((ROOT / "training" / "texts").glob("*.md"))
CODES = {f"{expected}{state}" for expected in "+-" for state in "PSA"}


def labels(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return read


@pytest.mark.parametrize("path", LABELS, ids=lambda path: path.stem)
def test_labels_name_known_elements_and_stretches_in_order(path: Path) -> None:
    document = labels(path)
    assert document["name"] == path.stem
    assert document["source"]
    assert document["language"] in {"en", "es"}
    assert document["readings"]
    for reading in document["readings"]:
        assert set(reading["elements"]) <= set(NAMES)
        assert set(reading["elements"].values()) <= CODES
        assert all(score is None or 1 <= score <= 5 for score in reading["criteria"].values())
        for start, end, names in reading.get("units", []):
            assert 0 <= start < end
            assert {name.rstrip("~") for name in names.split()} <= set(reading["elements"])
        assert all(0 <= start < end for start, end in reading.get("not_prose", []))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_text_has_its_checksum_and_all_that_is_labelled_lies_in_it(path: Path) -> None:
    document = labels(ROOT / "training" / "labels" / f"{path.stem}.json")
    text = normalise_text(path.read_text("utf-8"))
    assert hashlib.sha256(text.encode()).hexdigest() == document["sha256"]
    for reading in document["readings"]:
        stretches = [*reading.get("units", []), *reading.get("not_prose", [])]
        assert all(text[start:end].strip() and end <= len(text) for start, end, *_ in stretches)
