"""What the pages about one evaluation have in common: fetching, following and cancelling it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self, cast

import reflex as rx

from memo_coach.coaching.rubric.model import localised
from memo_coach.services.clock import now
from memo_coach.services.container import current
from memo_coach.services.errors import NotFound, ServiceError
from memo_coach.services.evaluations.attempts import GAVE_UP
from memo_coach.services.views import FINISHED, EvaluationView
from memo_coach.translations import current_language, text
from memo_coach.web.errors import Refused
from memo_coach.web.languages import localised_path
from memo_coach.web.middleware.session import address_of, owner_of

SETTLE_SECONDS = 0.15
"""The built-in coach has mostly ended by then: a page that is drawn once for it is there sooner than one that
is drawn three times."""


class EvaluationStateMixin(rx.State, mixin=True):
    """The evaluation that the address names, as far as it has come."""

    status: str = "loading"
    """``loading``, ``missing``, ``unavailable``, or the status of the evaluation."""
    evaluation_id: str = ""
    memo_id: str = ""
    title: str = ""
    language: str = ""
    """The memo's, which its feedback is in as well."""
    rubric_name: str = ""
    judged_by: str = ""
    """Who speaks: the model's name, or the built-in coach."""
    cached: bool = False
    asks_model: bool = False
    """Whether a model was asked, whoever judged in the end."""
    done_steps: int = 0
    total_steps: int = 1
    percent: str = "0%"
    problem: str = ""
    has_reading: bool = False
    """Whether the built-in coach has read the memo for an evaluation that was cancelled."""
    watched: bool = False
    """Whether it was shown before it was finished: then its end is news."""

    def _asked_for(self) -> str:
        return str(self.router.url.path).rstrip("/").rpartition("/")[2]

    def _blank(self) -> None:
        """Forget what was on the screen."""
        self.reset()  # type: ignore[no-untyped-call]  # the framework's own, without types

    def _miss(self, asked_for: str) -> None:
        """Show that there is no such evaluation."""
        self._blank()
        self.evaluation_id, self.status = asked_for, "missing"

    def _itself(self) -> Self:
        """Return the state behind a background event's proxy, which must hold it.

        Reading and setting through the proxy is slow, and a snapshot takes dozens of both.
        """
        return cast("Self", self.get_substate([self.get_name()]))

    def _assign(self, **values: object) -> None:
        """Set what differs from what is shown: the framework sends whatever is set, equal or not."""
        for name, value in values.items():
            if self.get_value(name) != value:
                setattr(self, name, value)

    async def _show(self, view: EvaluationView) -> None:
        """Put the view on the screen."""
        total = max(1, view.total_steps)
        done = min(view.done_steps, total)
        self._assign(
            evaluation_id=view.evaluation_id,
            memo_id=view.memo_id,
            title=view.title,
            language=view.language,
            rubric_name=await _name_of_rubric(view),
            asks_model=view.coach == "llm",
            judged_by=_judge(view),
            cached=view.provenance is not None and view.provenance.cached,
            total_steps=total,
            done_steps=done,
            percent=f"{100 * done // total}%",
            problem=text("problem.gave_up") if view.error == GAVE_UP else view.error or "",
            has_reading=view.status == "cancelled" and view.second_opinion is not None,
            status=view.status,
            watched=self.watched or view.status not in FINISHED,
        )

    async def _keep_up(self, asked_for: str, view: EvaluationView, began: datetime) -> bool:
        """Show the view, unless the address is another's by now; tell which.

        What ended since following ``began`` was waited for, also where it was not shown before.
        """
        if self._asked_for() != asked_for:
            return False
        if view.finished is not None and view.finished >= began:
            self._assign(watched=True)
        await self._show(view)
        return True

    @rx.event
    async def open(self) -> Any:
        """Show the evaluation at each visit, reload and reconnection."""
        # Following begins with the whole evaluation: fetching it here as well would only take twice the time.
        if self.evaluation_id not in ("", self._asked_for()):
            self._blank()
        return type(self).follow

    async def _fetch(self) -> Any:
        asked_for = self._asked_for()
        if asked_for != self.evaluation_id:
            self._blank()
        try:
            view = await current().evaluations.get(await owner_of(self), asked_for)
        except (NotFound, Refused):
            self._miss(asked_for)
            return None
        except ServiceError as error:
            self._blank()
            self.evaluation_id, self.status, self.problem = asked_for, "unavailable", error.message
            return None
        await self._show(view)
        return None if view.status in FINISHED else type(self).follow

    @rx.event(background=True, supersedes=True)
    async def follow(self) -> None:
        """Show what the coach produces while it produces it."""
        async with self:
            asked_for, began = self._asked_for(), now()
            try:
                owner = await owner_of(self)
            except Refused:
                self._miss(asked_for)
                return
        try:
            async for view in current().evaluations.follow(owner, asked_for, settle=SETTLE_SECONDS):
                async with self:
                    if not await self._itself()._keep_up(asked_for, view, began):  # noqa: SLF001 - it is this
                        return
        except NotFound:
            # There is none, or it was deleted in another tab while this one watched.
            async with self:
                self._miss(asked_for)
        except ServiceError as error:
            async with self:
                self.evaluation_id, self.status, self.problem = asked_for, "unavailable", error.message

    @rx.event
    async def cancel(self) -> None:
        """Stop the evaluation."""
        try:
            owner = await owner_of(self)
            await current().evaluations.cancel(owner, self._asked_for())
            await self._show(await current().evaluations.get(owner, self._asked_for()))
        except ServiceError as error:
            self.problem = error.message
        except Refused:
            self.problem = text("problem.no_session")

    @rx.event
    async def again(self) -> Any:
        """Evaluate the same text once more."""
        try:
            evaluation = await current().evaluations.retry(
                await owner_of(self), self._asked_for(), address=address_of(self)
            )
        except ServiceError as error:
            self.problem = error.message
            return None
        except Refused:
            self.problem = text("problem.no_session")
            return None
        return rx.redirect(localised_path(f"/feedback/{evaluation}"))


def _judge(view: EvaluationView) -> str:
    provenance = view.provenance
    if provenance is None:
        return text("feedback.model" if view.coach == "llm" else "feedback.builtin")
    return provenance.model or text("feedback.builtin")


async def _name_of_rubric(view: EvaluationView) -> str:
    """Return the rubric's name in the version that judged, which is read here for whatever else is shown."""
    try:
        await current().rubrics.remember(view.rubric, view.rubric_version)
        return localised(current().rubrics.known(view.rubric, view.rubric_version).name, current_language())
    except ServiceError:
        # The rubric may have been taken away since; the evaluation keeps its id.
        return view.rubric
