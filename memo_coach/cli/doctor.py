"""``memo-coach doctor``: say in sentences what is wrong with an installation, and what to do about it."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memo_coach.cli.doctor_accounts import account_checks
from memo_coach.cli.doctor_finding import DoctorFinding as _Finding
from memo_coach.cli.doctor_operation import operation_checks
from memo_coach.cli.doctor_single_sign_on import is_mentioned
from memo_coach.cli.output import say
from memo_coach.cli.problems import settings_or_problem
from memo_coach.translations import number, text
from memo_coach.translations.operating_system import reason_of
from memo_coach.translations.sentences import spoken

if TYPE_CHECKING:
    from memo_coach.settings import Settings

LONGEST_LOOK_SECONDS = 30.0
"""For looking through an SQLite file; some 10 GB on a good disk."""
OLDEST_SQLITE = (3, 35, 0)
"""The first that answers a change with RETURNING, which the job queue rests on."""


@click.command()
@click.option("--ask-model", is_flag=True)
def doctor(*, ask_model: bool) -> int:
    """Say what is wrong with this installation. Exit status 0 where nothing is."""
    settings = settings_or_problem()
    worst = 0
    told = text(
        "doctor.settings_read",
        environment=settings.app_env,
        directory=settings.data_dir,
        address=settings.public_url,
    )
    say(text("doctor.ok", what=text("doctor.settings"), told=told))
    for name, check in _checks(settings, ask_model=ask_model):
        try:
            say(text("doctor.ok", what=text(name), told=check(settings)))
        except _Finding as finding:
            say(text("doctor.wrong", what=text(name), told=finding))
            worst = max(worst, finding.status)
    return worst


def _checks(settings: Settings, *, ask_model: bool) -> Iterator[tuple[str, Callable[[Settings], str]]]:
    yield "doctor.data_directory", _data_directory
    if settings.database_path is not None:
        yield "doctor.sqlite", _sqlite
    yield "doctor.database", _database
    yield "doctor.cache", _cache
    yield "doctor.rubrics", _rubrics
    yield "doctor.documents", _documents
    yield "doctor.coach", _coach
    if is_mentioned(settings):
        yield "single_sign_on.doctor", _single_sign_on
    yield "doctor.pages", _pages
    yield "doctor.port", _port
    yield from account_checks(settings)
    yield from operation_checks(ask_model=ask_model)


def _data_directory(settings: Settings) -> str:
    directory = settings.data_dir
    if not directory.exists():
        parent = next(path for path in directory.parents if path.exists())
        if not os.access(parent, os.W_OK | os.X_OK):
            raise _Finding(text("doctor.cannot_be_made", directory=directory, parent=parent), 1)
        return text("doctor.made_at_start", path=directory)
    probe = directory / f".doctor-{os.getpid()}"
    try:
        probe.write_bytes(b"probe")
        probe.unlink()
    except OSError as error:
        raise _Finding(
            text("doctor.cannot_be_written", directory=directory, reason=spoken(reason_of(error))), 1
        ) from None
    return text("doctor.can_be_written", directory=directory)


def _sqlite(_settings: Settings) -> str:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        raise _Finding(text("doctor.old_sqlite", version=sqlite3.sqlite_version, oldest=oldest), 1)
    return text("doctor.version", version=sqlite3.sqlite_version)


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
        return text("doctor.made_at_start", path=path)

    async def look() -> str:
        if path is not None and not await asyncio.to_thread(refuse_damaged_file, path, LONGEST_LOOK_SECONDS):
            unseen = " " + text("doctor.not_all_seen", seconds=number(LONGEST_LOOK_SECONDS), path=path)
        else:
            unseen = ""
        database = Database(settings.database_url, pooled=False, patience=PATIENCE_SECONDS)
        if (await schema.status(database)).current is None:
            return f"{spoken(await database_check(database)())} {text('doctor.tables_made_at_start')}"
        return (
            f"{spoken(await migrations_check(database)())} {spoken(await database_check(database)())}{unseen}"
        )

    try:
        return asyncio.run(look())
    except (Unhealthy, DatabaseUnusable) as error:
        raise _Finding(spoken(error), 3) from None


def _cache(settings: Settings) -> str:
    if not settings.redis_url:
        return text("doctor.cache_none")
    from memo_coach.services.processes.redis_messages import fault_of  # noqa: PLC0415

    fault = fault_of(settings.redis_url)
    if fault is not None:
        raise _Finding(text("doctor.cache_gone", fault=fault), 3)
    return text("doctor.cache_answers", workers=settings.workers)


def _rubrics(_settings: Settings) -> str:
    from memo_coach.coaching.errors import BrokenRubric  # noqa: PLC0415
    from memo_coach.coaching.rubric.reader import shipped_rubrics  # noqa: PLC0415

    try:
        return text("doctor.rubrics_valid", rubrics=", ".join(rubric.id for rubric in shipped_rubrics()))
    except BrokenRubric as error:
        raise _Finding("; ".join(fault.spoken() for fault in error.faults), 1) from None


def _documents(settings: Settings) -> str:
    import asyncio  # noqa: PLC0415 - only here

    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from memo_coach.services.administration.documents_health import broken_sentence  # noqa: PLC0415
    from memo_coach.services.administration.documents_in_force import DocumentsInForce  # noqa: PLC0415
    from memo_coach.storage.engine.database import Database  # noqa: PLC0415
    from memo_coach.storage.engine.sqlite_file import DatabaseUnusable  # noqa: PLC0415

    if settings.database_path is not None and not settings.database_path.exists():
        return text("documents.all_shipped")
    try:
        broken = asyncio.run(DocumentsInForce(Database(settings.database_url, pooled=False)).check())
    except (SQLAlchemyError, DatabaseUnusable):
        return text("documents.not_looked_at")  # what is wrong with it is said of the database
    if broken:
        raise _Finding(" ".join(broken_sentence(each).spoken() for each in broken), 1)
    return text("documents.all_read")


def _coach(_settings: Settings) -> str:
    from memo_coach.cli.judgement import judge  # noqa: PLC0415
    from memo_coach.coaching.errors import BrokenRubric  # noqa: PLC0415
    from memo_coach.coaching.rubric.reader import shipped_rubrics  # noqa: PLC0415

    try:
        rubric = shipped_rubrics()[0]
    except BrokenRubric:
        raise _Finding(text("doctor.no_rubrics"), 1) from None
    judged = judge(
        "Please approve a new pump for 5,000 dollars by 1 May.", rubric, coach="builtin", language="en"
    )
    return text("doctor.coach_judged", count=len(judged.criteria))


def _single_sign_on(settings: Settings) -> str:
    import asyncio  # noqa: PLC0415 - only here

    from memo_coach.cli import doctor_single_sign_on as looking  # noqa: PLC0415
    from memo_coach.services.accounts.single_sign_on.configuration import redirect_uri_of  # noqa: PLC0415

    if (half := looking.fault_of_half_a_provider(settings)) is not None:
        raise _Finding(half, 1)
    faults = looking.faults_of_address(settings)
    if not faults and (fault := looking.fault_of_proxy(settings)) is not None:
        faults.append(fault)
    if not asyncio.run(looking.has_way_in(settings)):
        faults.append(text("single_sign_on.doctor_no_way_in"))
    if faults:
        raise _Finding(" ".join(faults), 1)
    if not asyncio.run(looking.answers(settings)):
        raise _Finding(text("single_sign_on.doctor_silent", issuer=settings.oidc_issuer), 3)
    return text("single_sign_on.doctor_ok", issuer=settings.oidc_issuer, back=redirect_uri_of(settings))


def _pages(_settings: Settings) -> str:
    from memo_coach.web.site import ROOT, SITE  # noqa: PLC0415

    index = Path(ROOT / SITE / "build" / "client" / "index.html")
    if not index.is_file():
        raise _Finding(text("doctor.not_built"), 1)
    return text("doctor.built", directory=ROOT / SITE)


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
            return text("doctor.running", place=place)
        raise _Finding(
            text("doctor.cannot_listen", place=place, reason=spoken(reason_of(error))), 1
        ) from None
    return text("doctor.free", place=place)


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
