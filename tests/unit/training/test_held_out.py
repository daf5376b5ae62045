"""The held-out documents are annotated without a fault, and nothing is trained on them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from memo_coach.cli.annotated_folder import read_folder
from memo_coach.coaching.memo.text import normalise_text
from tests.some import some

TRAINING = Path(__file__).resolve().parents[3] / "training"
HELD_OUT = TRAINING / "held_out"


def test_each_is_read_without_a_fault() -> None:
    folder = read_folder(HELD_OUT, None)
    assert len(folder.documents) == len(list(HELD_OUT.glob("*/*.md")))
    assert {document.language for document in folder.documents} == {"en", "es"}


def test_none_is_among_the_labelled() -> None:
    labelled = {
        json.loads(path.read_text("utf-8"))["sha256"] for path in (TRAINING / "labels").glob("*.json")
    }
    for path in some(sorted(HELD_OUT.glob("*/*.md"))):
        text = normalise_text(path.read_text("utf-8"))
        assert hashlib.sha256(text.encode()).hexdigest() not in labelled, path.name
