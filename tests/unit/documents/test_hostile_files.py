"""Files that are made to do harm, or are no documents: each is refused with its own reason, within bounds.

Each of them is read as it would be: in a process beside, which may take ten seconds of work at most.
"""

from __future__ import annotations

import io
import resource
import zipfile
import zlib
from collections.abc import Callable
from functools import cache, partial

import pytest

from memo_coach.documents.reading.limits import MOST_BYTES, MOST_MEMORY
from memo_coach.services.memos.uploads import UploadRefused, read_upload
from tests.documents import MEMO, docx, paragraph, pdf, pdf_of_objects, relationships, word_document

MEGABYTE = 2**20
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R%b>>"
CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
EXTERNAL_ENTITY = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


@cache
def packed_blanks(size: int) -> bytes:
    """Pack so many blanks, which are not there at once."""
    packer, blanks = zlib.compressobj(9), b" " * MEGABYTE
    return b"".join(packer.compress(blanks) for _ in range(size // MEGABYTE)) + packer.flush()


def zip_bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "wordprocessingml.document")
        with archive.open("word/document.xml", "w", force_zip64=True) as document:
            for _ in range(2_048):
                document.write(bytes(MEGABYTE))
    return content.getvalue()


def lying_directory() -> bytes:
    """Make a file whose part is larger than its directory says."""
    content = docx(word_document(paragraph(MEMO * 10_000)))
    size = len(word_document(paragraph(MEMO * 10_000))).to_bytes(4, "little")
    return content.replace(size, (100).to_bytes(4, "little"))


def many_parts() -> bytes:
    return docx(parts={f"word/{number}.bin": b"" for number in range(2_500)})


def nested_archives() -> bytes:
    content = docx()
    for _ in range(20):
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w") as archive:
            archive.writestr("inner.zip", content)
        content = outer.getvalue()
    return content


def encrypted_archive() -> bytes:
    content = bytearray(docx())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        begin = content.find(signature)
        while begin >= 0:
            content[begin + place] |= 1
            begin = content.find(signature, begin + 4)
    return bytes(content)


def old_word(*, encrypted: bool) -> bytes:
    name = "EncryptedPackage" if encrypted else "WordDocument"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + name.encode("utf-16-le")


def flate_bomb(*, twice: bool) -> bytes:
    drawing = packed_blanks(3 * 1024 * MEGABYTE)
    filters = b"/FlateDecode"
    if twice:
        drawing, filters = zlib.compress(drawing, 9), filters * 2
    stream = b"<</Length %d/Filter[%b]>>\nstream\n%b\nendstream" % (len(drawing), filters, drawing)
    return pdf_of_objects(CATALOGUE, PAGES, PAGE % b"", stream)


def drawing_of_itself() -> bytes:
    draws = b"<</XObject<</X 5 0 R>>>>"
    return pdf_of_objects(
        CATALOGUE,
        PAGES,
        PAGE % (b"/Resources" + draws),
        b"<</Length 5>>\nstream\n/X Do\nendstream",
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources%b/Length 10>>\nstream\n/X Do/X Do\nendstream"
        % draws,
    )


def utf_16(document: str) -> bytes:
    return document.replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16")


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "larger than is read": (lambda: b"a" * (MOST_BYTES + 1), "too_large"),
    "nothing": (lambda: b"", "empty"),
    "blanks": (lambda: b" \n\0 ", "empty"),
    "a Word file without a word": (lambda: docx(word_document(paragraph(""))), "empty"),
    "a PDF without a word": (lambda: pdf(b""), "empty"),
    "a longer text than is read": (lambda: b"word " * 50_000, "too_long"),
    "a text of four megabytes": (lambda: b"word " * 800_000, "too_long"),
    "a longer Word file than is read": (lambda: docx(word_document(paragraph("word " * 50_000))), "too_long"),
    "a Word file of 39 MB of text": (lambda: docx(word_document(paragraph("a" * 39 * 10**6))), "too_long"),
    "two gigabytes in a Word file": (zip_bomb, "bomb"),
    "thousands of parts": (many_parts, "bomb"),
    "a part that is larger than said": (lying_directory, "corrupt"),
    "archives in archives": (nested_archives, "unknown_kind"),
    "entities that multiply": (
        lambda: docx(word_document(paragraph("&a11;"), f'<!DOCTYPE w [<!ENTITY a0 "ha">{LAUGHS}]>')),
        "entities",
    ),
    "an entity elsewhere": (lambda: docx(word_document(paragraph("&x;"), EXTERNAL_ENTITY)), "entities"),
    "an entity elsewhere, in UTF-16": (
        lambda: docx(utf_16(word_document(paragraph("&x;"), EXTERNAL_ENTITY))),
        "entities",
    ),
    "an entity in a part that is not the text": (
        lambda: docx(parts={"word/styles.xml": f"{EXTERNAL_ENTITY}<styles>&x;</styles>"}),
        "entities",
    ),
    "tables in tables": (
        lambda: docx(word_document("<w:tbl><w:tr><w:tc>" * 9_000 + "</w:tc></w:tr></w:tbl>" * 9_000)),
        "too_deep",
    ),
    "runs upon runs": (lambda: docx(word_document("<w:p>" + "<w:r/>" * 900_000 + "</w:p>")), "too_much"),
    "macros": (lambda: docx(parts={"word/vbaProject.bin": b"Sub AutoOpen()"}), "macros"),
    "macros by the type": (
        lambda: docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        "macros",
    ),
    "half of a Word file": (lambda: docx(word_document(paragraph(MEMO * 900)))[:900], "corrupt"),
    "a Word file that is no XML": (lambda: docx("<w:document"), "corrupt"),
    "a Word file in an encrypted archive": (encrypted_archive, "encrypted"),
    "a Word file with a password": (partial(old_word, encrypted=True), "encrypted"),
    "a file of an old Word": (partial(old_word, encrypted=False), "other_document"),
    "Rich Text": (lambda: b"{\\rtf1 hello}", "other_document"),
    "a spreadsheet": (
        lambda: docx(main="sheet.main+xml").replace(b"word/document.xml", b"book/document.xml"),
        "other_document",
    ),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "unknown_kind"),
    "a program": (lambda: b"\x7fELF\x02\x01\x01" + bytes(range(1, 256)) * 9, "unknown_kind"),
    "a web page": (lambda: b"\xef\xbb\xbf <!DOCTYPE HTML><html><body>Sign in</body></html>", "web_page"),
    "half of a PDF": (lambda: pdf()[:400], "corrupt"),
    "a PDF of noise": (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 99 + b"%%EOF", "corrupt"),
    "pages that are in themselves": (
        lambda: pdf_of_objects(CATALOGUE, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
        "corrupt",
    ),
    "a length that is its own": (
        lambda: pdf_of_objects(CATALOGUE, PAGES, PAGE % b"", b"<</Length 4 0 R>>\nstream\nendstream"),
        "empty",
    ),
    "lists in lists": (lambda: pdf_of_objects(CATALOGUE, b"[" * 4 * 10**6), "too_much"),
    "no page": (lambda: pdf_of_objects(CATALOGUE), "corrupt"),
    "a drawing that draws itself": (drawing_of_itself, "too_much"),
    "a hundred pages and one": (
        lambda: pdf(pages=b"<</Type/Pages/Kids[%b]/Count 101>>" % (b"3 0 R " * 101)),
        "too_many_pages",
    ),
    "three gigabytes in a PDF": (partial(flate_bomb, twice=False), "too_much_memory"),
    "three gigabytes in a PDF of some kilobytes": (partial(flate_bomb, twice=True), "too_much_memory"),
    "millions of words in a PDF": (
        lambda: pdf(b"BT /F 1 Tf 9 9 Td " + b"(word) Tj " * 6 * 10**6 + b"ET", packed=1),
        "too_much_memory",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_with_its_reason_within_its_memory(name: str) -> None:
    make, reason = REFUSED[name]
    with pytest.raises(UploadRefused) as refused:
        read_upload("memo.pdf", make())
    # What takes too much of one thing may run out of the other before, on a machine with much to do.
    allowed = {"too_much_memory", "too_slow"} if reason.startswith("too_much") else {reason}
    assert refused.value.reason in allowed, refused.value.cause
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < 2 * MOST_MEMORY


READ: dict[str, Callable[[], bytes]] = {
    "parts with paths for names": lambda: docx(
        parts={"../../x.xml": "<a/>", "/etc/passwd": "root", "word\\..\\..\\x": "", "C:/x": ""}
    ),
    "a template elsewhere": lambda: docx(
        parts={
            "word/_rels/settings.xml.rels": relationships(
                ("attachedTemplate", "https://192.0.2.1/x.dotm", "External")
            )
        }
    ),
    "more pages than there are": lambda: pdf(pages=b"<</Type/Pages/Kids[3 0 R]/Count 2147483647>>"),
    "a Word file that is a PDF, too": lambda: docx() + pdf(),
    "a PDF that is a Word file, too": lambda: pdf() + docx(),
    "a PDF after something else": lambda: b"\0\1 something else " * 9 + pdf(),
    "tables in tables, as deep as is read": lambda: docx(
        word_document("<w:tbl><w:tr><w:tc>" * 60 + paragraph(MEMO) + "</w:tc></w:tr></w:tbl>" * 60)
    ),
    "a text that speaks of PDF": f"{MEMO} It begins with %PDF-1.7.".encode,
    "a web page as a text": f"<html><body>{MEMO}</body></html>".encode,
}


@pytest.mark.parametrize("name", READ)
def test_a_strange_file_with_a_memo_in_it_is_read(name: str) -> None:
    assert MEMO in read_upload("memo.txt", READ[name]()).text


def test_a_cell_across_millions_of_columns_is_one_of_sixty() -> None:
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr>' + paragraph(MEMO) + "</w:tc>"
    text = read_upload("memo.docx", docx(word_document(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>"))).text
    assert text.count("|") < 200


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\0b.docx", "a\nb.docx", "", "x" * 9_999, "\udcff.pdf", "NUL"]
)
def test_a_name_is_never_more_than_a_name(name: str) -> None:
    assert read_upload(name, docx()).text == MEMO


def test_a_thing_elsewhere_is_told_of_and_not_fetched() -> None:
    upload = read_upload("memo.docx", READ["a template elsewhere"]())
    assert [(each.kind, each.count) for each in upload.left_out] == [("linked_content", 1)]
