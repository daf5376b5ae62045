"""People as a server sees them: a browser's session, a socket that stays, and what somebody at work does.

Nobody here waits less than a person does, and everything goes the way of a page: clicks, hints and
evaluations as events over the socket, drafts over HTTP. What the server acknowledges is noted, so that it can
be looked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx
from reflex.state import OnLoadInternalState

from memo_coach.ui.states.write import WriteState
from tests.integration.web.sockets import GONE, HYDRATE, TestSocket, opened
from tests.live_server import LiveServer

RUBRICS = ("investment-memo", "decision-memo")
CLICK_EVERY_SECONDS = 5.0
DRAFT_EVERY_SECONDS = 10.0
HINTS_EVERY_SECONDS = 20.0
"""Hints come at pauses: after every other draft."""
EVALUATION_EVERY_SECONDS = 300.0
PATIENCE_SECONDS = 60.0
LONGEST_TEXT = 4_000
WRITE_STATE = WriteState.get_full_name()
ON_LOAD = f"{OnLoadInternalState.get_full_name()}.on_load_internal"
EVALUATED = "evaluated, from the click to the end"
_FEEDBACK = re.compile(r"/feedback/([\w-]{10,})")
_ENDED = re.compile(r'"status[^"]*":\s*"(done|failed|cancelled)"')


@dataclass
class Measured:
    """What was measured, and what the server acknowledged."""

    milliseconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """How long each interaction took, by kind."""
    errors: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    """What went wrong, in words, and how often."""

    def begin_anew(self) -> None:
        """Forget what was measured so far: it was warming up."""
        self.milliseconds.clear()
        self.errors.clear()


@dataclass
class Kept:
    """What the server has told one person that it keeps."""

    evaluations: list[str] = field(default_factory=list)
    memo: str | None = None
    text: str = ""
    revision: int = 0


class Person:
    """One person with a browser of their own, at an address of their own."""

    def __init__(
        self,
        number: int,
        server: LiveServer,
        client: httpx.AsyncClient,
        measured: Measured,
        text: str,
        *,
        coach: str = "builtin",
    ) -> None:
        self.kept = Kept()
        self._server, self._client, self._measured = server, client, measured
        self._address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self._cookie = ""
        self._text, self._coach = text, coach
        self._chance = random.Random(number)
        self._clicks = 0
        self._socket: TestSocket | None = None
        self._frames: asyncio.Queue[str] = asyncio.Queue()
        self._stack = contextlib.AsyncExitStack()
        self._reading: asyncio.Task[None] | None = None

    async def arrive(self) -> None:
        """Open the first page and its socket."""
        answer = await self._client.get("/", headers={**self._headers(), "Accept": "text/html"})
        answer.raise_for_status()
        self._cookie = "; ".join(each.partition(";")[0] for each in answer.headers.get_list("set-cookie"))
        self._socket = await self._stack.enter_async_context(
            opened(self._server, self._cookie, forwarded_for=self._address)
        )
        self._reading = asyncio.create_task(self._read(self._socket))
        await self._answered("arrive", HYDRATE, None, re.compile("is_hydrated"))

    async def leave(self) -> None:
        """Close the browser."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._stack.aclose()

    async def work(self, seconds: float) -> None:
        """Work for so long: click, write, read hints, have the memo judged; each in its rhythm."""
        doing = {
            self.click: CLICK_EVERY_SECONDS,
            self.save: DRAFT_EVERY_SECONDS,
            self.ask_for_hints: HINTS_EVERY_SECONDS,
            self.evaluate: EVALUATION_EVERY_SECONDS,
        }
        began = time.monotonic()
        due = {action: began + self._chance.uniform(0, every) for action, every in doing.items()}
        while True:
            action = min(due, key=lambda each: due[each])
            if due[action] >= began + seconds:
                return
            await asyncio.sleep(max(0.0, due[action] - time.monotonic()))
            due[action] += doing[action]
            try:
                await action()
            except (TimeoutError, httpx.HTTPError, *GONE) as error:
                self._measured.errors[f"{action.__name__}: {type(error).__name__}"] += 1

    async def click(self) -> None:
        """Choose another rubric, the click that an open editor has."""
        self._clicks += 1
        rubric = RUBRICS[self._clicks % len(RUBRICS)]
        await self._answered(
            "click", f"{WRITE_STATE}.choose_rubric", {"rubric": rubric}, re.compile(rf'"{rubric}"')
        )

    async def save(self) -> None:
        """Write some words and have the draft saved."""
        words = " ".join(self._chance.choice(("cost", "risk", "plan", "August", "4,200")) for _ in range(8))
        text = f"{self._text[:LONGEST_TEXT]}\n\n{words.capitalize()}."
        began = time.monotonic()
        answer = await self._client.put(
            "/draft",
            headers=self._headers(),
            json={
                "memo_id": self.kept.memo,
                "text": text,
                "rubric": RUBRICS[0],
                "base_revision": self.kept.revision,
            },
        )
        if not answer.is_success:
            self._measured.errors[f"save: {answer.status_code}"] += 1
            return
        self._took("draft saved", began)
        said = answer.json()
        if said["forked"]:
            self._measured.errors["save: became a memo of its own"] += 1
        self.kept.memo, self.kept.revision, self.kept.text = said["memo_id"], said["revision"], text

    async def ask_for_hints(self) -> None:
        """Pause, and have what is written looked at."""
        await self._answered(
            "hints", f"{WRITE_STATE}.review", {"memo": self.kept.text or self._text}, re.compile('"reviewed')
        )

    async def evaluate(self) -> None:
        """Have the memo judged, follow it to its end, and go back to the editor."""
        if not self.kept.text:
            await self.save()
        form: dict[str, Any] = {
            "memo": self.kept.text,
            "rubric": RUBRICS[0],
            "coach": self._coach,
            "memo_id": self.kept.memo or "",
            "revision": str(self.kept.revision),
        }
        began = time.monotonic()
        frame = await self._answered("evaluate", f"{WRITE_STATE}.evaluate", {"form": form}, _FEEDBACK)
        found = _FEEDBACK.search(frame)
        assert found is not None
        self.kept.evaluations.append(found[1])
        page = f"/feedback/{found[1]}"
        ended = _ENDED.search(await self._answered(None, ON_LOAD, None, _ENDED, page))
        if ended is None or ended[1] != "done":
            self._measured.errors[f"evaluation: {ended and ended[1]}"] += 1
        else:
            self._took(EVALUATED, began)
        await self._answered("page changed", ON_LOAD, None, re.compile("is_hydrated|write_state"), "/")

    def _headers(self) -> dict[str, str]:
        return {"Cookie": self._cookie, "Origin": self._server.url, "X-Forwarded-For": self._address}

    def _took(self, kind: str, began: float) -> None:
        self._measured.milliseconds[kind].append((time.monotonic() - began) * 1_000)

    async def _read(self, socket: TestSocket) -> None:
        """Read all that comes: a browser does, and answers the server's pings by it."""
        async for frame in socket.frames():
            self._frames.put_nowait(frame)

    async def _answered(
        self, kind: str | None, event: str, payload: Any, answer: re.Pattern[str], page: str = "/"
    ) -> str:
        """Send an event, and return the frame that answers it; without a kind its time is not kept."""
        assert self._socket is not None
        while not self._frames.empty():
            self._frames.get_nowait()
        began = time.monotonic()
        await self._socket.event(event, payload, router_data={"pathname": page, "asPath": page})
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not answer.search(frame := await self._frames.get()):
                pass
        if kind is not None:
            self._took(kind, began)
        return frame
