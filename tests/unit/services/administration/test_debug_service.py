"""The calls behind an evaluation are shown word for word, to its owner, and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from memo_coach.services.administration.debug import DebugService, DebugView
from memo_coach.services.errors import NotFound, Unavailable
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.engine.database import Database
from tests.databases import database_at
from tests.ledger import MODEL, Clock, accounts_of, outcome, plan
from tests.stored_rows import NOON, add_visitor, queued


@pytest.fixture
async def evaluated(migrated: Database) -> Database:
    """Return a database with an evaluation ``e`` of ``v``, and ``f`` of ``w``."""
    for owner, evaluation in (("v", "e"), ("w", "f")):
        await add_visitor(migrated, owner)
        async with migrated.write() as session:
            session.add(queued(owner, evaluation))
    return migrated


def debug_of(database: Database, tmp_path: Path, *, collects: bool = True) -> DebugService:
    return DebugService(UnitOfWork(database, tmp_path), collects=collects)


async def test_each_call_is_shown_with_all_that_is_known_of_it(evaluated: Database, tmp_path: Path) -> None:
    clock = Clock()
    accounts = accounts_of(evaluated, clock=clock).ledger(owner="v", evaluation="e")
    first = await accounts.reserve(plan(500_000))
    await accounts.settle(first, outcome(250_000, estimated=True))
    clock.time += timedelta(seconds=1)
    await accounts.settle(
        await accounts.reserve(plan(purpose="repair")), outcome(0, status="failed", failure="slow")
    )
    clock.time += timedelta(seconds=1)
    await accounts.reserve(plan(purpose="chat"))
    view = await debug_of(evaluated, tmp_path).evaluation("v", "e")
    assert view.collects
    done, failed, running = view.calls
    assert done.call_id == first
    assert (done.model, done.purpose, done.status, done.failure) == (MODEL, "evaluation", "done", None)
    assert done.prompt == (("system", "Judge."), ("user", "Dear Ana,\nwe ask for 3 M€. 😀"))
    assert done.response == '{"criteria": []}'
    assert (done.prompt_tokens, done.completion_tokens, done.retries) == (31, 200, 1)
    assert (done.cost_usd, done.reserved_usd, done.estimated) == (0.25, 0.5, True)
    assert (done.first_token_seconds, done.seconds, done.created) == (0.5, 2.5, NOON)
    assert (failed.purpose, failed.status, failed.failure) == ("repair", "failed", "slow")
    assert (running.purpose, running.status, running.response) == ("chat", "reserved", "")
    assert (running.prompt_tokens, running.cost_usd, running.seconds) == (30, 0.0, None)


async def test_without_texts_the_calls_are_shown_without_them(evaluated: Database, tmp_path: Path) -> None:
    accounts = accounts_of(evaluated, keeps_texts=False).ledger(owner="v", evaluation="e")
    await accounts.settle(await accounts.reserve(plan()), outcome())
    view = await debug_of(evaluated, tmp_path, collects=False).evaluation("v", "e")
    assert not view.collects
    (call,) = view.calls
    assert (call.status, call.prompt, call.response) == ("done", None, None)


@pytest.mark.parametrize(("owner", "evaluation"), [("w", "e"), ("v", "f"), ("v", "none"), ("nobody", "e")])
async def test_another_persons_evaluation_is_not_found(
    evaluated: Database, tmp_path: Path, owner: str, evaluation: str
) -> None:
    for each in ("v", "w"):
        accounts = accounts_of(evaluated).ledger(owner=each, evaluation={"v": "e", "w": "f"}[each])
        await accounts.reserve(plan())
    with pytest.raises(NotFound):
        await debug_of(evaluated, tmp_path).evaluation(owner, evaluation)


async def test_an_evaluation_without_calls_has_none(evaluated: Database, tmp_path: Path) -> None:
    accounts = accounts_of(evaluated)
    await accounts.ledger(owner="w", evaluation="f").reserve(plan())
    await accounts.ledger(owner=None, evaluation=None).reserve(plan())
    await accounts.ledger(owner="v", evaluation=None).reserve(plan())
    assert await debug_of(evaluated, tmp_path).evaluation("v", "e") == DebugView((), collects=True)


async def test_where_the_database_cannot_be_used_there_is_a_sentence(empty_url: str, tmp_path: Path) -> None:
    database = database_at(empty_url)
    with pytest.raises(Unavailable):
        await debug_of(database, tmp_path).evaluation("v", "e")
    await database.close()
