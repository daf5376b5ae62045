"""What stands for `docker compose` in these tests: it runs in place what Compose runs in a container.

Its services are a file's lines; what it was asked is written down. The program runs it as ``docker``.
"""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ["IN_PLACE"])
ACCOUNT = os.environ["IN_PLACE_ACCOUNT"]
"""Postgres refuses to run as root: the number of the account that it runs as, or nothing for our own."""
RUNNING = FOLDER / "running"


def main(arguments: list[str]) -> int:
    """Do what Compose would."""
    asked = arguments[arguments.index("quiet") + 1 :]
    running = RUNNING.read_text().split()
    with (FOLDER / "asked").open("a") as asked_file:
        asked_file.write(" ".join(asked) + "\n")
    match asked:
        case ["ps", *_]:
            sys.stdout.write("".join(f"{name}\n" for name in running))
        case ["stop", *names]:
            if "postgres" in names:
                _control("stop", "--mode=fast")
            _note([name for name in running if name not in names])
        case ["up", *_, name]:
            if name == "postgres" and name not in running:
                _control("start", f"--log={FOLDER / 'log'}")
            _note([*running, name])
        case ["exec", *_]:
            return _run(asked[asked.index("postgres") + 1 :])
        case ["run", *_]:
            return _run(["bash", *asked[asked.index("postgres") + 1 :]])
    return 0


def _note(names: list[str]) -> None:
    RUNNING.write_text("".join(f"{name}\n" for name in dict.fromkeys(names)))


def _control(*arguments: str) -> None:
    _as_account(
        ["pg_ctl", "-D", os.environ["PGDATA"], "-w", *arguments], check=True, stdout=subprocess.DEVNULL
    )


def _run(command: list[str]) -> int:
    return _as_account(command, check=False).returncode


def _as_account(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
    account: dict[str, Any] = {}
    if ACCOUNT:
        account = {"user": int(ACCOUNT), "group": pwd.getpwuid(int(ACCOUNT)).pw_gid, "extra_groups": []}
    return subprocess.run(command, **account, **options)  # noqa: PLW1510 - among the options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
