"""Second factors: codes of apps, passkeys, recovery codes, and of whom one is asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from memo_coach.services import clock as services_clock
from memo_coach.services.accounts.errors import LinkRefused, SignInRefused, TooManyAttempts
from memo_coach.services.accounts.principal import Principal, Role
from memo_coach.services.accounts.second_factors.authenticator_codes import new_secret, step_of
from memo_coach.services.accounts.second_factors.errors import (
    CodeRefused,
    ConfirmationNeeded,
    LastFactor,
    PasskeyRefused,
    PasskeysImpossible,
)
from memo_coach.services.accounts.second_factors.passkeys import LIFETIME, Passkeys
from memo_coach.services.accounts.second_factors.sealing import Sealing
from memo_coach.services.accounts.second_factors.second_step import Browser
from memo_coach.services.accounts.views import SecondFactorNeeded
from memo_coach.services.administration.audit_log import AuditQuestion
from memo_coach.services.container import Services
from memo_coach.services.errors import NotFound
from memo_coach.storage.repositories.second_factors import SecondFactorRepository
from tests.accounts import ADDRESS, PASSWORD, ROOT, add_account, let_in, secret_in, signed_in
from tests.authenticator import Device
from tests.clock import Clock

BROWSER = Browser(ADDRESS, "Firefox")
ORIGIN = "https://memos.example"
ANA = "ana@example.org"


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(services_clock.now() + timedelta(seconds=30 * steps))


async def with_app(services: Services, email: str = ANA) -> tuple[Principal, str, tuple[str, ...]]:
    """Return who has just added an authenticator app, its secret and the recovery codes."""
    principal, own = (await signed_in(services, email)).principal, services.accounts.own_factors
    secret = secret_in(await own.set_up_authenticator(principal))
    codes = await own.add_authenticator(principal, code_of(secret), "Phone", address=ADDRESS)
    return principal, secret, codes


async def ticket(services: Services, email: str = ANA) -> str:
    answer = await services.sign_in.sign_in(email, PASSWORD, address=ADDRESS, agent=None)
    assert isinstance(answer, SecondFactorNeeded)
    return answer.ticket


@pytest.fixture
def at_a_name(services: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    """Return services whose address passkeys can be for."""
    factors = services.accounts.own_factors._factors
    monkeypatch.setattr(factors, "passkeys", Passkeys(ORIGIN, "Memo AI Coach", services_clock.now))
    return services


def test_a_code_is_taken_half_a_minute_early_or_late_and_no_more() -> None:
    secret, now = new_secret(), datetime(2026, 11, 30, 12, 0, 10, tzinfo=UTC)
    for seconds, taken in ((-61, False), (-30, True), (0, True), (30, True), (61, False)):
        typed = pyotp.TOTP(secret).at(now + timedelta(seconds=seconds))
        assert (step_of(secret, f" {typed[:3]} {typed[3:]}", now) is not None) == taken, seconds
    for typed in ("", "12345", "1234567", "١٢٣٤٥٦", "x" * 1_000_000, "\ud83d", "-1.0e5"):
        assert step_of(secret, typed, now) is None


def test_a_stored_secret_can_be_read_with_the_key_of_the_installation_and_for_its_account_alone() -> None:
    sealing, secret = Sealing(b"k" * 32), new_secret()
    sealed = sealing.sealed(secret, "ana")
    assert secret not in sealed
    assert sealing.opened(sealed, "ana") == secret
    assert sealing.opened(sealed, "bob") is None
    assert Sealing(b"l" * 32).opened(sealed, "ana") is None
    assert sealing.opened("nonsense", "ana") is None
    assert sealing.sealed(secret, "ana") != sealed


async def test_who_has_an_app_signs_in_with_a_code_of_it_which_is_taken_once(
    services: Services, clock: Clock
) -> None:
    await add_account(services)
    other = await signed_in(services)
    principal, secret, codes = await with_app(services)
    assert len(set(codes)) == 10
    assert await services.sessions.principal(other.token) is None, "it was begun by a password alone"
    step = services.accounts.second_step
    clock.move(60)
    asked = await ticket(services)
    assert (await step.look_at(asked)).email == ANA
    for wrong in ("", "000000", code_of(secret, -3), "x" * 100_000, "\ud83d"):
        with pytest.raises(CodeRefused):
            await step.with_code(asked, wrong, BROWSER)
    clock.move(60)
    new = await step.with_code(asked, code_of(secret), BROWSER)
    assert new.principal.owner == principal.owner
    with pytest.raises(LinkRefused):
        await step.with_code(asked, code_of(secret, 1), BROWSER)
    again = await ticket(services)
    with pytest.raises(CodeRefused):
        await step.with_code(again, code_of(secret), BROWSER)
    clock.move(301)
    with pytest.raises(LinkRefused):
        await step.with_code(again, code_of(secret), BROWSER)
    async with services.database.read() as session:
        (row,) = await SecondFactorRepository(session).of_user(principal.user or "")
    assert secret not in str(row.model_dump())


async def test_codes_that_fail_are_counted_with_the_account_and_lock_it(
    services: Services, clock: Clock
) -> None:
    await add_account(services)
    _principal, secret, _codes = await with_app(services)
    asked, refused = await ticket(services), []
    for _attempt in range(8):
        try:
            await services.accounts.second_step.with_code(asked, "000000", BROWSER)
        except (CodeRefused, TooManyAttempts) as error:
            refused.append(type(error).__name__)
    assert refused[0] == "CodeRefused"
    assert refused[-1] == "TooManyAttempts"
    with pytest.raises(TooManyAttempts):
        await services.accounts.second_step.with_code(asked, code_of(secret, 1), BROWSER)
    with pytest.raises(TooManyAttempts):
        await services.sign_in.sign_in(ANA, PASSWORD, address=ADDRESS, agent=None)
    clock.move(1_000)
    await services.accounts.second_step.with_code(await ticket(services), code_of(secret), BROWSER)


async def test_a_recovery_code_opens_once_however_it_is_typed_and_the_old_ones_not_after_new_were_made(
    services: Services,
) -> None:
    await add_account(services)
    await add_account(services, "bob@example.org")
    principal, _secret, codes = await with_app(services)
    await with_app(services, "bob@example.org")
    step, own = services.accounts.second_step, services.accounts.own_factors
    with pytest.raises(CodeRefused):
        await step.with_code(await ticket(services, "bob@example.org"), codes[1], BROWSER)
    await step.with_code(await ticket(services), f" {codes[0].lower().replace('-', ' ')} ", BROWSER)
    with pytest.raises(CodeRefused):
        await step.with_code(await ticket(services), codes[0], BROWSER)
    assert (await own.view(principal)).recovery_codes == 9
    fresh = await own.new_recovery_codes(principal, address=ADDRESS)
    with pytest.raises(CodeRefused):
        await step.with_code(await ticket(services), codes[1], BROWSER)
    await step.with_code(await ticket(services), fresh[1], BROWSER)


async def test_factors_are_changed_by_their_own_person_alone_who_has_just_shown_who_they_are(
    services: Services, clock: Clock
) -> None:
    await add_account(services)
    await add_account(services, "bob@example.org")
    ana, _secret, _codes = await with_app(services)
    bob, _secret, _codes = await with_app(services, "bob@example.org")
    own = services.accounts.own_factors
    (factor,) = (await own.view(ana)).factors
    assert factor.name == "Phone"
    with pytest.raises(NotFound):
        await own.rename(bob, factor.id, "Mine")
    with pytest.raises(NotFound):
        await own.remove(bob, factor.id, address=None)
    clock.move(601)
    unconfirmed: tuple[Awaitable[object], ...] = (
        own.rename(ana, factor.id, "Mine"),
        own.remove(ana, factor.id, address=None),
        own.set_up_authenticator(ana),
        own.add_authenticator(ana, "000000", "", address=None),
        own.passkey_registration(ana),
        own.new_recovery_codes(ana, address=None),
        own.rename(Principal(ana.owner), factor.id, "Mine"),
    )
    for work in unconfirmed:
        with pytest.raises(ConfirmationNeeded):
            await work
    await own.confirm(ana, PASSWORD, address=ADDRESS)
    await own.rename(ana, factor.id, "  Her \n phone" + "e" * 500)
    (factor,) = (await own.view(ana)).factors
    assert factor.name.startswith("Her phone")
    assert len(factor.name) == 60
    await own.remove(ana, factor.id, address=ADDRESS)
    view = await own.view(ana)
    assert (view.factors, view.recovery_codes) == ((), 0)
    assert (await signed_in(services)).principal.owner == ana.owner
    actions = [each.action for each in (await services.audit.page(AuditQuestion())).entries]
    assert actions[0] == "user.second_factor_removed"
    assert "user.second_factor_added" in actions


async def test_where_a_second_factor_is_demanded_it_is_set_up_before_anything_else(
    services: Services,
) -> None:
    await add_account(services, role=Role.WRITER)
    user = (await signed_in(services)).principal
    token = (await signed_in(services)).token
    await services.users.set_role(ROOT, user.user or "", Role.ADMINISTRATOR)
    assert await services.sessions.principal(token) is None, "administrators need more than a password"
    answer = await services.sign_in.sign_in(ANA, PASSWORD, address=ADDRESS, agent=None)
    assert isinstance(answer, SecondFactorNeeded)
    second = await ticket(services)
    step, own = services.accounts.second_step, services.accounts.own_factors
    first = await step.set_up_authenticator(answer.ticket)
    assert (await step.set_up_authenticator(answer.ticket)).secret == first.secret
    with pytest.raises(CodeRefused):
        await step.add_first(answer.ticket, BROWSER, code="000000")
    with pytest.raises(CodeRefused):
        await step.with_code(answer.ticket, code_of(secret_in(first)), BROWSER)
    new, codes = await step.add_first(answer.ticket, BROWSER, code=code_of(secret_in(first)))
    assert len(codes) == 10
    assert await services.sessions.principal(new.token) == new.principal
    for work in (step.set_up_authenticator(second), step.add_first(second, BROWSER, code="000000")):
        with pytest.raises(LinkRefused):
            await work
    (factor,) = (await own.view(new.principal)).factors
    with pytest.raises(LastFactor):
        await own.remove(new.principal, factor.id, address=ADDRESS)
    (shown,) = (await services.users.list()).users
    assert shown.second_factors == ("authenticator",)

    await services.users.remove_second_factors(ROOT, shown.id)
    assert await services.sessions.principal(new.token) is None
    entry = (await services.audit.page(AuditQuestion())).entries[0]
    assert (entry.action, entry.actor) == ("user.second_factors_removed", ROOT.name)
    with pytest.raises(LinkRefused):
        await step.look_at(second)
    again = await services.sign_in.sign_in(ANA, PASSWORD, address=ADDRESS, agent=None)
    await let_in(services, again)


async def test_a_passkey_opens_an_account_as_second_factor_and_where_it_knows_its_person_alone(
    at_a_name: Services, clock: Clock
) -> None:
    services, device = at_a_name, Device(ORIGIN)
    step, own = services.accounts.second_step, services.accounts.own_factors
    for email in (ANA, "bob@example.org"):
        await add_account(services, email)
    ana = (await signed_in(services)).principal
    made = device.register(await own.passkey_registration(ana))
    assert len(await own.add_passkey(ana, made, "Key", address=ADDRESS)) == 10
    bob = (await signed_in(services, "bob@example.org")).principal
    await own.passkey_registration(bob)
    with pytest.raises(PasskeyRefused):
        await own.add_passkey(bob, made, "Key", address=ADDRESS)
    asked = await ticket(services)
    answer = device.sign(await step.passkey_request(asked))
    with pytest.raises(PasskeyRefused):
        await step.with_passkey_alone(answer, BROWSER)  # it was asked as a second step
    assert (await step.with_passkey(asked, answer, BROWSER)).principal.owner == ana.owner
    alone = device.sign(await step.passkey_request(None))
    assert (await step.with_passkey_alone(alone, BROWSER)).principal.owner == ana.owner
    with pytest.raises(PasskeyRefused):
        await step.with_passkey_alone(alone, BROWSER)  # a challenge is answered once

    late = await step.passkey_request(None)
    clock.move(LIFETIME.total_seconds() + 1)
    with pytest.raises(PasskeyRefused):
        await step.with_passkey_alone(device.sign(late), BROWSER)
    copied = dataclasses.replace(device, count=0)
    unverified = dataclasses.replace(device, verifies=False, count=100)
    elsewhere = dataclasses.replace(device, origin="https://memos.example.evil", count=100)
    stranger = Device(ORIGIN, credential=device.credential, count=100)
    for other in (copied, unverified, elsewhere, stranger):
        with pytest.raises(PasskeyRefused):
            await step.with_passkey_alone(other.sign(await step.passkey_request(None)), BROWSER)
    for nonsense in ("", "{}", "[]", '{"response": {}}', '{"response": {"clientDataJSON": 1}}', "[" * 11_000):
        with pytest.raises(PasskeyRefused):
            await step.with_passkey_alone(nonsense, BROWSER)
    asked = await ticket(services)
    await step.with_passkey(asked, unverified.sign(await step.passkey_request(asked)), BROWSER)
    await services.users.set_disabled(ROOT, ana.user or "", True)
    with pytest.raises(SignInRefused):
        await step.with_passkey_alone(
            dataclasses.replace(device, count=200).sign(await step.passkey_request(None)), BROWSER
        )


async def test_passkeys_are_offered_where_browsers_have_them(services: Services) -> None:
    for address, possible in (
        ("https://memos.example", True), ("http://localhost:8000", True), ("http://memos.example", False),
        ("https://192.0.2.1", False), ("http://127.0.0.1:8000", False),
    ):  # fmt: skip
        assert Passkeys(address, "", services_clock.now).are_possible == possible, address
    with pytest.raises(PasskeysImpossible):
        await services.accounts.second_step.passkey_request(None)
