"""What the doctor looks at of running: room on the disk, who else can read, backups, the model."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from memo_coach.cli.doctor_finding import DoctorFinding
from memo_coach.translations import number, text
from memo_coach.translations.operating_system import reason_of
from memo_coach.translations.sentences import spoken

if TYPE_CHECKING:
    from memo_coach.settings import Settings

OLDEST_BACKUP: Final = timedelta(hours=26)
"""Backups are made each night, up to a quarter of an hour late, and take their time."""
_MIB: Final = 2**20
_OTHERS: Final = stat.S_IRWXO
_ENVIRONMENT: Final = Path(".env")


def operation_checks(*, ask_model: bool) -> Iterator[tuple[str, Callable[[Settings], str]]]:
    """Return the checks, each with the key of its name; ``ask_model`` is whether the model may be asked."""
    yield "doctor.disk", disk
    yield "doctor.permissions", permissions
    yield "doctor.backups", backups
    yield "doctor.model", partial(_model, asks=ask_model)


def disk(settings: Settings) -> str:
    """Say how much room there is for what is kept."""
    from memo_coach.operations.health import LEAST_FREE_BYTES  # noqa: PLC0415 - not to print help

    directory = _existing(settings.data_dir)
    try:
        found = shutil.disk_usage(directory)
    except OSError as error:
        reason = spoken(reason_of(error))
        raise DoctorFinding(text("doctor.disk_unreachable", directory=directory, reason=reason), 1) from None
    free, total = number(found.free // _MIB), number(found.total // _MIB)
    if found.free < LEAST_FREE_BYTES:
        raise DoctorFinding(text("doctor.disk_full", directory=directory, free=free, total=total), 1)
    return text("doctor.disk_free", directory=directory, free=free, total=total)


def permissions(settings: Settings) -> str:
    """Say whether other accounts of the machine can read or change what is kept."""
    directory = settings.data_dir
    if _mode(directory) & stat.S_IWOTH:
        raise DoctorFinding(text("doctor.others_write", path=directory), 1)
    database = settings.database_path
    reached = [] if database is None or _is_shut(database.parent) else [database, Path(f"{database}-wal")]
    for path in (*reached, _ENVIRONMENT):
        if _mode(path) & _OTHERS:
            raise DoctorFinding(text("doctor.others_read", path=path.absolute()), 1)
    return text("doctor.nobody_else" if directory.exists() else "doctor.nobody_else_yet", path=directory)


def backups(settings: Settings, now: datetime | None = None) -> str:
    """Say how old the last backup is, by the file that it left."""
    from memo_coach.operations.backup.status import last_runs  # noqa: PLC0415 - only here

    found = last_runs(settings.backup_status_directory, ("backup",))
    if not found:
        if settings.restic_repository:
            raise DoctorFinding(text("doctor.no_backup_yet"), 1)
        return text("doctor.no_backups", directory=settings.backup_status_directory)
    (last,) = found
    age = (now or datetime.now(UTC)) - last.finished
    moment, hours = f"{last.finished:%Y-%m-%d %H:%M} UTC", number(int(age.total_seconds() // 3600))
    if not last.is_ok:
        raise DoctorFinding(text("doctor.backup_failed", moment=moment), 1)
    if age > OLDEST_BACKUP:
        raise DoctorFinding(text("doctor.backup_old", hours=hours, moment=moment), 1)
    return text("doctor.backup_made", hours=hours, moment=moment)


def _model(settings: Settings, *, asks: bool) -> str:
    if not settings.llm_model:
        return text("doctor.no_model")
    if not asks:
        return text("doctor.model_not_asked", model=settings.llm_model)
    import asyncio  # noqa: PLC0415 - only here

    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from memo_coach.operations.health import Unhealthy  # noqa: PLC0415
    from memo_coach.storage.engine.sqlite_file import DatabaseUnusable  # noqa: PLC0415

    try:
        return asyncio.run(_answer(settings))
    except Unhealthy as error:
        raise DoctorFinding(str(error), 3) from None
    except (SQLAlchemyError, DatabaseUnusable):
        # What it costs is written down, or it is not asked.
        raise DoctorFinding(text("doctor.model_needs_database"), 3) from None


async def _answer(settings: Settings) -> str:
    from memo_coach.services.administration.self_tests import model_test  # noqa: PLC0415 - only here
    from memo_coach.services.coaches.models import open_models  # noqa: PLC0415
    from memo_coach.storage.engine import schema  # noqa: PLC0415
    from memo_coach.storage.engine.database import Database  # noqa: PLC0415

    is_missing = settings.database_path is not None and not settings.database_path.exists()
    database = Database(settings.database_url, pooled=False)
    try:
        if is_missing or not (await schema.status(database)).is_usable:
            raise DoctorFinding(text("doctor.model_needs_database"), 3)
        models = await open_models(settings, database)
        try:
            return await model_test(models)()
        finally:
            await models.close()
    finally:
        await database.close()


def _existing(directory: Path) -> Path:
    return next(path for path in (directory, *directory.parents) if path.exists())


def _is_shut(directory: Path) -> bool:
    """Whether others cannot get at what is in a directory, whatever its own modes are."""
    return not _mode(directory) & stat.S_IXOTH


def _mode(path: Path) -> int:
    """Return what may be done with a file; nothing where there is none."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0
