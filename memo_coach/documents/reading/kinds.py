"""What a file is, by its first bytes; its name only says what its owner took it for."""

from __future__ import annotations

import re

from memo_coach.documents.reading.model import DocumentRefused, Kind, Refusal

_PDF = b"%PDF-"
_PDF_HEADER_WITHIN = 1024
"""Bytes before a PDF's first line that its readers put up with."""
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_RICH_TEXT = b"{\\rtf"
_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html[\s>])",
    re.I | re.S,
)
_PROMISES_A_DOCUMENT = (".pdf", ".docx", ".doc")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(name: str, content: bytes) -> Kind:
    """Return what kind a file is.

    Raises:
        DocumentRefused: it is empty, or of a kind that is not read.
    """
    if not content.strip(b"\0 \t\r\n"):
        raise DocumentRefused(Refusal.EMPTY)
    if content.startswith(_ZIP):
        return Kind.DOCX  # or another archive, which its reader finds out
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_PDF):
        return Kind.PDF
    if content.startswith(_OLE):
        encrypted = _ENCRYPTED_OFFICE in content
        raise DocumentRefused(Refusal.ENCRYPTED if encrypted else Refusal.OTHER_DOCUMENT)
    if content.startswith(_RICH_TEXT):
        raise DocumentRefused(Refusal.OTHER_DOCUMENT)
    # A memo may be handed in as HTML, which the coach reads; but what a browser saved under the name of a
    # document is most often the page of a sign-in or of an error.
    if _WEB_PAGE.match(content[:4096]) and name.lower().rstrip().endswith(_PROMISES_A_DOCUMENT):
        raise DocumentRefused(Refusal.WEB_PAGE)
    head = content[: _PDF_HEADER_WITHIN + len(_PDF)]
    if _PDF in head and _CONTROL.search(content):
        return Kind.PDF  # a text may speak of it, but holds no controls
    return Kind.TEXT
