"""Usage day by day: what the database counts, and what is taken along of it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from memo_coach.services.administration.comma_separated import comma_separated
from memo_coach.services.administration.usage import Seconds, UsageService, usage_as_csv
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.engine.database import Database
from memo_coach.storage.tables import Evaluation, ModelCall, Spending
from tests.stored_rows import add_visitor, queued

NOW = datetime(2026, 5, 10, 0, 30, tzinfo=UTC)


def ended(owner: str, number: int, created: datetime, **values: object) -> Evaluation:
    found = queued(owner, f"{owner}-{number}", created)
    for name, value in {"status": "done", "finished": created, "judged_by": "builtin", **values}.items():
        setattr(found, name, value)
    return found


async def used(database: Database, folder: Path) -> UsageService:
    """Store: ten of ana's yesterday, one of them failed; one of ben's today; one of ana's long ago."""
    await add_visitor(database, "ana")
    await add_visitor(database, "ben")
    # In another time zone it is the day before yesterday already.
    yesterday = datetime(2026, 5, 9, 0, 10, tzinfo=UTC)
    async with database.write() as session:
        session.add_all([ended("ana", number, yesterday, seconds=number / 100) for number in range(1, 10)])
        session.add(ended("ana", 10, yesterday, status="failed", judged_by=None))
        session.add(ended("ben", 1, NOW, judged_by="llm", model="m", seconds=12.34))
        session.add(ended("ben", 2, NOW, judged_by="llm", model="m", seconds=0.0, cached=True))
        session.add(ended("ana", 11, NOW - timedelta(days=40)))
        for number, status in enumerate(("done", "failed", "lost")):
            session.add(
                ModelCall(
                    id=f"c{number}", owner="ben", purpose="evaluation", model="m", status=status,
                    day="2026-05-10", reserved_micro_usd=5, created=NOW,
                )
            )  # fmt: skip
        session.add(Spending(day="2026-05-10", spent_micro_usd=1_500_000))
        session.add(Spending(day="2026-04-01", spent_micro_usd=7))
    return UsageService(UnitOfWork(database, folder), lambda: NOW)


async def test_each_day_is_told_with_what_was_used_on_it(migrated: Database, tmp_path: Path) -> None:
    view = await (await used(migrated, tmp_path)).of_days(7)
    assert [each.day for each in view.days] == [date(2026, 5, day) for day in range(4, 11)]
    *_, quiet, yesterday, today = view.days
    assert (quiet.evaluations, quiet.people, quiet.builtin) == (0, 0, None)
    assert (yesterday.evaluations, yesterday.evaluations_failed, yesterday.people) == (10, 1, 1)
    assert yesterday.builtin == Seconds(0.05, 0.09)
    assert (today.people, today.calls, today.calls_failed, today.cost_usd) == (1, 3, 2, 1.5)
    # What was found stored already took no time, and is left out of how long a model takes.
    assert today.model == Seconds(12.3, 12.3)
    assert (view.people, view.evaluations, view.errors, view.cost_usd) == (2, 12, 3, 1.5)


async def test_a_longer_period_reaches_further_back(migrated: Database, tmp_path: Path) -> None:
    usage = await used(migrated, tmp_path)
    assert (await usage.of_days(90)).evaluations == 13
    assert len((await usage.of_days(100_000)).days) == 7


async def test_the_days_can_be_taken_along(migrated: Database, tmp_path: Path) -> None:
    view = await (await used(migrated, tmp_path)).of_days(30)
    rows = list(csv.DictReader(io.StringIO(usage_as_csv(view))))
    assert len(rows) == 30
    assert rows[-1]["day"] == "2026-05-10"
    assert (rows[-1]["cost_usd"], rows[-1]["model_seconds_p95"], rows[-1]["builtin_seconds_p50"]) == (
        "1.5", "12.3", "",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "  =1", "＝1"])
def test_no_text_is_a_formula_to_a_spreadsheet(text: str) -> None:
    (_, row) = csv.reader(io.StringIO(comma_separated(["a", "b"], [[text, -1]])))
    assert row == [f"'{text}", "-1"]
