"""Compare our token buckets with the strategies of the library ``limits``, which is not installed here.

    .venv/bin/uv run --no-project --with limits==5.8.0 python tests/benchmarks/compare_rate_limits.py

What is compared: the time of a hit, of a hit that weighs as much as a long draft, of a question that spends
nothing, and the memory that addresses leave which come once.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from limits import RateLimitItemPerSecond  # type: ignore[import-not-found, unused-ignore]
from limits.aio.storage import MemoryStorage  # type: ignore[import-not-found, unused-ignore]
from limits.aio.strategies import (  # type: ignore[import-not-found, unused-ignore]
    MovingWindowRateLimiter,
    SlidingWindowCounterRateLimiter,
)

from memo_coach.services.usage.token_bucket import TokenBuckets

HITS, KEYS, ROUNDS = 20_000, 100_000, 5
BURST, SECONDS = 6_000_000, 60
WEIGHT = 400_000
"""The bytes of a long draft."""


@dataclass(frozen=True)
class Kind:
    """A way to count: a hit of a weight, and whether one would pass."""

    hit: Callable[[str, int], Awaitable[bool]]
    would_pass: Callable[[str], Awaitable[bool]]


def ours() -> Kind:
    """Return our buckets."""
    buckets: TokenBuckets[str] = TokenBuckets(BURST, BURST / SECONDS)

    async def hit(key: str, weight: int) -> bool:
        return buckets.of(key).take(weight)

    async def would_pass(key: str) -> bool:
        return buckets.of(key).seconds_until() == 0

    return Kind(hit, would_pass)


def theirs(strategy: Callable[[MemoryStorage], MovingWindowRateLimiter]) -> Kind:
    """Return a strategy of the library, in memory."""
    limiter, item = strategy(MemoryStorage()), RateLimitItemPerSecond(BURST, SECONDS)

    async def hit(key: str, weight: int) -> bool:
        return bool(await limiter.hit(item, key, cost=weight))

    async def would_pass(key: str) -> bool:
        return bool(await limiter.test(item, key))

    return Kind(hit, would_pass)


KINDS: dict[str, Callable[[], Kind]] = {
    "token buckets, ours": ours,
    "limits, moving window": lambda: theirs(MovingWindowRateLimiter),
    "limits, sliding window": lambda: theirs(SlidingWindowCounterRateLimiter),
}


async def microseconds(work: Callable[[int], Awaitable[bool]], times: int) -> float:
    """Return how long one takes."""
    began = time.perf_counter()
    for number in range(times):
        await work(number)
    return (time.perf_counter() - began) * 1e6 / times


async def bytes_a_key(kind: Kind) -> float:
    """Return what a key leaves in memory that comes once, by all that came."""
    gc.collect()
    tracemalloc.start()
    for number in range(KEYS):
        await kind.hit(f"2001:db8::{number:x}", 1)
    left = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return left / KEYS


async def main() -> None:
    """Measure in turns, and print a table of the quickest of each."""
    found: dict[str, list[float]] = {name: [float("inf")] * 3 for name in KINDS}
    for _ in range(ROUNDS):
        for name, make in KINDS.items():
            kind = make()
            measured = (
                await microseconds(lambda number, kind=kind: kind.hit(f"key{number % 500}", 1), HITS),  # type: ignore[misc]
                await microseconds(lambda number, kind=kind: kind.hit(f"long{number}", WEIGHT), 5),  # type: ignore[misc]
                await microseconds(lambda number, kind=kind: kind.would_pass(f"key{number % 500}"), HITS),  # type: ignore[misc]
            )
            found[name] = [min(pair) for pair in zip(found[name], measured, strict=True)]
    sys.stdout.write("| way | a hit | a hit of 400,000 | a question | bytes a key |\n|---|---|---|---|---|\n")
    for name, make in KINDS.items():
        hit, heavy, question = found[name]
        left = await bytes_a_key(make())
        sys.stdout.write(f"| {name} | {hit:.1f} µs | {heavy:,.0f} µs | {question:.1f} µs | {left:,.0f} |\n")


if __name__ == "__main__":
    asyncio.run(main())
