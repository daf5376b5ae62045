"""A server that has just booted may refuse SSH for a moment; one that goes on refusing is a failure."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.rehearsal import ansible, commands, paths
from tests.rehearsal.ansible import Control, Key
from tests.rehearsal.cloud import Cloud

REFUSED_TWICE = """#!/bin/sh
echo asked >> "$0.asked"
[ "$(wc -l < "$0.asked")" -gt 2 ] || { echo 'ssh: connect to host: Connection refused' >&2; exit 255; }
echo root
"""
NO_SUDO = "#!/bin/sh\necho 'sudo: a password is required' >&2; exit 1\n"


@pytest.fixture
def control(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Control:
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "LOGS", tmp_path)
    monkeypatch.setattr(paths, "RUN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with subprocess.Popen(["true"]) as ended:
        cloud = Cloud("http://127.0.0.9", ended, outputs={"ipv4_address": "127.0.0.9"})
    return Control(cloud, Key(tmp_path / "administrator"), "127.0.0.9")


def answer_ssh_with(script: str) -> None:
    program = paths.RUN / "ssh"
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)


def test_a_refused_connection_is_tried_again_until_the_server_lets_in(control: Control) -> None:
    answer_ssh_with(REFUSED_TWICE)
    assert control.becomes() is None
    assert commands.until("An entry by SSH", control.becomes, 30, every=0.01) == "root"


def test_a_server_that_lets_in_but_gives_no_leave_is_a_failure_at_once(control: Control) -> None:
    answer_ssh_with(NO_SUDO)
    with pytest.raises(commands.CommandFailedError, match="a password is required"):
        control.becomes()


def test_ssh_that_goes_on_refusing_is_a_failure_in_the_end(control: Control) -> None:
    answer_ssh_with(f"#!/bin/sh\nexit {ansible.NOT_ENTERED}\n")
    with pytest.raises(commands.RehearsalError, match="An entry by SSH did not come true"):
        commands.until("An entry by SSH", control.becomes, 0.05, every=0.01)
