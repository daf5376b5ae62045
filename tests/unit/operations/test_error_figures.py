"""What is logged as an error is counted by the class of its exception, and by nothing that it says."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from memo_coach.operations import metrics
from memo_coach.operations.logging import configure_logging

pytestmark = pytest.mark.usefixtures("fresh_figures")


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    configure_logging("INFO", "json", io.StringIO())
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    structlog.reset_defaults()


def errors(name: str) -> float:
    return metrics.value_of("memo_coach_errors_total", {"error": name})


def test_an_error_is_counted_by_its_class_whoever_logs_it() -> None:
    structlog.get_logger("ours").error("it broke", exc_info=ValueError("a secret"))
    logging.getLogger("a.library").error("it broke", exc_info=KeyError("another secret"))
    structlog.get_logger("ours").error("it broke without an exception")
    assert (errors("ValueError"), errors("KeyError"), errors(metrics.NO_EXCEPTION)) == (1, 1, 1)


def test_what_is_no_error_is_not_counted() -> None:
    structlog.get_logger("ours").warning("look at this", exc_info=ValueError())
    structlog.get_logger("ours").info("all is well")
    assert (errors("ValueError"), errors(metrics.NO_EXCEPTION)) == (0, 0)


async def test_classes_without_end_do_not_become_labels_without_end() -> None:
    for number in range(metrics.MOST_ERRORS + 20):
        metrics.count_error(type(f"Error{number}", (Exception,), {})())
    assert errors(metrics.OTHER) == 20
