"""Links that open once: for an account or the first administrator, kept as hashes, gone with their time."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services.accounts.random_tokens import hash_of, new_token
from memo_coach.services.accounts.views import OneTimeLink
from memo_coach.services.clock import new_id
from memo_coach.storage.repositories.one_time_links import OneTimeLinkRepository
from memo_coach.storage.tables import OneTimeLink as OneTimeLinkRow


class Purpose(StrEnum):
    """What a link opens."""

    FIRST_ADMINISTRATOR = "first_administrator"
    INVITATION = "invitation"
    RESET = "reset"
    SECOND_FACTOR = "second_factor"


LIFETIMES: Final = {
    Purpose.FIRST_ADMINISTRATOR: timedelta(hours=24),
    Purpose.INVITATION: timedelta(days=7),
    Purpose.RESET: timedelta(hours=1),
    Purpose.SECOND_FACTOR: timedelta(minutes=5),
}
WITH_A_PASSWORD: Final = (Purpose.FIRST_ADMINISTRATOR, Purpose.INVITATION, Purpose.RESET)
"""Links behind which somebody chooses a password."""


async def make_link(
    session: AsyncSession, purpose: Purpose, user_id: str | None, public_url: str, now: datetime
) -> OneTimeLink:
    """Add a link to a transaction. An account's older ones for a password open nothing from now on."""
    links, token = OneTimeLinkRepository(session), new_token()
    if user_id is not None and purpose in WITH_A_PASSWORD:
        await links.remove(user_id, *WITH_A_PASSWORD)
    expires = now + LIFETIMES[purpose]
    row = OneTimeLinkRow(
        id=new_id(),
        purpose=purpose,
        user_id=user_id,
        token_sha256=hash_of(token) or "",
        made=now,
        expires=expires,
    )
    await links.add(row)
    return OneTimeLink(token, expires, url=address_of_link(public_url, token), user=user_id)


def address_of_link(public_url: str, token: str) -> str:
    """Return where a link leads: the token stands behind ``#``, which no browser sends and no log has."""
    return f"{public_url}/welcome#{token}"
