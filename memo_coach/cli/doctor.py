"""``memo-coach doctor``: say in sentences what is wrong with an installation, and what to do about it."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memo_coach.cli.output import say
from memo_coach.cli.problems import settings_or_problem

if TYPE_CHECKING:
    from memo_coach.settings import Settings

LONGEST_LOOK_SECONDS = 30.0
"""For looking through an SQLite file; some 10 GB on a good disk."""
OLDEST_SQLITE = (3, 35, 0)
"""The first that answers a change with RETURNING, which the job queue rests on."""


class _Finding(Exception):
    """Something is wrong. ``status`` is the exit status that it leads to."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@click.command()
def doctor() -> int:
    """Say what is wrong with this installation. Exit status 0 where nothing is."""
    settings = settings_or_problem()
    worst = 0
    say(f"ok      settings: {settings.app_env}, data in {settings.data_dir}, {settings.public_url}.")
    for name, check in _checks(settings):
        try:
            say(f"ok      {name}: {check(settings)}")
        except _Finding as finding:
            say(f"wrong   {name}: {finding}")
            worst = max(worst, finding.status)
    return worst


def _checks(settings: Settings) -> Iterator[tuple[str, Callable[[Settings], str]]]:
    yield "data directory", _data_directory
    if settings.database_path is not None:
        yield "SQLite", _sqlite
    yield "database", _database
    yield "rubrics", _rubrics
    yield "coach", _coach
    yield "pages", _pages
    yield "port", _port


def _data_directory(settings: Settings) -> str:
    directory = settings.data_dir
    if not directory.exists():
        parent = next(path for path in directory.parents if path.exists())
        if not os.access(parent, os.W_OK | os.X_OK):
            raise _Finding(f"{directory} is missing and cannot be made in {parent}. Set DATA_DIR.", 1)
        return f"{directory} will be made at the first start."
    probe = directory / f".doctor-{os.getpid()}"
    try:
        probe.write_bytes(b"probe")
        probe.unlink()
    except OSError as error:
        raise _Finding(f"{directory} cannot be written: {error.strerror}. Change its owner.", 1) from None
    return f"{directory} can be written."


def _sqlite(_settings: Settings) -> str:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        raise _Finding(f"SQLite is {sqlite3.sqlite_version}, at least {oldest} is needed. Update Python.", 1)
    return f"version {sqlite3.sqlite_version}."


def _database(settings: Settings) -> str:
    import asyncio  # noqa: PLC0415 - only here

    from memo_coach.operations.health import (  # noqa: PLC0415
        PATIENCE_SECONDS,
        Unhealthy,
        database_check,
        migrations_check,
    )
    from memo_coach.storage.engine import schema  # noqa: PLC0415
    from memo_coach.storage.engine.database import Database  # noqa: PLC0415
    from memo_coach.storage.engine.sqlite_file import DatabaseUnusable, refuse_damaged_file  # noqa: PLC0415

    path = settings.database_path
    if path is not None and not path.exists():
        return f"{path} will be made at the first start."

    async def look() -> str:
        if path is not None and not await asyncio.to_thread(refuse_damaged_file, path, LONGEST_LOOK_SECONDS):
            unseen = f" {LONGEST_LOOK_SECONDS:g} s were too short to look through all of {path}."
        else:
            unseen = ""
        database = Database(settings.database_url, pooled=False, patience=PATIENCE_SECONDS)
        if (await schema.status(database)).current is None:
            return f"{await database_check(database)()} The tables will be made at the first start."
        return f"{await migrations_check(database)()} {await database_check(database)()}{unseen}"

    try:
        return asyncio.run(look())
    except (Unhealthy, DatabaseUnusable) as error:
        raise _Finding(str(error), 3) from None


def _rubrics(_settings: Settings) -> str:
    from memo_coach.coaching.errors import BrokenRubric  # noqa: PLC0415
    from memo_coach.coaching.rubric.reader import shipped_rubrics  # noqa: PLC0415

    try:
        return f"{', '.join(rubric.id for rubric in shipped_rubrics())} are valid."
    except BrokenRubric as error:
        raise _Finding("; ".join(error.faults), 1) from None


def _coach(_settings: Settings) -> str:
    from memo_coach.cli.judgement import judge  # noqa: PLC0415
    from memo_coach.coaching.errors import BrokenRubric  # noqa: PLC0415
    from memo_coach.coaching.rubric.reader import shipped_rubrics  # noqa: PLC0415

    try:
        rubric = shipped_rubrics()[0]
    except BrokenRubric:
        raise _Finding("It cannot judge without rubrics.", 1) from None
    judged = judge(
        "Please approve a new pump for 5,000 dollars by 1 May.", rubric, coach="builtin", language="en"
    )
    return f"the built-in coach judged a sentence by {len(judged.criteria)} criteria."


def _pages(_settings: Settings) -> str:
    from memo_coach.web.site import ROOT, SITE  # noqa: PLC0415

    index = Path(ROOT / SITE / "build" / "client" / "index.html")
    if not index.is_file():
        raise _Finding("They are not built. Run: make run", 1)
    return f"built, in {ROOT / SITE}."


def _port(settings: Settings) -> str:
    place = f"{settings.host}:{settings.port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if _answers(settings):
            return f"Memo AI Coach is running at {place}."
        raise _Finding(f"Cannot listen on {place}: {error.strerror or error}. Set HOST or PORT.", 1) from None
    return f"{place} is free."


def _answers(settings: Settings) -> bool:
    from http.client import HTTPConnection, HTTPException  # noqa: PLC0415

    from memo_coach.settings import WILDCARD_HOSTS  # noqa: PLC0415

    host = "127.0.0.1" if settings.host in WILDCARD_HOSTS else settings.host
    connection = HTTPConnection(host, settings.port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return b'"ok"' in connection.getresponse().read(200)
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
