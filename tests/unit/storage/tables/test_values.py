"""What is stored comes back the same on both databases, in the same order, and is found by the same words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.engine.storable_text import storable
from memo_coach.storage.repositories.memos import MemoRepository
from memo_coach.storage.tables import (
    CommentRow,
    CriterionRow,
    Evaluation,
    GlossaryWord,
    InstallationSecret,
    Memo,
    MemoVersion,
    MutedRemark,
    RemarkMark,
    Visitor,
)
from tests.stored_rows import NOON, add_rows_of_a_review, add_visitor, memo_of, queued


def comment_of(evaluation: str, comment_id: str, text: str = "x") -> CommentRow:
    return CommentRow(
        evaluation=evaluation, id=comment_id, criterion="c", kind="strength", comment=text, questions=[text]
    )


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("plain", "plain"),
        ("a\0b", "a\ufffdb"),
        ("\ud83d half, \udc00 other half", "\ufffd half, \ufffd other half"),
        ("😀 e\u0301 \u2028 \x01 \x7f", "😀 e\u0301 \u2028 \x01 \x7f"),
        ("\0", "\ufffd"),
    ],
)
async def test_a_text_is_kept_as_both_databases_can_keep_it_and_found_as_it_was_sent(
    migrated: Database, sent: str, kept: str
) -> None:
    async with migrated.write() as session:
        session.add(InstallationSecret(name=sent, value=sent))
    async with migrated.read() as session:
        statement = select(col(InstallationSecret.name), col(InstallationSecret.value)).where(
            col(InstallationSecret.name) == sent
        )
        assert (await session.execute(statement)).all() == [(kept, kept)]
    assert storable(sent) == kept
    assert len(kept) == len(sent)


async def test_documents_come_back_as_they_were(migrated: Database) -> None:
    await add_visitor(migrated)
    overall = {"summary": "é😀\0\ud83d", "numbers": [1, 1.5, -0.1, 10**15], "none": None, "yes": True, "": {}}
    async with migrated.write() as session:
        evaluation = queued("v", "e")
        evaluation.overall = overall
        session.add_all([evaluation, queued("v", "e2")])
    async with migrated.read() as session:
        rows = await session.execute(select(col(Evaluation.overall)).order_by(col(Evaluation.id)))
        assert list(rows.scalars()) == [overall, None]


async def test_times_numbers_and_truth_values_come_back_exactly(migrated: Database) -> None:
    await add_visitor(migrated)
    async with migrated.write() as session:
        memo = memo_of("v", "m")
        memo.draft_saved = datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
        memo.draft_set_aside = True
        session.add(memo)
        row = queued("v", "e")
        row.seconds, row.score = 0.1 + 0.2, 3.7000000000000006
        session.add(row)
    async with migrated.read() as session:
        found = (await session.execute(select(Memo).where(col(Memo.id) == "m"))).scalar_one()
        assert (found.created, found.draft_set_aside) == (NOON, True)
        assert found.draft_saved == datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
        numbers = await session.execute(select(col(Evaluation.seconds), col(Evaluation.score)))
        assert numbers.one() == (0.1 + 0.2, 3.7000000000000006)


async def test_texts_are_ordered_by_their_bytes_whatever_the_server_speaks(migrated: Database) -> None:
    names = ["b", "B", "a", "Z", "_", "-x", "x", "é", "10", "9", "aa", "a b", "ab", "😀", "ÿ"]
    async with migrated.write() as session:
        session.add_all([InstallationSecret(name=name, value="") for name in names])
    async with migrated.read() as session:
        column = col(InstallationSecret.name)
        found = (await session.execute(select(column).order_by(by_bytes(column)))).scalars().all()
    assert found == sorted(names, key=lambda name: name.encode())


async def test_memos_of_the_same_moment_are_listed_in_one_order(migrated: Database) -> None:
    await add_visitor(migrated)
    ids = ["-a", "A", "_", "a", "b"]
    async with migrated.write() as session:
        session.add_all([memo_of("v", name) for name in ids])
    async with migrated.read() as session:
        lines = await MemoRepository(session).lines("v", 10)
    assert [line.id for line in lines] == [*ids, "m-v"]


async def test_upper_and_lower_case_are_different(migrated: Database) -> None:
    async with migrated.write() as session:
        session.add_all([Visitor(id=name, created=NOON, last_seen=NOON) for name in ("abc", "ABC")])
    async with migrated.read() as session:
        found = await session.execute(select(col(Visitor.id)).where(col(Visitor.id) == "Abc"))
        assert found.all() == []


async def rows_of(database: Database) -> dict[str, int]:
    async with database.read() as session:
        return {
            table.__name__: len((await session.execute(select(table))).all())
            for table in (
                Visitor,
                Memo,
                MemoVersion,
                Evaluation,
                CriterionRow,
                CommentRow,
                RemarkMark,
                MutedRemark,
                GlossaryWord,
            )
        }


async def with_everything(database: Database) -> None:
    for name in ("v", "w"):
        await add_visitor(database, name)
        async with database.write() as session:
            session.add(queued(name, f"e-{name}"))
            await session.flush()
            session.add(comment_of(f"e-{name}", "c1"))
            session.add(
                CriterionRow(
                    evaluation=f"e-{name}", criterion="c", position=0, name="N", weight=1.0,
                    effective_weight=1.0, justification="J", evidence=[],
                )
            )  # fmt: skip
        await add_rows_of_a_review(database, name)


@pytest.mark.parametrize("table", [Visitor, Memo])
async def test_what_belongs_to_a_row_goes_with_it_and_nothing_else(
    migrated: Database, table: type[Any]
) -> None:
    await with_everything(migrated)
    async with migrated.write() as session:
        await session.execute(delete(table).where(col(table.id) == ("v" if table is Visitor else "m-v")))
    visitors = 1 if table is Visitor else 2
    assert await rows_of(migrated) == {
        "Visitor": visitors, "Memo": 1, "MemoVersion": 1, "Evaluation": 1, "CriterionRow": 1, "CommentRow": 1,
        "RemarkMark": 1, "MutedRemark": visitors, "GlossaryWord": visitors,
    }  # fmt: skip


BROKEN: dict[str, Callable[[], Any]] = {
    "unique": lambda: Visitor(id="v", created=NOON, last_seen=NOON),
    "foreign key": lambda: memo_of("nobody", "m9"),
    "foreign key of two columns": lambda: Evaluation(**{**queued("v", "e9").model_dump(), "version": 9}),
    "check": lambda: Evaluation(**{**queued("v", "e9").model_dump(), "status": "odd"}),
    "not null": lambda: Visitor(id="n", created=NOON, last_seen=None),
}


@pytest.mark.parametrize("make", BROKEN.values(), ids=BROKEN.keys())
async def test_every_broken_constraint_is_the_same_error_and_undoes_the_transaction(
    migrated: Database, make: Callable[[], Any]
) -> None:
    await add_visitor(migrated)

    async def change_and_break() -> None:
        async with migrated.write() as session:
            await session.execute(update(Memo).values(title="changed"))
            session.add(make())

    with pytest.raises(IntegrityError):
        await change_and_break()
    async with migrated.read() as session:
        assert (await session.execute(select(col(Memo.title)))).scalars().all() == ["T"]


async def test_a_reading_transaction_sees_one_state_while_others_write(migrated: Database) -> None:
    await add_visitor(migrated)
    async with migrated.read() as session:
        before = (await session.execute(select(col(Visitor.last_seen)))).scalar_one()
        async with migrated.write() as writing:
            await writing.execute(update(Visitor).values(last_seen=NOON + timedelta(days=1)))
        assert (await session.execute(select(col(Visitor.last_seen)))).scalar_one() == before
    async with migrated.read() as session:
        assert (await session.execute(select(col(Visitor.last_seen)))).scalar_one() != before
