"""What grows is noted at once, stored now and then, and shown after each change until it is finished."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from memo_coach.services import streaming
from memo_coach.services.streaming import Followers, InProgress, MemoryBroadcast, Source, record
from tests.waiting import PATIENCE_SECONDS

KEY, WORDS = "k", ("one ", "two ", "three")


@dataclass
class Text:
    """A text that grows in this process."""

    words: list[str] = field(default_factory=list)
    is_over: bool = False

    @property
    def version(self) -> int:
        return len(self.words)

    def on(self, view: str) -> str:
        return "".join(self.words) + ("." if self.is_over else "")


@dataclass
class StoredText:
    """A text in a database, here a list of what it is at each reading, and what a worker has of it."""

    stored: list[str]
    live: InProgress[Text] = field(default_factory=InProgress)
    looks: int = 0

    @property
    def source(self) -> Source[str]:
        return Source(
            self.read, self.look, lambda _known: self.live.of(KEY),
            is_over=lambda view: view.endswith("."), is_waiting=lambda view: view == "",
        )  # fmt: skip

    async def read(self) -> str:
        return self.stored.pop(0) if len(self.stored) > 1 else self.stored[0]

    async def look(self, known: str) -> str:
        self.looks += 1
        found = await self.read()
        return known if found == known else found


class Producer:
    """Says words as they are let through, and notes what is done with them."""

    def __init__(self) -> None:
        self.go = asyncio.Semaphore(0)
        self.noted: list[str] = []
        self.stored: list[str] = []
        self.told = asyncio.Event()
        self.is_closed = False

    async def events(self) -> AsyncIterator[str]:
        try:
            for word in WORDS:
                await self.go.acquire()
                yield word
        finally:
            self.is_closed = True

    async def store(self) -> None:
        self.stored.append("".join(self.noted))

    def announce(self) -> None:
        self.told.set()

    def begin(self, every: float, sign_of_life: float = 60.0) -> asyncio.Task[None]:
        recording = record(
            self.events(), self.noted.append, self.store, self.announce,
            every=lambda: every, sign_of_life=sign_of_life,
        )  # fmt: skip
        return asyncio.create_task(recording)

    async def until_told(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.told.wait()
        self.told.clear()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look and show without a pause that a test would wait for."""
    monkeypatch.setattr(streaming, "LOOK_ANYWAY_SECONDS", 0.01)
    monkeypatch.setattr(streaming, "SHORTEST_PAUSE_SECONDS", 0.001)


async def test_what_comes_is_noted_and_told_at_once_and_stored_by_nobody_before_it_is_time() -> None:
    producer = Producer()
    recording = producer.begin(every=60.0)
    for number in range(len(WORDS)):
        producer.go.release()
        await producer.until_told()
        assert producer.noted == list(WORDS[: number + 1])
    await recording
    assert producer.stored == [], "the rest is stored with the end, by whoever called"


async def test_what_came_is_stored_when_it_is_time_also_during_a_silence() -> None:
    producer = Producer()
    recording = producer.begin(every=0.01)
    producer.go.release()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not producer.stored:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    recording.cancel()
    await asyncio.wait({recording})
    assert producer.stored == ["one "], "and not again while nothing came"
    assert producer.is_closed


async def test_a_sign_of_life_is_stored_though_nothing_comes() -> None:
    producer = Producer()
    recording = producer.begin(every=60.0, sign_of_life=0.01)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(producer.stored) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    recording.cancel()
    await asyncio.wait({recording})
    assert set(producer.stored) == {""}


async def test_where_storing_fails_the_stream_is_read_no_more() -> None:
    class Taken(Producer):
        async def store(self) -> None:
            raise LookupError

    producer = Taken()
    recording = producer.begin(every=0.01)
    producer.go.release()
    with pytest.raises(LookupError):
        await recording
    assert producer.is_closed


async def seen(stored: StoredText) -> list[str]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return [view async for view in Followers(MemoryBroadcast()).follow(KEY, stored.source)]


async def test_without_news_a_follower_looks_and_shows_only_what_is_new() -> None:
    stored = StoredText(["a", "a", "a", "a b", "a b", "a b c."])
    assert await seen(stored) == ["a", "a b", "a b c."]


async def test_what_is_finished_is_shown_and_not_looked_at_again() -> None:
    stored = StoredText(["all."])
    assert await seen(stored) == ["all."]
    assert stored.looks == 0


async def test_what_grows_here_is_shown_from_memory_and_its_end_too() -> None:
    stored, broadcast = StoredText([""]), MemoryBroadcast()
    text, shown = stored.live.begin(KEY, Text()), []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for view in Followers(broadcast).follow(KEY, stored.source):
            shown.append(view)
            text.words += WORDS[len(text.words) :][:1]
            if len(text.words) == len(WORDS):
                text.is_over = True
                stored.live.end(KEY, text)  # it ended between two looks, and left nothing to ask
            await broadcast.announce(KEY)
    assert shown == ["", "one ", "one two ", "one two three."]
    assert stored.looks == 0


async def test_what_ends_soon_is_shown_once_as_it_ended() -> None:
    stored, broadcast = StoredText([""]), MemoryBroadcast()
    stored.live.begin(KEY, Text(list(WORDS), is_over=True))

    async def read() -> str:
        await broadcast.announce(KEY)
        return await stored.read()

    following = Followers(broadcast).follow(KEY, replace(stored.source, read=read), settle=PATIENCE_SECONDS)
    assert [view async for view in following] == ["one two three."]


async def test_what_does_not_end_soon_is_shown_as_it_is() -> None:
    stored, broadcast = StoredText([""]), MemoryBroadcast()
    text = stored.live.begin(KEY, Text(["one "]))
    following = Followers(broadcast).follow(KEY, stored.source, settle=0.01)
    assert await anext(following) == ""
    text.is_over = True
    await broadcast.announce(KEY)
    assert [view async for view in following] == ["one ."]


async def test_what_nobody_has_begun_is_looked_at_ever_more_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "LONGEST_PATIENCE_SECONDS", 0.08)
    waits: list[float] = []
    wait = streaming._Follower._wait

    async def noted(self: streaming._Follower[str], seconds: float) -> bool:
        waits.append(round(seconds, 3))
        return await wait(self, seconds)

    monkeypatch.setattr(streaming._Follower, "_wait", noted)
    stored = StoredText(["", "", "", "", "", "", "begun", "done."])
    assert await seen(stored) == ["", "begun", "done."]
    assert waits[:6] == [0.01, 0.02, 0.04, 0.08, 0.08, 0.08]
    assert waits[-1] == 0.01, "once it has begun it is looked at as often as before"


async def test_nobody_who_went_away_is_told_or_counted() -> None:
    broadcast = MemoryBroadcast()
    followers = Followers(broadcast)
    following = followers.follow(KEY, StoredText([""]).source)
    assert await anext(following) == ""
    assert (len(broadcast._listeners), followers._count) == (1, 1)
    await following.aclose()  # type: ignore[attr-defined]
    assert (len(broadcast._listeners), followers._count) == (0, 0)
