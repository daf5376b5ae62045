"""Read a PDF file."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2_raw as pdfium

from memo_coach.documents.reading.limits import MOST_CHARACTERS, MOST_PAGES
from memo_coach.documents.reading.marks import finished, mark
from memo_coach.documents.reading.model import DocumentRefused, Omission, ReadDocument, Refusal
from memo_coach.documents.reading.pdf.layout import blocks_of
from memo_coach.documents.reading.pdf.lines import Line, PageText
from memo_coach.documents.reading.pdf.page_heads import without_page_heads

_END = b"%%EOF"
_END_WITHIN = 2_048
"""Bytes at its end in which a whole file says that it ends; readers put up with what some programs add."""
_MOST_LOOKED_AT = 2_000
"""Things on a page that are looked at for pictures, and for comments."""
_COMMENTS = frozenset(
    {
        pdfium.FPDF_ANNOT_TEXT,
        pdfium.FPDF_ANNOT_FREETEXT,
        pdfium.FPDF_ANNOT_HIGHLIGHT,
        pdfium.FPDF_ANNOT_UNDERLINE,
        pdfium.FPDF_ANNOT_SQUIGGLY,
        pdfium.FPDF_ANNOT_STRIKEOUT,
        pdfium.FPDF_ANNOT_CARET,
    }
)
_FEW_LETTERS = 40
"""On a page with a picture fewer are a stamp or a page number."""
_NO_LETTER = re.compile("[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f]")
_MOST_WITHOUT_LETTER = 0.2


@dataclass(slots=True)
class _Page:
    lines: list[Line] = field(default_factory=list)
    pictures: int = 0
    comments: int = 0
    turned: int = 0

    @property
    def letters(self) -> int:
        return sum(len(line.text) for line in self.lines)


def read(content: bytes) -> ReadDocument:
    """Read a PDF file.

    Raises:
        DocumentRefused: it cannot be read.
    """
    if _END not in content[-_END_WITHIN:]:
        raise DocumentRefused(Refusal.CORRUPT, "no end")
    pages = list(_pages(content))
    _check_text(pages)
    lines, repeats = without_page_heads([page.lines for page in pages])
    if repeats and not any(lines):
        raise DocumentRefused(Refusal.SCANNED, "page heads only")
    counts = Counter(
        {
            Omission.COMMENTS: sum(page.comments for page in pages),
            Omission.PAGE_HEADS: int(repeats),
            Omission.TURNED_TEXT: sum(page.turned for page in pages),
        }
    )
    return finished(blocks_of(lines, [_marks(page) for page in pages]), counts)


def _pages(content: bytes) -> Iterator[_Page]:
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
    if not document:
        error = pdfium.FPDF_GetLastError()
        is_locked = error in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
        raise DocumentRefused(Refusal.ENCRYPTED if is_locked else Refusal.CORRUPT, f"pdfium {error}")
    count = pdfium.FPDF_GetPageCount(document)
    if count < 1:
        raise DocumentRefused(Refusal.CORRUPT, "no page")
    if count > MOST_PAGES:
        raise DocumentRefused(Refusal.TOO_MANY_PAGES)
    characters = 0
    for number in range(count):
        page = _page(document, number)
        characters += page.letters
        if characters > 2 * MOST_CHARACTERS:
            raise DocumentRefused(Refusal.TOO_LONG)
        yield page
    # Neither the document nor the library is closed: the process ends with them.


def _page(document: pdfium.FPDF_DOCUMENT, number: int) -> _Page:
    with _opened(document, number) as (page, text_page):
        text = PageText(text_page, number)
        if text.count > 4 * MOST_CHARACTERS:
            raise DocumentRefused(Refusal.TOO_LONG)
        lines = list(text.lines())
        angles = Counter(line.angle for line in lines).most_common(1)
        upright = [line for line in lines if line.angle == angles[0][0]]
        return _Page(upright, _pictures(page), _comments(page), len(lines) - len(upright))


@contextlib.contextmanager
def _opened(
    document: pdfium.FPDF_DOCUMENT, number: int
) -> Iterator[tuple[pdfium.FPDF_PAGE, pdfium.FPDF_TEXTPAGE]]:
    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        raise DocumentRefused(Refusal.CORRUPT, f"page {number + 1}")
    try:
        text_page = pdfium.FPDFText_LoadPage(page)
        if not text_page:
            raise DocumentRefused(Refusal.CORRUPT, f"text of page {number + 1}")
        try:
            yield page, text_page
        finally:
            pdfium.FPDFText_ClosePage(text_page)
    finally:
        pdfium.FPDF_ClosePage(page)


def _pictures(page: pdfium.FPDF_PAGE) -> int:
    count = min(pdfium.FPDFPage_CountObjects(page), _MOST_LOOKED_AT)
    things = (pdfium.FPDFPage_GetObject(page, index) for index in range(count))
    return sum(pdfium.FPDFPageObj_GetType(thing) == pdfium.FPDF_PAGEOBJ_IMAGE for thing in things)


def _comments(page: pdfium.FPDF_PAGE) -> int:
    found = 0
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST_LOOKED_AT)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        found += pdfium.FPDFAnnot_GetSubtype(annotation) in _COMMENTS
        pdfium.FPDFPage_CloseAnnot(annotation)
    return found


def _check_text(pages: list[_Page]) -> None:
    letters = sum(page.letters for page in pages)
    pictures = sum(page.pictures for page in pages)
    if not letters and not pictures:
        raise DocumentRefused(Refusal.EMPTY)
    if pictures >= len(pages) and all(page.letters < _FEW_LETTERS for page in pages):
        raise DocumentRefused(Refusal.SCANNED)
    without = sum(len(_NO_LETTER.findall(line.text)) for page in pages for line in page.lines)
    if without > _MOST_WITHOUT_LETTER * letters:
        raise DocumentRefused(Refusal.GARBLED)


def _marks(page: _Page) -> str:
    """Return marks for what a page shows and its text does not have."""
    if page.pictures and page.letters < _FEW_LETTERS:
        return mark(Omission.PAGES_WITHOUT_TEXT)
    return mark(Omission.PICTURES) * page.pictures


def sample() -> bytes:
    """Return a small PDF file with a few words in it, a letter beyond ASCII and a gap among them."""
    drawing = b"BT /F 12 Tf 72 700 Td (D\363lares 20) Tj 90 0 Td (30) Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(drawing), drawing),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    body = b"".join(b"%d 0 obj%b endobj\n" % (number, each) for number, each in enumerate(objects, 1))
    return b"%%PDF-1.4\n%btrailer<</Root 1 0 R/Size 6>>\n%%%%EOF" % body
