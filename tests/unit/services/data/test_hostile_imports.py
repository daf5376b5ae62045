"""Whatever stands in a file that is imported: it is imported, or refused with a reason, and costs little."""

from __future__ import annotations

import io
import json
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memo_coach.services.container import Services
from memo_coach.services.data.import_file import document_of
from memo_coach.services.data.import_refusals import NotAnExport
from memo_coach.services.data.importing import read_export
from memo_coach.services.data.json_reader import JsonReader, NotJson
from memo_coach.services.data.split_export import SplitExport
from memo_coach.services.errors import TooMany
from tests.unit.services.data.test_export_and_import import VERSION_1

Step = tuple[int | str, ...]
AMISS: list[Any] = [
    None, True, -1, 0, 1.5, 2**31, 10**400, 1e308, "", "a\0b", "\ud800", "9999-12-31T23:59:59-14:00",
    "0000-01-01T00:00:00Z", "x" * 30_000, [], {}, [[]], [None], {"id": "e"}, [[[[{}]]]],
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def places(value: object, at: Step = ()) -> Iterator[Step]:
    """Yield where something stands in a document."""
    if at:
        yield at
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in pairs:
        yield from places(inner, (*at, name))


def with_at(document: dict[str, Any], at: Step, value: object) -> dict[str, Any]:
    """Return the document with something else at a place."""
    changed: dict[str, Any] = json.loads(json.dumps(document))
    inner: Any = changed
    for step in at[:-1]:
        inner = inner[step]
    inner[at[-1]] = value
    return changed


def is_read(document: object, folder: Path) -> bool:
    """Whether it is read as an export, and not refused."""
    with SplitExport(folder) as parts:
        try:
            read_export(io.BytesIO(json.dumps(document).encode()), parts)
        except NotAnExport:
            return False
    return True


async def test_whatever_stands_at_any_place_is_stored_or_refused(services: Services, tmp_path: Path) -> None:
    stored = 0
    for at in places(VERSION_1):
        taken = [each for each in AMISS if is_read(with_at(VERSION_1, at, each), tmp_path)]
        # Of several that are read, the oddest one is stored, on both databases.
        for each in taken[-1:]:
            _token, owner = await services.visitors.admit()
            content = json.dumps(with_at(VERSION_1, at, each)).encode()
            await services.imports.import_file(owner, content)
            await services.memos.list(owner)
            stored += 1
    assert stored > 10


@given(document=JSON, size=st.integers(1, 9))
def test_a_document_is_read_in_pieces_as_it_is_read_at_once(document: object, size: int) -> None:
    content = json.dumps(document, ensure_ascii=False).encode(errors="replace")
    reader = JsonReader(content[at : at + size] for at in range(0, len(content), size))
    assert walked(reader) == json.loads(content)
    reader.end()


def walked(reader: JsonReader) -> object:
    """Return a document, each of whose objects and arrays was walked through."""
    match reader.next_character():
        case "{":
            return {name: walked(reader) for name in reader.members()}
        case "[":
            return [walked(reader) for _ in reader.items()]
        case _:
            return reader.value()


@given(content=st.binary(max_size=60))
def test_what_is_no_json_is_refused(content: bytes) -> None:
    reader = JsonReader(iter([content]))
    try:
        walked(reader)
        reader.end()
    except NotJson:
        return
    json.loads(content.decode("utf-8-sig"))


def directory_of(members: int, *, is_long: bool = False) -> bytes:
    """Return a zip file that is a list of nothing, of so many members."""
    member = b"PK\x01\x02" + bytes(42)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0, 0, 0 if is_long else len(member) * members, 0, 0)
    if is_long:
        large = struct.pack(
            "<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, members, members, len(member) * members, 0
        )
        locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(member) * members, 1)
        return member * members + large + locator + end
    return member * members + end


@pytest.mark.parametrize("is_long", [False, True])
def test_a_zip_file_of_a_hundred_thousand_members_is_refused_before_they_take_memory(
    *, is_long: bool
) -> None:
    content = directory_of(100_000, is_long=is_long)
    tracemalloc.start()
    with pytest.raises(NotAnExport, match="too many parts"):
        next(document_of(io.BytesIO(content)))
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "content",
    [
        b"PK",
        b"PK\x05\x06",
        directory_of(1)[1:],
        struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, 2**32 - 1, 2**32 - 1, 0),
        b'{"memos": [' + b'{"versions": [' * 400,
        b'{"a": ' * 100_000,
        b'{"memos": [], "memos": []}',
        b'{"format": "memo-coach-export", "version": true, "memos": []}',
        b'{"format": "memo-coach-export", "version": 1, "memos": [{"versions": [], "versions": []}]}',
        b'{"format": "memo-coach-export", "version": 1, "memos": [NaN]}',
        b'{"format": "memo-coach-export", "version": 1, "memos": [' + b"9" * 5_000 + b"]}",
        b'{"format": "memo-coach-export", "version": 1, "preferences": ' + b"[" * 900 + b"]" * 900 + b"}",
        b"\xff\xfe{\x00}\x00",
    ],
)
def test_what_is_built_to_break_a_reader_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(NotAnExport), SplitExport(tmp_path) as parts:
        read_export(io.BytesIO(content), parts)


async def test_nothing_of_another_ones_is_reached_by_their_ids(
    services: Services, owner: str, stranger: str
) -> None:
    await services.imports.import_file(owner, json.dumps(VERSION_1).encode())
    (mine,) = await services.memos.list(owner)
    stolen = json.loads(json.dumps(VERSION_1))
    stolen["memos"][0] |= {"id": mine.memo_id, "title": "Taken over", "owner": owner}
    stolen["memos"][0]["evaluations"][0] |= {"id": mine.evaluations[0].evaluation_id, "owner": owner}
    await services.imports.import_file(stranger, json.dumps(stolen).encode())
    (theirs,) = await services.memos.list(stranger)
    assert theirs.memo_id != mine.memo_id
    assert theirs.evaluations[0].evaluation_id != mine.evaluations[0].evaluation_id
    assert await services.memos.list(owner) == (mine,)


async def test_a_zip_file_may_say_what_it_wants_of_its_sizes(services: Services, owner: str) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("memo-coach.json", json.dumps(VERSION_1))
    content = bytearray(made.getvalue())
    at = content.rindex(b"PK\x01\x02")
    for size in (0, 10, 2**32 - 1):
        struct.pack_into("<I", content, at + 24, size)
        with pytest.raises((NotAnExport, TooMany)):
            await services.imports.import_file(owner, bytes(content))
    assert await services.memos.list(owner) == ()
