"""The coaches of this installation: which there are, what each would cost, and letting one judge a memo."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from memo_coach.coaching.coach import Coach
from memo_coach.coaching.computing import compute
from memo_coach.coaching.evaluation import CoachEvent, CoachKind
from memo_coach.coaching.memo.language import SUPPORTED_LANGUAGES
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.services.errors import UnknownCoach
from memo_coach.services.views import CoachOffer, CostEstimate
from memo_coach.translations import text

if TYPE_CHECKING:
    from memo_coach.services.coaches.builtin_executor import BuiltinExecutor

CoachFactory = Callable[[], Coach]

BUILTIN: CoachKind = "builtin"
MODEL: CoachKind = "llm"


@dataclass(frozen=True, slots=True)
class CoachRequest:
    """What a coach is to judge, and for whom."""

    text: str
    language: str
    rubric: Rubric
    owner: str | None = None
    """``None`` where an operator asks, on the command line."""
    evaluation_id: str | None = None
    address: str | None = None
    """A keyed hash of the address that it was asked from."""
    overloaded: bool = False
    """Whether others wait for the same kind of coach."""
    models: tuple[str, ...] | None = None
    """Those of the configured models that may be asked; ``None`` for all."""


class ModelCoaches(Protocol):
    """Coaches that ask a language model."""

    @property
    def offer(self) -> CoachOffer | None:
        """What a writer may choose; ``None`` where no model is configured."""

    async def models_of(self, owner: str | None) -> tuple[str, ...]:
        """Return the configured models that an owner may use."""

    def offer_of(self, models: tuple[str, ...]) -> CoachOffer | None:
        """Return what somebody may choose who may use some models."""

    def coach_for(self, request: CoachRequest) -> Coach:
        """Return the coach for a request; without a model it says so, and the built-in coach judges."""

    def cache_key(self, request: CoachRequest) -> str:
        """Return what an answer is made from, hashed."""

    async def estimate(self, request: CoachRequest) -> CostEstimate | None:
        """Return the most that a request would cost; ``None`` where no model is configured."""


def _builtin() -> Coach:
    from memo_coach.coaching.builtin.coach import BuiltinCoach  # noqa: PLC0415 - the detectors load when needed

    return BuiltinCoach()


def _is_builtin(coach: Coach) -> bool:
    from memo_coach.coaching.builtin.coach import BuiltinCoach  # noqa: PLC0415 - as above

    return isinstance(coach, BuiltinCoach)


_COACHES: dict[str, CoachFactory] = {BUILTIN: _builtin}


def register_coach(kind: str, factory: CoachFactory) -> None:
    """Make a coach available under a kind, in place of the one that had it.

    A coach that computes does so in threads of its own: its stream runs on the loop that answers the pages.
    """
    _COACHES[kind] = factory


def warm_up() -> None:
    """Load what the first evaluation would otherwise wait for: rubrics, detectors, word lists."""
    from memo_coach.coaching.builtin.coach import BuiltinCoach  # noqa: F401, PLC0415 - loads the detectors
    from memo_coach.coaching.builtin.lexicon import lexicon_of  # noqa: PLC0415
    from memo_coach.coaching.rubric.reader import shipped_rubrics  # noqa: PLC0415

    shipped_rubrics()
    for language in SUPPORTED_LANGUAGES:
        lexicon_of(language)


class Coaches:
    """The coaches by kind."""

    def __init__(self, models: ModelCoaches | None = None, executor: BuiltinExecutor | None = None) -> None:
        """Without ``executor`` the built-in coach reads all texts in this process."""
        self._models = models
        self._executor = executor

    @property
    def uses_coach_process(self) -> bool:
        """Whether the built-in coach can judge memos beside."""
        return self._executor is not None and _COACHES[BUILTIN] is _builtin

    def offers(self) -> tuple[CoachOffer, ...]:
        """Return the coaches that a writer may choose, the default one first."""
        offered = None if self._models is None else self._models.offer
        builtin = CoachOffer(BUILTIN, model=None, destination=None, is_default=offered is None)
        return (builtin,) if offered is None else (offered, builtin)

    async def offers_to(self, owner: str) -> tuple[CoachOffer, ...]:
        """Return the coaches that an owner may choose, the default one first."""
        if self._models is None or self._models.offer is None:
            return self.offers()
        offered = self._models.offer_of(await self._models.models_of(owner))
        builtin = CoachOffer(BUILTIN, model=None, destination=None, is_default=offered is None)
        return (builtin,) if offered is None else (offered, builtin)

    async def kind_for(self, owner: str, asked: str | None) -> CoachKind:
        """Return the kind of coach that an owner asked for, or the default one's for them.

        Raises:
            UnknownCoach: there is none of that kind, or they may not have it.
        """
        kind = self.kind(asked)
        if kind != MODEL or any(offer.kind == MODEL for offer in await self.offers_to(owner)):
            return kind
        if asked is None:
            return BUILTIN
        raise UnknownCoach(text("problem.model_not_allowed"))

    async def permitted(self, request: CoachRequest) -> CoachRequest:
        """Return a request with the models that its owner may use."""
        if self._models is None or request.owner is None:
            return request
        return replace(request, models=await self._models.models_of(request.owner))

    def kind(self, asked: str | None) -> CoachKind:
        """Return the kind of coach that was asked for, or the default one's.

        Raises:
            UnknownCoach: there is none of that kind.
        """
        offers = self.offers()
        if asked is None:
            return offers[0].kind
        if asked == MODEL and not any(offer.kind == MODEL for offer in offers):
            raise UnknownCoach(text("problem.no_model"))
        known = tuple(dict.fromkeys((*_COACHES, *(offer.kind for offer in offers))))
        if asked not in known:
            raise UnknownCoach(text("problem.unknown_coach", coach=asked, known=", ".join(known)))
        return cast("CoachKind", asked)

    async def estimate(self, request: CoachRequest) -> CostEstimate | None:
        """Return the most that a judgement by the model would cost; ``None`` where none is configured."""
        return None if self._models is None else await self._models.estimate(request)

    def cache_key(self, kind: str, request: CoachRequest) -> str | None:
        """Return under what a later order for the same finds this answer; ``None`` for the built-in coach."""
        return self._models.cache_key(request) if kind == MODEL and self._models is not None else None

    async def events(self, kind: str, request: CoachRequest) -> AsyncGenerator[CoachEvent, None]:
        """Let a coach judge a text, and give its events as they come. Closing the stream stops the work.

        Raises:
            UnknownCoach: there is no coach of that kind.
            CoachingError: the coach refuses the text, with a sentence for the person.
        """
        coach = self._coach(kind, request)
        is_beside = self._executor is not None and (
            request.overloaded or self._executor.is_long(request.text)
        )
        if self._executor is not None and is_beside and _is_builtin(coach):
            async with aclosing(
                self._executor.steps(request.text, request.rubric, request.language)
            ) as steps:
                async for events in steps:
                    for event in events:
                        yield event
            return
        # The memo has no name here: the coach alone says how long it is held.
        stream = coach.evaluate(
            await compute(len(request.text), partial(parse_memo, request.text, request.language)),
            request.rubric,
        )
        try:
            async for event in stream:
                yield event
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()

    def _coach(self, kind: str, request: CoachRequest) -> Coach:
        if kind == MODEL and self._models is not None:
            return self._models.coach_for(request)
        return _COACHES[self.kind(kind)]()
