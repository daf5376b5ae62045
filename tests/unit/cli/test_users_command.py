"""``memo-coach users``: accounts from the machine itself, on both databases, in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import update

from memo_coach.services.accounts.principal import Role
from memo_coach.services.container import Services
from memo_coach.storage.tables import OneTimeLink
from tests.accounts import ADDRESS, PASSWORD, let_in
from tests.unit.cli.test_command_line import assert_one_line, beside, run


async def test_an_administrator_is_made_listed_disabled_and_let_in_again(
    services: Services, tmp_path: Path, migrated_url: str
) -> None:
    async def ran(*arguments: str, **environment: str) -> str:
        answer = await beside(tmp_path, "users", *arguments, DATABASE_URL=migrated_url, **environment)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.decode()

    url = await ran(
        "add", "Ana@Example.org", "--admin", "--name", "Ana", PUBLIC_URL="https://memos.example.org"
    )
    found = re.fullmatch(r"https://memos\.example\.org/welcome#(\S{43})\n", url)
    assert found is not None
    answer = await services.sign_in.redeem(found[1], PASSWORD, address=ADDRESS, agent=None)
    principal = (await let_in(services, answer)).principal
    assert (principal.name, principal.role) == ("Ana", Role.ADMINISTRATOR)
    await ran("add", "bob@example.org")
    assert (await ran("list", LANG="es_ES.UTF-8")).splitlines()[1] == "bob@example.org  escribe  nunca  bob"
    for name in ("bob@example.org", "ana@example.org"):
        answer_of = await beside(tmp_path, "users", "disable", name, DATABASE_URL=migrated_url)
        assert answer_of.returncode == (1 if name.startswith("ana") else 0)
    assert "bob@example.org  writer  disabled  bob" in await ran("list")
    assert await ran("enable", "bob@example.org") == "The account is enabled.\n"
    told = await beside(
        tmp_path, "users", "break-glass", "bob@example.org", DATABASE_URL=migrated_url, LANG="es"
    )
    assert "Su contraseña abre la cuenta".encode() in told.stdout
    assert "Aún no tiene contraseña".encode() in told.stderr
    assert "no longer" in await ran("break-glass", "bob@example.org", "--off")
    token = (await ran("reset", "ana@example.org")).strip().partition("#")[2]
    answer = await services.sign_in.redeem(token, "twelve horses jump", address=ADDRESS, agent=None)
    assert getattr(answer, "factors", ()) == ("authenticator",)
    assert "second factors" in await ran("remove-second-factors", "ana@example.org")
    await let_in(
        services,
        await services.sign_in.sign_in("ana@example.org", "twelve horses jump", address=ADDRESS, agent=None),
    )


async def test_the_first_administrator_is_invited_once_and_again_when_the_link_has_run_out(
    services: Services, tmp_path: Path, migrated_url: str
) -> None:
    async def invited(email: str) -> str:
        answer = await beside(tmp_path, "users", "add", email, "--first", DATABASE_URL=migrated_url)
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout or b"Nobody was invited" in answer.stderr
        return answer.stdout.decode().strip().partition("#")[2]

    first = await invited("ana@example.org")
    assert first
    assert await invited("ANA@example.org") == ""
    async with services.database.write() as session:
        await session.execute(update(OneTimeLink).values(expires=datetime(2026, 1, 1, tzinfo=UTC)))
    second = await invited("ana@example.org")
    assert second not in {"", first}
    answer = await services.sign_in.redeem(second, PASSWORD, address=ADDRESS, agent=None)
    principal = (await let_in(services, answer)).principal
    assert principal.role is Role.ADMINISTRATOR
    assert await invited("ana@example.org") == ""
    assert await invited("bea@example.org") == ""
    assert [each.email for each in (await services.users.list()).users] == ["ana@example.org"]


def test_what_cannot_be_done_with_an_account_is_a_sentence(tmp_path: Path, migrated_url: str) -> None:
    def refused(*arguments: str, status: int = 1, **environment: str) -> None:
        assert_one_line(run(tmp_path, "users", *arguments, **environment), status)

    refused("add", "no address", DATABASE_URL=migrated_url)
    refused("reset", "nobody@example.org", DATABASE_URL=migrated_url)
    refused("disable", "nobody@example.org", DATABASE_URL=migrated_url, LANG="es")
    refused("list", DATABASE_URL=f"sqlite:///{tmp_path}/none.db", status=3)
    run(tmp_path, "users", "add", "ana@example.org", DATABASE_URL=migrated_url)
    refused("add", "ana@example.org", "--first", DATABASE_URL=migrated_url)
    refused("add", "ANA@example.org", DATABASE_URL=migrated_url)
