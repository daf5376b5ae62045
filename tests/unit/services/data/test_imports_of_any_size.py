"""What can be exported can be imported, whatever its size; an import is whole or leaves nothing behind."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from memo_coach.services.container import Services
from memo_coach.services.data import importing
from memo_coach.services.data.import_pieces import Piece
from memo_coach.services.data.import_refusals import NotAnExport, PiecesDoNotFit
from memo_coach.services.data.importing import ImportView, read_export
from memo_coach.services.data.split_export import SplitExport
from memo_coach.services.errors import TooMany
from memo_coach.services.usage.storage_budget import Allowance, StorageLimits, StorageRefused
from memo_coach.storage.tables import Deletion, Evaluation, Memo, MemoVersion
from memo_coach.storage.tables.base import Table, table_of
from tests.unit.conftest import Opening, Seconds
from tests.unit.services.data.test_export_and_import import VERSION_1, document_of, exported
from tests.waiting import until_told

ADDRESS = "192.0.2.1"


def document_with(evaluations: int, text: str = "Subject: A new pump") -> dict[str, Any]:
    """Return an export of one memo with so many versions and evaluations."""
    (memo,) = VERSION_1["memos"]
    numbers = range(1, evaluations + 1)
    return VERSION_1 | {
        "memos": [
            memo
            | {
                "versions": [memo["versions"][0] | {"number": each, "text": text} for each in numbers],
                "evaluations": [
                    memo["evaluations"][0] | {"id": f"e{each}", "version": each} for each in numbers
                ],
            }
        ]
    }


async def count(services: Services, table: type[Table]) -> int:
    async with services.database.read() as session:
        return (await session.execute(select(func.count()).select_from(table_of(table)))).scalar_one()


@pytest.mark.parametrize(
    ("bound", "reason"),
    [
        (("MOST_MEMOS", 0), "more than 0"),
        (("MOST_EVALUATIONS", 2), "more than 2 evaluations"),
        (("MOST_MARKS", 0), "more than 0 remarks"),
        (("MOST_MESSAGES_OF_OWNER", 2), "more than 2 messages"),
    ],
)
async def test_what_is_more_than_an_owner_may_have_is_refused_as_a_whole(
    services: Services, owner: str, monkeypatch: pytest.MonkeyPatch, bound: tuple[str, int], reason: str
) -> None:
    monkeypatch.setattr(importing, *bound)
    brought = document_with(3) | {"preferences": {"muted": ["plan.steps"]}}
    with pytest.raises(TooMany, match=reason) as refused:
        await services.imports.import_file(owner, json.dumps(brought).encode())
    assert refused.value.message.endswith("These were not imported.")
    assert await services.memos.list(owner) == ()
    assert (await services.review.preferences(owner)).muted == ()


async def test_a_large_memo_is_stored_in_steps_as_a_small_one_is_at_once(
    services: Services, owner: str, stranger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = json.dumps(document_with(5)).encode()
    assert await services.imports.import_file(stranger, content) == ImportView(added=1, known=0)
    monkeypatch.setattr(importing, "STEP_BYTES", 1)
    assert await services.imports.import_file(owner, content) == ImportView(added=1, known=0)
    assert await services.imports.import_file(owner, content) == ImportView(added=0, known=1)
    at_once, in_steps = [document_of(await exported(services, each)) for each in (stranger, owner)]
    for document in (at_once, in_steps):
        document.pop("exported")
        document["memos"][0].pop("id")
        for evaluation in document["memos"][0]["evaluations"]:
            evaluation.pop("id")
        document["memos"][0]["evaluations"].sort(key=lambda each: each["version"])
    assert in_steps == at_once
    assert await count(services, Deletion) == 0


async def test_of_a_large_memo_that_is_broken_off_nothing_is_left(
    services: Services, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "STEP_BYTES", 1)
    monkeypatch.setattr(importing, "_ROWS_OF_STEP", 1)
    content = json.dumps(document_with(25)).encode()
    running = asyncio.create_task(services.imports.import_file(owner, content))
    await until_told(lambda: count(services, MemoVersion), "some of it is stored")
    assert await services.memos.list(owner) == (), "nobody sees a half of it"
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await services.deletions.sweep()
    assert [await count(services, table) for table in (Memo, MemoVersion, Evaluation, Deletion)] == [0] * 4
    assert await services.imports.import_file(owner, content) == ImportView(added=1, known=0)


async def test_what_became_too_much_meanwhile_is_not_shown(
    services: Services, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "STEP_BYTES", 1)
    monkeypatch.setattr(importing, "_ROWS_OF_STEP", 1)
    content = json.dumps(document_with(25)).encode()
    running = asyncio.create_task(services.imports.import_file(owner, content))
    await until_told(lambda: count(services, MemoVersion), "some of it is stored")
    monkeypatch.setattr(importing, "MOST_EVALUATIONS", 24)
    with pytest.raises(TooMany):
        await running
    await services.deletions.sweep()
    assert [await count(services, table) for table in (Memo, Evaluation, Deletion)] == [0] * 3


async def test_a_file_comes_in_pieces_that_follow_each_other(
    services: Services, owner: str, stranger: str
) -> None:
    content = gzip.compress(json.dumps(document_with(3)).encode(), mtime=0)
    whole, imports = len(content), services.imports

    def piece(start: int, end: int) -> Piece:
        return Piece(content[start:end], start, whole)

    assert await imports.import_piece(owner, piece(0, 50)) is None
    for amiss in (piece(60, 90), Piece(content[50:90], 50, whole + 1), Piece(b"", 50, whole)):
        with pytest.raises(PiecesDoNotFit):
            await imports.import_piece(owner, amiss)
    with pytest.raises(PiecesDoNotFit):
        await imports.import_piece(stranger, piece(50, whole))
    with pytest.raises(PiecesDoNotFit):
        await imports.import_piece(owner, Piece(content[50:] + b"more", 50, whole))
    assert await imports.import_piece(owner, piece(0, 40)) is None, "it may begin anew"
    assert await imports.import_piece(owner, piece(40, 90)) is None
    assert await imports.import_piece(owner, piece(90, whole)) == ImportView(added=1, known=0)
    with pytest.raises(NotAnExport):
        await imports.import_piece(owner, Piece(b"0", 0, 10**10))


async def test_a_memo_larger_than_all_that_is_kept_at_once_comes_in_and_the_next_one_waits(
    opening: Opening, seconds: Seconds
) -> None:
    unlimited = Allowance(1e12, 0)
    services = await opening(StorageLimits(Allowance(20_000, 1_000), unlimited, unlimited, unlimited))
    _token, owner = await services.visitors.admit()
    large = [document_with(1, text) for text in ("Subject: " + "a" * 50_000, "Subject: " + "b" * 50_000)]
    for each, document in enumerate(large):
        document["memos"][0]["changed"] = f"2026-11-02T07:00:0{each}Z"
    contents = [gzip.compress(json.dumps(document).encode(), mtime=0) for document in large]
    assert (await services.imports.import_file(owner, contents[0], address=ADDRESS)).added == 1
    seconds.now += 20
    await services.drafts.save(
        owner, memo_id=None, text="Still kept", rubric="investment-memo", base_revision=0, address=ADDRESS
    )
    seconds.now += 2
    with pytest.raises(StorageRefused):
        await services.imports.import_file(owner, contents[1], address=ADDRESS)
    seconds.now += 60
    assert (await services.imports.import_file(owner, contents[1], address=ADDRESS)).added == 1


def test_what_is_in_memory_does_not_grow_with_the_document(tmp_path: Path) -> None:
    peaks = []
    for evaluations in (40, 240):
        content = json.dumps(document_with(evaluations, "Subject: " + "a word " * 1_000)).encode()
        tracemalloc.start()
        with io.BytesIO(content) as file, SplitExport(tmp_path) as parts:
            read_export(file, parts)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0], "six times as much was read"
