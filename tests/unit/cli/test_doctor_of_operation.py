"""``memo-coach doctor`` on running: room on the disk, who else can read, the age of backups, the model."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from memo_coach.cli import doctor_operation
from memo_coach.cli.doctor_finding import DoctorFinding
from memo_coach.operations import health
from memo_coach.settings import Settings, load_settings
from tests.unit.cli.test_command_line import run

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def found(check: Callable[[Settings], str], settings: Settings) -> str:
    try:
        return f"ok: {check(settings)}"
    except DoctorFinding as finding:
        return f"wrong: {finding}"


def installation(directory: Path, **environment: str) -> Settings:
    return load_settings({"DATA_DIR": str(directory), **environment}, env_file=None)


def test_the_doctor_says_how_old_the_last_backup_is(tmp_path: Path) -> None:
    settings = installation(tmp_path)

    def said(settings: Settings) -> str:
        return found(lambda each: doctor_operation.backups(each, NOW), settings)

    assert said(settings).startswith("ok: none are made here")
    assert "no backup was made" in said(installation(tmp_path, RESTIC_REPOSITORY="/backups"))
    settings.backup_status_directory.mkdir()
    for result, hours, told in (
        ("ok", 9, "ok: the last one is 9 hours old, of 2026-11-30 03:00 UTC."),
        ("ok", 27, "wrong: the last one is 27 hours old"),
        ("failed", 9, "wrong: the last one, of 2026-11-30 03:00 UTC, failed."),
    ):
        finished = (NOW - timedelta(hours=hours)).isoformat()
        status = {"kind": "backup", "result": result, "finished": finished, "seconds": 3}
        (settings.backup_status_directory / "backup.json").write_text(json.dumps(status), encoding="utf-8")
        assert said(settings).startswith(told)


def test_the_doctor_says_who_else_on_the_machine_can_read_or_write(tmp_path: Path) -> None:
    settings = installation(tmp_path)
    database = settings.database_path
    assert database is not None
    database.write_bytes(b"")
    for directory, file, told in (
        (0o700, 0o644, "ok: no other account"),
        (0o755, 0o640, "ok: no other account"),
        (0o755, 0o644, f"wrong: others on this machine can read {database}"),
        (0o777, 0o640, f"wrong: others on this machine can write to {tmp_path}"),
    ):
        database.chmod(file)
        tmp_path.chmod(directory)
        assert found(doctor_operation.permissions, settings).startswith(told), (directory, file)
    tmp_path.chmod(0o700)


def test_the_doctor_says_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = installation(tmp_path / "not made yet")
    assert f"MiB are free on the disk of {tmp_path}." in found(doctor_operation.disk, settings)
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 2**80)
    assert found(doctor_operation.disk, settings).startswith("wrong: ")


def test_the_doctor_asks_the_model_where_it_is_told_to_and_only_then(tmp_path: Path) -> None:
    model = {"LLM_MODEL": "openai/none", "LLM_API_BASE": "http://127.0.0.1:9/v1", "LLM_API_KEY": "none"}
    untold = run(tmp_path, "doctor", **model)
    assert b"openai/none was not asked. With --ask-model it is" in untold.stdout
    asked = run(tmp_path, "doctor", "--ask-model", **model)
    assert b"wrong   model: it was not asked, for the database" in asked.stdout
    assert asked.returncode == 3
    assert run(tmp_path, "db", "upgrade", **model).returncode == 0
    asked = run(tmp_path, "doctor", "--ask-model", LLM_CONNECT_SECONDS="1", LLM_TIMEOUT_SECONDS="2", **model)
    assert b"wrong   model: openai/none gave no answer" in asked.stdout, asked
