"""A memo as a Word document: read back it is the same text, and what it is made of is real."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import docx as word
import pytest

from memo_coach.coaching.samples import samples
from memo_coach.documents.word.memo import WordMemo
from memo_coach.documents.word.process import write_word
from memo_coach.documents.writing_process import WritingTimedOut
from memo_coach.services.memos.uploads import read_upload

WHEN = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
EVERYTHING = """# Lease of the *north* depot

To: Ana Ruiz
From: Board

Approve **EUR 40,000** and *nothing* more, by 3 May; a_b_c and 2*3*4 stay.

## Options

1. Stay where we are
   - no cost
   - no room
2. Move to the port
3. Build

7. This number is the writer's own

- first
- second, with
  a second line

| Option | Cost | Note |
| --- | --- | --- |
| Stay | 0 | **cheap** \\| slow |
| Move | 40,000 | |

```
# not a heading
    indented
```

###### Deepest

Ñandú, 日本語, 🙂 and “quotes”."""


def write(text: str, **changes: Any) -> bytes:
    values = {"title": "Lease", "text": text, "language": "en", "created": WHEN, **changes}
    return write_word(WordMemo(**values))


def read_back(content: bytes) -> str:
    return read_upload("memo.docx", content).text


def squeezed(text: str) -> list[str]:
    """Return the words of a text, the rule under a table's head in one form."""
    return text.replace("|---", "| --- ").replace("| |", "|  |").split()


@pytest.mark.parametrize(
    "text",
    [EVERYTHING]
    + [
        sample.text
        for rubric in ("investment-memo", "decision-memo")
        for language in ("en", "es")
        for sample in samples(rubric, language)
    ],
)
def test_what_is_written_reads_back_as_the_same_text_but_for_spaces(text: str) -> None:
    expected = text.replace("*north*", "north")  # a heading has no emphasis of its own
    assert squeezed(read_back(write(text))) == squeezed(expected)


def test_headings_lists_tables_and_emphasis_are_word_s_own() -> None:
    document = word.Document(io.BytesIO(write(EVERYTHING, title="The lease", language="es")))
    styles = [(each.style.name, each.text) for each in document.paragraphs if each.style is not None]
    assert ("Heading 1", "Lease of the north depot") in styles
    assert ("Heading 2", "Options") in styles
    assert ("List Paragraph", "no room") in styles
    bold = [run.text for each in document.paragraphs for run in each.runs if run.bold]
    assert bold == ["EUR 40,000"]
    (table,) = document.tables
    assert [cell.text for cell in table.rows[1].cells] == ["Stay", "0", "cheap | slow"]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    properties = document.core_properties
    assert (properties.title, properties.author, properties.language) == ("The lease", "", "es")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\x00b\x0b\x1f\ufffe",
        "a\n\n" * 60_000,
        "| a " * 40_000,
        "| a | b |\n|---|---|\n" * 9_000,
        "**" * 90_000,
    ],
    ids=["empty", "no xml", "short paragraphs", "wide", "tables", "marks"],
)
def test_any_text_can_be_written(text: str) -> None:
    word.Document(io.BytesIO(write(text)))


def test_what_takes_too_long_is_given_up() -> None:
    with pytest.raises(WritingTimedOut, match="seconds"):
        write_word(WordMemo("", "text", "en", WHEN), longest_seconds=0.001)
