"""The lines of a page: their words, where they stand, how large and how bold they are."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2_raw as pdfium

from memo_coach.documents.reading.marks import without_marks

_HYPHEN = "\x02"
"""What pdfium gives for a hyphen that ends a line."""
_SPACES = " \u00a0\u2002\u2003\u2007\u2009\u202f"
_BOLD = re.compile(rb"bold|black|heavy|demi", re.IGNORECASE)
_LONGEST_FONT_NAME = 200
_ITEM = re.compile(r"[\W_]{1,2}|\(?\w{1,4}[.)]")
"""What begins an item of a list, and stands apart from its words."""
_CELL_GAP = 1.0
"""From so many times its size on, a gap in a line parts the cells of a table. A space takes a quarter, in a
justified line up to twice as much."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a line without a wide gap in it, and where it begins and ends."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line. Places are in points, along its direction and upwards from it."""

    cells: tuple[Cell, ...]
    baseline: float
    size: float
    """Points, of a letter in its middle, as it is shown."""
    is_bold: bool
    angle: int
    """Degrees in which it runs, in steps of ten."""
    page: int
    is_hyphenated: bool = False
    """Whether its last word goes on in the next line."""

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(cell.text for cell in self.cells)

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.cells[0].left

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.cells[-1].right


class PageText:
    """The letters of one page, as pdfium numbers them."""

    def __init__(self, text_page: pdfium.FPDF_TEXTPAGE, page: int) -> None:
        self._text_page = text_page
        self._page = page
        self.count = max(0, pdfium.FPDFText_CountChars(text_page))

    def lines(self) -> Iterator[Line]:
        """Yield the lines in the order in which the file draws them."""
        get = pdfium.FPDFText_GetUnicode
        letters = [chr(get(self._text_page, index)) for index in range(self.count)]
        begin = 0
        for index, letter in enumerate(letters):
            if letter in "\r\n" or letter == _HYPHEN:
                line = self._line(letters, begin, index, is_hyphenated=letter == _HYPHEN)
                begin = index + 1
                if line is not None:
                    yield line
        line = self._line(letters, begin, self.count, is_hyphenated=False)
        if line is not None:
            yield line

    def _line(self, letters: list[str], begin: int, end: int, *, is_hyphenated: bool) -> Line | None:
        while begin < end and letters[begin].isspace():
            begin += 1
        while begin < end and letters[end - 1].isspace():
            end -= 1
        if begin == end:
            return None
        matrix = self._matrix(begin)
        across, up = _direction(matrix)
        # What a line begins with, a bullet or a catchword, is often of another size.
        middle = (begin + end) // 2
        size = self._size(next((index for index in range(middle, end) if letters[index].isalnum()), begin))
        cells = tuple(self._cells(letters, begin, end, (across, up), size))
        if not cells:
            return None
        x, y = self._origin(begin)
        return Line(
            cells,
            baseline=y * across - x * up,
            size=round(size, 1),
            is_bold=self._is_bold(begin) and self._is_bold(end - 1),
            angle=round(math.degrees(math.atan2(up, across)) / 10) * 10 % 360,
            page=self._page,
            is_hyphenated=is_hyphenated,
        )

    def _cells(
        self, letters: list[str], begin: int, end: int, direction: tuple[float, float], size: float
    ) -> Iterator[Cell]:
        left, cell = self._along(begin, direction)[0], begin
        for index in range(begin + 1, end - 1):
            if letters[index] not in _SPACES or letters[index + 1] in _SPACES:
                continue
            before = index
            while before > cell and letters[before - 1] in _SPACES:
                before -= 1
            if before == cell or (cell == begin and _ITEM.fullmatch("".join(letters[cell:before]))):
                continue
            right, next_left = self._along(before - 1, direction)[1], self._along(index + 1, direction)[0]
            if next_left - right > _CELL_GAP * size:
                yield from _cell(letters, cell, before, left, right)
                left, cell = next_left, index + 1
        yield from _cell(letters, cell, end, left, self._along(end - 1, direction)[1])

    def _along(self, index: int, direction: tuple[float, float]) -> tuple[float, float]:
        """Return where a letter begins and ends along a direction."""
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        pdfium.FPDFText_GetCharBox(self._text_page, index, left, right, bottom, top)
        across, up = direction
        begin = left.value * across + bottom.value * up
        end = right.value * across + top.value * up
        return (begin, end) if begin <= end else (end, begin)

    def _origin(self, index: int) -> tuple[float, float]:
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(self._text_page, index, x, y)
        return x.value, y.value

    def _matrix(self, index: int) -> pdfium.FS_MATRIX:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._text_page, index, matrix)
        return matrix

    def _size(self, index: int) -> float:
        matrix = self._matrix(index)
        return float(pdfium.FPDFText_GetFontSize(self._text_page, index)) * math.hypot(matrix.c, matrix.d)

    def _is_bold(self, index: int) -> bool:
        name = ctypes.create_string_buffer(_LONGEST_FONT_NAME)
        flags = ctypes.c_int()
        length = pdfium.FPDFText_GetFontInfo(self._text_page, index, name, _LONGEST_FONT_NAME, flags)
        return 0 < length <= _LONGEST_FONT_NAME and bool(_BOLD.search(name.value))


def _direction(matrix: pdfium.FS_MATRIX) -> tuple[float, float]:
    length = math.hypot(matrix.a, matrix.b)
    return (matrix.a / length, matrix.b / length) if length else (1.0, 0.0)


def _cell(letters: list[str], begin: int, end: int, left: float, right: float) -> Iterator[Cell]:
    text = " ".join(without_marks(_paired("".join(letters[begin:end]))).split())
    if text:
        yield Cell(text, left, right)


def _paired(text: str) -> str:
    """Put the halves together in which pdfium gives letters beyond the first 65,536."""
    return (
        text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    )
