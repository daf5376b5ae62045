"""A PDF is checked by several tools that know nothing of each other. None of them says that it conforms.

Typst refuses what PDF/UA-1 forbids while it writes; pdfua reads the file by rules of its own; PDFium finds
the structure as a browser does; and the file's own objects are looked at here.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pdfua
import pikepdf
import pytest

from memo_coach.documents.pdf.compiling import compiled
from tests.pdf_reading import opened, read_by_pdfium, structure_of, unmarked_drawing
from tests.some_report import some_report

SKIPPED_BY_PDFUA = {"UA-14-001"}
"""It breaks over a destination that is an array; headings are looked at below."""


@cache
def document(language: str = "en") -> bytes:
    return compiled(some_report(language=language))


@pytest.fixture
def pdf() -> pikepdf.Pdf:
    return opened(document())


@pytest.mark.parametrize("language", ["en", "es"])
def test_pdfua_finds_nothing(language: str, tmp_path: Path) -> None:
    path = tmp_path / "feedback.pdf"
    path.write_bytes(document(language))
    report = pdfua.validate(str(path))
    assert report.findings == ()
    assert {skipped.rule_id for skipped in report.skipped} <= SKIPPED_BY_PDFUA


def test_pdfium_finds_headings_in_order_tables_with_heads_lists_and_links() -> None:
    kinds = [kind for _depth, kind in read_by_pdfium(document())]
    levels = [int(kind[1:]) for kind in kinds if kind[0] == "H" and kind[1:].isdigit()]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    assert {"Document", "P", "L", "LI", "LBody", "Table", "TR", "TH", "TD", "Link"} <= set(kinds)


def test_the_title_is_shown_in_the_window_and_the_language_is_told(pdf: pikepdf.Pdf) -> None:
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert str(pdf.Root.Lang) == "en"
    assert bool(pdf.Root.MarkInfo.Marked)
    assert str(pdf.docinfo["/Title"]) == "Feedback: A new pump"
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Feedback: A new pump"


def test_the_language_of_a_spanish_memo_is_spanish() -> None:
    assert str(opened(document("es")).Root.Lang) == "es"


def test_every_table_has_a_head_that_says_what_it_is_the_head_of(pdf: pikepdf.Pdf) -> None:
    tables = structure_of(pdf).all("Table")
    assert len(tables) == 3  # the criteria, the progress, and the memo's own
    for table in tables:
        heads = table.all("TH")
        assert len(heads) == len(table.all("TR")[0].children)
        for head in heads:
            attributes = head.attributes["/A"]
            scoped = attributes if isinstance(attributes, pikepdf.Array) else [attributes]
            assert any(str(each.get("/Scope", "")) == "/Column" for each in scoped)


def test_every_link_has_a_text_for_who_cannot_see_it(pdf: pikepdf.Pdf) -> None:
    links = [
        annotation
        for page in pdf.pages
        for annotation in page.get("/Annots", [])
        if annotation.Subtype == "/Link"
    ]
    assert len(links) == 6  # three numbers in the memo, and back from each remark
    assert all(str(link.get("/Contents", "")) and "/StructParent" in link for link in links)
    assert len(structure_of(pdf).all("Link")) == len(links)
    assert all(str(page.get("/Tabs", "/S")) == "/S" for page in pdf.pages)


def test_nothing_is_drawn_that_is_neither_content_nor_decoration(pdf: pikepdf.Pdf) -> None:
    assert unmarked_drawing(pdf) == []


def test_figures_if_there_are_any_have_a_text(pdf: pikepdf.Pdf) -> None:
    assert all("/Alt" in figure.attributes for figure in structure_of(pdf).all("Figure"))


def test_every_font_is_embedded_and_every_letter_can_be_copied(pdf: pikepdf.Pdf) -> None:
    fonts = [font for page in pdf.pages for font in page.Resources.get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        assert "/ToUnicode" in font
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys())


def test_nothing_in_it_runs_or_leads_out_of_it(pdf: pikepdf.Pdf) -> None:
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(pdf.Root.keys())
    assert "/JavaScript" not in pdf.Root.get("/Names", {})
    actions = [annotation.get("/A", {}) for page in pdf.pages for annotation in page.get("/Annots", [])]
    assert all(str(action.get("/S", "/GoTo")) == "/GoTo" for action in actions)
