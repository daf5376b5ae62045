"""Stages run beside each other where they may; one that fails stops the others, and says why."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rehearsal import at_work, commands, paths
from tests.rehearsal.commands import RehearsalError
from tests.rehearsal.walking import Stage, Walk

PATIENCE_SECONDS = 20
FOR_EVER = "import time; time.sleep(600)"


@pytest.fixture(autouse=True)
def _logs_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "LOGS", tmp_path / "logs")


class World:
    """What happened, in its order."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.order: list[str] = []


def walk(*stages: Stage[World]) -> tuple[World, Walk[World]]:
    world = World()
    walked = Walk(stages, world.said.append)
    walked.go(world)
    return world, walked


def outcomes(walked: Walk[World]) -> dict[str, str]:
    return {result.stage: result.outcome for result in walked.in_order()}


def noting(name: str) -> Callable[[World], str]:
    def run(world: World) -> str:
        world.order.append(name)
        return f"{name} is done"

    return run


def failing(_: World) -> str:
    raise RehearsalError("The moon is missing.")


def test_what_needs_nothing_of_each_other_runs_at_one_time() -> None:
    meeting = threading.Barrier(2, timeout=PATIENCE_SECONDS)

    def meet(_: World) -> str:
        meeting.wait()  # breaks, unless the other comes too
        return ""

    _, walked = walk(Stage("one", "", meet), Stage("other", "", meet))
    assert outcomes(walked) == {"one": "passed", "other": "passed"}


def test_a_stage_begins_when_all_that_it_needs_or_waits_for_is_over() -> None:
    world, walked = walk(
        Stage("last", "", noting("last"), needs=("first",), after=("second",)),
        Stage("second", "", noting("second"), needs=("first",)),
        Stage("first", "", noting("first")),
    )
    assert world.order == ["first", "second", "last"]
    assert [result.said for result in walked.in_order()] == [
        "last is done",
        "second is done",
        "first is done",
    ]


def test_a_stage_does_not_wait_for_one_that_is_not_walked() -> None:
    _, walked = walk(Stage("alone", "", noting("alone"), after=("absent",)))
    assert outcomes(walked) == {"alone": "passed"}


def test_a_failure_is_said_at_once_with_its_reason_and_nothing_begins_after_it() -> None:
    world, walked = walk(
        Stage("bad", "", failing),
        Stage("next", "", noting("next"), needs=("bad",)),
        Stage("later", "", noting("later"), after=("bad",)),
    )
    assert outcomes(walked) == {"bad": "failed", "next": "not run", "later": "not run"}
    assert [result.said for result in walked.in_order()][1:] == ["bad failed", "bad failed"]
    assert any("bad: FAILED" in said and "The moon is missing." in said for said in world.said)
    assert not world.order


def test_a_failure_ends_the_programs_and_the_waiting_of_the_others() -> None:
    at_it = threading.Barrier(3, timeout=PATIENCE_SECONDS)

    def program(_: World) -> str:
        at_it.wait()
        commands.run("program", sys.executable, "-c", FOR_EVER)
        return ""

    def waiting(_: World) -> str:
        at_it.wait()
        commands.until("The moon", lambda: None, 600, every=600)
        return ""

    def bad(world: World) -> str:
        at_it.wait()
        return failing(world)

    _, walked = walk(Stage("program", "", program), Stage("waiting", "", waiting), Stage("bad", "", bad))
    assert outcomes(walked) == {"program": "not run", "waiting": "not run", "bad": "failed"}
    assert {result.said for result in walked.in_order()} == {"bad failed", "The moon is missing."}


def test_a_program_that_begins_as_everything_stops_is_ended_too() -> None:
    halt = at_work.Halt()
    halt.give()
    with at_work.Work("late", halt).begun(), pytest.raises(at_work.HaltedError):
        commands.run("program", sys.executable, "-c", FOR_EVER)


def test_an_error_that_nobody_foresaw_fails_its_stage_and_its_place_is_in_a_log() -> None:
    def surprised(_: World) -> str:
        raise ZeroDivisionError("never thought of")

    _, walked = walk(Stage("bad", "", surprised))
    (result,) = walked.in_order()
    assert result.outcome == "failed"
    assert result.said.startswith("ZeroDivisionError: never thought of")
    assert "logs/bad/error.log" in result.said
    assert "in surprised" in (paths.LOGS / "bad" / "error.log").read_text(encoding="utf-8")


def test_a_person_who_wants_an_end_gets_it_and_the_stages_say_so() -> None:
    world = World()

    def interrupting(said: str) -> None:
        world.said.append(said)
        if said.startswith("second"):
            raise KeyboardInterrupt

    def program(_: World) -> str:
        commands.run("program", sys.executable, "-c", FOR_EVER)
        return ""

    walked = Walk(
        [Stage("program", "", program), Stage("second", "", program), Stage("third", "", program)],
        interrupting,
    )
    with pytest.raises(KeyboardInterrupt):
        walked.go(world)
    assert {result.said for result in walked.in_order()} == {"interrupted"}
    assert set(outcomes(walked).values()) == {"not run"}


def test_each_stage_has_its_own_logs_and_its_own_times() -> None:
    def saying(word: str) -> Callable[[World], str]:
        def run(_: World) -> str:
            return commands.run("program", sys.executable, "-c", f"print('{word}')").stdout

        return run

    _, walked = walk(Stage("one", "", saying("dawn")), Stage("other", "", saying("dusk")))
    logs = {
        name: (paths.LOGS / name / "program.log").read_text(encoding="utf-8") for name in ("one", "other")
    }
    assert "\ndawn\n" in logs["one"]
    assert "dusk" not in logs["one"]
    assert "\ndusk\n" in logs["other"]
    assert sorted(step.stage for step in walked.steps) == ["one", "other"]
