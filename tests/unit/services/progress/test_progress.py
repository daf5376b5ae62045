"""Progress: what is put into one line, what is said of it, and whose it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from memo_coach.services.progress.service import MOST_POINTS, ProgressService
from memo_coach.services.progress.views import Judge
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.engine.database import Database
from memo_coach.storage.tables import CommentRow, CriterionRow, Evaluation, MemoVersion, Visitor
from tests.databases import only_on_sqlite
from tests.statements import statements
from tests.stored_rows import NOON, memo_of

BUILTIN, MODEL = Judge("builtin"), Judge("llm", "a/model")
MOST_STATEMENTS = 5


class Stored:
    """What is in a database, put there evaluation by evaluation; each is a minute after the one before."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._visitors: set[str] = set()
        self._versions: dict[str, set[int]] = {}
        self._count = 0

    async def evaluated(
        self,
        memo: str,
        version: int,
        score: float | None,
        *,
        owner: str = "ann",
        judge: Judge = BUILTIN,
        findings: tuple[str, ...] = (),
        **changes: Any,
    ) -> str:
        """Add an evaluation of a memo's version; give its id."""
        self._count += 1
        evaluation_id, moment = f"e{self._count:04}", NOON + timedelta(minutes=self._count)
        row = Evaluation(
            id=evaluation_id, owner=owner, memo=memo, version=version, rubric="investment-memo",
            rubric_version="1", coach=judge.kind, status="done", created=moment, finished=moment, score=score,
            judged_by=judge.kind, model=judge.model, cache_key=evaluation_id if judge.model else None,
        )  # fmt: skip
        for name, value in changes.items():
            setattr(row, name, value)
        async with self._database.write() as session:
            if owner not in self._visitors:
                session.add(Visitor(id=owner, created=NOON, last_seen=NOON))
                await session.flush()
                self._visitors.add(owner)
            if memo not in self._versions:
                session.add(memo_of(owner, memo))
                await session.flush()
            if version not in self._versions.setdefault(memo, set()):
                session.add(
                    MemoVersion(
                        memo=memo, number=version, text="T", text_sha256="x", words=1, language="en",
                        created=moment,
                    )
                )  # fmt: skip
                await session.flush()
                self._versions[memo].add(version)
            session.add(row)
            await session.flush()
            session.add_all(_criteria(evaluation_id, score, judge))
            session.add_all(_comments(evaluation_id, findings))
        return evaluation_id


def _criteria(evaluation_id: str, score: float | None, judge: Judge) -> list[CriterionRow]:
    """Return two criteria: one with the score of the whole, one without."""
    return [
        CriterionRow(
            evaluation=evaluation_id, criterion=name, position=place, name=name.title(), weight=50.0,
            effective_weight=50.0, score=given, justification="J", evidence=[], coach=judge.kind,
        )
        for place, (name, given) in enumerate((("risks", score), ("ask", None)))
    ]  # fmt: skip


def _comments(evaluation_id: str, findings: tuple[str, ...]) -> list[CommentRow]:
    return [
        CommentRow(
            evaluation=evaluation_id, id=f"c{place}", criterion="risks", kind="opportunity", questions=[],
            comment=f"{finding} in {evaluation_id}", finding=finding, rank=place,
        )
        for place, finding in enumerate(findings)
    ]  # fmt: skip


@pytest.fixture
def stored(migrated: Database) -> Stored:
    return Stored(migrated)


@pytest.fixture
def progress(migrated: Database, tmp_path: Path) -> ProgressService:
    return ProgressService(UnitOfWork(migrated, tmp_path))


async def test_each_memo_is_one_point_by_its_newest_version(
    stored: Stored, progress: ProgressService
) -> None:
    await stored.evaluated("pump", 1, 2.0)
    await stored.evaluated("bridge", 1, 2.5)
    await stored.evaluated("pump", 2, 4.0)
    view = await progress.of_owner("ann")
    (line,) = view.lines
    assert [(point.memo_id, point.version, point.score) for point in line.points] == [
        ("pump", 2, 4.0),
        ("bridge", 1, 2.5),
    ]
    assert (view.evaluations, line.evaluations, line.total_points, line.best_score) == (3, 3, 2, 4.0)


async def test_of_one_memo_each_version_is_one_point_by_its_newest_evaluation(
    stored: Stored, progress: ProgressService
) -> None:
    await stored.evaluated("pump", 1, 2.0)
    await stored.evaluated("pump", 2, 4.5)
    again = await stored.evaluated("pump", 2, 3.0)
    await stored.evaluated("bridge", 1, 5.0)
    view = await progress.of_owner("ann", memo_id="pump")
    (line,) = view.lines
    assert view.memo is not None
    assert [(point.version, point.score) for point in line.points] == [(1, 2.0), (2, 3.0)]
    assert line.points[-1].evaluation_id == again
    assert line.best_score == 4.5


@pytest.mark.parametrize(
    "other",
    [
        {"judge": MODEL},
        {"rubric_version": "2"},
        {"judge": Judge("llm", "b/model")},
    ],
)
async def test_what_cannot_be_compared_is_in_lines_of_its_own(
    stored: Stored, progress: ProgressService, other: dict[str, Any]
) -> None:
    await stored.evaluated("pump", 1, 2.0)
    await stored.evaluated("pump", 2, 3.0, **other)
    view = await progress.of_owner("ann")
    assert [[point.score for point in line.points] for line in view.lines] == [[3.0], [2.0]]
    assert [place.memo_id for place in view.places] == ["pump"]
    assert view.memos == ()


async def test_all_lines_have_their_points_in_one_order(stored: Stored, progress: ProgressService) -> None:
    await stored.evaluated("pump", 1, 2.0, judge=MODEL)
    await stored.evaluated("bridge", 1, 3.0)
    await stored.evaluated("pump", 1, 4.0)
    view = await progress.of_owner("ann")
    assert [[point.memo_id for point in line.points] for line in view.lines] == [["pump", "bridge"], ["pump"]]
    assert [place.memo_id for place in view.places] == ["pump", "bridge"]


async def test_one_rubric_is_shown_at_a_time_and_the_last_used_first(
    stored: Stored, progress: ProgressService
) -> None:
    await stored.evaluated("pump", 1, 2.0)
    await stored.evaluated("pump", 2, 3.0, rubric="status-update")
    assert (await progress.of_owner("ann")).rubric == "status-update"
    assert (await progress.of_owner("ann", rubric="investment-memo")).lines[0].points[0].score == 2.0
    assert (await progress.of_owner("ann", rubric="no-such")).rubric == "status-update"


async def test_one_coach_can_be_chosen(stored: Stored, progress: ProgressService) -> None:
    await stored.evaluated("pump", 1, 2.0)
    await stored.evaluated("pump", 1, 3.0, judge=MODEL)
    view = await progress.of_owner("ann", judge=BUILTIN)
    assert [line.judge for line in view.lines] == [BUILTIN]
    assert {choice.judge for choice in view.choices} == {BUILTIN, MODEL}


@pytest.mark.parametrize(
    "kept_out",
    [
        {"status": "running", "finished": None},
        {"status": "failed"},
        {"status": "cancelled"},
        {"score": None},
        {"judge": MODEL, "cache_key": None},
    ],
    ids=["running", "failed", "cancelled", "without a score", "shared by two coaches"],
)
async def test_only_finished_evaluations_with_a_score_by_one_coach_count(
    stored: Stored, progress: ProgressService, kept_out: dict[str, Any]
) -> None:
    await stored.evaluated("pump", 1, 2.0)
    await stored.evaluated("pump", 2, **{"score": 4.0, **kept_out})
    view = await progress.of_owner("ann")
    assert view.evaluations == 1
    assert [point.score for line in view.lines for point in line.points] == [2.0]


async def test_another_owners_scores_never_count(stored: Stored, progress: ProgressService) -> None:
    await stored.evaluated("pump", 1, 2.0, findings=("risks.missing",))
    last = await stored.evaluated("pump", 2, 3.0, findings=("risks.missing",))
    mine = await progress.of_owner("ann"), await progress.of_owner("ann", memo_id="pump")
    for number in range(3):
        theirs = await stored.evaluated("theirs", number + 1, 5.0, owner="bob", findings=("risks.missing",))
    assert (await progress.of_owner("ann"), await progress.of_owner("ann", memo_id="pump")) == mine
    of_theirs = await progress.of_owner("ann", memo_id="theirs")
    assert of_theirs.memo is None
    assert of_theirs == mine[0]
    assert await progress.before("ann", theirs) is None
    assert await progress.before("bob", last) is None
    assert (await progress.of_owner("nobody")).lines == ()


async def test_few_statements_are_asked_however_much_there_is(
    stored: Stored, progress: ProgressService, migrated: Database
) -> None:
    counts = []
    for number in range(4):
        await stored.evaluated(f"m{number}", 1, 2.0, findings=("a.b",))
        await stored.evaluated(f"m{number}", 2, 2.0, judge=MODEL, findings=("a.b",))
        with statements(migrated) as asked:
            await progress.of_owner("ann")
        counts.append(len(set(asked)))  # a slow one is broken off on SQLite, and asked again in a thread
    assert set(counts) == {MOST_STATEMENTS}
    with statements(migrated) as asked:
        await progress.before("ann", "e0001")
    assert len(set(asked)) == 1


@only_on_sqlite
async def test_what_goes_through_all_scores_takes_them_from_the_index(
    stored: Stored, progress: ProgressService, migrated: Database
) -> None:
    await stored.evaluated("pump", 1, 2.0)
    noted: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: object) -> None:
        noted.append((statement, parameters))

    event.listen(migrated.sync_engine, "before_cursor_execute", note)
    await progress.of_owner("ann")
    event.remove(migrated.sync_engine, "before_cursor_execute", note)
    grouping = [each for each in noted if "GROUP BY" in each[0]]
    assert len(grouping) == 3
    assert migrated.path is not None
    with closing(sqlite3.connect(migrated.path)) as connection:
        for statement, parameters in grouping:
            plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            assert any("ix_evaluations_scores (owner=?" in str(row) for row in plan), statement


async def test_the_newest_points_are_kept_where_there_are_many(
    stored: Stored, progress: ProgressService
) -> None:
    for number in range(MOST_POINTS + 3):
        await stored.evaluated(f"m{number:02}", 1, 2.0)
    view = await progress.of_owner("ann")
    (line,) = view.lines
    assert line.total_points == MOST_POINTS + 3
    assert [point.memo_id for point in line.points] == [f"m{n:02}" for n in range(3, MOST_POINTS + 3)]
    assert len(view.places) == MOST_POINTS


async def test_a_criterion_without_a_score_or_by_another_coach_has_no_point(
    stored: Stored, progress: ProgressService, migrated: Database
) -> None:
    first = await stored.evaluated("pump", 1, 2.0, judge=MODEL)
    await stored.evaluated("bridge", 1, 3.0, judge=MODEL)
    async with migrated.write() as session:
        row = await session.get(CriterionRow, (first, "risks"))
        assert row is not None
        row.coach = "builtin"
    (line,) = (await progress.of_owner("ann")).lines
    (criterion,) = line.criteria
    assert (criterion.id, criterion.name, criterion.best) == ("risks", "Risks", 3.0)
    assert [point.score for point in criterion.points] == [3.0]


async def test_the_most_frequent_weakness_is_what_was_found_at_most_points(
    stored: Stored, progress: ProgressService
) -> None:
    await stored.evaluated("old", 1, 2.0, findings=("costs.vague",))
    await stored.evaluated("old", 2, 2.0, findings=("risks.missing", "risks.missing", "risks.missing"))
    await stored.evaluated("pump", 1, 2.0, findings=("costs.vague", "risks.missing"))
    last = await stored.evaluated("bridge", 1, 2.0, findings=("risks.missing", "plan.late"))
    (line,) = (await progress.of_owner("ann")).lines
    (weakness,) = line.weaknesses
    assert (weakness.finding, weakness.times, weakness.criterion_name) == ("risks.missing", 3, "Risks")
    assert weakness.comment == f"risks.missing in {last}"


async def test_beside_an_evaluation_stand_the_versions_before_it_in_its_line(
    stored: Stored, progress: ProgressService
) -> None:
    first = await stored.evaluated("pump", 1, 2.0)
    await stored.evaluated("pump", 1, 2.4)
    await stored.evaluated("pump", 2, 4.9, judge=MODEL)
    last = await stored.evaluated("pump", 3, 2.6)
    await stored.evaluated("pump", 4, 5.0)
    await stored.evaluated("bridge", 1, 1.0)
    found = await progress.before("ann", last)
    assert found is not None
    assert found.scores == ((1, 2.4), (3, 2.6))
    assert (found.now, found.before) == (2.6, 2.4)
    assert await progress.before("ann", first) is None
    assert await progress.before("ann", "no-such") is None
