"""What the debug pages show: the calls to models of one evaluation, and self-tests."""

from __future__ import annotations

import dataclasses

import reflex as rx

from memo_coach.services.accounts.principal import Actor
from memo_coach.services.administration.debug import CallView
from memo_coach.services.container import current
from memo_coach.services.errors import NotFound, ServiceError
from memo_coach.translations import number, text
from memo_coach.ui.states.administration import administrator
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.middleware.session import owner_of


@dataclasses.dataclass
class MessageOnScreen:
    """One message of a prompt."""

    role: str
    content: str


@dataclasses.dataclass
class CallOnScreen:
    """One call to a model, ready to show."""

    heading: str
    figures: list[str]
    prompt: list[MessageOnScreen]
    response: str
    kept: bool
    """Whether its words were kept."""


@dataclasses.dataclass
class SelfTestOnScreen:
    """One self-test and, once it has run, its result."""

    name: str
    label: str
    result: str
    """``ok``, ``failed``, ``absent``, or empty before it ran."""
    detail: str
    time: str


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{number(value, digits=2)} s"


def _call(call: CallView) -> CallOnScreen:
    exact = "≈ " if call.estimated else ""
    return CallOnScreen(
        heading=f"{call.model} · {text(f'debug.purpose_{call.purpose}')}",
        figures=[
            text(
                "debug.status",
                status=call.status if call.failure is None else f"{call.status}: {call.failure}",
            ),
            text(
                "debug.tokens",
                prompt=f"{exact}{number(call.prompt_tokens)}",
                completion=number(call.completion_tokens),
            ),
            text("debug.cost", cost=f"{exact}${number(call.cost_usd, digits=6)}"),
            text("debug.first", seconds=_seconds(call.first_token_seconds)),
            text("debug.total", seconds=_seconds(call.seconds)),
            text("debug.retries", count=call.retries),
            text("debug.at", moment=call.created.strftime("%Y-%m-%d %H:%M:%S UTC")),
        ],
        prompt=[MessageOnScreen(role, content) for role, content in call.prompt or ()],
        response=call.response or "",
        kept=call.prompt is not None,
    )


class DebugState(rx.State):
    """The debug pages on the screen. Without accounts they are shown at the machine itself only."""

    status: str = "loading"
    """``loading``, ``refused``, ``missing``, ``unavailable`` or ``here``."""
    problem: str = ""
    evaluation: str = ""
    """The id of the evaluation whose calls are shown."""
    calls: list[CallOnScreen] = []
    collects: bool = False
    tests: list[SelfTestOnScreen] = []
    running: str = ""
    """The self-test that runs, or empty."""
    has_run: bool = False
    """Whether all of them have run."""

    def _administrator(self) -> Actor | None:
        """Return who may see it; else show that it is not for them."""
        who = administrator(self)
        if not isinstance(who, str):
            return who
        self.reset()  # type: ignore[no-untyped-call]  # the framework's own, without types
        self.status = "refused"
        self.problem = text("debug.refused_body") if current().settings.auth_mode == "open" else who
        return None

    @rx.event
    async def open(self) -> None:
        """Show the self-tests."""
        if self._administrator() is None:
            return
        self.collects = current().settings.debug_mode
        self.tests = [
            SelfTestOnScreen(name, text(f"debug.test_{name}"), "", "", "")
            for name in current().self_tests.names
        ]
        self.status = "here"

    @rx.event
    async def open_evaluation(self) -> None:
        """Show the calls of the evaluation in the address."""
        who = self._administrator()
        if who is None:
            return
        asked_for = str(self.router.url.path).rstrip("/").rpartition("/")[2]
        self.calls, self.evaluation = [], asked_for
        try:
            found = await current().debug.read(who, await owner_of(self), asked_for)
        except (NotFound, Refused):
            self.status = "missing"
        except ServiceError as error:
            self.status, self.problem = "unavailable", error.message
        else:
            self.calls = [_call(call) for call in found.calls]
            self.collects = found.collects
            self.status = "here"

    @rx.event(background=True)
    async def run_all(self) -> None:
        """Run every self-test, one after the other, and show each result as it comes."""
        async with self:
            if self._administrator() is None or self.running:
                return
            self.running, self.has_run = "…", False
        try:
            for name in current().self_tests.names:
                await self._run(name)
            async with self:
                self.has_run = True
        finally:
            async with self:
                self.running = ""

    async def _run(self, name: str) -> None:
        async with self:
            self.running = name
        found = await current().self_tests.run(name)
        shown = SelfTestOnScreen(
            name,
            text(f"debug.test_{name}"),
            found.result,
            found.detail,
            f"{number(found.milliseconds, digits=1)} ms",
        )
        async with self:
            self.tests = [shown if test.name == name else test for test in self.tests]


allow(DebugState, "open", "open_evaluation", "run_all")
