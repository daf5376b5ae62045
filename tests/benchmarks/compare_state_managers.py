"""What an event costs where pages' states are in Redis, and where they are in the process with the socket.

``.venv/bin/python tests/benchmarks/compare_state_managers.py`` changes a state of each of many tabs in turns,
as an event does: by the framework's manager in memory, and by its manager in Redis with and without the lock
that it holds for a while. A real Redis is started for it.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from redis.asyncio import Redis
from reflex.istate.manager import StateManager
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from reflex.state import State

import memo_coach.memo_coach
from memo_coach.ui.states.feedback import FeedbackState
from memo_coach.ui.states.write import WriteState
from tests.redis_server import running_redis

TABS, EVENTS, ROUNDS = 50, 4, 3


async def events(manager: StateManager, cls: type, change: str) -> tuple[float, float]:
    """Change a state of each tab some times; give an event's milliseconds, this process's and all."""
    began, computed = time.perf_counter(), time.process_time()
    for number in range(EVENTS):
        for tab in range(TABS):
            async with manager.modify_state(BaseStateToken(ident=f"tab{tab}", cls=cls)) as root:
                state = await root.get_state(cls)
                setattr(state, change, f"{number}")
    count = TABS * EVENTS / 1000
    return (time.process_time() - computed) / count, (time.perf_counter() - began) / count


async def main() -> None:
    """Compare, and write a table."""
    assert memo_coach.memo_coach.app, "the states are those of the application"
    sys.stdout.write(f"{len(_all_of(State))} classes of states\n")
    with running_redis() as server:
        redis = Redis.from_url(server.url)
        plain = StateManagerRedis(redis=redis)
        plain._oplock_enabled = False
        holding = StateManagerRedis(redis=redis)
        holding._oplock_enabled = True
        managers: dict[str, StateManager] = {
            "memory": StateManagerMemory(),
            "Redis, lock for each": plain,
            "Redis, lock held": holding,
        }
        for cls, change in ((WriteState, "problem"), (FeedbackState, "problem")):
            found: dict[str, list[tuple[float, float]]] = {name: [] for name in managers}
            for _ in range(ROUNDS):
                for name, manager in managers.items():
                    found[name].append(await events(manager, cls, change))
                    if manager is holding:
                        await asyncio.sleep(6)  # the locks go back by themselves
            for name, rounds in found.items():
                own, wall = (statistics.median(each[place] for each in rounds) for place in (0, 1))
                sys.stdout.write(
                    f"{cls.__name__:15} {name:22} {own:6.2f} ms of this process, {wall:6.2f} in all\n"
                )
        size = sum([await redis.strlen(key) async for key in redis.scan_iter("tab0_*")])
        sys.stdout.write(
            f"one tab in Redis: {size} bytes in {len([k async for k in redis.scan_iter('tab0_*')])} keys\n"
        )
        for manager in managers.values():
            await manager.close()


def _all_of(cls: type[State]) -> list[type]:
    return [cls, *(each for below in cls.get_substates() for each in _all_of(below))]


asyncio.run(main())
