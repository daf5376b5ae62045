"""What becomes of a Word file: its headings, lists, tables, emphasis and links; the rest is told of."""

from __future__ import annotations

import io
from typing import Any

import docx as word
import pytest
from docx.oxml import OxmlElement
from PIL import Image

from memo_coach.services.memos.uploads import UploadedText, read_upload
from tests.documents import docx, paragraph, relationships, word_document


def read(document: Any) -> UploadedText:
    content = io.BytesIO()
    document.save(content)
    return read_upload("memo.docx", content.getvalue())


def left_out(upload: UploadedText) -> dict[str, int]:
    return {each.kind: each.count for each in upload.left_out}


def picture() -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(content, "png")
    content.seek(0)
    return content


def changed(kind: str, tag: str, text: str) -> Any:
    change, run, words = OxmlElement(kind), OxmlElement("w:r"), OxmlElement(tag)
    words.text = text
    run.append(words)
    change.append(run)
    return change


def test_headings_lists_tables_emphasis_survive() -> None:
    document = word.Document()
    document.add_heading("Lease of the warehouse", 0)
    document.add_heading("Background", 1)
    line = document.add_paragraph("We lease ")
    for text in ("five ", "years"):
        line.add_run(text).bold = True
    line.add_run(" with").italic = True
    line.add_run(" options.")
    for text in ("Cheap", "Near"):
        document.add_paragraph(text, style="List Bullet")
    document.add_heading("Cost", 2)
    for text in ("Sign", "Move"):
        document.add_paragraph(text, style="List Number")
    table = document.add_table(2, 2)
    for number, text in enumerate(("Item", "2025 | plan", "Rent", "1.2 M€")):
        table.cell(number // 2, number % 2).text = text
    document.add_paragraph("Please approve.")
    assert read(document).text == (
        "# Lease of the warehouse\n\n# Background\n\nWe lease **five years** *with* options.\n\n"
        "- Cheap\n- Near\n\n## Cost\n\n1. Sign\n2. Move\n\n"
        "| Item | 2025 \\| plan |\n| --- | --- |\n| Rent | 1.2 M€ |\n\nPlease approve."
    )


def test_lists_within_lists_are_indented() -> None:
    numbering = (
        '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:abstractNum w:abstractNumId="0">'
        + "".join(
            f'<w:lvl w:ilvl="{n}"><w:numFmt w:val="{kind}"/></w:lvl>'
            for n, kind in enumerate(("decimal", "bullet"))
        )
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )

    def item(level: int, text: str) -> str:
        return (
            f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
            f"<w:r><w:t>{text}</w:t></w:r></w:p>"
        )

    body = item(0, "Sign") + item(1, "Ann") + item(1, "Ben") + item(0, "Move")
    upload = read_upload("x", docx(word_document(body), {"word/numbering.xml": numbering}))
    assert upload.text == "1. Sign\n   - Ann\n   - Ben\n2. Move"


def test_what_was_inserted_is_in_and_what_was_deleted_is_out() -> None:
    document = word.Document()
    line = document.add_paragraph("We buy")
    line._p.append(changed("w:ins", "w:t", " two"))
    line._p.append(changed("w:del", "w:delText", " one"))
    upload = read(document)
    assert upload.text == "We buy two"
    assert left_out(upload) == {"tracked_changes": 2}


def test_pictures_and_comments_are_told_of_where_they_stood() -> None:
    document = word.Document()
    line = document.add_paragraph()
    run = line.add_run("We buy the machine.")
    document.add_comment(run, text="Which?", author="Ann", initials="A")
    document.add_picture(picture())
    document.add_paragraph("It is red.")
    upload = read(document)
    assert upload.text == "We buy the machine.\n\nIt is red."
    assert {each.kind: each.places for each in upload.left_out} == {"pictures": (19,), "comments": (19,)}
    assert upload.left_out[0].sentences == {
        "en": "One picture was left out.",
        "es": "Se omitió una imagen.",
    }


def test_notes_are_told_of_and_left_out() -> None:
    notes = word_document().replace("w:document", "w:footnotes").replace("<w:body>", '<w:footnote w:id="2">')
    notes = notes.replace("</w:body>", "</w:footnote>")
    body = '<w:p><w:r><w:t>Costs fell.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    links = relationships(("footnotes", "footnotes.xml", "Internal"))
    parts = {"word/footnotes.xml": notes, "word/_rels/document.xml.rels": links}
    upload = read_upload("x", docx(word_document(body + paragraph("They stay low.")), parts))
    assert upload.text == "Costs fell.\n\nThey stay low."
    assert [(each.kind, each.places) for each in upload.left_out] == [("footnotes", (11,))]


def test_what_stands_on_each_page_is_told_of() -> None:
    document = word.Document()
    document.sections[0].header.paragraphs[0].text = "Confidential"
    document.add_paragraph("We buy.")
    upload = read(document)
    assert upload.text == "We buy."
    assert left_out(upload) == {"page_heads": 1}


def test_a_table_of_contents_is_left_out() -> None:
    document = word.Document()
    document.styles.add_style("toc 1", word.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    for text in ("Background\t1", "Cost\t2"):
        document.add_paragraph(text, style="toc 1")
    document.add_paragraph("We buy.")
    upload = read(document)
    assert upload.text == "We buy."
    assert left_out(upload) == {"contents": 1}


def test_merged_cells_leave_columns_in_their_place() -> None:
    document = word.Document()
    table = document.add_table(3, 3)
    for number in range(9):
        table.cell(number // 3, number % 3).text = str(number)
    for (top, left), (bottom, right), text in (((0, 0), (0, 1), "wide"), ((1, 0), (2, 0), "high")):
        table.cell(top, left).merge(table.cell(bottom, right)).text = text
    assert read(document).text == "| wide |  | 2 |\n| --- | --- | --- |\n| high | 4 | 5 |\n|  | 7 | 8 |"


def test_a_frame_of_one_cell_is_its_paragraphs() -> None:
    document = word.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "First."
    cell.add_paragraph("Second.")
    assert read(document).text == "First.\n\nSecond."


@pytest.mark.parametrize(
    ("target", "markdown"),
    [
        ("https://example.org/plan", "See [the plan](https://example.org/plan)"),
        ("javascript:alert(1)", "See the plan"),
        ("file:///etc/passwd", "See the plan"),
    ],
)
def test_a_link_is_kept_where_it_leads_to_the_web(target: str, markdown: str) -> None:
    body = (
        '<w:p><w:r><w:t xml:space="preserve">See </w:t></w:r><w:hyperlink r:id="r0" xmlns:r='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:r><w:t>the plan</w:t></w:r>'
        "</w:hyperlink></w:p>"
    )
    links = relationships(("hyperlink", target, "External"))
    upload = read_upload("x", docx(word_document(body), {"word/_rels/document.xml.rels": links}))
    assert (upload.text, upload.left_out) == (markdown, ())


def test_characters_that_stand_for_what_is_left_out_are_not_taken_from_the_file() -> None:
    upload = read_upload("x", docx(word_document(paragraph("We\ue6f0 buy."))))
    assert (upload.text, upload.left_out) == ("We buy.", ())
