"""Which models somebody may have at work: their role's, or their account's own, whatever way they ask."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator

import pytest

from memo_coach.coaching.documents.auth import load_auth
from memo_coach.coaching.documents.document import BrokenDocument
from memo_coach.services.accounts.errors import AccountUnfit
from memo_coach.services.accounts.principal import Role
from memo_coach.services.accounts.typed_limits import typed_limits
from memo_coach.services.accounts.views import UserLimits
from memo_coach.services.administration.document_kinds import shipped
from memo_coach.services.chat.views import ChatView
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.services.errors import UnknownCoach
from memo_coach.services.views import FINISHED, EvaluationView
from memo_coach.settings import Settings
from tests.accounts import ROOT, add_account
from tests.databases import only_on_sqlite
from tests.model_server import running_model_server
from tests.unit.conftest import HASTY
from tests.unit.services.coaches.test_model_coaches import MEMO, RUBRIC, with_model

DEAR, CHEAP = "openai/fine", "openai/fenced"
AUTH = shipped()["auth"]


@pytest.fixture
async def two_models(settings: Settings) -> AsyncIterator[Services]:
    """Services with a dear model, and a cheap one that stands in for it."""
    with running_model_server() as server:
        configured = with_model(settings, server, llm_fallback_models=CHEAP)
        opened = await open_services(configured, dataclasses.replace(HASTY, longest=60))
        yield opened
        await close_services(opened)


def auth(writer: str, administrator: str = "all") -> str:
    begin, _, _ = AUTH.partition("models:\n")
    return f"{begin}models:\n  writer: {writer}\n  administrator: {administrator}\n"


async def judged(services: Services, owner: str, coach: str | None = None) -> EvaluationView:
    evaluation = await services.evaluations.submit(owner, text=MEMO, rubric=RUBRIC, coach=coach)
    async for view in services.evaluations.follow(owner, evaluation):
        if view.status in FINISHED:
            return view
    raise AssertionError("an evaluation is followed to its end")


def model_of(view: EvaluationView) -> str | None:
    assert view.provenance is not None
    return view.provenance.model if view.provenance.kind == "llm" else None


async def answered(services: Services, owner: str, evaluation: str) -> ChatView:
    await services.chats.ask(owner, evaluation, "What is missing?")
    view: ChatView | None = None
    async for each in services.chats.follow(owner, evaluation):
        view = each
    assert view is not None
    return view


@only_on_sqlite
async def test_a_role_and_an_account_of_its_own_use_the_models_that_they_may_and_no_others(
    two_models: Services,
) -> None:
    services, coaches = two_models, two_models.coaches
    ana, root = await add_account(services), await add_account(services, "r@example.org", Role.ADMINISTRATOR)
    await services.documents.save(ROOT, "auth", auth(f"[{CHEAP}]"), base=0)
    assert [offer.model for offer in await coaches.offers_to(ana.owner)] == [CHEAP, None]
    assert [offer.model for offer in await coaches.offers_to(root.owner)] == [DEAR, None]
    first = await judged(services, ana.owner)
    assert (model_of(first), first.provenance and first.provenance.fallback_from) == (CHEAP, None)
    again = await judged(services, ana.owner)
    assert again.provenance is not None
    assert again.provenance.cached
    assert model_of(await judged(services, root.owner)) == DEAR

    await services.users.set_limits(ROOT, ana.id, UserLimits(models=()))
    (offer,) = await coaches.offers_to(ana.owner)
    assert (offer.kind, offer.is_default) == ("builtin", True)
    assert (await services.preferences.of_owner(ana.owner)).coach == "builtin"
    assert model_of(await judged(services, ana.owner)) is None
    with pytest.raises(UnknownCoach, match="may not use a language model"):
        await judged(services, ana.owner, coach="llm")
    with pytest.raises(UnknownCoach):
        await services.preferences.choose_coach(ana.owner, "llm")
    said = await answered(services, ana.owner, first.evaluation_id)
    assert said.messages[-1].coach == "builtin"

    await services.users.set_limits(ROOT, ana.id, UserLimits(models=(DEAR,)))
    assert (await services.users.get(ana.id)).limits == UserLimits(models=(DEAR,))
    assert model_of(await judged(services, ana.owner, coach="llm")) == DEAR


@only_on_sqlite
async def test_what_was_queued_before_it_was_forbidden_is_judged_by_the_builtin_coach(
    two_models: Services,
) -> None:
    services = two_models
    ana = await add_account(services)
    await services.users.set_limits(ROOT, ana.id, UserLimits(models=()))
    model = await services.models.coaches.open_model(ana.owner, None)
    with pytest.raises(Exception, match="not-allowed"):
        async for _ in model.answer(None):  # type: ignore[arg-type]  # it is not even looked at
            pass


def test_the_document_names_models_for_each_role_and_older_ones_mean_all() -> None:
    older = AUTH.partition("# Which of the models")[0]
    assert load_auth(older, source="auth.yaml").models_of(is_administrator=False) is None
    document = load_auth(auth("none", "[a/b, a/b, c]"), source="auth.yaml")
    assert document.models_of(is_administrator=False) == ()
    assert document.models_of(is_administrator=True) == ("a/b", "c")
    for writer in ("some", "{a: b}", str(["x"] * 51)):
        with pytest.raises(BrokenDocument):
            load_auth(auth(writer), source="auth.yaml")


def test_models_are_typed_by_their_names_or_none() -> None:
    assert typed_limits("", "", " ", (DEAR,)).models is None
    assert typed_limits("", "", "none", (DEAR,)).models == ()
    assert typed_limits("", "", f"{CHEAP}, {DEAR},{CHEAP}", (DEAR, CHEAP)).models == (CHEAP, DEAR)
    with pytest.raises(AccountUnfit, match="none, openai/fine"):
        typed_limits("", "", "openai/fin", (DEAR,))
