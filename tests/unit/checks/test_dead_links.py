"""The search for links that lead nowhere, in every form in which Markdown has links."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks import dead_links

DEAD = {
    "a file": "[a](none.md)",
    "a file with a title": '[a](none.md "title")',
    "a folder": "[a](none/)",
    "an image": "![a](none.png)",
    "a reference": "[a][r]\n\n[r]: none.md",
    "from the root": "[a](/docs/none.md)",
    "brackets within": "[a [b]](none.md)",
    "a space, escaped": "[a](no%20one.md)",
    "a space, in angles": "[a](<no one.md>)",
    "a link in HTML": '<a href="none.md">a</a>',
    "an image in HTML": '<p>\n<img src="none.png">\n</p>',
    "a heading": "[a](#nowhere)",
    "a heading of another": "[a](other.md#nowhere)",
}
ALIVE = {
    "a file": "[a](other.md)",
    "a heading": "[a](#the-code-there-is)\n\n## The `code` *there* is",
    "a heading of another": "[a](other.md#one-heading)",
    "a place in HTML": '<a id="here"></a>\n\n[a](#here)',
    "another site": "[a](https://example.org/none.md)",
    "code": "`[a](none.md)`",
    "a block of code": "```\n[a](none.md)\n```",
}


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(dead_links, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "other.md").write_text("One heading\n===\n", encoding="utf-8")
    return tmp_path / "docs" / "a.md"


@pytest.mark.parametrize("text", DEAD.values(), ids=DEAD.keys())
def test_a_link_that_leads_nowhere_is_a_fault(document: Path, text: str) -> None:
    document.write_text(f"# A\n\n{text}\n", encoding="utf-8")
    (fault,) = dead_links.dead_links(document)
    assert fault.startswith("docs/a.md: ")


@pytest.mark.parametrize("text", ALIVE.values(), ids=ALIVE.keys())
def test_a_link_that_leads_somewhere_is_none(document: Path, text: str) -> None:
    document.write_text(f"# A\n\n{text}\n", encoding="utf-8")
    assert list(dead_links.dead_links(document)) == []
