"""A restore that cannot be right ends before anything is replaced."""

from __future__ import annotations

import asyncio
import json
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memo_coach.operations.backup.manifest import DUMPS, MANIFEST, manifest_from
from memo_coach.operations.backup.restic import Restic
from memo_coach.operations.backup.runs import DATABASE, MANIFEST_KIND, tags_of
from tests.databases import only_on_postgres, only_on_sqlite
from tests.integration.backup.conftest import databases_beside
from tests.integration.backup.installation import SITE, Installation, appears
from tests.postgres_server import PostgresServer
from tests.waiting import PATIENCE_SECONDS


def damage(repository: Path, *, truncate: bool) -> None:
    """Damage every file that holds data, as a bad disk does."""
    for pack in (each for each in repository.glob("data/*/*") if each.is_file()):
        pack.chmod(0o600)
        content = bytearray(pack.read_bytes())
        content[50:60] = b"x" * 10
        pack.write_bytes(content[: len(content) // 2] if truncate else content)


def store_another_run(installation: Installation, **changed: object) -> None:
    """Store the last run once more, with another manifest."""

    async def store() -> None:
        restic = Restic(installation.configuration)
        first = installation.status("backup")
        found = await restic.snapshots()
        (stored,) = [each for each in found if each.tags == {"kind": MANIFEST_KIND, "run": first["run"]}]
        manifest = manifest_from(await restic.content(stored.id, MANIFEST))
        name, moment = DUMPS[manifest.database], datetime.now(UTC)
        dump = await restic.content(manifest.database_snapshot, name)
        snapshot = await restic.store_stream(
            dump, name=name, tags=tags_of("another", DATABASE), moment=moment
        )
        changes = {"run": "another", "database_snapshot": snapshot, **changed}
        content = json.dumps({**json.loads(manifest.as_bytes()), **changes}).encode()
        await restic.store_stream(
            content, name=MANIFEST, tags=tags_of("another", MANIFEST_KIND), moment=moment
        )

    asyncio.run(store())


@pytest.mark.parametrize("truncate", [False, True], ids=["changed", "cut short"])
def test_a_damaged_repository_is_found_by_a_check_and_restores_nothing(
    installation: Installation, truncate: bool
) -> None:
    installation.succeeds("backup")
    before = installation.figures()
    assert installation.succeeds("backup", "check", "--part", "100%") == "The repository is whole.\n"
    damage(installation.repository, truncate=truncate)
    assert "damaged" in installation.fails(3, "backup", "check", "--part", "100%")
    assert installation.status("check")["result"] == "failed"
    installation.fails(3, "restore", "--replace", SITE)
    assert installation.figures() == before


def test_a_backup_that_is_not_what_its_manifest_says_replaces_nothing(installation: Installation) -> None:
    installation.succeeds("backup")
    before = installation.figures()
    tables = {name: {"rows": each.rows, "sha256": each.sha256} for name, each in before.items()}
    tables["memos"]["sha256"] = "0" * 64
    store_another_run(installation, tables=tables)
    line = installation.fails(3, "restore", "--replace", SITE, "--snapshot", "another")
    assert "differs from what was backed up in memos" in line
    assert installation.status("restore")["error"] in line
    assert installation.figures() == before
    assert list(installation.data.glob("*replaced*")) == []


@only_on_sqlite
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"revision": "9999", "program": "99.0"}, "newer version (99.0, migration 9999)"),
        ({"database": "postgresql"}, "postgresql database"),
        ({"format": 2}, "newer version"),
    ],
    ids=["migration", "database", "manifest"],
)
def test_a_backup_that_this_installation_cannot_hold_is_refused(
    installation: Installation, changed: dict[str, object], sentence: str
) -> None:
    installation.succeeds("backup")
    if "database" in changed:
        # Its dump lies under another name then, and is never asked for.
        changed = {**changed}
        store = {"format": 1} | changed
        store_another_run(installation, **store)
    else:
        store_another_run(installation, **changed)
    before = installation.figures()
    ended = installation.command("restore", "--replace", SITE, "--snapshot", "another")
    assert ended.returncode in {1, 3}
    assert sentence in ended.stderr
    assert installation.figures() == before


@only_on_postgres
@pytest.mark.parametrize("program", ["restic", "pg_restore"])
def test_either_program_that_fails_fails_the_restore(
    installation: Installation, program: str, postgres: PostgresServer
) -> None:
    installation.succeeds("backup")
    before = installation.figures()
    scripts = {
        "restic": 'case "$*" in *database.dump*) "$REAL" "$@" | head -c 9000; exit 1;; esac\n'
        'exec "$REAL" "$@"',
        "pg_restore": 'head -c 9000 >/dev/null; echo "pg_restore: error: out of luck" >&2; exit 1',
    }
    installation.put_program(program, scripts[program])
    line = installation.fails(3, "restore", "--replace", SITE)
    if program == "pg_restore":
        assert "out of luck" in line
    assert installation.figures() == before
    assert databases_beside(postgres, installation.environment["DATABASE_URL"]) == []


def test_a_restore_that_is_killed_leaves_the_old_data_and_the_next_one_cleans_up(
    installation: Installation, request: pytest.FixtureRequest
) -> None:
    backed_up = installation.figures()
    installation.succeeds("backup")
    installation.write("second")
    before = installation.figures()
    if installation.is_on_sqlite:
        reached = installation.hang_at("restic", 'case "$*" in *database.sqlite*) true;; *) false;; esac')
    else:
        reached = installation.hang_at("pg_restore")
    running = installation.started("restore", "--replace", SITE)
    appears(reached)
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=PATIENCE_SECONDS)
    assert installation.figures() == before
    installation.remove_programs()
    installation.succeeds("restore", "--replace", SITE)
    assert installation.figures() == backed_up
    if installation.is_on_sqlite:
        assert list(installation.data.glob(".restore-*")) == []
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        (kept,) = databases_beside(server, installation.environment["DATABASE_URL"])
        assert "_replaced_" in kept
