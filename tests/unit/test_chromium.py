"""Where there is no Chromium, one process of a run installs it, and the others find what it has installed.

End-to-end tests take the program without windows where it is or can be had, and the whole one elsewhere.
"""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import chromium

PROCESSES = 3
PROGRAM = shutil.which("true") or "/bin/true"


def test_whoever_waited_for_an_install_makes_none_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    all_have_looked = threading.Barrier(PROCESSES)
    first = threading.local()

    def of_the_system() -> str | None:
        if not hasattr(first, "looked"):
            first.looked = True
            all_have_looked.wait(60)
            return None
        return installed[0] if installed else None

    def of_the_distribution() -> str:
        installed.append("/usr/bin/chromium")
        return installed[0]

    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "_of_the_system", of_the_system)
    monkeypatch.setattr(chromium, "_of_playwright", lambda: None)
    monkeypatch.setattr(chromium, "_of_the_distribution", of_the_distribution)
    with ThreadPoolExecutor(PROCESSES) as processes:
        found = [processes.submit(chromium.chromium.__wrapped__) for _ in range(PROCESSES)]
    assert {each.result() for each in found} == {"/usr/bin/chromium"}
    assert len(installed) == 1


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Have a whole Chromium, no apt-get and nothing tried yet; return the folder of programs."""
    for name in ("chromium", "sh"):
        (tmp_path / name).symlink_to(PROGRAM)
    (tmp_path / "build").mkdir()
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "ROOT", tmp_path)
    monkeypatch.setattr(chromium, "SHELL_TRIED", tmp_path / "build" / "tried")
    monkeypatch.setattr(chromium, "chromium", chromium.chromium.__wrapped__)
    return tmp_path


def without_windows() -> str:
    return chromium.chromium_without_windows.__wrapped__()


def test_where_the_small_program_cannot_be_had_the_whole_one_is_used_and_it_is_said(
    bare_machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert without_windows() == str(bare_machine / "chromium")
    said = capsys.readouterr().err
    assert str(bare_machine / "chromium") in said
    assert "It is installed with apt-get by root" in said


def test_an_installation_that_failed_is_not_tried_again_the_same_day(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried: list[tuple[str, ...]] = []
    (bare_machine / "apt-get").symlink_to(PROGRAM)
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    monkeypatch.setattr(chromium, "_run", lambda *command: tried.append(command))
    for _ in range(2):
        assert without_windows() == str(bare_machine / "chromium")
        assert "chromium-headless-shell" in capsys.readouterr().err
    assert ["install" in command for command in tried] == [True, False, True]


def test_the_small_program_is_used_where_it_is_unless_another_is_named(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare_machine / "chromium-headless-shell").symlink_to(bare_machine / "sh")
    assert without_windows() == str(bare_machine / "chromium-headless-shell")
    monkeypatch.setenv("CHROMIUM", str(bare_machine / "chromium"))
    assert without_windows() == str(bare_machine / "chromium")
