"""Blocks as a Word document. The one module that knows the library; it is loaded in the process beside."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from memo_coach.documents.word.blocks import Run, WordBlock, blocks_of
from memo_coach.documents.word.memo import WordMemo

_INDENT: Final = 360
"""Twentieths of a point by which an item stands deeper than the one around it."""
_BULLETS: Final = 1
_NO_XML: Final = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML has no way to write."""
_LONGEST_PROPERTY: Final = 255
_LEVELS: Final = 9


def written(memo: WordMemo) -> bytes:
    """Return a memo as a .docx file."""
    document = docx.Document()
    properties = document.core_properties
    properties.author, properties.comments = "", ""
    properties.title = _NO_XML.sub("", memo.title)[:_LONGEST_PROPERTY]
    properties.language = memo.language
    properties.created = properties.modified = memo.created
    _speak(document, memo.language)
    body = document.element.body
    last = body.sectPr
    body.remove(last)
    lists = _Lists(document.part.numbering_part.element)
    for block in blocks_of(_NO_XML.sub("", memo.text)):
        body.append(_element(block, lists))
        if block.kind == "table":
            body.append(_paragraph(()))  # two tables that touch would be one
    body.append(last)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _speak(document: Any, language: str) -> None:  # noqa: ANN401 - the library's own, without types
    """Say which language the text is in, for spelling and for screen readers."""
    for element in document.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), language)


class _Lists:
    """The definitions of the lists: one for all bullets, one for each numbered list, which begins at 1."""

    def __init__(self, numbering: Any) -> None:  # noqa: ANN401 - the library's own, without types
        for each in list(numbering):
            numbering.remove(each)
        self._numbering = numbering
        self._count = _BULLETS
        self._open: dict[int, int] = {}
        """For each level, the numbered list that goes on there."""
        for abstract, form in ((1, "bullet"), (2, "decimal")):
            numbering.append(_abstract(abstract, form))
        numbering.append(_with(_new("w:num", numId=str(_BULLETS)), _new("w:abstractNumId", val="1")))

    def place(self, block: WordBlock) -> Any:  # noqa: ANN401
        """Return what makes a paragraph an item."""
        if block.kind == "numbered" and block.begins_list:
            self._count += 1
            self._open[block.level] = self._count
            number = _with(_new("w:num", numId=str(self._count)), _new("w:abstractNumId", val="2"))
            for level in range(_LEVELS):
                override = _new("w:lvlOverride", ilvl=str(level))
                number.append(_with(override, _new("w:startOverride", val="1")))
            self._numbering.append(number)
        of_list = _BULLETS if block.kind == "bullet" else self._open[block.level]
        return _with(_new("w:numPr"), _new("w:ilvl", val=str(block.level)), _new("w:numId", val=str(of_list)))


def _abstract(number: int, form: str) -> Any:  # noqa: ANN401
    abstract = _with(
        _new("w:abstractNum", abstractNumId=str(number)), _new("w:multiLevelType", val="multilevel")
    )
    for level in range(_LEVELS):
        indent = _new("w:ind", left=str(_INDENT * (level + 1)), hanging=str(_INDENT))
        abstract.append(
            _with(
                _new("w:lvl", ilvl=str(level)),
                _new("w:start", val="1"),
                _new("w:numFmt", val=form),
                _new("w:lvlText", val="•" if form == "bullet" else f"%{level + 1}."),
                _new("w:lvlJc", val="left"),
                _with(_new("w:pPr"), indent),
            )
        )
    return abstract


def _element(block: WordBlock, lists: _Lists) -> Any:  # noqa: ANN401
    if block.kind == "table":
        return _table(block.rows)
    if block.kind == "heading":
        return _paragraph(block.runs, _new("w:pStyle", val=f"Heading{block.level}"))
    if block.kind == "paragraph":
        return _paragraph(block.runs)
    return _paragraph(block.runs, _new("w:pStyle", val="ListParagraph"), lists.place(block))


def _paragraph(runs: Iterable[Run], *properties: Any) -> Any:  # noqa: ANN401
    paragraph = _new("w:p")
    if properties:
        paragraph.append(_with(_new("w:pPr"), *properties))
    for run in runs:
        paragraph.append(_run(run))
    return paragraph


def _run(run: Run) -> Any:  # noqa: ANN401
    element = _new("w:r")
    if run.strong or run.em:
        marks = [_new(name) for name, holds in (("w:b", run.strong), ("w:i", run.em)) if holds]
        element.append(_with(_new("w:rPr"), *marks))
    for number, line in enumerate(run.text.split("\n")):
        if number:
            element.append(_new("w:br"))
        if line:
            words = _new("w:t")
            words.text = line
            words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            element.append(words)
    return element


def _table(rows: Sequence[Sequence[Sequence[Run]]]) -> Any:  # noqa: ANN401
    table = _with(
        _new("w:tbl"),
        _with(_new("w:tblPr"), _new("w:tblStyle", val="TableGrid"), _new("w:tblW", w="0", type="auto")),
        _with(_new("w:tblGrid"), *[_new("w:gridCol") for _cell in rows[0]]),
    )
    for number, row in enumerate(rows):
        line = _new("w:tr")
        if number == 0:
            line.append(_with(_new("w:trPr"), _new("w:tblHeader")))
        for cell in row:
            line.append(_with(_new("w:tc"), _paragraph(cell)))
        table.append(line)
    return table


def _new(tag: str, **attributes: str) -> Any:  # noqa: ANN401
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _with(element: Any, *children: Any) -> Any:  # noqa: ANN401
    for child in children:
        element.append(child)
    return element
