"""What Alembic runs for each command. :mod:`memo_coach.storage.engine.schema` passes an open connection."""

from __future__ import annotations

import asyncio
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlmodel.sql.sqltypes import AutoString

from memo_coach.storage.tables import UtcDateTime, metadata


def _plain_type(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write a step with the database's own types, so that it still runs when the models have moved on."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite cannot alter most of a table: Alembic copies it instead.
        render_as_batch=connection.dialect.name == "sqlite",
        # The caller's transaction holds it all: either every step is done or none.
        transactional_ddl=True,
        compare_type=True,
        render_item=_plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _from_command_line() -> None:
    """Serve a developer's ``alembic revision --autogenerate``, which opens the configured database itself."""
    from memo_coach.settings import load_settings  # noqa: PLC0415 - the service passes a connection instead
    from memo_coach.storage.engine.database import Database  # noqa: PLC0415

    database = Database(load_settings().database_url)
    async with database.write_connection() as connection:
        await connection.run_sync(_run)
    await database.close()


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(_from_command_line())
else:
    _run(given)
