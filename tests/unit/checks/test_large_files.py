"""The check that nothing large was added by mistake."""

from __future__ import annotations

from pathlib import Path

from tests.checks.large_files import MOST_BYTES, large_files
from tests.checks.repository import git


def test_a_file_is_named_from_its_size_on_unless_git_ignores_it(tmp_path: Path) -> None:
    git("init", "--quiet", repository=tmp_path)
    (tmp_path / ".gitignore").write_text("ignored.bin\n")
    for name, size in (
        ("small.bin", MOST_BYTES),
        ("large.bin", MOST_BYTES + 1),
        ("ignored.bin", 9 * MOST_BYTES),
    ):
        (tmp_path / name).write_bytes(bytes(size))
    assert [fault.partition(":")[0] for fault in large_files(tmp_path)] == ["large.bin"]


def test_there_is_none_here() -> None:
    assert list(large_files()) == []
