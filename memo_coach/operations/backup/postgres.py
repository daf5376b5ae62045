"""Postgres: a dump and its figures, both of one moment; a restored database in the place of another."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import DBAPIError

from memo_coach.operations.backup.configuration import BackupConfiguration
from memo_coach.operations.backup.databases import Contents, contents_of, holds_peoples_data
from memo_coach.operations.backup.errors import BackupError
from memo_coach.operations.backup.processes import Child, Finished
from memo_coach.operations.backup.restic import Restic
from memo_coach.storage.engine import postgres
from memo_coach.storage.engine.database import Database, OpenConnection
from memo_coach.translations.sentences import sentence

MAINTENANCE_DATABASE = "postgres"
"""Where one stands while databases are made and renamed."""
SWAP_ATTEMPTS = 5
"""A server may connect again between the moment it is disconnected and the renaming."""
_LONGEST_NAME = 63
_LONGEST_REASON = 300
_LOCK_PATIENCE_MILLISECONDS = 60_000
_BROKEN_PIPE = "broken pipe"
_PARAMETERS = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "application_name": "PGAPPNAME",
    "channel_binding": "PGCHANNELBINDING",
    "gssencmode": "PGGSSENCMODE",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}


def client_environment(url: URL) -> dict[str, str]:
    """Return the variables with which Postgres's programs reach a database: no argument holds any of it."""
    given = url.translate_connect_args(username="user", database="dbname")
    values = {name: given.get(name) or url.query.get(name) for name in _PARAMETERS}
    return {_PARAMETERS[name]: str(value) for name, value in values.items() if value}


class PostgresBackup:
    """The database that is configured, as something to back up and to replace."""

    def __init__(self, configuration: BackupConfiguration) -> None:
        self._url = make_url(configuration.database_url)
        self._address = configuration.database_url
        self._tools = configuration.tools
        self._masked = configuration.masked
        stamp = f"{datetime.now(UTC):%Y%m%dt%H%M%S}"
        self.fresh, self.replaced = self._beside(f"_restoring_{stamp}"), self._beside(f"_replaced_{stamp}")

    @property
    def name(self) -> str:
        """The database's name."""
        return self._url.database or ""

    async def store(
        self, restic: Restic, name: str, tags: tuple[str, ...], moment: datetime
    ) -> tuple[str, Contents]:
        """Dump the database into the repository; give the snapshot and what the database held in that dump.

        Raises:
            BackupError: the dump or the repository failed; there is no snapshot then.
        """
        async with self._reading(self._url) as connection:
            exported = (await connection.execute(text("SELECT pg_export_snapshot()"))).scalar_one()
            contents = await connection.run_sync(contents_of)
            command = (
                "pg_dump", "--format=custom", "--compress=0",
                "--no-owner", "--no-privileges", "--no-password",
                f"--lock-wait-timeout={_LOCK_PATIENCE_MILLISECONDS}", f"--snapshot={exported}",
            )  # fmt: skip
            environment = self._client(self._url)
            snapshot = await restic.store_command(command, environment, name=name, tags=tags, moment=moment)
            return snapshot, contents

    async def is_empty(self) -> bool:
        """Whether nobody has written anything into the database."""
        async with self._reading(self._url) as connection:
            return not await connection.run_sync(holds_peoples_data)

    async def receive(self, restic: Restic, snapshot: str, name: str) -> None:
        """Restore a dump into the empty database.

        Raises:
            BackupError: either program failed.
        """
        reading, writing = os.pipe()
        command = (
            "pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password",
            f"--dbname={self.fresh}",
        )  # fmt: skip
        try:
            async with Child(command, self._client(self._fresh), stdin=reading) as restoring:
                os.close(reading)
                reading = -1
                async with restic.writing(snapshot, name, writing) as dumping:
                    os.close(writing)
                    writing = -1
                    dumped, restored = await asyncio.gather(dumping.finish(), restoring.finish())
        finally:
            for end in (reading, writing):
                if end >= 0:
                    os.close(end)
        self._look_at(restic, dumped, restored)

    @asynccontextmanager
    async def room(self) -> AsyncIterator[None]:
        """Make an empty database beside the present one; remove it at the end, unless it replaced that."""
        await self._remove_left_behind()
        await self._make()
        try:
            yield
        finally:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)")
            await self._maintain(drop.format(sql.Identifier(self.fresh)))

    def _look_at(self, restic: Restic, dumped: Finished, restored: Finished) -> None:
        """Blame the one of the two that failed first: the other one then lacks its counterpart."""
        only_lost_its_reader = restored.status != 0 and _BROKEN_PIPE in dumped.complaints.casefold()
        if dumped.status and not (only_lost_its_reader or dumped.status < 0 < restored.status):
            raise BackupError(restic.fault(dumped))
        if restored.status:
            said = self._masked(" ".join(restored.complaints.split())) or f"status {restored.status}"
            raise BackupError(sentence("backup.dump_not_restored", reason=said[:_LONGEST_REASON].rstrip(".")))

    @property
    def fresh_url(self) -> str:
        """The database that was restored."""
        return self._fresh.render_as_string(hide_password=False)

    @property
    def _fresh(self) -> URL:
        return self._url.set(database=self.fresh)

    async def fresh_contents(self) -> Contents:
        """Return what the restored database holds."""
        async with self._reading(self._fresh) as connection:
            contents: Contents = await connection.run_sync(contents_of)
            return contents

    async def swap(self) -> str:
        """Put the restored database into the place of the present one; give the name that that has now.

        Both are renamed in one transaction: either both have their new names, or neither.

        Raises:
            BackupError: somebody keeps the present database busy, or the role may not rename.
        """
        renaming = [
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
            for old, new in ((self.name, self.replaced), (self.fresh, self.name))
        ]
        for _ in range(SWAP_ATTEMPTS):
            with suppress(psycopg.errors.ObjectInUse):
                async with self._maintenance(autocommit=False) as connection:
                    await connection.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname IN (%s, %s) AND pid <> pg_backend_pid()",
                        [self.name, self.fresh],
                    )
                    for statement in renaming:
                        await connection.execute(statement)
                return self.replaced
        raise BackupError(sentence("backup.in_use", database=self.name))

    async def _make(self) -> None:
        """Make the empty database, as closed to other roles as the present one is."""
        fresh = sql.Identifier(self.fresh)
        async with self._maintenance() as connection:
            await connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(fresh))
            open_to_all = await connection.execute(
                "SELECT has_database_privilege('public', %s, 'CONNECT')", [self.name]
            )
            if await open_to_all.fetchone() == (False,):
                await connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(fresh))

    async def _remove_left_behind(self) -> None:
        """Remove what restores left that were killed. One that somebody is connected to is left alone."""
        pattern = (
            self._beside("_restoring_").replace("\\", "\\\\").replace("_", r"\_").replace("%", r"\%") + "%"
        )
        async with self._maintenance() as connection:
            found = await connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s"
                " AND datname NOT IN (SELECT datname FROM pg_stat_activity WHERE datname IS NOT NULL)",
                [pattern],
            )
            for (name,) in await found.fetchall():
                with suppress(psycopg.errors.ObjectInUse):
                    await connection.execute(
                        sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
                    )

    async def _maintain(self, statement: sql.Composed) -> None:
        async with self._maintenance() as connection:
            await connection.execute(statement)

    @asynccontextmanager
    async def _maintenance(self, *, autocommit: bool = True) -> AsyncIterator[psycopg.AsyncConnection]:
        variables = client_environment(self._url)
        given = {name: variables[variable] for name, variable in _PARAMETERS.items() if variable in variables}
        target = make_conninfo(**{**given, "dbname": MAINTENANCE_DATABASE})
        try:
            async with await psycopg.AsyncConnection.connect(target, autocommit=autocommit) as connection:
                yield connection
        except psycopg.errors.ObjectInUse:
            raise
        except psycopg.Error as error:
            raise BackupError(postgres.sentence(error, self._address, "restored")) from error

    @asynccontextmanager
    async def _reading(self, url: URL) -> AsyncIterator[OpenConnection]:
        # It holds one state of the database for as long as a dump takes, however long that is.
        database = Database(url.render_as_string(hide_password=False), pooled=False, longest_statement=0)
        try:
            async with database.read_connection() as connection:
                yield connection
        except DBAPIError as error:
            raise database.unusable("read", error) from error
        finally:
            await database.close()

    def _client(self, url: URL) -> Mapping[str, str]:
        return {**self._tools, **client_environment(url)}

    def _beside(self, ending: str) -> str:
        """Return the name of another database that shows whose it is, within what Postgres allows."""
        return f"{self.name[: _LONGEST_NAME - len(ending)]}{ending}"
