"""Many first readings at once are computed beside the pages, and are the same as one alone."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from memo_coach.coaching.builtin.coach import evaluate_memo
from memo_coach.coaching.memo import Memo
from memo_coach.coaching.parsing import parse_memo
from memo_coach.coaching.rubric_documents import shipped_rubric
from memo_coach.coaching.samples import samples
from memo_coach.services.first_readings import HERE_AT_MOST, FirstReadings

RUBRIC = shipped_rubric("investment-memo")


def memos(count: int) -> list[Memo]:
    text = samples("investment-memo", "en")[0].text
    return [parse_memo(f"{text}\n\nMemo {number}.", "en") for number in range(count)]


def readers() -> list[int]:
    """Give the processes of this one that compute readings."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and "anyio.to_process" in (entry.parent / "cmdline").read_text():
                found.append(int(entry.parent.name))
    return found


async def test_a_few_readings_need_no_process() -> None:
    several, readings = memos(HERE_AT_MOST), FirstReadings()
    before = readers()
    found = await asyncio.gather(*(readings.read(memo, RUBRIC) for memo in several))
    assert found == [evaluate_memo(memo, RUBRIC) for memo in several]
    assert readers() == before


async def test_many_at_once_are_read_by_one_process_beside_and_say_the_same() -> None:
    several, readings = memos(HERE_AT_MOST + 5), FirstReadings()
    before = readers()
    found = await asyncio.gather(*(readings.read(memo, RUBRIC) for memo in several))
    assert found == [evaluate_memo(memo, RUBRIC) for memo in several]
    assert len(set(readers()) - set(before)) == 1


async def test_a_reading_is_done_here_where_the_process_is_killed() -> None:
    several, readings = memos(40), FirstReadings()
    before = set(readers())
    reading = asyncio.gather(*(readings.read(memo, RUBRIC) for memo in several))
    async with asyncio.timeout(20):
        while not (begun := set(readers()) - before):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    for process in begun:
        os.kill(process, signal.SIGKILL)
    assert await reading == [evaluate_memo(memo, RUBRIC) for memo in several]
