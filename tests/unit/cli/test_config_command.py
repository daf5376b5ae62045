"""``memo-coach config``: the documents by the command line, on both databases."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any

from sqlalchemy import text

from memo_coach.services.accounts.principal import Actor
from memo_coach.services.administration.document_kinds import shipped
from memo_coach.services.container import Services
from tests.unit.cli.test_command_line import assert_one_line, run


async def command(directory: Path, *arguments: str, **given: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command beside the services, which may be in the middle of a transaction."""
    return await asyncio.to_thread(run, directory, *arguments, **given)


STATUS = "rubric/status-update"
RENAMED = shipped()[STATUS].replace("Where it stands", "How it stands today")


async def test_a_document_is_shown_saved_listed_and_rolled_back_while_a_server_runs(
    services: Services, tmp_path: Path, migrated_url: str
) -> None:
    async def config(*arguments: str, given: str = "") -> str:
        answer = await command(
            tmp_path, "config", *arguments, given=given.encode(), DATABASE_URL=migrated_url
        )
        assert (answer.returncode, answer.stderr) == (0, b""), answer.stderr.decode()
        return answer.stdout.decode()

    assert await config("show", STATUS) == shipped()[STATUS]
    assert "Version 1 is saved" in await config("set", STATUS, "-", "--note", "Clearer", given=RENAMED)
    snapshot = await services.in_force.renew()
    changed = snapshot.rubric("status-update")
    assert changed is not None
    assert changed.criteria[0].name["en"] == "How it stands today"
    newest, first = (await config("history", STATUS)).splitlines()
    assert newest.startswith("1  ")
    assert newest.endswith("Clearer")
    assert first.startswith("0  ")
    assert "Version 2" in await config("rollback", STATUS, "0")
    assert await config("show", STATUS) == shipped()[STATUS]
    assert await config("show", STATUS, "--version", "1") == RENAMED
    assert await config("check") == "Every document can be read.\n"


async def test_what_cannot_be_saved_is_told_with_its_lines(
    services: Services, tmp_path: Path, migrated_url: str
) -> None:
    broken = RENAMED.replace("indicators:", "indicatoors:", 1).encode()
    number = RENAMED[: RENAMED.index("indicators:")].count("\n") + 1
    for asked in (("check", STATUS, "-"), ("set", STATUS, "-")):
        answer = await command(tmp_path, "config", *asked, given=broken, DATABASE_URL=migrated_url)
        assert answer.returncode == 1
        assert f":{number}: " in answer.stdout.decode()
    spanish = await command(
        tmp_path, "--interface-language", "es", "config", "check", STATUS, "-", given=broken,
        DATABASE_URL=migrated_url,
    )  # fmt: skip
    assert "clave desconocida 'indicatoors'" in spanish.stdout.decode()
    await services.documents.save(Actor(name="ada@example.org"), STATUS, RENAMED, base=0)
    late = await command(
        tmp_path, "config", "set", STATUS, "-", "--base", "0", given=shipped()[STATUS].encode() + b"# x\n",
        DATABASE_URL=migrated_url,
    )  # fmt: skip
    assert_one_line(late, 1, "has saved version 1")
    async with services.database.write() as session:
        await session.execute(text("UPDATE document_versions SET text = 'x' WHERE version = 1"))
    answer = await command(tmp_path, "config", "check", DATABASE_URL=migrated_url)
    assert answer.returncode == 1
    assert "Version 0 serves in its place" in answer.stdout.decode()
    report = await services.health.ready()
    (told,) = [check.detail for check in report.checks if check.name == "documents"]
    assert report.ok, "the last good version serves"
    assert "Version 0 serves in its place" in told
