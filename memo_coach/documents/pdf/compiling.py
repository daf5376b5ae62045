"""The Typst compiler with our template and fonts: a report comes in, the bytes of a PDF go out.

The compiler gets the template from memory and the texts as one string; its root is the folder of the fonts,
packages are looked for in a folder that is not there, and the fonts of the machine are left alone.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import typst

from memo_coach.documents.pdf.content import content_of
from memo_coach.documents.pdf.report import Report

STANDARD: Literal["ua-1"] = "ua-1"
"""PDF/UA-1 (ISO 14289-1): the compiler refuses what would not be accessible."""
_FOLDER = Path(__file__).parent
_FONTS = _FOLDER / "fonts"
_PACKAGES = _FONTS / "packages"


class NotCompiled(Exception):
    """The compiler refused the document. The message names places of the template, and may quote the memo."""


def compiled(report: Report) -> bytes:
    """Return the document as a PDF.

    What the compiler cannot draw with our fonts, although they have each of its characters, is rare: then
    everything but what European languages are written with is replaced, and the document says so.

    Raises:
        NotCompiled: the compiler refused it both ways.
    """
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[_FONTS])
    try:
        return _compiled(report, fonts, strict=False)
    except typst.TypstError:
        pass
    try:
        return _compiled(report, fonts, strict=True)
    except typst.TypstError as error:
        raise NotCompiled(error.message) from error


def _compiled(report: Report, fonts: typst.Fonts, *, strict: bool) -> bytes:
    document = json.dumps(content_of(report, strict=strict), ensure_ascii=False)
    compiler = typst.Compiler(
        (_FOLDER / "template.typ").read_bytes(),
        root=_FONTS,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"document": document},
        package_path=_PACKAGES,
        package_cache_path=_PACKAGES,
    )
    moment = report.created or datetime.now(UTC)
    written = compiler.compile(format="pdf", pdf_standards=STANDARD, timestamp=int(moment.timestamp()))
    assert isinstance(written, bytes), "without a file to write to, and as one file"  # noqa: S101
    return written
