"""An account's person is told what happened to the ways into it, by letter and on a page."""

from __future__ import annotations

from email.header import decode_header, make_header

import pyotp

from memo_coach.services import clock as services_clock
from memo_coach.services.accounts.second_factors.second_step import Browser
from memo_coach.services.accounts.views import SecondFactorNeeded
from memo_coach.services.container import Services
from memo_coach.translations import speaking
from tests.accounts import ADDRESS, PASSWORD, ROOT, add_account, secret_in, signed_in
from tests.clock import Clock
from tests.databases import only_on_sqlite
from tests.unit.services.accounts.test_mail import Mailbox, serving, words_of

OTHER = "twelve horses jump"


@only_on_sqlite
async def test_each_change_of_a_way_in_is_told_to_its_person_and_to_nobody_else(
    services: Services, clock: Clock
) -> None:
    ana, bob = await add_account(services), await add_account(services, "bob@example.org")
    own, mailbox = services.accounts.own_factors, Mailbox()
    async with serving(mailbox) as server:
        services.accounts.mail._url = f"smtp://{server}"
        principal = (await signed_in(services)).principal
        secret = secret_in(await own.set_up_authenticator(principal))
        code = pyotp.TOTP(secret).at(services_clock.now())
        codes = await own.add_authenticator(principal, code, "Phone", address=ADDRESS)
        clock.move(1)
        asked = await services.sign_in.sign_in(ana.email, PASSWORD, address=ADDRESS, agent=None)
        assert isinstance(asked, SecondFactorNeeded)
        by = Browser("203.0.113.5", None)
        principal = (await services.accounts.second_step.with_code(asked.ticket, codes[0], by)).principal
        clock.move(1)
        token = await services.tokens.make(ana.owner, "x", ["read"], address=ADDRESS)
        clock.move(1)
        await services.tokens.revoke(ana.owner, token.view.token_id, address=ADDRESS)
        clock.move(1)
        with speaking("es"):
            await services.sign_in.change_password(principal, PASSWORD, OTHER, address=ADDRESS)
        clock.move(1)
        await services.users.remove_second_factors(ROOT, ana.id)
        await services.accounts.notices.close()
    told = {
        " ".join(str(make_header(decode_header(message["subject"]))).split()): words_of(message)
        for message in mailbox.messages
    }
    assert set(mailbox.known) == {ana.email}
    about = "Your account at Memo AI Coach: "
    assert set(told) == {
        f"{about}A second factor was added",
        f"{about}A recovery code was used to sign in",
        f"{about}An access token was made",
        f"{about}An access token was revoked",
        "Su cuenta en Memo AI Coach: Se cambió la contraseña",
        f"{about}An administrator removed all second factors",
    }
    assert "from the address 203.0.113.5" in told[f"{about}A recovery code was used to sign in"]
    for words in told.values():
        assert token.token not in words
        assert codes[1] not in words

    principal = (await signed_in(services, password=OTHER)).principal
    events = (await own.view(principal)).events
    assert [each.what for each in events] == [
        "An administrator removed all second factors.",
        "The password was changed.",
        "An access token was revoked.",
        "An access token was made.",
        "A recovery code was used to sign in.",
        "A second factor was added.",
    ]
    assert [each.by for each in events] == ["Root", "", "", "", "", ""]
    stranger = (await signed_in(services, bob.email)).principal
    assert (await own.view(stranger)).events == ()


@only_on_sqlite
async def test_a_mail_server_that_is_down_stops_nothing_and_what_happened_is_seen_all_the_same(
    services: Services,
) -> None:
    ana = await add_account(services)
    services.accounts.mail._url = "smtp://127.0.0.1:9"
    await services.tokens.make(ana.owner, "x", ["read"])
    await services.accounts.notices.close()
    principal = (await signed_in(services)).principal
    (event,) = (await services.accounts.own_factors.view(principal)).events
    assert event.what == "An access token was made."
