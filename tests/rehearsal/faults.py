"""What must not pass for a backup: a dump that breaks off, a wrong password, a full disk."""

from __future__ import annotations

import re

from tests.rehearsal import stack
from tests.rehearsal.commands import require
from tests.rehearsal.server import Server

PASSWORD_FILE = f"{stack.INSTALLATION}/secrets/restic_password"
ASIDE = "/run/memo-coach-rehearsal-password"
SMALL = "/run/memo-coach-rehearsal-small"
SMALL_MEGABYTES = 12
TRAP = "zzz_rehearsal"
MAKE_TRAP = (
    f"CREATE TABLE {TRAP} (id int); INSERT INTO {TRAP} SELECT generate_series(1, 1000);"
    f"ALTER TABLE {TRAP} OWNER TO memo_coach; ALTER TABLE {TRAP} ENABLE ROW LEVEL SECURITY;"
    f"ALTER TABLE {TRAP} FORCE ROW LEVEL SECURITY;"
)
"""A table at the dump's end that its role may not read whole: pg_dump breaks off when much has been sent."""


def _psql(server: Server, statements: str) -> None:
    stack.compose(
        server,
        "exec",
        "-T",
        "--user",
        "999",
        "postgres",
        "psql",
        "--set=ON_ERROR_STOP=1",
        "--username=postgres",
        "--dbname=memo_coach",
        f"--command={statements}",
    )


def _insist_on_failure(server: Server, what: str, said: tuple[int, str], words: str) -> None:
    status, text = said
    require(status != 0, f"With {what}, the backup ended with 0.")
    require(
        re.search(words, text, re.IGNORECASE),
        f"With {what}, no clear line is said ({words}):\n{text[-2000:]}",
    )
    require("Traceback" not in text, f"With {what}, the backup ends in a traceback:\n{text[-2000:]}")


def _insist_on_status_file(server: Server, what: str) -> None:
    noted = stack.status(server, "backup")
    require(
        noted.get("result") == "failed" and noted.get("error"), f"With {what}, the status file says {noted}."
    )


def without_a_trace(server: Server, before: int) -> None:
    """Insist that nothing that failed counts as a backup."""
    after = stack.snapshots(server)
    require(after == before, f"While backups failed, their number went from {before} to {after}.")


def dump_that_fails(server: Server) -> None:
    """Break the dump in its middle."""
    _psql(server, MAKE_TRAP)
    try:
        said = server.status(stack.COMMAND, "backup", name="faults", seconds=300)
    finally:
        _psql(server, f"DROP TABLE {TRAP};")
    _insist_on_failure(server, "a dump that fails", said, r"dump|row-level|database")
    _insist_on_status_file(server, "a dump that fails")


def wrong_password(server: Server) -> None:
    """Give the backup a password that does not open the repository."""
    # Written into the same file, so that owner and mode stay as the playbook made them.
    server.run("sh", "-c", f"cp -p {PASSWORD_FILE} {ASIDE} && printf not-the-password > {PASSWORD_FILE}")
    try:
        said = server.status(stack.COMMAND, "backup", name="faults", seconds=300)
    finally:
        server.run("sh", "-c", f"cat {ASIDE} > {PASSWORD_FILE} && rm {ASIDE}")
    _insist_on_failure(server, "a wrong repository password", said, r"password")
    _insist_on_status_file(server, "a wrong repository password")


def full_disk(server: Server) -> None:
    """Let the disk under a repository run full; its earlier backup must stay the only one."""
    server.run("mkdir", "-p", SMALL)
    server.run("mount", "-t", "tmpfs", "-o", f"size={SMALL_MEGABYTES}m", "tmpfs", SMALL)
    try:
        _there(server, "backup", "init", must=True)
        _there(server, "backup", must=True)
        server.status("sh", "-c", f"head -c {SMALL_MEGABYTES}m /dev/zero > {SMALL}/filler", name="faults")
        said = _there(server, "backup")
        server.run("rm", "-f", f"{SMALL}/filler")
        _insist_on_failure(server, "a full disk", said, r"space|full|disk")
        kept = stack.count_snapshots(_there(server, "backup", "list", must=True)[1])
        require(kept == 1, f"After one backup and a full disk, the repository has {kept} backups, not one.")
    finally:
        server.run("umount", "--lazy", SMALL, check=False)
        server.run("rmdir", SMALL, check=False)


def _there(server: Server, *command: str, must: bool = False) -> tuple[int, str]:
    """Run a command of the backup job on the small disk's repository."""
    said = server.status(
        *stack.COMPOSE,
        "run",
        "--rm",
        "--no-TTY",
        "--volume",
        f"{SMALL}:/small",
        "--env",
        "RESTIC_REPOSITORY=/small/repository",
        "backup",
        *command,
        name="faults",
        seconds=300,
    )
    require(
        not must or said[0] == 0,
        f"`memo-coach {' '.join(command)}` on a small disk ended with {said[0]}:\n{said[1][-2000:]}",
    )
    return said
