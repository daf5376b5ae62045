"""What is looked up for whoever reads the figures: the queue, sessions, Redis, backups, the database."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from memo_coach.operations import metrics
from memo_coach.operations.database_figures import kind_of
from memo_coach.operations.health import Unhealthy
from memo_coach.services.administration.installation_figures import InstallationFigures
from memo_coach.services.container import Services
from tests.accounts import add_account, signed_in
from tests.scripted_coach import ScriptedCoach

pytestmark = pytest.mark.usefixtures("fresh_figures")
PATIENCE = 15.0


def figure(name: str, **labels: str) -> float:
    return metrics.value_of(f"memo_coach_{name}", labels)


async def read_until(state: str, expected: float) -> None:
    async with asyncio.timeout(PATIENCE):
        await metrics.exposition()
        while figure("queue_evaluations", state=state) != expected:
            await asyncio.sleep(0)
            await metrics.exposition()


async def test_an_evaluation_is_seen_at_work_and_its_first_words_are_timed(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    evaluation = await services.evaluations.submit(
        owner, text="Please approve a pump.", rubric="investment-memo"
    )
    await read_until("running", 1)
    assert figure("first_feedback_seconds_count", coach="builtin") == 0
    coach.go_on()
    async with asyncio.timeout(PATIENCE):
        assert [each async for each in services.evaluations.follow(owner, evaluation)][-1].status == "done"
    await read_until("running", 0)
    assert figure("first_feedback_seconds_count", coach="builtin") == 1
    assert figure("queue_oldest_seconds") == 0


async def test_what_waits_is_seen_with_its_age_and_what_is_cancelled_is_counted(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    await services.workers.close()
    evaluation = await services.evaluations.submit(
        owner, text="Please approve a pump.", rubric="investment-memo"
    )
    await read_until("waiting", 1)
    assert 0 < figure("queue_oldest_seconds") < PATIENCE
    await services.evaluations.cancel(owner, evaluation)
    await read_until("waiting", 0)
    assert figure("evaluations_total", coach="unknown", status="cancelled", reason="") == 1


async def test_sessions_in_use_are_counted(services: Services) -> None:
    await add_account(services)
    for _ in range(2):
        await signed_in(services)
    await metrics.exposition()
    assert figure("sessions") == 2


async def test_connections_and_statements_of_the_database_are_seen(services: Services, owner: str) -> None:
    metrics.load()
    async with services.database.read():
        assert figure("database_connections") >= 1
    assert figure("database_most_connections") > 1
    await services.drafts.current(owner)
    assert (figure("database_statement_seconds_count", kind="select") > 0) is not services.database.is_sqlite


@pytest.mark.parametrize(
    ("statement", "kind"),
    [("SELECT 1", "select"), ("\n  insert into memos", "insert"), ("VACUUM", "other"), ("", "other")],
)
def test_statements_are_told_apart_by_a_few_words(statement: str, kind: str) -> None:
    assert kind_of(statement) == kind


async def test_the_last_backup_is_seen_with_its_time_and_result(services: Services, tmp_path: Path) -> None:
    finished = datetime(2026, 11, 1, 2, 15, tzinfo=UTC)
    status = {"result": "failed", "finished": finished.isoformat(), "seconds": 3.0}
    (tmp_path / "backup.json").write_text(json.dumps(status))
    (tmp_path / "check.json").write_text("no status at all")
    figures = InstallationFigures(services.database, tmp_path)
    figures.start()
    await metrics.exposition()
    assert figure("run_finished_timestamp_seconds", kind="backup") == finished.timestamp()
    assert b'run_succeeded{kind="check"}' not in (await metrics.exposition())[0]
    later = finished + timedelta(days=1)
    (tmp_path / "backup.json").write_text(
        json.dumps({**status, "result": "ok", "finished": later.isoformat()})
    )
    await metrics.exposition()
    assert figure("run_succeeded", kind="backup") == 1
    assert figure("run_finished_timestamp_seconds", kind="backup") == later.timestamp()
    figures.close()


async def test_whether_redis_answers_is_seen_where_there_is_one(services: Services, tmp_path: Path) -> None:
    assert b"memo_coach_redis_up 1.0" not in (await metrics.exposition())[0]
    is_there = True

    async def look() -> str:
        if not is_there:
            raise Unhealthy("It is gone.")
        return "It answers."

    figures = InstallationFigures(services.database, tmp_path, redis=look)
    figures.start()
    await metrics.exposition()
    assert figure("redis_up") == 1
    is_there = False
    await metrics.exposition()
    assert figure("redis_up") == 0
    figures.close()
    await metrics.exposition()


async def test_a_drill_of_the_recovery_is_seen_as_a_backup_is(services: Services, tmp_path: Path) -> None:
    finished = datetime(2026, 11, 28, 3, 31, tzinfo=UTC)
    status = {
        "kind": "drill",
        "result": "ok",
        "finished": finished.isoformat(),
        "seconds": 81.5,
        "compared": 24,
    }
    (tmp_path / "drill.json").write_text(json.dumps(status))
    figures = InstallationFigures(services.database, tmp_path)
    figures.start()
    try:
        await metrics.exposition()
    finally:
        figures.close()
    assert figure("run_finished_timestamp_seconds", kind="drill") == finished.timestamp()
    assert figure("run_succeeded", kind="drill") == 1
