"""``memo-coach config``: the documents by the command line, on both databases."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any

from sqlalchemy import text

from memo_coach.coaching.measure.grading import FEWEST_MEMOS
from memo_coach.coaching.rubric.reader import FOLDER
from memo_coach.services.accounts.principal import Actor
from memo_coach.services.administration.document_kinds import shipped
from memo_coach.services.container import Services
from tests.annotated import write_document
from tests.unit.cli.test_command_line import MEMO, assert_one_line, run


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


async def test_a_file_is_judged_by_the_rubrics_that_were_saved_and_by_no_retired_one(
    services: Services, tmp_path: Path, migrated_url: str
) -> None:
    ada = Actor(name="ada@example.org")
    await services.documents.save(ada, STATUS, RENAMED, base=0)
    await services.documents.make_rubric(ada, "board-memo", like="decision-memo")
    await services.documents.retire_rubric(ada, "policy-memo", base=0)

    async def judged(rubric: str) -> subprocess.CompletedProcess[bytes]:
        return await command(
            tmp_path, "evaluate", "-", "--rubric", rubric, given=MEMO.encode(), DATABASE_URL=migrated_url
        )

    assert "How it stands today" in (await judged("status-update")).stdout.decode()
    assert (await judged("board-memo")).returncode == 0
    assert_one_line(await judged("policy-memo"), 1, "board-memo", "status-update")
    nowhere = "postgresql://memo:password@127.0.0.1:1/memo"
    unreachable = await command(tmp_path, "evaluate", "-", given=MEMO.encode(), DATABASE_URL=nowhere)
    assert_one_line(unreachable, 3)
    by_file = await command(
        tmp_path, "evaluate", "-", "--coach", "builtin", "--rubric-file", str(FOLDER / "status-update.yaml"),
        given=MEMO.encode(), DATABASE_URL=nowhere,
    )  # fmt: skip
    assert by_file.returncode == 0, by_file.stderr.decode()


def test_the_coach_is_compared_with_graded_memos_by_the_saved_rubric_and_by_one_in_a_file(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "graded"
    for place in range(FEWEST_MEMOS):
        write_document(folder, f"set/{place}")
    answer = run(tmp_path, "config", "agree", "rubric/decision-memo", "graded")
    lines = answer.stdout.decode().splitlines()
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert lines[0] == "Judged by the built-in coach: 5 memos"
    assert lines[2].split()[:4] == ["On", "the", "whole", "5"]
    (tmp_path / "mine.yaml").write_text(shipped()["rubric/decision-memo"] + "# mine\n")
    write_document(folder, "broken", overall=7)
    both = run(tmp_path, "config", "agree", "rubric/decision-memo", "graded", "mine.yaml")
    assert both.returncode == 1
    assert "broken: overall: a score is from 1.0 to 5.0 in halves, not 7" in both.stderr.decode()
    headings = [line for line in both.stdout.decode().splitlines() if line.startswith("By the")]
    assert [line.partition(",")[0] for line in headings] == ["By the rubric as typed", "By the saved rubric"]
    (tmp_path / "mine.yaml").write_text("id: x\n")
    asked = ("rubric/decision-memo", "graded", "mine.yaml")
    assert_one_line(run(tmp_path, "config", "agree", *asked), 1, "mine.yaml:1")
    assert_one_line(run(tmp_path, "config", "agree", "rubric/nothing", "graded"), 1, "rubric/nothing")
    assert_one_line(run(tmp_path, "config", "agree", "rubric/decision-memo", "nowhere"), 1, "nowhere")
    assert not (tmp_path / "data").exists()


async def test_a_coach_is_measured_by_a_rubric_that_was_made_here(
    services: Services, tmp_path: Path, migrated_url: str
) -> None:
    write_document(tmp_path / "annotated", "decision/01")
    annotations = tmp_path / "annotated" / "decision" / "01.json"
    annotations.write_text(
        annotations.read_text().replace('"rubric": "decision-memo"', '"rubric": "board-memo"')
    )

    async def measured() -> subprocess.CompletedProcess[bytes]:
        return await command(tmp_path, "eval", "annotated", DATABASE_URL=migrated_url)

    before = await measured()
    assert before.returncode == 1
    assert b"board-memo" in before.stderr
    await services.documents.make_rubric(Actor(name="ada@example.org"), "board-memo", like="decision-memo")
    answer = await measured()
    assert answer.returncode == 0, answer.stderr.decode()
    assert answer.stdout.decode().startswith("Built-in coach: 1 document, 1 run")
