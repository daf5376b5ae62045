"""The coaches of this installation, by kind. A new one registers itself; nothing else has to know it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import cast

from memo_coach.coaching.coach import Coach
from memo_coach.coaching.evaluation import CoachEvent, CoachKind
from memo_coach.coaching.language import SUPPORTED_LANGUAGES
from memo_coach.coaching.parsing import parse_memo
from memo_coach.coaching.rubric import Rubric
from memo_coach.services.errors import UnknownCoach

CoachFactory = Callable[[], Coach]

DEFAULT_COACH: CoachKind = "builtin"


def _builtin() -> Coach:
    from memo_coach.coaching.builtin.coach import BuiltinCoach  # noqa: PLC0415 - the detectors load when needed

    return BuiltinCoach()


_COACHES: dict[str, CoachFactory] = {"builtin": _builtin}


def register_coach(kind: str, factory: CoachFactory) -> None:
    """Make a coach available under a kind, in place of the one that had it.

    A coach that computes does so in threads of its own: its stream runs on the loop that answers the pages.
    """
    _COACHES[kind] = factory


def warm_up() -> None:
    """Load what the first evaluation would otherwise wait for: rubrics, detectors, word lists."""
    from memo_coach.coaching.builtin.coach import BuiltinCoach  # noqa: F401, PLC0415 - loads the detectors
    from memo_coach.coaching.builtin.lexicon import lexicon_of  # noqa: PLC0415
    from memo_coach.coaching.rubric_documents import shipped_rubrics  # noqa: PLC0415

    shipped_rubrics()
    for language in SUPPORTED_LANGUAGES:
        lexicon_of(language)


def known_coaches() -> tuple[str, ...]:
    """Give the kinds of the coaches, in the order of their registration."""
    return tuple(_COACHES)


def coach_kind(kind: str) -> CoachKind:
    """Check that there is a coach of a kind.

    Raises:
        UnknownCoach: there is none.
    """
    if kind not in _COACHES:
        raise UnknownCoach(f"There is no coach “{kind}” here. The coaches are: {', '.join(_COACHES)}.")
    return cast("CoachKind", kind)


async def evaluation_events(
    kind: str, text: str, language: str, rubric: Rubric
) -> AsyncGenerator[CoachEvent, None]:
    """Let a coach judge a text, and give its events as they come. Closing the stream stops the work.

    Raises:
        UnknownCoach: there is no coach of that kind.
        CoachingError: the coach refuses the text, with a sentence for the person.
    """
    coach = _COACHES[coach_kind(kind)]()
    memo = await asyncio.to_thread(parse_memo, text, language)
    stream = coach.evaluate(memo, rubric)
    try:
        async for event in stream:
            yield event
    finally:
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()
