"""The Postgres of tests has its folder in memory where that has room, else with all temporary files."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import postgres_server
from tests.postgres_server import ROOM_IN_MEMORY


@pytest.mark.parametrize(("free", "is_taken"), [(ROOM_IN_MEMORY, True), (ROOM_IN_MEMORY - 1, False)])
def test_memory_is_taken_only_where_it_has_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, is_taken: bool
) -> None:
    monkeypatch.setattr(postgres_server, "IN_MEMORY", tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=free))
    assert postgres_server._in_memory() == (tmp_path if is_taken else None)


def test_where_there_is_no_such_folder_the_usual_one_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_server, "IN_MEMORY", tmp_path / "none")
    assert postgres_server._in_memory() is None
