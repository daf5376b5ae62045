"""Read a Word file."""

from __future__ import annotations

import io
import zipfile

import mammoth

from memo_coach.documents.reading.docx.markdown import markdown_of
from memo_coach.documents.reading.docx.package import open_package
from memo_coach.documents.reading.marks import finished
from memo_coach.documents.reading.model import Omission, ReadDocument

NOTES = "left-out-"
"""What the addresses of notes and comments begin with in mammoth's HTML."""
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name^='toc '] => p.contents:fresh
p[style-name^='TOC '] => p.contents:fresh
p[style-name^='Contents '] => p.contents:fresh
p[style-name='table of figures'] => p.contents:fresh
comment-reference => sup
"""


def read(content: bytes) -> ReadDocument:
    """Read a Word file.

    Raises:
        DocumentRefused: it cannot be read.
    """
    package = open_package(content)
    converted = mammoth.convert_to_html(
        package.archive,
        style_map=_STYLES,
        include_embedded_style_map=False,
        id_prefix=NOTES,
        # A picture is not opened, it only leaves its place.
        convert_image=mammoth.images.img_element(lambda _: {}),
        external_file_access=False,
    )
    markdown, pictures = markdown_of(converted.value, NOTES)
    counts = package.counts
    # The counted charts have no place.
    counts[Omission.PICTURES] += pictures
    return finished(markdown, counts)


def sample() -> bytes:
    """Return a small Word file with a title in it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f"<Types xmlns='{_PACKAGE}/content-types'/>")
        archive.writestr("_rels/.rels", f"<Relationships xmlns='{_PACKAGE}/relationships'/>")
        archive.writestr(
            "word/document.xml",
            f"<w:document xmlns:w='{_WORD}'><w:body><w:p><w:pPr><w:pStyle w:val='Heading1'/></w:pPr>"
            "<w:r><w:t>Dólares</w:t></w:r></w:p></w:body></w:document>",
        )
    return content.getvalue()
