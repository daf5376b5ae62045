"""Whatever fits the API's description, and whatever does not, asked by Schemathesis with all of its checks.

`make fuzz` runs this with many examples; the suite with few, the same each time.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from memo_coach.services.accounts.tokens import SCOPES
from tests.integration.api.generous_server import GenerousServer

MEMO = "Subject: A second pump\n\nPlease approve 12,000 EUR for a second pump by 1 June."
REFUSED_FOR_ANOTHER_REASON = ("401", "403", "404", "406", "409", "412", "422", "428", "429", "503")
"""What fits the description is done, or refused for a reason that no description can have: never with 400."""
LEFT_OUT = ("delete_me", "export")
"""One ends the token that all this is asked with, the other makes twenty PDFs: each has tests of its own."""


def server_in(folder: Path) -> GenerousServer:
    """Return a server with accounts, not started: only there somebody administers by a token."""
    return GenerousServer(folder, AUTH_MODE="accounts")


def token_at(server: GenerousServer) -> str:
    """Return an administrator's token, with every scope. They have a memo and an evaluation of it."""
    _command(server, "users", "add", "root@example.org", "--admin", "--link")
    owner = _command(server, "visitors", "list").split()[0]
    scopes = (word for scope in SCOPES for word in ("--scope", scope))
    token = _command(server, "tokens", "add", "--owner", owner, "--name", "x", *scopes).strip()
    with server.client(Authorization=f"Bearer {token}") as program:
        program.post("/api/v1/evaluations?wait=5", json={"text": MEMO}).raise_for_status()
    return token


def _command(server: GenerousServer, *arguments: str) -> str:
    command = [str(Path(sys.executable).with_name("memo-coach")), *arguments]
    return subprocess.run(command, env=server.environment, check=True, capture_output=True, text=True).stdout


def ask_anything(server: GenerousServer, examples: int, folder: Path, *, seed: int | None = None) -> str:
    """Return what was found; nothing where nothing was."""
    refused = ", ".join(f'"{status}"' for status in ("2xx", "304", *REFUSED_FOR_ANOTHER_REASON))
    configuration = folder / "schemathesis.toml"
    configuration.write_text(f"[checks.positive_data_acceptance]\nexpected-statuses = [{refused}]\n", "ascii")
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration)),
        *("run", f"{server.url}/api/openapi.json", "--checks", "all", "--max-examples", str(examples)),
        *("--header", f"Authorization: Bearer {token_at(server)}", "--suppress-health-check", "all"),
        *(word for operation in LEFT_OUT for word in ("--exclude-operation-id", operation)),
        *(("--seed", str(seed), "--generation-deterministic") if seed is not None else ()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def main() -> int:
    """Ask as many examples of each address as are named."""
    with tempfile.TemporaryDirectory() as folder:
        server = server_in(Path(folder) / "server")
        server.start()
        try:
            found = ask_anything(server, int(sys.argv[1]), Path(folder))
        finally:
            server.stop()
    print(found or "No finding.")  # noqa: T201 - it is a program
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
