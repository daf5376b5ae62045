"""``memo-coach tokens``: a token is made, listed without itself and revoked, for its owner alone."""

from __future__ import annotations

from pathlib import Path

from memo_coach.services.container import Services
from tests.databases import only_on_sqlite
from tests.unit.cli.test_command_line import assert_one_line, beside
from tests.unit.cli.test_visitors_command import written


@only_on_sqlite
async def test_a_token_is_made_listed_and_revoked(
    services: Services, tmp_path: Path, migrated_url: str
) -> None:
    owner, other = (await written(services))[1], (await written(services))[1]

    async def tokens(*arguments: str, whose: str = owner) -> str:
        answer = await beside(tmp_path, "tokens", *arguments, "--owner", whose, DATABASE_URL=migrated_url)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.decode()

    made = (await tokens("add", "--name", "nightly run", "--scope", "read", "--days", "7")).strip()
    holder = await services.tokens.recognise(made)
    assert holder is not None
    assert (holder.owner, holder.token.scopes) == (owner, ("read",))
    line = await tokens("list")
    assert made not in line
    assert holder.token.token_id in line
    assert "nightly run" in line
    assert await tokens("list", whose=other) == ""
    revoking = ("tokens", "revoke", holder.token.token_id, "--owner")
    assert_one_line(await beside(tmp_path, *revoking, other, DATABASE_URL=migrated_url), 1)
    assert_one_line(await beside(tmp_path, *revoking, "nobody", DATABASE_URL=migrated_url), 1)
    await tokens("revoke", holder.token.token_id)
    assert await services.tokens.recognise(made) is None
