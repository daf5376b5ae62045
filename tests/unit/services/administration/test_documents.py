"""Configuration documents: saved, refused, compared, rolled back, and found by every process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from memo_coach.services.accounts.principal import Actor
from memo_coach.services.administration.document_kinds import shipped
from memo_coach.services.administration.documents import MOST_VERSIONS, DocumentService
from memo_coach.services.administration.documents_in_force import DocumentsInForce
from memo_coach.services.administration.errors import (
    DocumentConflict,
    DocumentRefused,
    RubricNotMade,
    UnknownDocument,
)
from memo_coach.services.errors import UnknownRubric
from memo_coach.services.rubrics import RubricService
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.audit import AuditFilter, AuditRepository

ADA, BOB = Actor(name="ada@example.org", user="u1"), Actor(name="bob@example.org", user="u2")
STATUS = "rubric/status-update"
RENAMED = shipped()[STATUS].replace("Where it stands", "How it stands today")


def process(database: Database, folder: Path) -> tuple[DocumentService, DocumentsInForce, RubricService]:
    """Return what one process has of the documents."""
    in_force = DocumentsInForce(database)
    return DocumentService(UnitOfWork(database, folder), in_force), in_force, RubricService(in_force)


async def audited(database: Database) -> list[tuple[str, str, str]]:
    async with database.read() as session:
        entries = await AuditRepository(session).entries(AuditFilter(), 20)
    return [(each.actor, each.action, each.target) for each in entries]


async def test_what_is_saved_holds_in_every_process_and_is_told(
    engines: Sequence[Database], tmp_path: Path
) -> None:
    documents, _, _ = process(engines[0], tmp_path)
    _, _, elsewhere = process(engines[1], tmp_path)
    before = elsewhere.get("status-update")
    assert (
        await documents.save(ADA, STATUS, RENAMED.replace("\n", "\r\n"), base=0, note=" Clearer\nname ") == 1
    )
    await elsewhere.renew()
    now = elsewhere.get("status-update")
    assert now.criteria[0].name["en"] == "How it stands today"
    assert (await elsewhere.of_version("status-update", before.version)).criteria[0].name["en"] == (
        "Where it stands"
    )
    current = await documents.current(STATUS)
    assert (current.text, current.summary.version, current.summary.author) == (RENAMED, 1, ADA.name)
    newest, first = await documents.versions(STATUS)
    assert (newest.note, first.version) == ("Clearer name", 0)
    assert await audited(engines[0]) == [(ADA.name, "document.saved", f"document:{STATUS}")]
    # The same text again is no version, and a text that was judged by stays known after others came.
    assert await documents.save(ADA, STATUS, RENAMED, base=1) == 1
    await documents.save(ADA, STATUS, RENAMED.replace("today", "now"), base=1)
    await elsewhere.renew()
    assert await elsewhere.of_version("status-update", now.version) == now


async def test_of_two_administrators_the_second_is_told_what_the_first_changed(
    engines: Sequence[Database], tmp_path: Path
) -> None:
    ours, _, _ = process(engines[0], tmp_path)
    theirs, _, _ = process(engines[1], tmp_path)
    context = shipped()["context"]
    outcomes = await asyncio.gather(
        ours.save(ADA, "context", context + "# ada\n", base=0),
        theirs.save(BOB, "context", context + "# bob\n", base=0),
        return_exceptions=True,
    )
    conflicts = [each for each in outcomes if isinstance(each, DocumentConflict)]
    assert len(conflicts) == 1
    assert 1 in outcomes
    winner = (await ours.current("context")).text.rpartition("# ")[2].strip()
    added = "".join(run.text for run in conflicts[0].runs if run.kind == "added")
    assert winner in added
    assert winner in conflicts[0].message
    assert len(await audited(engines[0])) == 1
    with pytest.raises(DocumentConflict):
        await ours.save(ADA, "context", context, base=0)  # what was begun from is no longer what holds


async def test_faults_are_told_with_their_lines_and_nothing_is_saved(
    migrated: Database, tmp_path: Path
) -> None:
    documents, _, _ = process(migrated, tmp_path)
    lines = shipped()[STATUS].splitlines(keepends=True)
    weight = next(number for number, line in enumerate(lines) if "weight:" in line)
    lines[weight] = "    weight: heavy\n"
    broken = "".join(lines).replace("indicators:", "indicatoors:", 1)
    faults = await documents.validate(STATUS, broken)
    assert any(fault.line == weight + 1 and "weight" in fault.reason for fault in faults)
    assert any("indicatoors" in fault.reason for fault in faults)
    for name, text in (
        (STATUS, broken),
        (STATUS, shipped()["rubric/decision-memo"]),
        ("context", "a: [\n"),
        ("context", "x" * 300_000),
        ("context", "reader: \ud800"),
        ("llm", "&a [*a]"),
        ("auth", shipped()["auth"].replace("[]", "[not a domain]")),
    ):
        with pytest.raises(DocumentRefused) as refused:
            await documents.save(ADA, name, text, base=0)
        assert all(fault.line >= 1 and fault.reason for fault in refused.value.faults)
    assert await audited(migrated) == []
    for unknown in ("nothing", "rubric/nothing", "rubric/../auth", ""):
        with pytest.raises(UnknownDocument):
            await documents.save(ADA, unknown, RENAMED, base=0)


async def test_rolling_back_is_a_new_version(migrated: Database, tmp_path: Path) -> None:
    documents, _, rubrics = process(migrated, tmp_path)
    await documents.save(ADA, STATUS, RENAMED, base=0)
    assert await documents.roll_back(BOB, STATUS, to=0, base=1, note="as it was") == 2
    newest = (await documents.versions(STATUS))[0]
    assert (newest.version, newest.rolled_back_from, newest.author) == (2, 0, BOB.name)
    assert rubrics.get("status-update").criteria[0].name["en"] == "Where it stands"
    changed = await documents.difference(STATUS, 1, 2)
    assert "Where" in [run.text for run in changed if run.kind == "added"]
    with pytest.raises(UnknownDocument):
        await documents.roll_back(BOB, STATUS, to=9, base=2)


async def test_rubrics_are_made_retired_and_offered_again(migrated: Database, tmp_path: Path) -> None:
    documents, _, rubrics = process(migrated, tmp_path)
    name = await documents.make_rubric(ADA, "board-memo", like="decision-memo")
    assert rubrics.offered("board-memo").criteria == rubrics.get("decision-memo").criteria
    for taken in ("board-memo", "decision-memo", "../x", "Board", "x" * 61):
        with pytest.raises(RubricNotMade):
            await documents.make_rubric(ADA, taken, like="decision-memo")
    await documents.retire_rubric(ADA, "board-memo", base=1)
    with pytest.raises(UnknownRubric):
        rubrics.offered("board-memo")
    assert rubrics.get("board-memo").id == "board-memo"  # for what it judged
    await documents.save(ADA, name, (await documents.current(name)).text + "# more\n", base=2)
    assert "board-memo" not in [rubric.id for rubric in rubrics.all()]
    await documents.offer_rubric(ADA, "board-memo", base=3)
    assert rubrics.offered("board-memo")
    for rubric in rubrics.all()[1:]:
        version = (await documents.current(f"rubric/{rubric.id}")).summary.version
        await documents.retire_rubric(ADA, rubric.id, base=version)
    (last,) = rubrics.all()
    with pytest.raises(RubricNotMade, match="last rubric"):
        await documents.retire_rubric(ADA, last.id, base=0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE document_versions SET text = 'criteria: [' WHERE version = 2",
        "UPDATE document_versions SET text = replace(text, 'now', 'then') WHERE version = 2",
        "DELETE FROM document_versions WHERE version = 2",
    ],
)
async def test_where_a_row_was_broken_by_hand_the_last_good_version_serves(
    engines: Sequence[Database], tmp_path: Path, statement: str
) -> None:
    documents, _, _ = process(engines[0], tmp_path)
    await documents.save(ADA, STATUS, RENAMED, base=0)
    await documents.save(ADA, STATUS, RENAMED.replace("today", "now"), base=1)
    async with engines[0].write() as session:
        await session.execute(sql(statement))
    again, in_force, rubrics = process(engines[1], tmp_path)
    await in_force.renew()
    assert rubrics.get("status-update").criteria[0].name["en"] == "How it stands today"
    (broken,) = in_force.snapshot.broken
    assert (broken.name, broken.version, broken.served) == (STATUS, 2, 1)
    (line,) = [each for each in await again.list() if each.broken]
    assert line.name == STATUS
    assert await again.save(ADA, STATUS, RENAMED, base=2) == 3
    assert in_force.snapshot.broken == () == await in_force.check()


async def test_only_so_many_versions_are_kept(migrated: Database, tmp_path: Path) -> None:
    documents, _, _ = process(migrated, tmp_path)
    await documents.save(ADA, "context", shipped()["context"] + "# 1\n", base=0)
    async with migrated.write() as session:
        copied = (
            "INSERT INTO document_versions SELECT name, :new, text, digest, author, moment, note,"
            " rolled_back_from, is_retired FROM document_versions WHERE version = 1"
        )
        for statement in (copied, "UPDATE documents SET version = :new"):
            await session.execute(sql(statement), {"new": MOST_VERSIONS})
    await documents.save(ADA, "context", shipped()["context"], base=MOST_VERSIONS)
    with pytest.raises(UnknownDocument):
        await documents.text("context", 1)
    assert await documents.text("context", MOST_VERSIONS)
