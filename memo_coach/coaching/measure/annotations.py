"""Read a reader's annotations: JSON in, a checked :class:`AnnotatedDocument` out, or every fault in a line.

``docs/coach.md`` says how to write them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from memo_coach.coaching.errors import CoachingError
from memo_coach.coaching.evaluation import HIGHEST_SCORE, LOWEST_SCORE
from memo_coach.coaching.measure.annotated import (
    STATUSES,
    AnnotatedDocument,
    ElementFound,
    GradedMemo,
    Remark,
    Status,
)
from memo_coach.coaching.measure.elements import ELEMENTS, required_elements
from memo_coach.coaching.memo.language import SUPPORTED_LANGUAGES
from memo_coach.coaching.rubric.model import Rubric

REMARKS = 5
"""A reader makes exactly so many: what fills a page of remarks tells nobody what comes first."""
LONGEST_NAME = 40
"""Characters of a kind of document and of a set, which stand in a table."""
MOST_CRITERIA = 50
"""Of which scores are read."""
_SHOWN = 50
"""Characters of a quote in a message."""


class BrokenAnnotations(CoachingError):
    """Annotations cannot be used. The message has one line for each fault, and so has ``faults``."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def read_annotations(document: str, text: str, *, name: str, rubrics: Iterable[Rubric]) -> AnnotatedDocument:
    """Read the annotations of a text.

    Args:
        document: the JSON.
        text: what was read. Quotes are looked for in it; its line ends become line feeds.
        name: what to call it.
        rubrics: those that a document may be judged by.

    Raises:
        BrokenAnnotations: they have faults; each is one line that begins with the name.
    """
    reader = _Reader(text.replace("\r\n", "\n").replace("\r", "\n"))
    read = reader.document(_root(document, name), name, {rubric.id: rubric for rubric in rubrics})
    reader.refuse_faults(name)
    return read


def read_grades(document: str, text: str, *, name: str) -> GradedMemo:
    """Read of the annotations of a text the scores alone: whatever else is there or not does not matter.

    The criteria are those that its rubric had when it was graded; a rubric may have got others since.

    Raises:
        BrokenAnnotations: as :func:`read_annotations`.
    """
    reader = _Reader(text)
    read = reader.grades(_root(document, name), name)
    reader.refuse_faults(name)
    return read


def _root(document: str, name: str) -> object:
    try:
        root: object = json.loads(document)
    except json.JSONDecodeError as error:
        raise BrokenAnnotations([f"{name}: line {error.lineno} is not JSON: {error.msg}"]) from error
    except (ValueError, RecursionError) as error:
        raise BrokenAnnotations([f"{name}: this JSON cannot be read"]) from error
    return root


class _Reader:
    """Turns JSON values into what they stand for, and collects faults on the way."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: list[str] = []

    def document(self, value: object, name: str, rubrics: Mapping[str, Rubric]) -> AnnotatedDocument:
        root = self._object(value, "the document")
        rubric = self._one_of(root.get("rubric"), "rubric", rubrics)
        self._passages(root.get("strengths", []), "strengths")
        self._passages(root.get("style", []), "style")
        return AnnotatedDocument(
            name=name,
            text=self.text,
            kind=self._name(root.get("genre"), "genre"),
            rubric=rubric,
            language=self._one_of(root.get("language"), "language", SUPPORTED_LANGUAGES),
            collection=self._name(root.get("set"), "set"),
            elements=self._elements(root.get("elements"), rubric),
            criteria=self._criteria(root.get("criteria"), rubrics.get(rubric)),
            overall=self._score(root.get("overall"), "overall"),
            remarks=self._remarks(root.get("remarks")),
            not_prose=self._quotes(root.get("not_prose", []), "not_prose"),
        )

    def grades(self, value: object, name: str) -> GradedMemo:
        root = self._object(value, "the document")
        criteria = self._object(root.get("criteria"), "criteria")
        if len(criteria) > MOST_CRITERIA:
            self._fault(f"criteria: there are more than {MOST_CRITERIA}")
        return GradedMemo(
            name=name,
            text=self.text,
            rubric=self._text(root.get("rubric"), "rubric"),
            criteria={
                key: None if score is None else self._score(score, f"criterion {_shortened(key)}")
                for key, score in list(criteria.items())[:MOST_CRITERIA]
            },
            overall=self._score(root.get("overall"), "overall"),
        )

    def refuse_faults(self, name: str) -> None:
        if self.faults:
            raise BrokenAnnotations([f"{name}: {fault}" for fault in self.faults])

    def _elements(self, value: object, rubric: str) -> dict[str, ElementFound]:
        found = self._object(value, "elements")
        for name in required_elements(rubric):
            if name not in found:
                self._fault(f"element {name!r} is missing")
        for name in found:
            if name not in ELEMENTS:
                self._fault(f"unknown element {_shortened(name)}")
        return {name: self._element(found[name], f"element {name!r}") for name in ELEMENTS if name in found}

    def _element(self, value: object, where: str) -> ElementFound:
        entries = self._object(value, where)
        expected = entries.get("expected")
        if not isinstance(expected, bool):
            self._fault(f"{where}: 'expected' must be true or false")
        status = self._one_of(entries.get("status"), f"{where}: 'status'", STATUSES)
        quotes = self._quotes(entries.get("quotes"), where)
        if status == "absent" and quotes:
            self._fault(f"{where}: what is absent has no quote")
        elif status not in ("absent", "") and not quotes:
            self._fault(f"{where}: what is {status} needs a quote")
        return ElementFound(expected is True, cast("Status", status), quotes)

    def _criteria(self, value: object, rubric: Rubric | None) -> dict[str, float | None]:
        given = self._object(value, "criteria")
        if rubric is not None:
            known = [criterion.id for criterion in rubric.criteria]
            for name in known:
                if name not in given:
                    self._fault(f"criterion {name!r} is missing")
            for name in given:
                if name not in known:
                    self._fault(f"rubric {rubric.id!r} has no criterion {_shortened(name)}")
        return {
            name: None if score is None else self._score(score, f"criterion {_shortened(name)}")
            for name, score in given.items()
        }

    def _score(self, value: object, where: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._fault(f"{where}: must be a score")
        elif not (LOWEST_SCORE <= value <= HIGHEST_SCORE and (2 * value) % 1 == 0):
            self._fault(
                f"{where}: a score is from {LOWEST_SCORE} to {HIGHEST_SCORE} in halves, not {value!r:.20}"
            )
        else:
            return float(value)
        return LOWEST_SCORE

    def _remarks(self, value: object) -> tuple[Remark, ...]:
        remarks = [self._remark(entries, where) for where, entries in self._passages(value, "remarks")]
        if len(remarks) != REMARKS:
            self._fault(f"remarks: there must be {REMARKS}, not {len(remarks)}")
        return tuple(remarks)

    def _remark(self, entries: Mapping[str, object], where: str) -> Remark:
        element = self._text(entries.get("element"), f"{where}: 'element'")
        if element and element not in ELEMENTS and element.partition(":")[0] not in ("style", "other"):
            self._fault(f"{where}: unknown element {_shortened(element)}")
        quote = entries.get("quote")
        return Remark(
            element=element,
            quote=quote if isinstance(quote, str) else None,
            remark=self._text(entries.get("remark"), f"{where}: 'remark'"),
        )

    def _passages(self, value: object, where: str) -> list[tuple[str, dict[str, object]]]:
        """Return the objects of a list, with what to call each; a quote in it must stand in the text."""
        passages = []
        for place, item in self._list(value, where):
            entries = self._object(item, place)
            if entries.get("quote") is not None:
                self._quote(entries["quote"], place)
            passages.append((place, entries))
        return passages

    def _quotes(self, value: object, where: str) -> tuple[str, ...]:
        return tuple(self._quote(item, where) for _, item in self._list(value, where))

    def _quote(self, value: object, where: str) -> str:
        quote = self._text(value, f"{where}: a quote")
        if quote not in self.text:
            self._fault(f"{where}: not in the text: {_shortened(quote)}")
        return quote

    def _name(self, value: object, where: str) -> str:
        name = self._text(value, where)
        if len(name) > LONGEST_NAME or not name.isprintable():
            self._fault(f"{where}: one line of at most {LONGEST_NAME} characters, not {_shortened(name)}")
        return name

    def _one_of(self, value: object, where: str, known: Iterable[str]) -> str:
        text = self._text(value, where)
        if text and text not in (choices := tuple(known)):
            self._fault(f"{where}: one of {', '.join(choices)}, not {_shortened(text)}")
            return ""
        return text

    def _text(self, value: object, where: str) -> str:
        if isinstance(value, str) and value.strip():
            return value
        self._fault(f"{where}: must be a text")
        return ""

    def _list(self, value: object, where: str) -> Iterator[tuple[str, object]]:
        """Yield what is in a list, with what to call it."""
        if not isinstance(value, list):
            self._fault(f"{where}: must be a list")
            return
        for number, item in enumerate(value, 1):
            yield f"{where}, {number}", item

    def _object(self, value: object, where: str) -> dict[str, object]:
        if isinstance(value, dict):
            return value
        self._fault(f"{where}: must be an object")
        return {}

    def _fault(self, fault: str) -> None:
        self.faults.append(fault)


def _shortened(text: str) -> str:
    """Return the beginning of a text as it may stand in a line: nothing in it ends the line."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
