"""Word and PDF files for tests, made as a program would make them, and as nobody should."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MEMO = "We ask the committee to approve the lease of the warehouse by 1 May."


def paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def word_document(body: str = paragraph(MEMO), declaration: str = "") -> str:
    return (
        f'<?xml version="1.0"?>{declaration}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    )


def relationships(*entries: tuple[str, str, str]) -> str:
    """Write relationships, each a kind, a target and a mode."""
    lines = (
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
        for number, (kind, target, mode) in enumerate(entries)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(lines)}</Relationships>'


def docx(
    document: str | bytes = word_document(), parts: Mapping[str, str | bytes] | None = None, main: str = _MAIN
) -> bytes:
    """Make a Word file of its main part, and whatever else is to be in it."""
    content = io.BytesIO()
    types = f'<Override PartName="/word/document.xml" ContentType="{main}"/>'
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{types}</Types>')
        archive.writestr("_rels/.rels", relationships(("officeDocument", "word/document.xml", "Internal")))
        archive.writestr("word/document.xml", document)
        for name, part in (parts or {}).items():
            archive.writestr(name, part)
    return content.getvalue()


def pdf_of_objects(*objects: bytes) -> bytes:
    """Make a PDF file whose first object is its catalogue."""
    body, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
        + b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    )


def pdf(
    drawing: bytes = b"BT /F 12 Tf 72 700 Td (%b) Tj ET" % MEMO.encode(),
    *,
    packed: int = 0,
    pages: bytes = b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
) -> bytes:
    """Make a PDF file of one page; its drawing is ``packed`` so many times."""
    for _ in range(packed):
        drawing = zlib.compress(drawing, 9)
    filters = b"/Filter[%b]" % (b"/FlateDecode " * packed) if packed else b""
    return pdf_of_objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        pages,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(drawing), filters, drawing),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
