"""Every run leaves its result, whole and readable, and keeps others of its kind away."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from memo_coach.operations.backup.errors import BackupError, OtherRunActive, RestoreRefused
from memo_coach.operations.backup.processes import run
from memo_coach.operations.backup.running import run_recorded
from memo_coach.operations.backup.status import Record, only_one


async def works(record: Record) -> str:
    record.details["snapshot"] = "abc"
    return "done"


def result_in(directory: Path) -> dict[str, object]:
    document: dict[str, object] = json.loads((directory / "backup.json").read_text())
    return document


def test_a_good_run_leaves_its_result_and_nothing_else(tmp_path: Path) -> None:
    assert run_recorded(tmp_path / "status", "backup", works) == "done"
    left = result_in(tmp_path / "status")
    assert {key: left[key] for key in ("kind", "result", "snapshot")} == {
        "kind": "backup", "result": "ok", "snapshot": "abc",
    }  # fmt: skip
    assert isinstance(left["seconds"], float)
    assert str(left["started"]) <= str(left["finished"])
    assert sorted(path.name for path in (tmp_path / "status").iterdir()) == [".backup.lock", "backup.json"]


def test_a_failed_run_leaves_its_sentence(tmp_path: Path) -> None:
    async def fails(_record: Record) -> None:
        raise BackupError("It broke.")

    with pytest.raises(BackupError, match="It broke"):
        run_recorded(tmp_path, "backup", fails)
    assert (result_in(tmp_path)["result"], result_in(tmp_path)["error"]) == ("failed", "It broke.")


def test_an_error_that_nobody_foresaw_is_recorded_without_its_words(tmp_path: Path) -> None:
    async def breaks(_record: Record) -> None:
        raise ZeroDivisionError("password=secret")

    with pytest.raises(ZeroDivisionError):
        run_recorded(tmp_path, "backup", breaks)
    assert "secret" not in str(result_in(tmp_path))


def test_a_refusal_leaves_the_last_result(tmp_path: Path) -> None:
    async def refuses(_record: Record) -> None:
        raise RestoreRefused("No.")

    run_recorded(tmp_path, "backup", works)
    with pytest.raises(RestoreRefused):
        run_recorded(tmp_path, "backup", refuses)
    assert result_in(tmp_path)["result"] == "ok"


def test_a_status_that_cannot_be_written_fails_a_good_run_and_hides_no_failure(tmp_path: Path) -> None:
    (tmp_path / "backup.json").mkdir()

    async def fails(_record: Record) -> None:
        raise BackupError("It broke.")

    with pytest.raises(BackupError, match="status file"):
        run_recorded(tmp_path, "backup", works)
    with pytest.raises(BackupError, match=r"It broke\. The status file"):
        run_recorded(tmp_path, "backup", fails)
    assert list(tmp_path.glob(".backup.*")) == [tmp_path / ".backup.lock"]


def test_one_run_of_a_kind_at_a_time(tmp_path: Path) -> None:
    with only_one(tmp_path, "backup"):
        with pytest.raises(OtherRunActive), only_one(tmp_path, "backup"):
            pass
        with only_one(tmp_path, "check"):
            pass


def test_a_signal_cancels_the_work_and_what_it_started(tmp_path: Path) -> None:
    async def waits(_record: Record) -> None:
        asyncio.get_running_loop().call_later(0.2, os.kill, os.getpid(), signal.SIGTERM)
        await run(["sh", "-c", f"trap 'touch {tmp_path}/told; exit 1' TERM; sleep 60 & wait"], os.environ)

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(BackupError, match="stopped by a signal"):
        run_recorded(tmp_path, "backup", waits)
    assert (tmp_path / "told").exists()
    assert result_in(tmp_path)["result"] == "failed"
    assert signal.getsignal(signal.SIGTERM) == before
