"""Which files are shell scripts."""

from pathlib import Path

import pytest

from tests.checks.shell_scripts import is_shell_script


@pytest.mark.parametrize(
    ("name", "first_line", "expected"),
    [
        ("run", "#!/usr/bin/env bash", True),
        ("run", "#!/bin/sh", True),
        ("run", "#!/bin/sh -eu", True),
        ("run", "#! /usr/bin/env -S bash -e", True),
        ("library.sh", "# sourced by others", True),
        ("run.j2", "#!/bin/sh", True),
        ("run", "#!/usr/bin/env python3", False),
        ("run", "#!/usr/bin/fish", False),
        ("notes.md", "#!/bin/shell is not a shell", False),
        ("empty", "", False),
    ],
)
def test_a_script_is_known_by_its_first_line_or_its_extension(
    name: str, first_line: str, expected: bool, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(f"{first_line}\n")
    assert is_shell_script(file) is expected
