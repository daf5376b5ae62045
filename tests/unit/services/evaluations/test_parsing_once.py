"""A memo is parsed once where it is judged, and once for all visits to its detailed feedback."""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest
from reflex.state import State

from memo_coach.coaching import samples as shipped
from memo_coach.coaching.memo import parser
from memo_coach.coaching.memo.model import Memo
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.services.evaluations.worker_settings import WorkerSettings
from memo_coach.services.views import EvaluationView
from memo_coach.settings import Settings
from memo_coach.ui.annotated_blocks import AnnotatedTexts
from memo_coach.ui.states import details
from memo_coach.ui.states.details import DetailsState
from memo_coach.ui.states.feedback import FeedbackState
from tests.model_server.server import ModelServer, running_model_server
from tests.unit.conftest import HASTY

RUBRIC = "investment-memo"
PATIENT = dataclasses.replace(HASTY, longest=60)
(MEMO,) = [each.text for each in shipped.samples(RUBRIC, "en") if each.quality == "strong"]
SHORT = "We ask for two ovens by May.\n\nThey cost 9,000 EUR, and pay back in a year."


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return how often which text was parsed, by whichever module."""
    found: Counter[str] = Counter()
    real = parser.parse_memo

    def counting(text: str, language: str | None = None) -> Memo:
        found[text] += 1
        return real(text, language)

    for module in [each for name, each in sys.modules.items() if name.startswith("memo_coach")]:
        if getattr(module, "parse_memo", None) is real:
            monkeypatch.setattr(module, "parse_memo", counting)
    return found


@pytest.fixture(autouse=True)
def fresh_annotated_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with pages that have shown nothing yet."""
    monkeypatch.setattr(details, "_ANNOTATED_TEXTS", AnnotatedTexts())


@pytest.fixture
def model() -> Iterator[ModelServer]:
    """A server of a model."""
    with running_model_server() as server:
        yield server


@asynccontextmanager
async def serving(settings: Settings, pace: WorkerSettings = PATIENT) -> AsyncIterator[tuple[Services, str]]:
    """Yield services, and a visitor of them."""
    services = await open_services(settings, pace)
    try:
        _token, owner = await services.visitors.admit()
        yield services, owner
    finally:
        await close_services(services)


async def judged(services: Services, owner: str, text: str) -> list[EvaluationView]:
    """Hand a text in and return what a page that follows it is given."""
    evaluation = await services.evaluations.submit(owner, text=text, rubric=RUBRIC)
    return [view async for view in services.evaluations.follow(owner, evaluation)]


async def show(page: type[FeedbackState | DetailsState], views: list[EvaluationView]) -> None:
    """Put snapshots on a page, one after the other."""
    state = State(_reflex_internal_init=True).get_substate(page.get_full_name().split("."))  # type: ignore[call-arg]
    assert isinstance(state, page)
    for view in views:
        await state._show(view)


async def test_the_built_in_coach_is_given_the_only_parse(settings: Settings, parsed: Counter[str]) -> None:
    async with serving(settings) as (services, owner):
        views = await judged(services, owner, MEMO)
        assert views[-1].status == "done"
        await show(FeedbackState, views)
        assert parsed == {views[-1].text: 1}


async def test_so_is_a_coach_that_asks_a_model(
    settings: Settings, model: ModelServer, parsed: Counter[str]
) -> None:
    asking = settings.model_copy(
        update={
            "llm_model": "openai/fine",
            "llm_api_base": model.url,
            "llm_api_key": "test-key",
            "llm_daily_budget_usd": Decimal(1000),
        }
    )
    async with serving(asking) as (services, owner):
        views = await judged(services, owner, MEMO)
        assert views[-1].provenance is not None
        assert (views[-1].status, views[-1].provenance.kind) == ("done", "llm")
        await show(FeedbackState, views)
        assert parsed == {views[-1].text: 1}


async def test_the_details_of_the_newest_version_need_none(settings: Settings, parsed: Counter[str]) -> None:
    async with serving(settings) as (services, owner):
        views = await judged(services, owner, MEMO)
        await show(DetailsState, [*views, *views])
        assert parsed == {views[-1].text: 1}


async def test_all_visits_of_the_details_of_an_earlier_version_share_one_more(
    settings: Settings, parsed: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(settings) as (services, owner):
        (*_, first) = await judged(services, owner, MEMO)
        await services.evaluations.submit(
            owner, text=f"{MEMO}\n\nThe end.", rubric=RUBRIC, memo_id=first.memo_id
        )

        async def visitor(_state: object) -> str:
            return owner

        monkeypatch.setattr(details, "owner_of", visitor)
        for _visit in range(3):
            await show(DetailsState, [first, first])
        assert parsed[first.text] == 2


async def test_a_memo_without_a_subject_has_its_head_parsed_for_its_title(
    settings: Settings, parsed: Counter[str]
) -> None:
    async with serving(settings) as (services, owner):
        (*_, last) = await judged(services, owner, SHORT)
        assert last.title == "We ask for two ovens by May."
        assert parsed == {SHORT: 2}, "of a short one that is all"
