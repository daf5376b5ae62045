"""``memo-coach mcp`` as a client starts it, by the SDK's own client."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.command_line import PROGRAM, run_command

MEMO = "Subject: A second pump\n\nPlease approve a pump for 5,000 EUR by 1 June 2026."
ASKED: list[dict[str, Any]] = [
    {
        "method": "initialize",
        "id": 1,
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "x", "version": "1"},
        },
    },
    {"method": "notifications/initialized"},
    {"method": "tools/list", "id": 2},
]


def environment(directory: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "DATA_DIR": str(directory / "data"), **more}


def started(directory: Path, *arguments: str) -> StdioServerParameters:
    asked = [*PROGRAM[1:], "mcp", *arguments]
    return StdioServerParameters(command=PROGRAM[0], args=asked, env=environment(directory), cwd=directory)


async def test_a_client_starts_it_and_finds_its_feedback_again_the_next_day(tmp_path: Path) -> None:
    async with Client(stdio_client(started(tmp_path))) as client:
        assert len((await client.list_tools()).tools) == 3
        made = await client.call_tool("evaluate_memo", {"text": MEMO})
        assert made.structured_content["status"] == "done", made.content
        # Nobody finds it on a page: it belongs to the command line.
        assert "page" not in made.structured_content
        for wrong in ("", "too long " * 25_000):
            assert (await client.call_tool("evaluate_memo", {"text": wrong})).is_error
        # Somebody else's would be answered as this is: whose it is is looked for in the same way.
        assert (await client.call_tool("get_feedback", {"evaluation": "nothing"})).is_error
    async with Client(stdio_client(started(tmp_path))) as client:
        again = await client.call_tool("get_feedback", {})
        assert again.structured_content == made.structured_content
    owner = said(tmp_path, "visitors", "list").split()[0]
    token = said(tmp_path, "tokens", "add", "--owner", owner, "--name", "x", "--scope", "read")
    (tmp_path / "token").write_text(token)
    async with Client(stdio_client(started(tmp_path, "--token-file", "token"))) as client:
        read = await client.call_tool("get_feedback", {"evaluation": made.structured_content["id"]})
        assert read.structured_content["overall"] == made.structured_content["overall"]
        refused = await client.call_tool("evaluate_memo", {"text": MEMO})
        assert refused.is_error
        assert "write" in str(refused.content)


def said(directory: Path, *arguments: str) -> str:
    answer = run_command(arguments, environment=environment(directory), directory=directory)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.decode()


def test_nothing_but_the_protocol_is_on_standard_output(tmp_path: Path) -> None:
    lines = "".join(f"{json.dumps({'jsonrpc': '2.0', **each})}\n" for each in ASKED)
    answer = subprocess.run(
        [*PROGRAM, "mcp"],
        input=f"this is no JSON\n{lines}".encode(),
        capture_output=True,
        check=False,
        env=environment(tmp_path, LOG_LEVEL="DEBUG"),
        cwd=tmp_path,
        timeout=120,
    )
    assert answer.returncode == 0, answer.stderr
    assert {json.loads(line)["jsonrpc"] for line in answer.stdout.splitlines()} == {"2.0"}


def test_who_is_nobody_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("mct_" + "x" * 43)
    asked: list[tuple[list[str], dict[str, str]]] = [
        (["--owner", "nobody"], {}),
        (["--token-file", "token"], {}),
        (["--token-file", "absent"], {}),
        ([], {"AUTH_MODE": "accounts"}),
    ]
    for arguments, variables in asked:
        answer = subprocess.run(
            [*PROGRAM, "mcp", *arguments],
            capture_output=True,
            check=False,
            env=environment(tmp_path, LOG_LEVEL="ERROR", **variables),
            cwd=tmp_path,
            timeout=120,
            input=b"",
        )
        assert (answer.returncode, answer.stdout) == (1, b""), answer.stderr
        assert answer.stderr.decode().splitlines()[-1].startswith("memo-coach: ")
        assert b"Traceback" not in answer.stderr
