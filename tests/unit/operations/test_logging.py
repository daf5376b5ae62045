"""Logs say what happened, with the request's id, and never what somebody wrote."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from memo_coach.operations.logging import LONGEST_VALUE, WITHOUT_TEXT, configure_logging
from memo_coach.services.container import Services
from memo_coach.settings.values import LogFormat

SECRET = "The pump of Aunt Clementine costs 4,711 dollars."


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def logged(log_format: LogFormat = "json", level: str = "DEBUG") -> io.StringIO:
    stream = io.StringIO()
    configure_logging(level, log_format, stream)  # type: ignore[arg-type]
    return stream


def test_a_line_is_one_object_with_time_level_logger_and_request() -> None:
    stream = logged()
    structlog.contextvars.bind_contextvars(request_id="r-1")
    structlog.get_logger("memo_coach.test").info("memo evaluated", evaluation="e-1", seconds=0.1)
    line = json.loads(stream.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "memo evaluated", "level": "info", "logger": "memo_coach.test", "request_id": "r-1",
        "evaluation": "e-1", "seconds": 0.1,
    }  # fmt: skip


def test_what_the_standard_library_logs_goes_the_same_way() -> None:
    stream = logged()
    structlog.contextvars.bind_contextvars(request_id="r-2")
    logging.getLogger("granian").warning("worker %s ended", 3)
    line = json.loads(stream.getvalue())
    assert (line["event"], line["logger"], line["level"], line["request_id"]) == (
        "worker 3 ended", "granian", "warning", "r-2",
    )  # fmt: skip


def test_the_level_holds_for_both() -> None:
    stream = logged(level="WARNING")
    structlog.get_logger("memo_coach.test").info("quiet")
    logging.getLogger("other").info("quiet")
    assert stream.getvalue() == ""


def test_people_get_lines_for_people_without_colour_codes_in_a_file() -> None:
    stream = logged("human")
    structlog.get_logger("memo_coach.test").info("memo evaluated", evaluation="e-1")
    assert "memo evaluated" in stream.getvalue()
    assert "evaluation=e-1" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("log_format", ["json", "human"])
@pytest.mark.parametrize("name", sorted(WITHOUT_TEXT))
def test_what_bears_text_by_its_name_is_left_out(log_format: LogFormat, name: str) -> None:
    stream = logged(log_format)
    structlog.get_logger("memo_coach.test").info("saved", **{name: SECRET}, nested={name: [SECRET]})
    assert "Clementine" not in stream.getvalue()


@pytest.mark.parametrize("log_format", ["json", "human"])
def test_a_long_value_is_cut_under_any_name(log_format: LogFormat) -> None:
    stream = logged(log_format)
    long = "x" * 200 + SECRET + "x" * LONGEST_VALUE
    structlog.get_logger("memo_coach.test").info("saved", anything=long, many=[long], inner={"deep": long})
    logging.getLogger("other").warning(long)
    assert "Clementine" not in stream.getvalue()
    assert f"[{len(long)} characters]" in stream.getvalue()


@pytest.mark.parametrize("log_format", ["json", "human"])
def test_an_exception_is_told_by_class_and_place_without_its_message(log_format: LogFormat) -> None:
    stream = logged(log_format)
    try:
        try:
            dict[str, str]()[SECRET]
        except KeyError as error:
            raise ValueError(SECRET) from error
    except ValueError as error:
        structlog.get_logger("memo_coach.test").error("broke", exc_info=error)
        logging.getLogger("other").exception("broke")
    assert "Clementine" not in stream.getvalue()
    assert stream.getvalue().count("ValueError at ") == 2
    assert "KeyError at " in stream.getvalue()
    assert __file__.rpartition("/")[2] in stream.getvalue()


@pytest.mark.parametrize("log_format", ["json", "human"])
async def test_what_asyncio_says_of_a_task_that_failed_unseen_holds_no_message(log_format: LogFormat) -> None:
    stream = logged(log_format)

    async def breaks() -> None:
        raise ValueError("Aunt Clementine's pump\n")

    task = asyncio.create_task(breaks())
    await asyncio.wait({task})
    del task
    gc.collect()
    assert "Task exception was never retrieved" in stream.getvalue()
    assert "ValueError at " in stream.getvalue()
    assert "Clementine" not in stream.getvalue()


def test_a_library_that_quotes_an_exception_in_its_line_quotes_nothing() -> None:
    stream = logged()
    try:
        {}[SECRET]
    except KeyError as error:
        logging.getLogger("other").exception("work failed: %s (%r)", error, error)  # noqa: TRY401
    line = json.loads(stream.getvalue())
    assert line["event"] == "work failed: [left out] (KeyError([left out]))"
    assert line["exception"].startswith("KeyError at tests/")


def test_an_object_is_told_by_its_class() -> None:
    class Draft:
        def __repr__(self) -> str:
            return SECRET

    stream = logged()
    structlog.get_logger("memo_coach.test").info("saved", value=Draft(), values=(Draft(),))
    assert "Clementine" not in stream.getvalue()
    assert "<Draft>" in stream.getvalue()


async def test_a_memo_leaves_no_word_in_the_logs_on_its_way_through_the_services(
    services: Services, owner: str
) -> None:
    stream = logged()
    text = f"Subject: {SECRET}\n\nPlease approve it."
    saved = await services.drafts.save(
        owner, memo_id=None, text=text, rubric="investment-memo", base_revision=0
    )
    evaluation = await services.evaluations.submit(
        owner, text=text, rubric="investment-memo", memo_id=saved.memo_id
    )
    async for _ in services.evaluations.follow(owner, evaluation):
        pass
    assert evaluation in stream.getvalue()
    assert "Clementine" not in stream.getvalue()
