"""A browser in which one signed in before gets in, whoever guesses meanwhile, from wherever they do."""

from __future__ import annotations

import pyotp
import pytest

from memo_coach.services import clock as services_clock
from memo_coach.services.accounts import attempts
from memo_coach.services.accounts.errors import SignInRefused, TooManyAttempts
from memo_coach.services.accounts.known_devices import LIFETIME, KnownDevices
from memo_coach.services.accounts.second_factors.second_step import Browser
from memo_coach.services.accounts.views import SecondFactorNeeded, SignedIn
from memo_coach.services.container import Services
from tests.accounts import ADDRESS, PASSWORD, add_account, secret_in, signed_in
from tests.clock import Clock

ANA = "ana@example.org"


async def refused(services: Services, email: str, device: str | None = None) -> str:
    with pytest.raises((SignInRefused, TooManyAttempts)) as found:
        await services.sign_in.sign_in(email, "wrong", address=ADDRESS, agent=None, device=device)
    return type(found.value).__name__


async def enters(services: Services, device: str | None) -> bool:
    try:
        await services.sign_in.sign_in(ANA, PASSWORD, address=ADDRESS, agent=None, device=device)
    except TooManyAttempts:
        return False
    return True


async def test_who_guesses_in_ones_own_network_keeps_nobody_out_of_a_browser_that_is_known(
    services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "FREE_OF_NETWORK", 8)
    ana, bob = await add_account(services), await add_account(services, "bob@example.org")
    await signed_in(services)  # so that it is a network where she is known, too
    devices = services.accounts.devices
    device, others = devices.new(ana.id), devices.new(bob.id)
    for number in range(8):
        await refused(services, f"{number}@example.org")
    for _ in range(attempts.FREE_OF_ACCOUNT + 1):
        await refused(services, ANA)
    for none in (None, "", "x" * 500, "é" * 40, device[:-2] + "AA", others):
        assert not await enters(services, none), none
    assert await enters(services, device)

    # Guesses in that browser itself are slowed down as everywhere, and keep it alone waiting.
    found = [await refused(services, ANA, device) for _ in range(attempts.FREE_OF_ACCOUNT + 2)]
    assert found[-1] == "TooManyAttempts"
    assert await enters(services, devices.new(ana.id))
    clock.move(LIFETIME.total_seconds() + 1)
    assert devices.name_in(device, ana.id) is None


async def test_a_cookie_is_for_its_account_and_this_installation_alone(clock: Clock) -> None:
    devices = KnownDevices(b"k" * 32, services_clock.now)
    first, second = devices.new("ana"), devices.new("ana")
    assert devices.name_in(first, "ana") != devices.name_in(second, "ana")
    assert devices.name_in(first, "bob") is None
    assert KnownDevices(b"l" * 32, services_clock.now).name_in(first, "ana") is None


async def test_a_known_browser_makes_the_second_step_and_changes_the_password_meanwhile(
    services: Services, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    ana = await add_account(services)
    monkeypatch.setattr(attempts, "FREE_OF_NETWORK", 2)
    principal, own = (await signed_in(services)).principal, services.accounts.own_factors
    secret = secret_in(await own.set_up_authenticator(principal))
    await own.add_authenticator(principal, pyotp.TOTP(secret).at(services_clock.now()), "", address=ADDRESS)
    for number in range(3):
        await refused(services, f"{number}@example.org")
    device = services.accounts.devices.new(ana.id)
    clock.move(60)
    asked = await services.sign_in.sign_in(ANA, PASSWORD, address=ADDRESS, agent=None, device=device)
    assert isinstance(asked, SecondFactorNeeded)
    code, step = pyotp.TOTP(secret).at(services_clock.now()), services.accounts.second_step
    with pytest.raises(TooManyAttempts):
        await step.with_code(asked.ticket, code, Browser(ADDRESS, None))
    answer = await step.with_code(asked.ticket, code, Browser(ADDRESS, None, device=device))
    assert isinstance(answer, SignedIn)
    await services.sign_in.change_password(answer.principal, PASSWORD, "twelve horses jump", address=ADDRESS)
