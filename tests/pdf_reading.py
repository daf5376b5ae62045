"""What a PDF says to who cannot see it, read by two libraries that know nothing of each other.

PDFium is what a browser reads out; pikepdf shows the objects of the file as they are.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium


def text_of(content: bytes) -> str:
    """Return all text, in one line, as it is copied out of the document."""
    with pypdfium2.PdfDocument(content) as document:
        pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    return " ".join(" ".join(pages).replace("\u200b", "").replace("\u2060", "").split())


def pages_of(content: bytes) -> int:
    with pypdfium2.PdfDocument(content) as document:
        return len(document)


def right_edges(content: bytes) -> list[tuple[float, float]]:
    """Return, for each page, its width and how far to the right its text goes."""
    edges = []
    with pypdfium2.PdfDocument(content) as document:
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            boxes = [text.get_charbox(index) for index in range(text.count_chars())]
            edges.append((page.get_width(), max(box[2] for box in boxes)))
    return edges


def read_by_pdfium(content: bytes) -> list[tuple[int, str]]:
    """Return the structure as PDFium finds it: the depth and the type of each element, page by page."""
    found: list[tuple[int, str]] = []
    with pypdfium2.PdfDocument(content) as document:
        for number in range(len(document)):
            page = document[number]  # held: the tree is the page's
            tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
            for child in range(pdfium.FPDF_StructTree_CountChildren(tree)):
                element = pdfium.FPDF_StructTree_GetChildAtIndex(tree, child)
                found.extend(_below(element, 0))
            pdfium.FPDF_StructTree_Close(tree)
            page.close()
    return found


def _below(element: Any, depth: int) -> Iterator[tuple[int, str]]:
    yield depth, _string(lambda *buffer: pdfium.FPDF_StructElement_GetType(element, *buffer))
    for child in range(max(0, pdfium.FPDF_StructElement_CountChildren(element))):
        inner = pdfium.FPDF_StructElement_GetChildAtIndex(element, child)
        if inner:
            yield from _below(inner, depth + 1)


def _string(ask: Callable[..., int]) -> str:
    length = ask(None, 0)
    buffer = ctypes.create_string_buffer(length)
    ask(buffer, length)
    return buffer.raw.decode("utf-16-le").rstrip("\0")


@dataclass(frozen=True)
class Element:
    """An element of the structure with what stands in it."""

    kind: str
    attributes: dict[str, Any]
    children: tuple[Element, ...]

    def all(self, kind: str) -> list[Element]:
        found = [self] if self.kind == kind else []
        return found + [each for child in self.children for each in child.all(kind)]


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def structure_of(document: pikepdf.Pdf) -> Element:
    """Return the structure as the file has it."""
    return _element(document.Root.StructTreeRoot)


def _element(node: Any) -> Element:
    kids = node.get("/K", [])
    kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    children = tuple(_element(kid) for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid)
    return Element(str(node.get("/S", "/Root")).lstrip("/"), dict(node.items()), children)


def unmarked_drawing(document: pikepdf.Pdf) -> list[str]:
    """Return the operators that draw something outside of any marked content: on no page may there be one."""
    drawing = {"Tj", "TJ", "'", '"', "f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "Do", "sh"}
    found = []
    for page in document.pages:
        depth = 0
        for _operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            depth += (name in ("BDC", "BMC")) - (name == "EMC")
            if name in drawing and depth == 0:
                found.append(name)
    return found
