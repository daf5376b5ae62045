"""What was taken of a bucket in one process counts in the others."""

from __future__ import annotations

from memo_coach.services.processes.messages import Messages, Topic
from memo_coach.services.processes.shared_buckets import SharedBuckets
from memo_coach.services.usage.token_bucket import TokenBuckets
from tests.unit.conftest import Seconds


class Neighbours(Messages):
    """Messages that another process hears at once."""

    def __init__(self) -> None:
        super().__init__()
        self.other: Messages = Messages()

    def tell(self, topic: Topic, key: str, amount: float = 1.0) -> None:
        self.other._heard(topic, key, amount)


def two_processes(seconds: Seconds, rate: float = 1.0) -> tuple[TokenBuckets[str], TokenBuckets[str]]:
    first, second = Neighbours(), Neighbours()
    first.other, second.other = second, first
    made = []
    for messages in (first, second):
        shared = SharedBuckets()
        made.append(shared.buckets("saves", 4, rate, seconds))
        shared.connect(messages)
    return made[0], made[1]


def test_two_processes_let_through_together_what_one_would(seconds: Seconds) -> None:
    first, second = two_processes(seconds)
    taken = [process.of("somebody").take() for _ in range(4) for process in (first, second)]
    assert taken == [True] * 4 + [False] * 4
    assert first.of("another one").take()
    seconds.now += 1
    assert second.of("somebody").take()
    assert not first.of("somebody").take()


def test_what_both_let_through_at_one_moment_is_owed(seconds: Seconds) -> None:
    first, second = two_processes(seconds)
    first.of("somebody").charge_untold(0)  # known in both, and neither has heard of the other yet
    for bucket in (first.of("somebody"), second.of("somebody")):
        bucket.charge(4)
    assert first.of("somebody").seconds_in_debt == second.of("somebody").seconds_in_debt == 4


def test_whatever_is_told_a_bucket_is_no_deeper_in_debt_than_an_hour(seconds: Seconds) -> None:
    first, second = two_processes(seconds)
    first.of("somebody").charge(1e12)
    assert second.of("somebody").seconds_in_debt == 3600
    first.of("another one").charge(-100)
    assert second.of("another one").left == 4
