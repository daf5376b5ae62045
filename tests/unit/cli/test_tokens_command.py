"""``memo-coach tokens``: a token is made, listed without itself and revoked, for its owner alone."""

from __future__ import annotations

from pathlib import Path

from memo_coach.services.container import Services
from tests.databases import only_on_sqlite
from tests.unit.cli.test_command_line import assert_one_line, run
from tests.unit.cli.test_visitors_command import written


@only_on_sqlite
async def test_a_token_is_made_listed_and_revoked(
    services: Services, tmp_path: Path, migrated_url: str
) -> None:
    owner, other = (await written(services))[1], (await written(services))[1]

    def tokens(*arguments: str, whose: str = owner) -> str:
        answer = run(tmp_path, "tokens", *arguments, "--owner", whose, DATABASE_URL=migrated_url)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.decode()

    made = tokens("add", "--name", "nightly run", "--scope", "read", "--days", "7").strip()
    holder = await services.tokens.recognise(made)
    assert holder is not None
    assert (holder.owner, holder.token.scopes) == (owner, ("read",))
    line = tokens("list")
    assert made not in line
    assert holder.token.token_id in line
    assert "nightly run" in line
    assert tokens("list", whose=other) == ""
    revoking = ("tokens", "revoke", holder.token.token_id, "--owner")
    assert_one_line(run(tmp_path, *revoking, other, DATABASE_URL=migrated_url), 1)
    assert_one_line(run(tmp_path, *revoking, "nobody", DATABASE_URL=migrated_url), 1)
    tokens("revoke", holder.token.token_id)
    assert await services.tokens.recognise(made) is None
