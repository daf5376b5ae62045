"""Signing in: one answer and as much work whatever is wrong, and ever slower for who guesses."""

from __future__ import annotations

import asyncio
import logging

import pytest
from sqlalchemy import text

from memo_coach.services.accounts import attempts, password_hashing
from memo_coach.services.accounts.errors import SignInRefused, TooManyAttempts, WrongPassword
from memo_coach.services.accounts.principal import Role
from memo_coach.services.container import Services
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import User
from tests.accounts import ADDRESS, PASSWORD, ROOT, add_account, signed_in
from tests.clock import Clock


async def stored(services: Services, user_id: str) -> User:
    async with services.database.read() as session:
        user = await UserRepository(session).get(user_id)
    assert user is not None
    return user


async def refusal(services: Services, email: str, password: str, address: str = ADDRESS) -> str:
    with pytest.raises((SignInRefused, TooManyAttempts)) as refused:
        await services.sign_in.sign_in(email, password, address=address, agent=None)
    return f"{type(refused.value).__name__}: {refused.value.message}"


async def test_whoever_is_refused_learns_nothing_from_the_words_or_the_work(services: Services) -> None:
    await add_account(services)
    disabled = await add_account(services, "bob@example.org")
    await services.users.set_disabled(ROOT, disabled.id, True)
    await services.users.invite(ROOT, email="eve@example.org", name="", role=Role.WRITER)
    hashing, told = services.accounts.hashing, set()
    for email, password in (
        ("ana@example.org", "another horse jumps"),
        ("nobody@example.org", PASSWORD),
        ("bob@example.org", PASSWORD),
        ("eve@example.org", PASSWORD),
        ("no address at all", PASSWORD),
        ("ana@example.org", PASSWORD + "x" * 200),
        ("ana@example.org", "\0\ud83d"),
        ("ana@example.org", ""),
    ):
        before = hashing.computed
        told.add(await refusal(services, email, password))
        assert hashing.computed == before + 1, email
    assert len(told) == 1


async def test_an_address_is_the_same_however_it_is_typed_and_a_password_however_it_is_composed(
    services: Services,
) -> None:
    user = await add_account(services, "  Ána@Example.ORG ", password="canción de otoño")
    token = (await signed_in(services, "ána@example.org", "canción de oton\u0303o")).token
    principal = await services.sessions.principal(token)
    assert principal is not None
    assert (principal.user, principal.owner, principal.is_administrator) == (user.id, user.owner, False)
    assert (await services.users.get(user.id)).last_sign_in is not None


async def test_guesses_under_one_address_of_an_account_become_slow_and_are_locked_in_the_end(
    services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MOST_OF_ACCOUNT", 12)
    await add_account(services)
    for email in ("ana@example.org", "nobody@example.org"):
        outcomes = [
            (await refusal(services, email, "wrong", f"198.51.100.{number}")).partition(":")[0]
            for number in range(attempts.FREE_OF_ACCOUNT + 2)
        ]
        assert outcomes == ["SignInRefused"] * (attempts.FREE_OF_ACCOUNT + 1) + ["TooManyAttempts"]
    with pytest.raises(TooManyAttempts) as refused:
        await signed_in(services)
    assert 0 < refused.value.retry_after <= attempts.FIRST_WAIT.total_seconds() + 1
    clock.move(attempts.FIRST_WAIT.total_seconds() + 1)
    await signed_in(services)  # what was failed is forgotten
    for number in range(attempts.MOST_OF_ACCOUNT):
        await refusal(services, "ana@example.org", "wrong", f"203.0.113.{number}")
        clock.move(attempts.LONGEST_WAIT.total_seconds() + 1)
    locked = await refusal(services, "ana@example.org", PASSWORD, "192.0.2.1")
    assert locked == await refusal(services, "nobody-else@example.org", PASSWORD, "192.0.2.1")
    user = await services.users.by_email("ana@example.org")
    clock.move(attempts.LONGEST_WAIT.total_seconds() + 1)
    link = await services.users.reset_password(ROOT, user.id)
    await services.sign_in.redeem(link.url_token, "twelve horses jump", address=ADDRESS, agent=None)
    await signed_in(services, password="twelve horses jump", address="192.0.2.1")


async def test_strangers_who_guess_lock_nobody_out_where_they_are_signed_in(services: Services) -> None:
    await add_account(services)
    await signed_in(services, address="2001:db8:1::1")
    for number in range(attempts.FREE_OF_ACCOUNT + 1):
        await refusal(services, "ana@example.org", "wrong", f"203.0.113.{number}")
    assert "TooManyAttempts" in await refusal(services, "ana@example.org", PASSWORD, "203.0.113.99")
    await signed_in(services, address="2001:db8:1::2")  # and what was failed elsewhere is forgotten
    for _ in range(attempts.FREE_OF_ACCOUNT + 1):
        await refusal(services, "ana@example.org", "wrong", "2001:db8:1::3")
    assert "TooManyAttempts" in await refusal(services, "ana@example.org", PASSWORD, "2001:db8:1::1")
    await signed_in(services, address="203.0.113.99")


async def test_a_network_that_guesses_at_many_accounts_is_slowed_down_and_no_other_is(
    services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "FREE_OF_NETWORK", 3)
    await add_account(services)
    for number in range(3):
        assert "SignInRefused" in await refusal(services, f"{number}@example.org", "w", f"2001:db8::{number}")
    assert "TooManyAttempts" in await refusal(services, "ana@example.org", PASSWORD, "2001:db8::ffff")
    await signed_in(services, address="2001:db8:1::1")
    clock.move(attempts.FORGIVEN_EVERY.total_seconds() + 1)
    await signed_in(services, address="2001:db8::ffff")


async def test_of_guesses_sent_at_once_no_more_get_through_than_one_after_the_other(
    services: Services,
) -> None:
    await add_account(services)
    answers = await asyncio.gather(
        *(
            services.sign_in.sign_in("ana@example.org", f"guess {number}", address=ADDRESS, agent=None)
            for number in range(30)
        ),
        return_exceptions=True,
    )
    checked = [answer for answer in answers if isinstance(answer, SignInRefused)]
    assert len(checked) <= attempts.FREE_OF_ACCOUNT + password_hashing.THREADS
    assert len(checked) + sum(isinstance(answer, TooManyAttempts) for answer in answers) == 30


async def test_who_would_wait_behind_too_many_is_told_to_come_back(services: Services) -> None:
    await add_account(services)
    services.accounts.hashing._most_waiting = 0
    with pytest.raises(TooManyAttempts):
        await signed_in(services)


async def test_a_hash_with_yesterdays_parameters_is_made_anew(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashing = services.accounts.hashing
    monkeypatch.setattr(password_hashing, "PASSES", 1)
    user = await add_account(services)
    weaker = (await stored(services, user.id)).password_hash
    monkeypatch.undo()
    hashing._hasher = None
    assert not hashing.needs_rehash(password_hashing._NOBODYS)
    await signed_in(services)
    assert weaker != (stronger := (await stored(services, user.id)).password_hash)
    assert stronger is not None
    assert stronger.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    await signed_in(services)
    assert (await stored(services, user.id)).password_hash == stronger


async def test_another_password_ends_the_other_sessions_and_needs_the_old_one(services: Services) -> None:
    await add_account(services)
    first, second = await signed_in(services), await signed_in(services)
    with pytest.raises(WrongPassword):
        await services.sign_in.change_password(first.principal, "not it at all", "twelve horses jump")
    await services.sign_in.change_password(first.principal, PASSWORD, "twelve horses jump")
    assert await services.sessions.principal(first.token) is not None
    assert await services.sessions.principal(second.token) is None
    assert "SignInRefused" in await refusal(services, "ana@example.org", PASSWORD)
    await signed_in(services, password="twelve horses jump")


async def test_neither_the_log_nor_the_database_holds_a_password_a_token_or_a_link(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await add_account(services)
    token = (await signed_in(services)).token
    link = await services.users.invite(ROOT, email="eve@example.org", name="", role=Role.WRITER)
    await refusal(services, "ana@example.org", "a wrong horse jumps")
    secrets = (PASSWORD, "a wrong horse jumps", token, link.url_token)
    async with services.database.read() as session:
        rows = [
            str(row)
            for table in ("users", "user_sessions", "one_time_links", "sign_in_attempts", "audit_entries")
            for row in (await session.execute(text(f"SELECT * FROM {table}"))).all()
        ]
    assert not [secret for secret in secrets if secret in caplog.text or any(secret in row for row in rows)]
    assert not any(secret in repr(each) for secret in secrets for each in (link, services.accounts))
