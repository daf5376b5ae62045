"""``memo-coach visitors``: who is known, and taking back their way in, on both databases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from memo_coach.services.container import Services
from tests.unit.cli.test_command_line import assert_one_line, beside, run

MOMENT = r"\d{4}-\d\d-\d\d \d\d:\d\d"


async def written(services: Services) -> tuple[str, str]:
    """Return the token and the owner of a visitor who wrote something."""
    token, owner = await services.visitors.admit()
    await services.drafts.save(owner, memo_id=None, text="One", rubric="investment-memo", base_revision=0)
    return token, owner


async def test_those_who_wrote_are_listed_without_their_words(
    services: Services, tmp_path: Path, migrated_url: str
) -> None:
    owners = {(await written(services))[1] for _ in range(3)}
    answer = await beside(tmp_path, "visitors", "list", DATABASE_URL=migrated_url)
    assert (answer.returncode, answer.stderr) == (0, b"")
    lines = answer.stdout.decode().splitlines()
    assert {line.split()[0] for line in lines} == owners
    assert all(
        re.fullmatch(r"\S{43}  \d{4}-\d\d-\d\d \d\d:\d\d  \d{4}-\d\d-\d\d \d\d:\d\d", line) for line in lines
    )
    fewer = await beside(tmp_path, "visitors", "list", "--limit", "2", DATABASE_URL=migrated_url)
    assert len(fewer.stdout.split(b"\n")) == 3


async def test_a_session_is_ended_and_no_other(services: Services, tmp_path: Path, migrated_url: str) -> None:
    (token, owner), (other_token, other) = await written(services), await written(services)
    answer = await beside(tmp_path, "visitors", "end", owner, DATABASE_URL=migrated_url)
    assert answer.stdout == b"The session has ended.\n"
    services.visitors._ended._next_look = 0  # type: ignore[union-attr]
    assert await services.visitors.identify(token) is None
    assert await services.visitors.identify(other_token) == other


async def test_all_sessions_are_ended(services: Services, tmp_path: Path, migrated_url: str) -> None:
    tokens = [(await written(services))[0] for _ in range(2)]
    tokens.append((await services.visitors.admit())[0])
    answer = await beside(tmp_path, "visitors", "end", "--all", DATABASE_URL=migrated_url)
    assert b"All sessions" in answer.stdout
    services.visitors._ended._next_look = 0  # type: ignore[union-attr]
    assert [await services.visitors.identify(token) for token in tokens] == [None] * 3


def test_what_cannot_be_done_is_a_sentence(tmp_path: Path, empty_url: str) -> None:
    assert_one_line(run(tmp_path, "visitors", "list", DATABASE_URL=empty_url), 3)
    run(tmp_path, "db", "upgrade", DATABASE_URL=empty_url)
    for unknown in ("x", "-an-id-may-begin-like-an-option", "-hand-like-the-one-for-help", "-"):
        answer = run(tmp_path, "visitors", "end", unknown, DATABASE_URL=empty_url)
        assert_one_line(answer, 1, "no such visitor")


@pytest.mark.parametrize("arguments", [(), ("x", "--all")])
def test_it_is_to_be_said_whose_session(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    answer = run(tmp_path, "visitors", "end", *arguments)
    assert answer.returncode == 2
    assert b"--all" in answer.stderr
