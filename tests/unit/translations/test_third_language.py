"""A language is added in files alone: a made-up one is spoken everywhere, without a line of code."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from memo_coach import translations
from memo_coach.cli import main
from memo_coach.documents.pdf import wording
from memo_coach.documents.reading import sentences as of_files
from memo_coach.documents.reading.model import Refusal
from memo_coach.services.errors import NotFound
from memo_coach.services.memos.uploads import UploadRefused, read_upload
from memo_coach.translations import speaking, text
from memo_coach.translations.sentences import sentence

MADE_UP = "qya"
"""No locale of CLDR: numbers are written as in English."""


def add(file: Path, old: str, new: str) -> None:
    written = file.read_text("utf-8")
    assert old in written
    file.write_text(written.replace(old, new, 1), "utf-8")


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the language beside the others: a folder of texts, a file of what is said of files and of a PDF."""
    caches = (
        translations.languages, translations._contents, of_files.languages, of_files._sentences,
        wording.languages, wording.wording_for,
    )  # fmt: skip
    places = []
    for number, (module, name) in enumerate(
        ((translations, "FOLDER"), (of_files, "_FOLDER"), (wording, "_FOLDER"))
    ):
        places.append(tmp_path / str(number))
        shutil.copytree(getattr(module, name), places[-1])
        monkeypatch.setattr(module, name, places[-1])
    texts = places[0] / MADE_UP
    shutil.copytree(places[0] / "en", texts)
    for place in places[1:]:
        shutil.copy(place / "en.yaml", place / f"{MADE_UP}.yaml")
    add(texts / "menu.yaml", "help: Help", "help: Alya")
    add(texts / "problem.yaml", "There is nothing here.", "Ea munta.")
    add(texts / "database.yaml", "There is no database file", "Parma lá ëa")
    add(texts / "command_help.yaml", "Serve the pages.", "Antaë lassi.")
    add(texts / "click_words.yaml", '"Usage:"', '"Yuhta:"')
    (texts / "visitors.yaml").unlink()  # not translated yet
    add(places[1] / f"{MADE_UP}.yaml", "This file is protected", "Sina parma ná holtaina")
    add(places[2] / f"{MADE_UP}.yaml", "labels:", "labels:\n  made_up: Quenya")
    for cached in caches:
        cached.cache_clear()
    yield
    monkeypatch.undo()
    for cached in caches:
        cached.cache_clear()


@pytest.mark.usefixtures("made_up")
def test_a_made_up_language_is_spoken_by_pages_errors_uploads_pdfs_and_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = sentence("database.no_file", path="x.db")
    with speaking(MADE_UP):
        assert text("menu.help") == "Alya"
        assert text("memos.words", count=12_345) == "12,345 words"
        assert NotFound().message.startswith("Ea munta.")
        assert (str(said), said.spoken()) == ("There is no database file x.db.", "Parma lá ëa x.db.")
        assert text("visitors.ended") == "The session has ended."
        with pytest.raises(UploadRefused) as refused:
            read_upload("memo.md", b"")
        assert refused.value.message == refused.value.messages[MADE_UP]
    assert of_files.refusal_sentence(Refusal.ENCRYPTED, MADE_UP).startswith("Sina parma")
    assert wording.wording_for(MADE_UP).texts["labels"]["made_up"] == "Quenya"
    assert main(["--interface-language", MADE_UP, "--help"]) == 0
    told = capsys.readouterr().out
    assert "Yuhta: memo-coach" in told
    assert "Antaë lassi." in told
