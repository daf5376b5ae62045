"""What a run says at its end: what was not run and why, what is known to fail, and where the time went."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

SLOWEST = 5


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Add our lines after everything that pytest says itself."""
    began = session.config.stash.get(_BEGAN, time.monotonic())
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or "PYTEST_XDIST_WORKER" in os.environ:
        return
    reports = [
        each for kind in reporter.stats.values() for each in kind if isinstance(each, pytest.TestReport)
    ]
    for line in (*skipped_lines(reports), *known_fault_lines(reports)):
        reporter.write_line(line, yellow=True, bold=True)
    if reports:
        reporter.write_line(time_line(reports, time.monotonic() - began))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Note when it began."""
    session.config.stash[_BEGAN] = time.monotonic()


_BEGAN = pytest.StashKey[float]()


def skipped_lines(reports: list[pytest.TestReport]) -> Iterator[str]:
    """Yield a line for each reason for which tests were not run, those without the real documents apart."""
    skipped = Counter(
        ("NOT CALIBRATED" if "calibration" in each.keywords else "NOT RUN", _reason(each))
        for each in reports
        if each.outcome == "skipped" and not _is_known_to_fail(each)
    )
    for (what, reason), number in sorted(skipped.items()):
        yield f"{what}: {_tests(number)} skipped, {reason}"


def known_fault_lines(reports: list[pytest.TestReport]) -> Iterator[str]:
    """Yield a line for each reason for which tests were run and failed, as they are known to."""
    known = Counter(_known_fault(each) for each in reports if _is_known_to_fail(each))
    for reason, number in sorted(known.items()):
        yield f"KNOWN TO FAIL: {_tests(number)}, {reason}"


def time_line(reports: list[pytest.TestReport], seconds: float) -> str:
    """Return one line: how long the run took, how many tests it had, and in which folders the time went."""
    spent: Counter[str] = Counter()
    for each in reports:
        spent[str(Path(each.nodeid.split("::")[0]).parent)] += each.duration
    tests = len({each.nodeid for each in reports})
    slowest = ", ".join(f"{part} {took:.0f} s" for part, took in spent.most_common(SLOWEST))
    return f"{tests} tests in {seconds:.0f} s. The slowest, added up over all processes: {slowest}."


def _is_known_to_fail(report: pytest.TestReport) -> bool:
    # pytest calls one skipped that failed as it was marked to.
    return report.outcome == "skipped" and hasattr(report, "wasxfail")


def _known_fault(report: pytest.TestReport) -> str:
    said: str = getattr(report, "wasxfail", "")
    return said.removeprefix("reason: ") or "no reason is given"


def _tests(number: int) -> str:
    return f"{number} test" if number == 1 else f"{number} tests"


def _reason(report: pytest.TestReport) -> str:
    said = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return said.removeprefix("Skipped: ")
