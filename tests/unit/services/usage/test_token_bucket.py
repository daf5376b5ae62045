"""How fast somebody may go on, by a clock that the test moves."""

from __future__ import annotations

import math

from memo_coach.services.usage.token_bucket import TokenBucket, TokenBuckets
from tests.unit.conftest import Seconds


def test_a_bucket_says_when_there_is_enough(seconds: Seconds) -> None:
    bucket = TokenBucket(10, 2.0, seconds)
    assert bucket.seconds_until(10) == 0
    assert bucket.take(9)
    assert bucket.seconds_until(5) == 2.0
    seconds.now += 2
    assert bucket.seconds_until(5) == 0
    assert bucket.take(5)


def test_one_that_never_fills_says_so(seconds: Seconds) -> None:
    bucket = TokenBucket(1, 0.0, seconds)
    assert bucket.take()
    assert bucket.seconds_until() == math.inf


def test_each_holder_has_a_bucket_and_who_has_not_come_for_longest_is_forgotten(seconds: Seconds) -> None:
    buckets: TokenBuckets[str] = TokenBuckets(1, 0.0, most=2, clock=seconds)
    assert buckets.of("one").take()
    assert buckets.of("two").take()
    assert not buckets.of("one").take()
    assert buckets.of("three").take()
    assert not buckets.of("one").take()
    assert buckets.of("two").take()
