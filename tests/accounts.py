"""What tests of accounts share: who acts, a password that is taken, an account that can be signed in to."""

from __future__ import annotations

from memo_coach.services.accounts.principal import Actor, Role
from memo_coach.services.accounts.views import SignedIn, UserView
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
    """Sign an account in that has no second factor."""
    answer = await services.sign_in.sign_in(
        email, password, address=address, agent="Firefox", previous_token=previous
    )
    assert isinstance(answer, SignedIn)
    return answer
