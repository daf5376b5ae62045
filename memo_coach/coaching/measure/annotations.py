"""Read a reader's annotations: JSON in, a checked :class:`AnnotatedDocument` out, or every fault in a line.

``docs/coach.md`` says how to write them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from memo_coach.coaching.documents.faults import DOCUMENT, Place, at
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
from memo_coach.translations.library_words import library_words
from memo_coach.translations.sentences import Sentence, sentence

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

    def __init__(self, faults: Sequence[Sentence]) -> None:
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
        reason = library_words("json_words", error.msg)
        fault = sentence("document_faults.no_json", line=str(error.lineno), reason=reason)
        raise BrokenAnnotations([at(Place(name=name), fault)]) from error
    except (ValueError, RecursionError) as error:
        fault = sentence("document_faults.json_unreadable")
        raise BrokenAnnotations([at(Place(name=name), fault)]) from error
    return root


class _Reader:
    """Turns JSON values into what they stand for, and collects faults on the way."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: list[Sentence] = []

    def document(self, value: object, name: str, rubrics: Mapping[str, Rubric]) -> AnnotatedDocument:
        root = self._object(value, DOCUMENT)
        rubric = self._one_of(root.get("rubric"), Place(name="rubric"), rubrics)
        self._passages(root.get("strengths", []), Place(name="strengths"))
        self._passages(root.get("style", []), Place(name="style"))
        return AnnotatedDocument(
            name=name,
            text=self.text,
            kind=self._name(root.get("genre"), Place(name="genre")),
            rubric=rubric,
            language=self._one_of(root.get("language"), Place(name="language"), SUPPORTED_LANGUAGES),
            collection=self._name(root.get("set"), Place(name="set")),
            elements=self._elements(root.get("elements"), rubric),
            criteria=self._criteria(root.get("criteria"), rubrics.get(rubric)),
            overall=self._score(root.get("overall"), Place(name="overall")),
            remarks=self._remarks(root.get("remarks")),
            not_prose=self._quotes(root.get("not_prose", []), Place(name="not_prose")),
        )

    def grades(self, value: object, name: str) -> GradedMemo:
        root = self._object(value, DOCUMENT)
        criteria = self._object(root.get("criteria"), Place(name="criteria"))
        if len(criteria) > MOST_CRITERIA:
            self._fault(Place(name="criteria"), "too_many_criteria", most=str(MOST_CRITERIA))
        return GradedMemo(
            name=name,
            text=self.text,
            rubric=self._text(root.get("rubric"), Place(name="rubric")),
            criteria={
                key: None if score is None else self._score(score, Place("criterion", _shortened(key)))
                for key, score in list(criteria.items())[:MOST_CRITERIA]
            },
            overall=self._score(root.get("overall"), Place(name="overall")),
        )

    def refuse_faults(self, name: str) -> None:
        if self.faults:
            raise BrokenAnnotations([at(Place(name=name), fault) for fault in self.faults])

    def _elements(self, value: object, rubric: str) -> dict[str, ElementFound]:
        found = self._object(value, Place(name="elements"))
        for name in required_elements(rubric):
            if name not in found:
                self._fault(None, "element_missing", name=repr(name))
        for name in found:
            if name not in ELEMENTS:
                self._fault(None, "unknown_element", name=_shortened(name))
        return {
            name: self._element(found[name], Place("element", repr(name)))
            for name in ELEMENTS
            if name in found
        }

    def _element(self, value: object, where: Place) -> ElementFound:
        entries = self._object(value, where)
        expected = entries.get("expected")
        if not isinstance(expected, bool):
            self._fault(where, "no_boolean", key="'expected'")
        status = self._one_of(entries.get("status"), where.part("'status'"), STATUSES)
        quotes = self._quotes(entries.get("quotes"), where)
        if status == "absent" and quotes:
            self._fault(where, "absent_quote")
        elif status not in ("absent", "") and not quotes:
            self._fault(where, "needs_quote", status=status)
        return ElementFound(expected is True, cast("Status", status), quotes)

    def _criteria(self, value: object, rubric: Rubric | None) -> dict[str, float | None]:
        given = self._object(value, Place(name="criteria"))
        if rubric is not None:
            known = [criterion.id for criterion in rubric.criteria]
            for name in known:
                if name not in given:
                    self._fault(None, "criterion_missing", name=repr(name))
            for name in given:
                if name not in known:
                    self._fault(None, "no_such_criterion", rubric=repr(rubric.id), name=_shortened(name))
        return {
            name: None if score is None else self._score(score, Place("criterion", _shortened(name)))
            for name, score in given.items()
        }

    def _score(self, value: object, where: Place) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._fault(where, "must_be_score")
        elif not (LOWEST_SCORE <= value <= HIGHEST_SCORE and (2 * value) % 1 == 0):
            lowest, highest = str(LOWEST_SCORE), str(HIGHEST_SCORE)
            self._fault(where, "no_score", lowest=lowest, highest=highest, value=f"{value!r:.20}")
        else:
            return float(value)
        return LOWEST_SCORE

    def _remarks(self, value: object) -> tuple[Remark, ...]:
        remarks = [
            self._remark(entries, where) for where, entries in self._passages(value, Place(name="remarks"))
        ]
        if len(remarks) != REMARKS:
            self._fault(Place(name="remarks"), "remarks_wanted", wanted=str(REMARKS), found=str(len(remarks)))
        return tuple(remarks)

    def _remark(self, entries: Mapping[str, object], where: Place) -> Remark:
        element = self._text(entries.get("element"), where.part("'element'"))
        if element and element not in ELEMENTS and element.partition(":")[0] not in ("style", "other"):
            self._fault(where, "unknown_element", name=_shortened(element))
        quote = entries.get("quote")
        return Remark(
            element=element,
            quote=quote if isinstance(quote, str) else None,
            remark=self._text(entries.get("remark"), where.part("'remark'")),
        )

    def _passages(self, value: object, where: Place) -> list[tuple[Place, dict[str, object]]]:
        """Return the objects of a list, with what to call each; a quote in it must stand in the text."""
        passages = []
        for place, item in self._list(value, where):
            entries = self._object(item, place)
            if entries.get("quote") is not None:
                self._quote(entries["quote"], place)
            passages.append((place, entries))
        return passages

    def _quotes(self, value: object, where: Place) -> tuple[str, ...]:
        return tuple(self._quote(item, where) for _, item in self._list(value, where))

    def _quote(self, value: object, where: Place) -> str:
        quote = self._text(value, where.holding("a_quote"))
        if quote not in self.text:
            self._fault(where, "not_in_text", quote=_shortened(quote))
        return quote

    def _name(self, value: object, where: Place) -> str:
        name = self._text(value, where)
        if len(name) > LONGEST_NAME or not name.isprintable():
            self._fault(where, "no_line", most=str(LONGEST_NAME), value=_shortened(name))
        return name

    def _one_of(self, value: object, where: Place, known: Iterable[str]) -> str:
        text = self._text(value, where)
        if text and text not in (choices := tuple(known)):
            self._fault(where, "no_choice", known=", ".join(choices), value=_shortened(text))
            return ""
        return text

    def _text(self, value: object, where: Place) -> str:
        if isinstance(value, str) and value.strip():
            return value
        self._fault(where, "must_be_text")
        return ""

    def _list(self, value: object, where: Place) -> Iterator[tuple[Place, object]]:
        """Yield what is in a list, with what to call it."""
        if not isinstance(value, list):
            self._fault(where, "must_be_list")
            return
        for number, item in enumerate(value, 1):
            yield where.item(number), item

    def _object(self, value: object, where: Place) -> dict[str, object]:
        if isinstance(value, dict):
            return value
        self._fault(where, "must_be_object")
        return {}

    def _fault(self, where: Place | None, key: str, /, **values: str) -> None:
        reason = sentence(f"document_faults.{key}", **values)
        self.faults.append(reason if where is None else at(where, reason))


def _shortened(text: str) -> str:
    """Return the beginning of a text as it may stand in a line: nothing in it ends the line."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
