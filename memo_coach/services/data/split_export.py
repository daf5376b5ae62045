"""An export split into its parts, which lie in a file without a name: of it, memory has the places alone.

So a memo may have thousands of versions and evaluations, and the document may name its parts in any order.
The file is gone when it is closed, and with the process that opened it.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from memo_coach.services.data.format import (
    FORMAT,
    MOST_VERSIONS,
    VERSION,
    ExportedMemo,
)
from memo_coach.services.data.import_refusals import NotAnExport, damaged_at
from memo_coach.services.data.import_room import refuse_where_short_of_room
from memo_coach.services.data.json_reader import JsonReader, NotJson, ValueTooLarge
from memo_coach.services.usage.quotas import MOST_EVALUATIONS, MOST_MARKS, MOST_MEMOS
from memo_coach.translations.sentences import sentence

_MOST_OF: Final = {"versions": MOST_VERSIONS, "evaluations": MOST_EVALUATIONS, "marks": MOST_MARKS}
_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_LOOK_AFTER: Final = 16_000_000
"""Bytes, after which it is looked again whether the disk has room."""

Place = tuple[int, int]
"""Where a part lies in the file, and how many bytes it has."""


@dataclass(slots=True)
class SplitMemo:
    """Where the parts of one memo lie."""

    fields: Place = (0, 0)
    """What is said of the memo itself, and its draft."""
    parts: dict[str, list[Place]] = field(default_factory=lambda: {name: [] for name in _MOST_OF})

    @property
    def size(self) -> int:
        """Return how many bytes all of it has."""
        return self.fields[1] + sum(length for places in self.parts.values() for _, length in places)


class SplitExport:
    """The parts of an export."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 - closed with this
        self._length = 0
        self._looked_at = -_LOOK_AFTER
        self.preferences: Any = {}
        self.memos: list[SplitMemo] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def read(self, document: Iterator[bytes]) -> None:
        """Split a document.

        Raises:
            NotAnExport: it is none.
            Unavailable: the disk has no room for it.
        """
        reader = JsonReader(document)
        try:
            if reader.next_character() != "{":
                reader.value()
                reader.end()
                raise NotAnExport(sentence("import.no_export"))
            self._read_all(reader)
            reader.end()
        except (NotJson, RecursionError):
            raise NotAnExport(sentence("import.neither")) from None
        except ValueTooLarge:
            raise NotAnExport(sentence("import.document_too_large")) from None

    def values(self, places: list[Place]) -> Iterator[Any]:
        """Yield the parts that lie in some places, one after the other."""
        return map(self.value, places)

    def value(self, place: Place) -> Any:  # noqa: ANN401 - what the file says
        """Return the part that lies in a place."""
        self._file.seek(place[0])
        try:
            return json.loads(self._file.read(place[1]))
        except RecursionError:
            raise NotAnExport(sentence("import.neither")) from None

    def _read_all(self, reader: JsonReader) -> None:
        found: dict[str, Any] = {}
        for name in reader.members():
            if name == "memos":
                if name in found or reader.next_character() != "[":
                    raise damaged_at("memos")
                found[name] = True
                self._read_memos(reader)
                continue
            value = reader.value()
            if name in {"format", "version"}:
                found[name] = value
                _refuse_other_format(found)
            elif name == "preferences":
                if _NUL.search(reader.source):
                    raise damaged_at(name)
                self.preferences = value
        if found.get("format") != FORMAT:
            raise NotAnExport(sentence("import.no_export"))
        if "memos" not in found:
            raise damaged_at("memos")
        if found.get("version") != VERSION or found["version"] is True:
            raise damaged_at("version")

    def _read_memos(self, reader: JsonReader) -> None:
        for _ in reader.items():
            if len(self.memos) == MOST_MEMOS:
                raise damaged_at("memos")  # nobody has more, so no export has
            self.memos.append(SplitMemo())
            if reader.next_character() != "{":
                raise damaged_at("memos", len(self.memos) - 1)
            self._read_memo(reader, self.memos[-1])

    def _read_memo(self, reader: JsonReader, memo: SplitMemo) -> None:
        place = ("memos", len(self.memos) - 1)
        fields: dict[str, Any] = {}
        for name in reader.members():
            if name not in _MOST_OF:
                value = reader.value()
                if name in ExportedMemo.model_fields:
                    fields[name] = value
                continue
            places = memo.parts[name]
            if places or reader.next_character() != "[":
                raise damaged_at(*place, name)
            for _ in reader.items():
                if len(places) == _MOST_OF[name]:
                    raise damaged_at(*place, name)
                reader.value()
                places.append(self._keep(reader.source, (*place, name, len(places))))
            fields[name] = []
        if not {"versions", "evaluations"} <= fields.keys():
            raise damaged_at(*place)
        memo.fields = self._keep(json.dumps(fields), place)

    def _keep(self, source: str, place: tuple[int | str, ...]) -> Place:
        if _NUL.search(source):
            raise damaged_at(*place)  # which no text has here, and a Postgres server does not take
        written = source.encode()
        if self._length - self._looked_at >= _LOOK_AFTER:
            self._looked_at = self._length
            refuse_where_short_of_room(self._directory)
        self._file.seek(self._length)
        self._file.write(written)
        found = (self._length, len(written))
        self._length += len(written)
        return found


def _refuse_other_format(found: dict[str, Any]) -> None:
    if "format" in found and found["format"] != FORMAT:
        raise NotAnExport(sentence("import.no_export"))
    version = found.get("version")
    if "format" in found and isinstance(version, int) and version > VERSION:
        raise NotAnExport(sentence("import.newer", version=str(version)[:20], most=VERSION))
