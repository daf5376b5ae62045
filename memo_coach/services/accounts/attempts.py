"""Slowing down who guesses passwords, by the account that they try and by the network that they come from.

By account: five failures are free, from then on each one more doubles a wait from half a minute up to a
quarter of an hour (OWASP Authentication Cheat Sheet, "Login Throttling": exponential, bound to the account
rather than to where it comes from). After a hundred in a row the password opens nothing until it is reset
(NIST SP 800-63B, 3.2.2: no more than 100), which takes 22 hours at least. What is counted is the address that
was typed, so that one without an account is slowed down and locked as well. A network from which the account
is signed in to, or was of late, has a count of its own: a stranger's guesses lock nobody out where they work
(the same, 3.2.2: addresses at which the subscriber has been authenticated before). So has a browser in which
it was signed in to before (:mod:`.known_devices`), for which the network's count does not matter either: who
guesses next door keeps nobody out of the browser that they use.

By network: sixty failures are free, one is forgiven every two minutes. An office behind one address mistypes
less; a robot has sixty guesses, then thirty an hour.

Failures are counted within one's turn to hash, before which the limits are asked: of guesses sent at once no
more get through than there are threads.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services.accounts.errors import TooManyAttempts
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.network import network_of
from memo_coach.storage.repositories.sign_in_attempts import Mark, SignInAttemptRepository
from memo_coach.storage.tables import SignInAttempts

FREE_OF_ACCOUNT: Final = 5
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)
MOST_OF_ACCOUNT: Final = 100
"""Failures in a row after which the password opens nothing any more."""
FREE_OF_NETWORK: Final = 60
FORGIVEN_EVERY: Final = timedelta(minutes=2)
FORGET_FEW: Final = timedelta(days=1)
FORGET_MANY: Final = timedelta(days=30)
"""An account's failures beyond the free ones are remembered for longer after the last of them."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in."""

    email: str
    """What was typed as the account, in its one form."""
    address: str | None
    is_known_place: bool = False
    """Whether the account has been signed in to from this network of late."""
    device: str | None = None
    """The browser's name, where the account was signed in to in it before."""


class Attempts:
    """Counts failures, and refuses who has too many."""

    def __init__(self, unit_of_work: UnitOfWork, key: bytes, now: Callable[[], datetime]) -> None:
        """``key`` is the installation's own: without it a mark in the database tells nobody anything."""
        self._unit_of_work = unit_of_work
        self._key = key
        self._now = now

    async def refuse_too_many(self, attempt: Attempt) -> bool:
        """Return whether the account is locked, of which nobody is told.

        Raises:
            TooManyAttempts: it has to be waited.
            Unavailable: the database cannot be read.
        """
        account = self._account(attempt)
        asked = (account, *self._networks(attempt))
        async with self._unit_of_work.read() as session:
            found = await SignInAttemptRepository(session).of(asked)
        rows = {(row.mark, row.place): row for row in found}
        moment = self._now()
        waits = [row.blocked_until - moment for row in rows.values() if row.blocked_until is not None]
        if (longest := max(waits, default=timedelta())) > timedelta():
            raise TooManyAttempts(_whole_seconds(longest))
        return account in rows and rows[account].failures >= MOST_OF_ACCOUNT

    async def count_failure(self, attempt: Attempt) -> None:
        """Count one more failure.

        Raises:
            Unavailable: the database cannot be used.
        """
        moment = self._now()
        counts = {self._account(attempt): _count_for_account}
        counts |= dict.fromkeys(self._networks(attempt), _count_for_network)
        async with self._unit_of_work.write() as session:
            attempts = SignInAttemptRepository(session)
            # In the order of the marks: two that fail at once would wait for each other otherwise.
            for mark, count in sorted(counts.items()):
                row = await attempts.lock(mark, moment)
                count(row, moment)
                await attempts.store(row)

    async def count_request(self, address: str | None) -> None:
        """Count something else that a network may not do without end, as a failure of it.

        Raises:
            TooManyAttempts: it has to be waited.
            Unavailable: the database cannot be used.
        """
        moment, network = self._now(), self._network(address)
        async with self._unit_of_work.write() as session:
            attempts = SignInAttemptRepository(session)
            row = await attempts.lock(network, moment)
            if row.blocked_until is not None and row.blocked_until > moment:
                raise TooManyAttempts(_whole_seconds(row.blocked_until - moment))
            _count_for_network(row, moment)
            await attempts.store(row)

    async def forget(self, session: AsyncSession, email: str) -> None:
        """Forget, within a transaction, an account's failures: its person is there, or it was unlocked."""
        await SignInAttemptRepository(session).remove(self._account(Attempt(email, None))[0])

    def _account(self, attempt: Attempt) -> Mark:
        mark = self._mark(b"account", attempt.email.encode("utf-8", "surrogatepass"))
        if attempt.device is not None:
            return mark, self._mark(b"device", attempt.device.encode())
        return mark, self._network(attempt.address)[0] if attempt.is_known_place else ""

    def _networks(self, attempt: Attempt) -> tuple[Mark, ...]:
        """Return the network whose count an attempt is in, if it is in any."""
        return () if attempt.device is not None else (self._network(attempt.address),)

    def _network(self, address: str | None) -> Mark:
        return self._mark(b"network", network_of(address or "unknown")), ""

    def _mark(self, kind: bytes, what: bytes) -> str:
        return hmac.digest(self._key, b"memo-coach sign-in " + kind + b"\0" + what, "sha256").hex()


def _whole_seconds(wait: timedelta) -> int:
    return int(wait.total_seconds()) + 1


def _count_for_account(row: SignInAttempts, moment: datetime) -> None:
    if row.forget <= moment:
        row.failures = 0
    row.failures += 1
    row.changed = moment
    beyond = row.failures - FREE_OF_ACCOUNT
    if beyond > 0:
        # Bounded before it is computed: the wait is at its longest long before.
        row.blocked_until = moment + min(FIRST_WAIT * 2 ** min(beyond - 1, 16), LONGEST_WAIT)
    row.forget = moment + (FORGET_MANY if beyond > 0 else FORGET_FEW)


def _count_for_network(row: SignInAttempts, moment: datetime) -> None:
    forgiven = max(0, (moment - row.changed) // FORGIVEN_EVERY)
    left = max(0, row.failures - forgiven)
    # What was gained towards the next forgiven one is kept.
    row.changed = row.changed + forgiven * FORGIVEN_EVERY if left else moment
    row.failures = left + 1
    beyond = row.failures - FREE_OF_NETWORK
    row.blocked_until = row.changed + FORGIVEN_EVERY * (beyond + 1) if beyond >= 0 else None
    row.forget = row.changed + FORGIVEN_EVERY * (row.failures + 1)
