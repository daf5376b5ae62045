"""Which ways in end when a password is reset or changed, and what a disabled account still shows."""

from __future__ import annotations

import pytest

from memo_coach.services.container import Services
from memo_coach.services.errors import NotFound
from tests.accounts import ADDRESS, PASSWORD, ROOT, add_account, signed_in

OTHER = "twelve horses jump"
MEMO = "Subject: The ovens\n\nPlease approve two new ovens by May. They bake well."


async def test_a_password_that_is_reset_revokes_the_accounts_tokens_and_nobody_elses(
    services: Services,
) -> None:
    ana, bob = await add_account(services), await add_account(services, "bob@example.org")
    tokens = services.tokens
    hers, his = await tokens.make(ana.owner, "x", ["read"]), await tokens.make(bob.owner, "x", ["read"])
    link = await services.users.reset_password(ROOT, ana.id)
    assert await tokens.recognise(hers.token) is not None, "nobody has opened the link yet"
    await services.sign_in.redeem(link.url_token, OTHER, address=ADDRESS, agent=None)
    assert await tokens.recognise(hers.token) is None
    assert await tokens.recognise(his.token) is not None


async def test_who_changes_their_password_decides_about_their_tokens(services: Services) -> None:
    ana = await add_account(services)
    principal = (await signed_in(services)).principal
    token = (await services.tokens.make(ana.owner, "x", ["read"])).token
    await services.sign_in.change_password(principal, PASSWORD, OTHER, address=ADDRESS)
    assert await services.tokens.recognise(token) is not None
    await services.sign_in.change_password(principal, OTHER, PASSWORD, address=ADDRESS, revokes_tokens=True)
    assert await services.tokens.recognise(token) is None


async def test_what_somebody_shared_whose_account_is_disabled_is_shown_to_nobody(services: Services) -> None:
    ana = await add_account(services)
    evaluation = await services.evaluations.submit(ana.owner, text=MEMO, rubric="investment-memo")
    async for _ in services.evaluations.follow(ana.owner, evaluation):
        pass
    link = await services.sharing.make(ana.owner, evaluation)
    await services.sharing.view(link.token)
    await services.users.set_disabled(ROOT, ana.id, True)
    with pytest.raises(NotFound):
        await services.sharing.view(link.token)
    await services.users.set_disabled(ROOT, ana.id, False)
    await services.sharing.view(link.token)
