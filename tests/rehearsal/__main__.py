"""Walk production end to end on this machine: ``python -m tests.rehearsal [STAGE…]``."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import time
import traceback

from tests.rehearsal import locking, paths, report, stages, world
from tests.rehearsal.commands import RehearsalError, log_of
from tests.rehearsal.report import Result
from tests.rehearsal.stages import Stage
from tests.rehearsal.world import World

PASSED, FAILED, REFUSED = 0, 1, 2
_begun = time.monotonic()


def say(sentence: str) -> None:
    """Tell the person how far it is, with the time since the beginning."""
    sys.stdout.write(f"[{report.time(time.monotonic() - _begun)}] {sentence}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Run the stages that are asked for and those that they need; give the exit status."""
    parser = argparse.ArgumentParser(prog="make rehearse", description=__doc__)
    names = [stage.name for stage in stages.STAGES]
    parser.add_argument("stage", nargs="*", metavar="STAGE", help=f"{', '.join(names)}; none: all of them")
    parser.add_argument(
        "--keep", action="store_true", help="leave everything running until Ctrl-C, to look at"
    )
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.stage if name not in names]
    if unknown:
        parser.error(f"there is no stage {', '.join(unknown)}; there are {', '.join(names)}")
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with locking.hold(paths.LOCK):
            return rehearse(stages.chosen(asked.stage), keep=asked.keep)
    except RehearsalError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED


def _interrupt(_signal: int, _frame: object) -> None:
    # A second one must not break the cleaning up.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def rehearse(wanted: list[Stage], *, keep: bool) -> int:
    """Run stages in their order, clean up whatever happens, and report."""
    results: list[Result] = []
    paths.prepare()
    for log in paths.LOGS.glob("*.log"):
        log.unlink()
    ends = contextlib.ExitStack()
    try:
        say("Making this machine ready.")
        made = world.make(ends)
        for stage in wanted:
            results.append(run(stage, made, results))
    except KeyboardInterrupt:
        say("Interrupted.")
        keep = False
        results += [Result(stage.name, "not run", 0, "interrupted") for stage in wanted[len(results) :]]
    finally:
        report.write(results)
        sys.stdout.write(f"\n{report.table(results)}\n\n")
        if keep:
            _wait_for_leave()
        say("Removing what was made.")
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        ends.close()
    return PASSED if results and all(result.outcome == "passed" for result in results) else FAILED


def _wait_for_leave() -> None:
    say("Everything stays as it is until Ctrl-C.")
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


def run(stage: Stage, made: World, before: list[Result]) -> Result:
    """Run one stage, unless one that it needs has not passed."""
    missing = [
        result.stage for result in before if result.stage in stage.needs and result.outcome != "passed"
    ]
    if missing:
        say(f"{stage.name}: not run.")
        return Result(stage.name, "not run", 0, f"needs {', '.join(missing)}")
    say(f"{stage.name}: {stage.what}.")
    started = time.monotonic()
    made.measured.clear()
    try:
        stage.run(made)
    except RehearsalError as error:
        said = str(error)
    except Exception as error:  # noqa: BLE001 - the others' results must reach the person
        with log_of(stage.name).open("a", encoding="utf-8") as log:
            traceback.print_exc(file=log)
        said = f"{type(error).__name__}: {error}\nIts place is in build/rehearsal/logs/{stage.name}.log."
    else:
        say(f"{stage.name}: passed; {'; '.join(made.measured)}.")
        return Result(stage.name, "passed", time.monotonic() - started, "; ".join(made.measured))
    say(f"{stage.name}: FAILED. {said}")
    return Result(stage.name, "failed", time.monotonic() - started, said)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
