"""A process killed by SIGKILL loses no draft, and the next one finishes its evaluations exactly once."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.waiting import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).resolve().parents[2]
TEXT = "Subject: A new pump\n\nPlease approve a new pump."

SERVICE = """
import asyncio, json, sys
from memo_coach.services import container
from memo_coach.services.coaches import service as coaches
from memo_coach.services.container import close_services, open_services
from memo_coach.settings import load_settings
from tests.scripted_coach import OwnRubrics, ScriptedCoach

directory, url, pause, work = *sys.argv[1:3], float(sys.argv[3]), json.loads(sys.argv[4])
container.RubricService = OwnRubrics
coaches.register_coach("builtin", lambda: ScriptedCoach(pause=pause))

def say(**what):
    print(json.dumps(what), flush=True)

async def main():
    services = await open_services(load_settings({"DATA_DIR": directory, "DATABASE_URL": url}, env_file=None))
    if "owner" in work:
        owner = work["owner"]
    else:
        _token, owner = await services.visitors.admit()
    say(owner=owner)
    if "draft" in work:
        saved = await services.drafts.save(
            owner, memo_id=None, text=work["draft"], rubric="investment-memo", base_revision=0
        )
        say(memo=saved.memo_id)
    if "text" in work:
        say(evaluation=await services.evaluations.submit(owner, text=work["text"], rubric="investment-memo"))
    if "read" in work:
        draft = await services.drafts.of_memo(owner, work["read"])
        say(draft=draft.text)
    if "follow" in work:
        async for view in services.evaluations.follow(owner, work["follow"]):
            say(status=view.status, criteria=[one.id for one in view.criteria])
        await close_services(services)
        return
    await asyncio.Event().wait()

asyncio.run(main())
"""


Place = tuple[Path, str]
"""The folder of the data, and the address of the database."""


@pytest.fixture
def place(tmp_path: Path, empty_url: str) -> Place:
    return tmp_path, empty_url


@contextmanager
def service(place: Place, pause: float, **work: Any) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVICE, str(place[0]), place[1], str(pause), json.dumps(work)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen[str], key: str) -> Any:
    assert process.stdout is not None
    for line in process.stdout:
        answer = json.loads(line)
        if key in answer:
            return answer[key]
    raise AssertionError(f"the service ended without saying {key}")


def rows(place: Place, statement: str) -> list[Any]:
    """Execute a statement as another program would; give its rows."""
    address = place[1]
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(address.partition(":///")[2])) as database, database:
            return database.execute(statement).fetchall()
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(sql.SQL(statement))  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def wait_for(place: Place, statement: str, wanted: list[Any]) -> None:
    wait_until(lambda: rows(place, statement) == wanted, f"{statement} gives {wanted}")


def test_an_evaluation_killed_in_the_middle_is_finished_once_by_the_next_process(place: Place) -> None:
    with service(place, 0.5, text=TEXT) as first:
        owner, evaluation = said(first, "owner"), said(first, "evaluation")
        wait_for(place, "SELECT count(*) >= 2 FROM criterion_scores", [(1,)])
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert rows(place, "SELECT status, attempt FROM evaluations") == [("running", 1)]
    with service(place, 0.0, owner=owner, follow=evaluation) as second:
        assert second.stdout is not None
        seen = [json.loads(line) for line in second.stdout][1:]
    assert seen[-1] == {"status": "done", "criteria": ["c0", "c1", "c2", "c3"]}
    assert rows(place, "SELECT status, attempt, failures, score FROM evaluations") == [("done", 2, 1, 3.5)]
    assert rows(place, "SELECT count(*) FROM criterion_scores") == [(4,)]
    assert rows(place, "SELECT count(*) FROM comments") == [(4,)]


def test_an_evaluation_killed_in_the_queue_is_finished_by_the_next_process(place: Place) -> None:
    with service(place, 30, text=TEXT) as first:
        owner = said(first, "owner")
        said(first, "evaluation")
        wait_for(place, "SELECT status FROM evaluations", [("running",)])
        first.kill()
        first.wait()
    # As if the kill had come a moment earlier, between storing and taking.
    rows(place, "UPDATE evaluations SET status = 'queued', lease_until = NULL, attempt = 0")
    ((evaluation,),) = rows(place, "SELECT id FROM evaluations")
    with service(place, 0.0, owner=owner, follow=evaluation) as second:
        second.wait(PATIENCE_SECONDS)
    assert rows(place, "SELECT status, attempt, failures FROM evaluations") == [("done", 1, 0)]


def test_a_draft_is_there_after_a_kill_right_after_its_saving(place: Place) -> None:
    with service(place, 0.0, draft=TEXT) as first:
        owner, memo = said(first, "owner"), said(first, "memo")
        first.send_signal(signal.SIGKILL)
        first.wait()
    with service(place, 0.0, owner=owner, read=memo) as second:
        assert said(second, "draft") == TEXT


def test_two_processes_share_a_queue_and_each_evaluation_is_done_once(place: Place) -> None:
    with service(place, 0.2, text=TEXT) as one:
        said(one, "evaluation")
        with service(place, 0.2, text=TEXT + " Another.") as other:
            said(other, "evaluation")
            wait_for(place, "SELECT status, attempt FROM evaluations", [("done", 1), ("done", 1)])
    assert rows(place, "SELECT count(*) FROM criterion_scores GROUP BY evaluation") == [(4,), (4,)]
