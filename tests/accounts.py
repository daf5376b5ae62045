"""What tests of accounts share: who acts, a password that is taken, an account that can be signed in to."""

from __future__ import annotations

import pyotp

from memo_coach.services import clock
from memo_coach.services.accounts.principal import Actor, Role
from memo_coach.services.accounts.second_factors.second_step import Browser
from memo_coach.services.accounts.second_factors.views import AuthenticatorSetup
from memo_coach.services.accounts.views import SecondFactorNeeded, SignedIn, UserView
from memo_coach.services.container import Services

ROOT = Actor("Root", address="192.0.2.1")
PASSWORD = "eleven horses jump"
ADDRESS = "198.51.100.7"


async def add_account(
    services: Services, email: str = "ana@example.org", role: Role = Role.WRITER, password: str = PASSWORD
) -> UserView:
    """Make an account with a password."""
    return await services.users.create(ROOT, email=email, name="Ana", role=role, password=password)


async def signed_in(
    services: Services,
    email: str = "ana@example.org",
    password: str = PASSWORD,
    *,
    address: str = ADDRESS,
    previous: str | None = None,
) -> SignedIn:
    """Sign an account in that has no second factor; it sets one up where one is asked of it."""
    answer = await services.sign_in.sign_in(
        email, password, address=address, agent="Firefox", previous_token=previous
    )
    return await let_in(services, answer, address=address)


async def let_in(
    services: Services, answer: SignedIn | SecondFactorNeeded, *, address: str = ADDRESS
) -> SignedIn:
    """Make the second step, where one is asked of an account that has not set it up yet."""
    if isinstance(answer, SignedIn):
        return answer
    assert not answer.factors
    step = services.accounts.second_step
    setup = await step.set_up_authenticator(answer.ticket)
    code = pyotp.TOTP(secret_in(setup)).at(clock.now())
    new, _codes = await step.add_first(answer.ticket, Browser(address, "Firefox"), code=code)
    return new


def secret_in(setup: AuthenticatorSetup) -> str:
    """Return the secret as an app has it."""
    return setup.secret.replace(" ", "")
