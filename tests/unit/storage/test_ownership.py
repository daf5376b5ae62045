"""Whose a row is, is compared in one place, and every statement on what people wrote compares it."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import Column, MetaData, String, Table, create_engine, insert, select

from memo_coach.storage import repositories
from memo_coach.storage.repositories.ownership import OWNER, owned

FOLDER = Path(repositories.__path__[0])
COMPARED = re.compile(r"\.owner\)? ==|own_owner")


def compares_owners(source: str) -> list[str]:
    return [line.strip() for line in source.splitlines() if COMPARED.search(line)]


def test_no_other_module_compares_owners() -> None:
    found = {
        path.name: lines
        for path in sorted(FOLDER.glob("*.py"))
        if path.name != "ownership.py" and (lines := compares_owners(path.read_text("utf-8")))
    }
    # Rows of visitors are joined with whose memos there are, not with who asks.
    assert found == {"retention.py": ["memos = exists().where(col(Memo.owner) == col(Visitor.id))"] * 2}


def test_a_comparison_would_be_found() -> None:
    assert compares_owners("select(Memo).where(col(Memo.owner) == owner)")
    assert compares_owners('_ROWS.c.owner == bindparam("whose")')


def test_a_row_is_found_by_its_owner_and_by_nobody_else() -> None:
    notes = Table("notes", MetaData(), Column("owner", String), Column("text", String))
    engine = create_engine("sqlite://")
    made_once = select(notes.c.text).where(owned(notes.c.owner))
    with engine.begin() as connection:
        notes.create(connection)
        connection.execute(insert(notes), [{"owner": "ana", "text": "hers"}, {"owner": "ben", "text": "his"}])
        for owner, texts in (("ana", ["hers"]), ("ben", ["his"]), ("eve", []), ("", [])):
            asked = select(notes.c.text).where(owned(notes.c.owner, owner))
            assert list(connection.execute(asked).scalars()) == texts
            assert list(connection.execute(made_once, {OWNER: owner}).scalars()) == texts
