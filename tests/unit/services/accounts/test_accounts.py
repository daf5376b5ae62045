"""Accounts: how they are made, invited, changed and removed, and that somebody can always administer."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from memo_coach.services.accounts.errors import (
    AccountUnfit,
    EmailTaken,
    LastAdministrator,
    LinkRefused,
    PasswordRefused,
    WrongPassword,
)
from memo_coach.services.accounts.one_time_links import LIFETIMES, Purpose
from memo_coach.services.accounts.principal import Role
from memo_coach.services.accounts.user_rows import NewAccount
from memo_coach.services.accounts.views import SignedIn, UserLimits
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.services.errors import NotFound
from memo_coach.services.memos.retention import Retention
from memo_coach.storage.repositories.audit import AuditFilter, AuditRepository
from tests.accounts import ADDRESS, PASSWORD, ROOT, add_account, signed_in
from tests.clock import Clock


async def actions(services: Services) -> list[str]:
    async with services.database.read() as session:
        entries = await AuditRepository(session).entries(AuditFilter(action="user."), 100)
    return [entry.action for entry in reversed(entries)]


async def redeemed(services: Services, url_token: str, **words: str) -> SignedIn:
    answer = await services.sign_in.redeem(url_token, PASSWORD, address=ADDRESS, agent=None, **words)
    assert isinstance(answer, SignedIn)
    return answer


async def test_who_is_invited_chooses_a_password_and_is_signed_in(services: Services) -> None:
    link = await services.users.invite(ROOT, email="ana@example.org", name=" Ana \n María ", role=Role.WRITER)
    assert link.url.endswith(f"/welcome#{link.url_token}")
    assert await services.sign_in.purpose_of(link.url_token) is Purpose.INVITATION
    with pytest.raises(PasswordRefused):  # and the link stays good
        await services.sign_in.redeem(link.url_token, "short", address=ADDRESS, agent=None)
    principal = (await redeemed(services, link.url_token)).principal
    assert (principal.name, principal.role) == ("Ana María", Role.WRITER)
    assert await services.sign_in.purpose_of(link.url_token) is None
    with pytest.raises(LinkRefused):
        await redeemed(services, link.url_token)
    assert await actions(services) == ["user.invited", "user.password_set"]


async def test_a_start_makes_a_link_for_its_log_only_where_nobody_administers_and_it_is_wanted(
    services: Services,
) -> None:
    async def links(*, wanted: bool) -> int:
        update = {"auth_mode": "accounts", "first_link_in_log": wanted}
        await close_services(await open_services(services.settings.model_copy(update=update)))
        async with services.database.read() as session:
            return (await session.execute(text("SELECT count(*) FROM one_time_links"))).scalar_one()

    assert (await links(wanted=False), await links(wanted=True), await links(wanted=False)) == (0, 1, 1)
    await services.users.create(
        ROOT, email="ana@example.org", name="Ana", role=Role.ADMINISTRATOR, password=PASSWORD
    )
    assert await links(wanted=True) == 1


async def test_of_many_who_open_one_link_at_once_one_does(services: Services) -> None:
    user = await add_account(services)
    link = await services.users.reset_password(ROOT, user.id)
    answers = await asyncio.gather(
        *(
            services.sign_in.redeem(link.url_token, f"{PASSWORD} {number}", address=ADDRESS, agent=None)
            for number in range(5)
        ),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["LinkRefused"] * 4 + ["SignedIn"]


async def test_a_link_ends_with_its_time_a_newer_one_and_the_account(
    services: Services, clock: Clock
) -> None:
    user = await add_account(services)
    old, new = [await services.users.reset_password(ROOT, user.id) for _ in range(2)]
    invited = await services.users.invite(ROOT, email="bob@example.org", name="", role=Role.WRITER)
    assert await services.sign_in.purpose_of(old.url_token) is None
    assert await services.sign_in.purpose_of(new.url_token) is Purpose.RESET
    clock.move(LIFETIMES[Purpose.RESET].total_seconds() + 1)
    assert await services.sign_in.purpose_of(new.url_token) is None
    with pytest.raises(LinkRefused):
        await redeemed(services, new.url_token)
    await services.users.set_disabled(ROOT, invited.user or "", True)
    with pytest.raises(LinkRefused):
        await redeemed(services, invited.url_token)
    for nonsense in ("", "x", "x" * 43, "é" * 43, "\0" * 43, "x" * 10_000):
        with pytest.raises(LinkRefused):
            await redeemed(services, nonsense)


async def test_the_first_administrator_is_made_by_a_link_and_there_is_no_second_first(
    services: Services,
) -> None:
    first = services.accounts.first_administrator
    links = [await first.link() for _ in range(4)]
    assert None not in links
    answers = await asyncio.gather(
        *(
            services.sign_in.redeem(
                link.url_token, PASSWORD, address=ADDRESS, agent=None, email=f"{number}@example.org"
            )
            for number, link in enumerate(links)
            if link is not None
        ),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["LinkRefused"] * 3 + ["SecondFactorNeeded"]
    assert [user.role for user in (await services.users.list()).users] == [Role.ADMINISTRATOR]
    assert await first.link() is None


async def test_somebody_can_always_administer(services: Services) -> None:
    ana = await add_account(services, role=Role.ADMINISTRATOR)
    # One who was invited has no way in yet.
    await services.users.invite(ROOT, email="eve@example.org", name="", role=Role.ADMINISTRATOR)
    for change in (
        services.users.set_role(ROOT, ana.id, Role.WRITER),
        services.users.set_disabled(ROOT, ana.id, True),
        services.users.remove(ROOT, ana.id),
    ):
        with pytest.raises(LastAdministrator):
            await change
    bob = await add_account(services, "bob@example.org", Role.ADMINISTRATOR)
    answers = await asyncio.gather(
        services.users.set_role(ROOT, ana.id, Role.WRITER),
        services.users.set_disabled(ROOT, bob.id, True),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, LastAdministrator) for answer in answers) == 1
    assert await services.accounts.first_administrator.link() is None


async def test_what_is_changed_counts_at_once_and_is_in_the_audit_log(services: Services) -> None:
    await add_account(services, "root@example.org", Role.ADMINISTRATOR)
    ana = await add_account(services)
    token = (await signed_in(services)).token
    await services.users.set_role(ROOT, ana.id, Role.ADMINISTRATOR)
    # More than a password is asked of who administers.
    assert await services.sessions.principal(token) is None
    token = (await signed_in(services)).token
    principal = await services.sessions.principal(token)
    assert principal is not None
    assert principal.is_administrator
    assert (await services.users.set_limits(ROOT, ana.id, UserLimits(evaluations_a_day=5))).limits == (
        UserLimits(5, None)
    )
    with pytest.raises(AccountUnfit):
        await services.users.set_limits(ROOT, ana.id, UserLimits(micro_usd_a_day=-1))
    await services.users.set_disabled(ROOT, ana.id, True)
    assert await services.sessions.principal(token) is None
    await services.users.set_disabled(ROOT, ana.id, False)
    assert await services.sessions.principal(token) is None
    await services.users.remove_second_factors(ROOT, ana.id)
    await signed_in(services)
    assert await services.users.end_sessions(ROOT, ana.id) == 1
    with pytest.raises(NotFound):
        await services.users.set_role(ROOT, "nobody", Role.ADMINISTRATOR)
    assert await actions(services) == [
        *("user.created", "user.created", "user.role", "user.second_factor_added", "user.limits"),
        *("user.disabled", "user.enabled", "user.second_factors_removed"),
        *("user.second_factor_added", "user.sessions_ended"),
    ]


async def test_accounts_are_listed_by_their_addresses_a_page_at_a_time(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memo_coach.services.accounts.users.PAGE", 2)
    emails = [f"{name}@example.org" for name in ("a_b", "ab", "b", "é")]
    for email in reversed(emails):
        await services.users.invite(ROOT, email=email, name=f"N {email[0]}", role=Role.WRITER)
    found, cursor = [], None
    while True:
        page = await services.users.list(cursor=cursor)
        found += [user.email for user in page.users]
        if (cursor := page.next_cursor) is None:
            break
    assert found == emails
    assert [user.email for user in (await services.users.list(query="A_")).users] == ["a_b@example.org"]
    assert (await services.users.list(cursor="no cursor")).users[0].email == emails[0]


@pytest.mark.parametrize(
    "email",
    ["", "x", "@", "a@", "@b", "a b@c.org", "a@b@c", "a\0@c.org", "a\n@c.org", "<a@c.org>", "a@c..org",
     ".a@c.org", "a@-c.org\r\nBcc: x@y.z", "a" * 65 + "@c.org", "a@" + "c" * 254, "\ud83d@c.org",
     "a@" + "x" * 10**6],
)  # fmt: skip
def test_what_is_no_address_makes_no_account(email: str) -> None:
    with pytest.raises(AccountUnfit):
        NewAccount.checked(email, "", Role.WRITER)


async def test_an_address_has_one_account(services: Services) -> None:
    answers = await asyncio.gather(
        *(
            services.users.invite(ROOT, email=email, name="", role=Role.WRITER)
            for email in ("ana@example.org", "ANA@example.org", "ana@EXAMPLE.org")
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, EmailTaken) for answer in answers) == 2
    assert len((await services.users.list()).users) == 1


async def test_with_an_account_goes_all_that_its_person_wrote(services: Services) -> None:
    await add_account(services, "root@example.org", Role.ADMINISTRATOR)
    for email in ("ana@example.org", "bob@example.org"):
        user = await add_account(services, email)
        await services.drafts.save(
            user.owner, memo_id=None, text="Secret plans", rubric="investment-memo", base_revision=0
        )
    ana, bob = await signed_in(services), await signed_in(services, "bob@example.org")
    with pytest.raises(WrongPassword):
        await services.users.remove_own(ana.principal, "not it at all")
    await services.users.remove_own(ana.principal, PASSWORD)
    await services.users.remove(ROOT, bob.principal.user or "")
    await services.deletions.sweep()
    for gone in (ana, bob):
        assert await services.sessions.principal(gone.token) is None
    async with services.database.read() as session:
        counts = {
            table: (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
            for table in ("users", "visitors", "memos", "user_sessions", "deletions")
        }
    assert counts == {"users": 1, "visitors": 1, "memos": 0, "user_sessions": 0, "deletions": 0}


async def test_an_account_that_nobody_uses_for_years_can_still_be_used(
    services: Services, clock: Clock
) -> None:
    user = await add_account(services)
    clock.move(timedelta(days=2000).total_seconds())
    await Retention(services.database, timedelta(days=1)).sweep()
    await services.accounts.sweep()
    await signed_in(services)
    assert (
        await services.drafts.save(
            user.owner, memo_id=None, text="Back again", rubric="investment-memo", base_revision=0
        )
    ).memo_id


async def test_rows_that_have_run_out_are_removed(services: Services, clock: Clock) -> None:
    await add_account(services)
    await signed_in(services)
    await services.users.invite(ROOT, email="eve@example.org", name="", role=Role.WRITER)
    with pytest.raises(Exception, match="did not sign you in"):
        await signed_in(services, "eve@example.org")

    async def rows() -> list[int]:
        async with services.database.read() as session:
            return [
                (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
                for table in ("user_sessions", "one_time_links", "sign_in_attempts")
            ]

    await services.accounts.sweep()
    assert await rows() == [1, 1, 2]
    clock.move(timedelta(days=8).total_seconds())
    await services.accounts.sweep()
    assert await rows() == [0, 0, 0]
