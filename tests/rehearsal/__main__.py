"""Walk production end to end on this machine: ``python -m tests.rehearsal [STAGE…]``."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import signal
import sys
import time

from tests.rehearsal import locking, paths, report, stages, world
from tests.rehearsal.at_work import RehearsalError, Work
from tests.rehearsal.report import Result
from tests.rehearsal.walking import Stage, Walk, chosen
from tests.rehearsal.world import World

PASSED, FAILED, REFUSED = 0, 1, 2
_begun = time.monotonic()


def say(sentence: str) -> None:
    """Tell the person how far it is, with the time since the beginning."""
    sys.stdout.write(f"[{report.time(_so_far())}] {sentence}\n")
    sys.stdout.flush()


def _so_far() -> float:
    return time.monotonic() - _begun


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
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, _interrupt)
    try:
        with locking.hold(paths.LOCK):
            return rehearse(chosen(stages.STAGES, asked.stage), keep=asked.keep)
    except RehearsalError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED


def _interrupt(_signal: int, _frame: object) -> None:
    # A second one must not break the cleaning up.
    _ignore_signals()
    raise KeyboardInterrupt


def _ignore_signals() -> None:
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.SIG_IGN)


def rehearse(wanted: list[Stage[World]], *, keep: bool) -> int:
    """Walk the stages, clean up whatever happens, and report."""
    shutil.rmtree(paths.LOGS, ignore_errors=True)
    paths.prepare()
    ends = contextlib.ExitStack()
    results: list[Result] = []
    ready, walk = Work("ready"), Walk(wanted, say, begun=_begun)
    try:
        say("Making this machine ready.")
        with ready.begun():
            made = world.make(ends)
        results.append(Result("ready", "passed", _so_far(), began=0))
        walk.go(made)
    except KeyboardInterrupt:
        say("Interrupted.")
        keep = False
    finally:
        results += walk.in_order()
        steps = [*ready.steps, *walk.steps]
        report.write(results, steps, _so_far())
        sys.stdout.write(f"\n{report.whole(results, steps, _so_far())}\n\n")
        if keep:
            _wait_for_leave()
        _ignore_signals()
        say("Removing what was made.")
        with Work("end").begun():
            ends.close()
    passed = len(results) > len(wanted) and all(result.outcome == "passed" for result in results)
    return PASSED if passed else FAILED


def _wait_for_leave() -> None:
    say("Everything stays as it is until Ctrl-C.")
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
