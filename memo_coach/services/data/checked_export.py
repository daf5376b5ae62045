"""An export that was read through: every part of it is checked before anything of it is stored.

Each part is made into a model when it is needed, and none is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from memo_coach.services.data.format import (
    ExportedEvaluation,
    ExportedMark,
    ExportedMemo,
    ExportedPreferences,
    ExportedVersion,
    Part,
    stands_in,
)
from memo_coach.services.data.import_refusals import damaged_at
from memo_coach.services.data.split_export import Place, SplitExport, SplitMemo

Model = TypeVar("Model", bound=Part)


@dataclass(frozen=True, slots=True)
class CheckedMemo:
    """A memo, all of whose parts are as they should be."""

    fields: ExportedMemo
    source: str
    """By what it is known again: the same from wherever it comes, for ids are left out."""
    split: SplitMemo
    characters: dict[int, int]
    """How long each version is, by numbers."""
    messages: int
    """Of all its conversations."""


@dataclass(frozen=True, slots=True)
class CheckedExport:
    """An export, all of whose parts are as they should be."""

    parts: SplitExport
    preferences: ExportedPreferences
    memos: list[CheckedMemo]

    def versions(self, memo: CheckedMemo) -> Iterator[ExportedVersion]:
        """Yield the versions of a memo."""
        return map(ExportedVersion.model_validate, self.parts.values(memo.split.parts["versions"]))

    def evaluations(self, memo: CheckedMemo) -> Iterator[ExportedEvaluation]:
        """Yield the evaluations of a memo."""
        return map(ExportedEvaluation.model_validate, self.parts.values(memo.split.parts["evaluations"]))

    def marks(self, memo: CheckedMemo) -> Iterator[ExportedMark]:
        """Yield what a memo's writer made of remarks on it."""
        return map(ExportedMark.model_validate, self.parts.values(memo.split.parts["marks"]))


def checked(parts: SplitExport) -> CheckedExport:
    """Check all parts of an export. This computes, for a tenth of a second a megabyte.

    Raises:
        NotAnExport: a part is not as an export has it.
    """
    preferences = _validated(ExportedPreferences, parts.preferences, ("preferences",))
    memos = [_Checking(parts, number).memo() for number in range(len(parts.memos))]
    return CheckedExport(parts, preferences, memos)


_OF_NO_MATTER: Final[dict[str, Any]] = {
    "id": True,
    "reader_remarks": True,
    "overall": {"indicators"},
    "second_opinion": {"overall": {"indicators"}},
}
"""What does not make it another memo: what readers remark on it, and what older exports did not have."""


class _Checking:
    """The checks of one memo."""

    def __init__(self, parts: SplitExport, number: int) -> None:
        self._parts = parts
        self._place: tuple[int | str, ...] = ("memos", number)
        self._split = parts.memos[number]
        self._places: dict[int, Place] = {}
        """Of the versions, by their numbers."""
        self._last: tuple[int, str] = (0, "")
        """The version that an evaluation was of last: most come in their order."""

    def memo(self) -> CheckedMemo:
        """Return the memo as a checked one."""
        fields = _validated(ExportedMemo, self._parts.value(self._split.fields), self._place)
        characters: dict[int, int] = {}
        versions = self._split.parts["versions"]
        for place, version in zip(versions, self._all(ExportedVersion, "versions"), strict=True):
            if version.number in characters:
                raise damaged_at(*self._place)
            characters[version.number] = len(version.text)
            self._places[version.number] = place
        marks = list(self._all(ExportedMark, "marks"))
        if len({mark.key for mark in marks}) < len(marks):
            raise damaged_at(*self._place)
        source, messages = self._source(fields)
        return CheckedMemo(fields, source, self._split, characters, messages)

    def _source(self, fields: ExportedMemo) -> tuple[str, int]:
        """Return a hash of the memo, as json.dumps writes it with its keys in order; count its messages."""
        source, messages = hashlib.sha256(), 0
        values = fields.model_dump(mode="json", exclude={"id"})
        for position, name in enumerate(sorted((*values, *self._split.parts))):
            source.update(f"{', ' if position else '{'}{json.dumps(name)}: ".encode())
            if name in values:
                source.update(_sorted_json(values[name]))
                continue
            separator = "["
            for part in self._parts_in_order(name):
                left_out = _OF_NO_MATTER if isinstance(part, ExportedEvaluation) else None
                source.update(
                    separator.encode() + _sorted_json(part.model_dump(mode="json", exclude=left_out))
                )
                separator = ", "
                messages += len(part.chat) if isinstance(part, ExportedEvaluation) else 0
            source.update(b"[]" if separator == "[" else b"]")
        source.update(b"}")
        return source.hexdigest(), messages

    def _parts_in_order(self, name: str) -> Iterator[Part]:
        if name == "evaluations":
            yield from self._evaluations()
        elif name == "marks":
            yield from self._all(ExportedMark, name)
        else:
            yield from self._all(ExportedVersion, name)

    def _evaluations(self) -> Iterator[ExportedEvaluation]:
        for evaluation in self._all(ExportedEvaluation, "evaluations"):
            if evaluation.version not in self._places or stands_in(evaluation, self._text(evaluation)):
                raise damaged_at(*self._place)
            yield evaluation

    def _text(self, evaluation: ExportedEvaluation) -> str:
        if self._last[0] != evaluation.version:
            found = self._parts.value(self._places[evaluation.version])
            self._last = (evaluation.version, found["text"])
        return self._last[1]

    def _all(self, model: type[Model], name: str) -> Iterator[Model]:
        for number, value in enumerate(self._parts.values(self._split.parts[name])):
            yield _validated(model, value, (*self._place, name, number))


def _sorted_json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _validated(model: type[Model], value: Any, place: tuple[int | str, ...]) -> Model:  # noqa: ANN401
    try:
        return model.model_validate(value)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        raise damaged_at(*place, *fault["loc"]) from None
