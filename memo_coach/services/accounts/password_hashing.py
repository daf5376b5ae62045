"""Passwords hashed by Argon2id, beside the loop and below everything else that the machine has to do.

Parameters: 19 MiB, two passes, one lane, the OWASP Password Storage Cheat Sheet's first recommendation. RFC
9106's second one (64 MiB, three passes, four lanes) takes 180 ms of a core here instead of 31, and a hundred
people who sign in at once would wait for nine seconds on two cores: ``tests/benchmarks/bench_sign_in.py``. A
hash carries its parameters; one with others is made anew when its person signs in.

Two threads hash at once, so that this takes 38 MiB at most. On Linux the others go before them:
the loop answers pages meanwhile. Who would wait behind too many others is told to come back.
"""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import sys
import threading
import unicodedata
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from memo_coach.services.accounts.errors import TooManyAttempts

if TYPE_CHECKING:
    from argon2 import PasswordHasher

Result = TypeVar("Result")

MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
LANES: Final = 1
THREADS: Final = 2
MOST_WAITING: Final = 300
"""Who wait for their turn in one process: about five seconds of work for two cores."""
_NICENESS: Final = 5
_SALT_BYTES, _HASH_BYTES = 16, 32


_LONGEST_NORMALISED: Final = 512
"""Characters: no password has more than 128, and the cost of a long row of marks is their square."""


def normalised_password(password: str) -> str:
    """Return a password in one form, however a keyboard has composed it (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password[:_LONGEST_NORMALISED])


class HashingTurn:
    """One's turn to hash: as many have one at a time as there are threads."""

    def __init__(self, hashing: PasswordHashing) -> None:
        self._hashing = hashing

    async def hash(self, password: str) -> str:
        """Return the hash of a password, to be stored."""
        return await self._hashing.run(self._hashing.hasher.hash, _bytes_of(password))

    async def is_right(self, password: str, stored: str | None) -> bool:
        """Whether a password is the one that a hash was made of.

        Without a hash it is not, and finding that out takes as long as with one.
        """
        return await self._hashing.run(self._hashing.verify, stored, _bytes_of(password))


class PasswordHashing:
    """The threads that hash. What it computed is counted, so that a test sees equal work without a clock."""

    def __init__(self, threads: int = THREADS, most_waiting: int = MOST_WAITING) -> None:
        self._pool = ThreadPoolExecutor(threads, "password", initializer=_yield_to_others)
        self._turns = asyncio.Semaphore(threads)
        self._most_waiting = most_waiting
        self._waiting = 0
        self._hasher: PasswordHasher | None = None
        self.computed = 0
        """Hashes that were computed, right or wrong."""

    @property
    def hasher(self) -> PasswordHasher:
        """Argon2 with the parameters of today."""
        if self._hasher is None:
            from argon2 import PasswordHasher  # noqa: PLC0415 - an installation without accounts does without

            self._hasher = PasswordHasher(
                time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES,
                hash_len=_HASH_BYTES, salt_len=_SALT_BYTES,
            )  # fmt: skip
        return self._hasher

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[HashingTurn]:
        """Wait for one's turn.

        Raises:
            TooManyAttempts: too many wait already.
        """
        if self._waiting >= self._most_waiting:
            raise TooManyAttempts(5)
        self._waiting += 1
        try:
            async with self._turns:
                yield HashingTurn(self)
        finally:
            self._waiting -= 1

    def needs_rehash(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self.hasher.check_needs_rehash(stored)

    async def run(self, work: Callable[..., Result], *arguments: object) -> Result:
        """Compute a hash beside the loop."""
        self.computed += 1
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)

    def verify(self, stored: str | None, password: bytes) -> bool:
        """Compute the hash of a password as a stored one was made, and compare."""
        from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - see above

        try:
            return self.hasher.verify(stored or _NOBODYS, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    def close(self) -> None:
        """End the threads after what they are doing."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _bytes_of(password: str) -> bytes:
    # Half a character, which JSON can name, is as good in a password as any.
    return normalised_password(password).encode("utf-8", "surrogatepass")


def _yield_to_others() -> None:
    """Let this thread have what the others leave; Linux has a priority for each thread of a process."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _encoded(length: int) -> str:
    return base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")


_NOBODYS: Final = (
    f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${_encoded(_SALT_BYTES)}${_encoded(_HASH_BYTES)}"
)
"""What is compared where there is no hash: no password is known that it would be made of."""
