"""Many first readings at once are computed beside the pages, and are the same as one alone."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from memo_coach.coaching.builtin.coach import evaluate_memo, evaluate_text, gathered, steps_of_text
from memo_coach.coaching.evaluation import CoachEvent
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.rubric.reader import shipped_rubric
from memo_coach.coaching.samples import samples
from memo_coach.services.coaches.builtin_executor import (
    BESIDE_AT_MOST,
    HERE_AT_MOST,
    LONG,
    BuiltinExecutor,
    EvaluationTimedOut,
)
from memo_coach.services.coaches.coach_process import (
    CoachProcess,
    CoachProcessEnded,
    CoachProcessFailed,
    CoachProcessTimedOut,
    OnEvents,
)
from tests.live_server import ROOT
from tests.waiting import until, wait_until

RUBRIC = shipped_rubric("investment-memo")


def memos(count: int) -> list[Memo]:
    text = samples("investment-memo", "en")[0].text
    return [parse_memo(f"{text}\n\nMemo {number}.", "en") for number in range(count)]


def readers() -> list[int]:
    """Return the processes of this one that compute readings."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
            if (
                parent == os.getpid()
                and "services.coaches.coach_process" in (entry.parent / "cmdline").read_text()
            ):
                found.append(int(entry.parent.name))
    return found


def environment_of(process: int) -> str:
    return Path(f"/proc/{process}/environ").read_text()


async def test_a_few_readings_need_no_process() -> None:
    several, readings = memos(HERE_AT_MOST), BuiltinExecutor()
    before = readers()
    found = await asyncio.gather(*(readings.read(memo, RUBRIC) for memo in several))
    assert found == [evaluate_memo(memo, RUBRIC) for memo in several]
    assert readers() == before


async def test_many_at_once_are_read_by_one_process_beside_and_say_the_same() -> None:
    several, readings = memos(HERE_AT_MOST + 5), BuiltinExecutor()
    before = readers()
    found = await asyncio.gather(*(readings.read(memo, RUBRIC) for memo in several))
    assert found == [evaluate_memo(memo, RUBRIC) for memo in several]
    assert len(set(readers()) - set(before)) == 1
    readings.close()
    assert readers() == before


async def test_a_reading_is_done_here_where_the_process_is_killed() -> None:
    several, readings = memos(40), BuiltinExecutor()
    before = set(readers())
    reading = asyncio.gather(*(readings.read(memo, RUBRIC) for memo in several))
    begun = await until(lambda: set(readers()) - before, "the process has begun")
    for process in begun:
        os.kill(process, signal.SIGKILL)
    assert await reading == [evaluate_memo(memo, RUBRIC) for memo in several]
    readings.close()


async def test_the_process_is_given_none_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_API_KEY", "a-key-for-nobody")
    several, readings = memos(HERE_AT_MOST + 1), BuiltinExecutor()
    before = set(readers())
    await asyncio.gather(*(readings.read(memo, RUBRIC) for memo in several))
    (reader,) = set(readers()) - before
    assert "a-key-for-nobody" not in environment_of(reader)
    readings.close()


def test_the_process_ends_with_the_one_that_started_it() -> None:
    script = (
        "import os, signal\n"
        "from memo_coach.coaching.rubric.reader import shipped_rubric\n"
        "from memo_coach.services.coaches.coach_process import CoachProcess\n"
        "process = CoachProcess()\n"
        "process.read('Please approve a pump.', shipped_rubric('investment-memo'), 'en', lambda _: None)\n"
        "print(process._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    started = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    reader = Path(f"/proc/{int(started.stdout)}")
    command = reader / "cmdline"
    wait_until(lambda: not command.exists() or not command.read_text(), "the process has ended")


def long_memo(number: int = 0) -> Memo:
    text = samples("investment-memo", "en")[0].text
    copies = (f"{text}\n\nMemo {number}, copy {copy}." for copy in range(LONG // len(text) + 1))
    return parse_memo("\n\n".join(copies), "en")


async def test_long_memos_are_read_beside_each_other_and_say_the_same() -> None:
    several, readings = [long_memo(number) for number in range(BESIDE_AT_MOST + 1)], BuiltinExecutor()
    before = set(readers())
    found = await asyncio.gather(*(readings.read(memo, RUBRIC) for memo in several))
    assert found == [evaluate_memo(memo, RUBRIC) for memo in several]
    assert len(set(readers()) - before) == BESIDE_AT_MOST
    readings.close()


async def test_a_long_memo_is_told_step_by_step() -> None:
    memo, readings = long_memo(), BuiltinExecutor()
    steps = [events async for events in readings.steps(memo.text, RUBRIC, "en")]
    assert len(steps) > 2
    assert gathered(steps, "en", RUBRIC) == evaluate_memo(memo, RUBRIC)
    readings.close()


async def test_a_short_memo_is_told_in_one_go() -> None:
    process, told = CoachProcess(), list[Sequence[CoachEvent]]()
    await asyncio.to_thread(process.read, "Please approve a pump.", RUBRIC, "en", told.append)
    assert told == [[each for step in steps_of_text("Please approve a pump.", RUBRIC, "en") for each in step]]
    process.end()


async def test_what_a_process_told_in_one_go_before_it_ended_is_not_told_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (memo,), readings = memos(1), BuiltinExecutor()
    whole = [each for step in steps_of_text(memo.text, RUBRIC, "en") for each in step]

    def read(_self: CoachProcess, _text: str, _rubric: Rubric, _language: str, told: OnEvents) -> None:
        told(whole[:-1])
        raise CoachProcessEnded("killed")

    monkeypatch.setattr(CoachProcess, "read", read)
    found = [events async for events in readings.steps(memo.text, RUBRIC, "en")]
    assert [each for events in found for each in events] == whole
    readings.close()


async def test_what_a_process_told_before_it_ended_is_not_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    memo, readings = long_memo(), BuiltinExecutor()
    whole = list(steps_of_text(memo.text, RUBRIC, "en"))

    def read(_self: CoachProcess, _text: str, _rubric: Rubric, _language: str, told: OnEvents) -> None:
        for events in whole[:-2]:
            told(events)
        raise CoachProcessEnded("killed")

    monkeypatch.setattr(CoachProcess, "read", read)
    assert [events async for events in readings.steps(memo.text, RUBRIC, "en")] == whole
    readings.close()


async def test_a_reading_that_hangs_is_stopped_with_a_sentence_and_the_next_one_is_done() -> None:
    memo, readings = long_memo(), BuiltinExecutor(longest_seconds=1.0)
    before = set(readers())
    asked = asyncio.ensure_future(readings.read(memo, RUBRIC))
    (hung,) = await started_beside(before)
    os.kill(hung, signal.SIGSTOP)
    with pytest.raises(EvaluationTimedOut, match="took too long"):
        await asked
    assert hung not in readers()
    readings = BuiltinExecutor()
    assert await readings.read(memo, RUBRIC) == evaluate_memo(memo, RUBRIC)
    readings.close()


async def test_a_process_that_hung_is_followed_by_another() -> None:
    process, told = CoachProcess(longest_seconds=0.05), list[Sequence[CoachEvent]]()
    before = set(readers())
    with pytest.raises(CoachProcessTimedOut):
        # It takes longer than that to start.
        await asyncio.to_thread(process.read, "Please approve a pump.", RUBRIC, "en", told.append)
    assert set(readers()) == before
    process = _patient(process)
    await asyncio.to_thread(process.read, "Please approve a pump.", RUBRIC, "en", told.append)
    assert gathered(told, "en", RUBRIC) == evaluate_text("Please approve a pump.", RUBRIC, "en")
    process.end()


def _patient(process: CoachProcess) -> CoachProcess:
    process._longest = 60.0
    return process


async def test_a_text_over_which_the_coach_breaks_is_read_here_and_the_process_goes_on(
    capfd: pytest.CaptureFixture[str],
) -> None:
    process = CoachProcess()
    with pytest.raises(CoachProcessFailed, match="AttributeError"):
        await asyncio.to_thread(process.read, "A secret plan.", "no rubric", "en", lambda _: None)  # type: ignore[arg-type]
    told = list[Sequence[CoachEvent]]()
    await asyncio.to_thread(process.read, "Please approve a pump.", RUBRIC, "en", told.append)
    assert told
    process.end()


async def started_beside(before: set[int]) -> set[int]:
    return await until(lambda: set(readers()) - before, "a reading process has started")
