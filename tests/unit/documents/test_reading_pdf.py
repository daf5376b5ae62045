"""What becomes of a PDF file: lines become headings, paragraphs, lists, tables; the rest is told of."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import ListFlowable, PageBreak, Paragraph, SimpleDocTemplate, Table

from memo_coach.services.memos.uploads import UploadedText, UploadRefused, read_upload
from tests.documents import pdf

STYLES = getSampleStyleSheet()
PROSE = (
    "We recommend that the committee approves the lease of the warehouse in Getafe, because the one that we "
    "have is full since March and each pallet that we store elsewhere costs four euros a day. The owner "
    "keeps the offer open until the end of May."
)


def text(words: str, style: str = "BodyText") -> Paragraph:
    return Paragraph(words, STYLES[style])


def read(*flow: Any, on_page: Any = lambda *_: None, **options: Any) -> UploadedText:
    content = io.BytesIO()
    document = SimpleDocTemplate(content, pagesize=A4, **options)
    document.build(list(flow), onFirstPage=on_page, onLaterPages=on_page)
    return read_upload("memo.pdf", content.getvalue())


def drawn(draw: Any, **options: Any) -> bytes:
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=A4, **options)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return content.getvalue()


def picture() -> ImageReader:
    content = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(content, "png")
    content.seek(0)
    return ImageReader(content)


def left_out(upload: UploadedText) -> dict[str, int]:
    return {each.kind: each.count for each in upload.left_out}


def test_headings_paragraphs_lists_and_tables_are_found() -> None:
    upload = read(
        text("Lease of the warehouse", "Title"),
        text("Background", "Heading2"),
        text(PROSE),
        text(PROSE),
        ListFlowable([text("Cheap"), text(PROSE)], bulletType="bullet"),
        text("Cost", "Heading2"),
        Table([["Item", "2025", "2026"], ["Rent | net", "10", "20"], ["Staff", "30", "44"]]),
        text("Please approve."),
    )
    assert upload.text == (
        f"# Lease of the warehouse\n\n## Background\n\n{PROSE}\n\n{PROSE}\n\n- Cheap\n- {PROSE}\n\n"
        "## Cost\n\n"
        "| Item | 2025 | 2026 |\n| --- | --- | --- |\n| Rent \\| net | 10 | 20 |\n| Staff | 30 | 44 |\n\n"
        "Please approve."
    )
    assert (upload.kind, upload.left_out) == ("pdf", ())


def test_a_bold_line_is_a_heading_below_the_larger_ones() -> None:
    flow = (text("Lease", "Title"), text("<b>Why now</b>"), text(PROSE), text("<b>To:</b> the board"))
    assert read(*flow).text.startswith(f"# Lease\n\n## Why now\n\n{PROSE}\n\nTo: the board")


def test_the_lines_of_a_memos_head_stay_lines() -> None:
    lines = ("To: the committee", "From: Ann Lee", "Date: 1 May 2026", "Subject: The warehouse")
    upload = read(*map(text, lines), text(PROSE))
    assert upload.text == "\n".join(lines) + f"\n\n{PROSE}"


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (("We have a recommen-", "dation."), "We have a recommendation."),
        (
            ("It is a long-", "term plan, as long-term plans go."),
            "It is a long-term plan, as long-term plans go.",
        ),
        (("Ask the Smith-", "Jones company."), "Ask the Smith-Jones company."),
        (("The years 2024-", "2026 were good."), "The years 2024-2026 were good."),
    ],
)
def test_a_word_that_a_line_parts_is_one_again(lines: tuple[str, ...], joined: str) -> None:
    def draw(canvas: Canvas) -> None:
        for number, line in enumerate(lines):
            canvas.drawString(72, 700 - 14 * number, line)

    assert read_upload("x", drawn(draw)).text == joined


def test_what_each_page_repeats_is_left_out_and_told_of() -> None:
    def heads(canvas: Canvas, document: Any) -> None:
        canvas.drawString(72, 815, "Confidential")
        canvas.drawString(280, 20, f"Page {document.page} of 3")

    flow = (text("One begins."), PageBreak(), text("Two goes on."), PageBreak(), text("Three ends."))
    upload = read(*flow, on_page=heads)
    assert upload.text == "One begins.\n\nTwo goes on.\n\nThree ends."
    assert left_out(upload) == {"page_heads": 1}


def test_rows_of_figures_at_the_edge_of_pages_are_no_page_heads() -> None:
    upload = read(
        *(Table([[f"{page}1", f"{page}2"], [f"{page}3", f"{page}4"]]) for page in (1, 2)), PageBreak()
    )
    for figure in ("11", "14", "21", "24"):
        assert figure in upload.text


def test_a_paragraph_goes_on_over_the_page() -> None:
    pages = ("We recommend that", "the committee approves it.")

    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 100, pages[0])
        canvas.showPage()
        canvas.drawString(72, 700, pages[1])

    assert read_upload("x", drawn(draw)).text == " ".join(pages)


def test_pages_turned_on_their_side_are_read_like_others() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.rotate(90)
        for number, line in enumerate(("The committee approves the", "lease by the first of May.")):
            canvas.drawString(72, -100 - 14 * number, line)

    assert read_upload("x", drawn(draw)).text == "The committee approves the lease by the first of May."


def test_a_watermark_is_left_out_and_told_of() -> None:
    def mark(canvas: Canvas, _: Any) -> None:
        canvas.saveState()
        canvas.translate(300, 400)
        canvas.rotate(45)
        canvas.drawString(0, 0, "DRAFT")
        canvas.restoreState()

    upload = read(text(PROSE), on_page=mark)
    assert upload.text == PROSE
    assert left_out(upload) == {"turned_text": 1}


def test_a_table_of_contents_is_left_out() -> None:
    upload = read(text("Background .................... 3"), text("Cost . . . . . . . . . . 12"), text(PROSE))
    assert upload.text == PROSE
    assert left_out(upload) == {"contents": 1}


def test_pictures_and_pages_that_are_pictures_are_told_of() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "The committee approves the lease by the first of May.")
        canvas.drawImage(picture(), 72, 500)
        canvas.showPage()
        canvas.drawImage(picture(), 0, 0, 500, 800)

    upload = read_upload("x", drawn(draw))
    assert {each.kind: each.places for each in upload.left_out} == {
        "pictures": (53,),
        "pages_without_text": (53,),
    }


def test_comments_are_told_of() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "The committee approves.")
        canvas.textAnnotation("Does it?", [72, 700, 90, 720])

    assert left_out(read_upload("x", drawn(draw))) == {"comments": 1}


@pytest.mark.parametrize("stamp", ["", "Scanned by 7"])
def test_pictures_of_pages_alone_are_refused(stamp: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(picture(), 0, 0, 500, 800)
        canvas.drawString(72, 20, stamp)

    with pytest.raises(UploadRefused) as refused:
        read_upload("x", drawn(draw))
    assert refused.value.reason == "scanned"
    assert set(refused.value.messages) == {"en", "es"}


@pytest.mark.parametrize(("password", "opens"), [("secret", False), ("", True)])
def test_a_password_that_is_asked_for_is_a_reason_and_one_of_the_owner_is_none(
    password: str, opens: bool
) -> None:
    lock = StandardEncryption(password, ownerPassword="owner", canPrint=0)
    content = drawn(lambda canvas: canvas.drawString(72, 700, "The committee approves."), encrypt=lock)
    if opens:
        assert read_upload("x", content).text == "The committee approves."
        return
    with pytest.raises(UploadRefused) as refused:
        read_upload("x", content)
    assert refused.value.reason == "encrypted"


def test_letters_that_no_font_names_are_a_reason() -> None:
    with pytest.raises(UploadRefused) as refused:
        read_upload("x", pdf(b"BT /F 12 Tf 72 700 Td (" + bytes(range(1, 9)) * 9 + b") Tj ET"))
    assert refused.value.reason in {"garbled", "empty"}
