"""Runs the product's own services against the tests' model server, and gives all that can be seen of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from memo_coach.coaching.documents.llm import LlmDocument, shipped_llm
from memo_coach.services.administration.documents_in_force import Snapshot
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.services.views import EvaluationView
from memo_coach.settings import Settings, load_settings
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.model_calls import MICRO
from memo_coach.storage.tables import CriterionRow, ModelCall, ModelCallText, Spending, Table

KEY = "test-key"
RUBRIC = "investment-memo"
CONNECT_SECONDS = 5.0
TIMEOUT_SECONDS = 60.0
UNHURRIED_SECONDS = 30.0
"""For the first token, where a case does not wait for it: a busy machine must not look like a slow model."""
HURRIED_SECONDS = 2.0
"""For the first token, where a case waits until it is over."""
ATTEMPTS = 3
FIRST_WAIT_SECONDS = 0.05
LONGEST_WAIT_SECONDS = 1.5
"""Long enough for a server that asks for one second of rest."""
INPUT_USD, OUTPUT_USD = 3.0, 15.0
"""What a million tokens are taken to cost."""
PATIENCE_SECONDS = 120.0

MEMO = """Subject: A second press for the Bilbao plant

To: Marta Ruiz, head of operations

We ask you to approve 240,000 euros by 15 March for a second press in the Bilbao plant.

The only press stood still for 112 hours in the last quarter, and 14 orders were delivered late because of it.
Each late order costs us 3 percent of its price, and two customers have asked for a discount on top.

We looked at three ways out. A used press costs 150,000 euros but has no service contract.
Renting one costs 9,000 euros a month and takes six weeks to arrive. A new press pays for itself in 31 months.

If the price of steel falls by a tenth, the new press pays for itself only after 40 months.
Jon Etxeberria runs the project, orders the press in March and reports on the first Monday of each month.
"""
MEMO_ES = """Asunto: Una segunda prensa para la planta de Bilbao

Para: Marta Ruiz, directora de operaciones

Le pedimos que apruebe 240.000 euros antes del 15 de marzo para una segunda prensa en la planta de Bilbao.

La única prensa estuvo parada 112 horas en el último trimestre, y 14 pedidos llegaron tarde por ello.
Cada pedido tardío nos cuesta el 3 por ciento de su precio, y dos clientes han pedido además un descuento.

Hemos mirado tres salidas. Una prensa usada cuesta 150.000 euros pero no tiene contrato de servicio.
Alquilar una cuesta 9.000 euros al mes y tarda seis semanas. Una prensa nueva se paga en 31 meses.

Jon Etxeberria dirige el proyecto, encarga la prensa en marzo e informa el primer lunes de cada mes.
"""
RUNNING_TEXT = "Say what it costs – and who decides."
"""What a model says that was asked for an evaluation and only talks."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one evaluation."""

    views: tuple[EvaluationView, ...]
    """All that a page was told, in order."""
    calls: tuple[ModelCall, ...]
    texts: tuple[ModelCallText, ...]
    criteria: tuple[CriterionRow, ...]
    reserved_micro_usd: int
    spent_micro_usd: int

    @property
    def view(self) -> EvaluationView:
        """What the page shows in the end."""
        return self.views[-1]

    @property
    def notices(self) -> tuple[str, ...]:
        """What the page says about how the evaluation came about."""
        assert self.view.overall is not None
        return self.view.overall.notices


def settings_for(folder: Path, api_base: str, model: str, **variables: str) -> Settings:
    """Return the settings of an installation that asks a model of the server.

    Fallback models are named as the server's cases are, separated by commas.
    """
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/memo_coach.db",
        "PORT": "1",
        "LOG_LEVEL": "ERROR",
        "LLM_MODEL": f"openai/{model}",
        "LLM_API_BASE": api_base,
        "LLM_API_KEY": KEY,
        "LLM_CONNECT_SECONDS": str(CONNECT_SECONDS),
        "LLM_FIRST_TOKEN_SECONDS": str(UNHURRIED_SECONDS),
        "LLM_TIMEOUT_SECONDS": str(TIMEOUT_SECONDS),
        "DEBUG_MODE": "true",
    }
    return load_settings({**environment, **variables}, env_file=None)


def document(**changes: Any) -> LlmDocument:
    """Return the shipped document with short waits and prices that are easy to reckon with."""
    values = {
        "attempts": ATTEMPTS,
        "first_wait_seconds": FIRST_WAIT_SECONDS,
        "longest_wait_seconds": LONGEST_WAIT_SECONDS,
        "assumed_input_usd": INPUT_USD,
        "assumed_output_usd": OUTPUT_USD,
    }
    return replace(shipped_llm(), **{**values, **changes})


@asynccontextmanager
async def installation(settings: Settings, **changes: Any) -> AsyncIterator[tuple[Services, str]]:
    """Yield the services of an installation and a visitor; ``changes`` are to ``llm.yaml``."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Snapshot, "llm", property(lambda _snapshot: document(**changes)))
        services = await open_services(settings)
        try:
            _token, owner = await services.visitors.admit()
            yield services, owner
        finally:
            await close_services(services)


async def handed_in(services: Services, owner: str, text: str = MEMO, **options: Any) -> str:
    """Hand a memo in; give the evaluation's id."""
    return await services.evaluations.submit(owner, text=text, **{"rubric": RUBRIC, **options})


async def followed(services: Services, owner: str, evaluation_id: str) -> tuple[EvaluationView, ...]:
    """Follow an evaluation to its end, as a page does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        return tuple([view async for view in services.evaluations.follow(owner, evaluation_id)])


async def outcome_of(services: Services, owner: str, text: str = MEMO, **options: Any) -> Outcome:
    """Have a memo judged; give all there is to see of it."""
    evaluation_id = await handed_in(services, owner, text, **options)
    views = await followed(services, owner, evaluation_id)
    return await outcome_with(services.database, views)


async def outcome_with(database: Database, views: tuple[EvaluationView, ...]) -> Outcome:
    """Read what is stored of an evaluation that has been followed."""
    evaluation_id = views[-1].evaluation_id
    calls = await rows(database, ModelCall, ModelCall.created, evaluation=evaluation_id)
    texts = await rows(database, ModelCallText, ModelCallText.call, evaluation=evaluation_id)
    criteria = await rows(database, CriterionRow, CriterionRow.position, evaluation=evaluation_id)
    days = await rows(database, Spending, Spending.day)
    return Outcome(
        views,
        tuple(calls),
        tuple(texts),
        tuple(criteria),
        sum(day.reserved_micro_usd for day in days),
        sum(day.spent_micro_usd for day in days),
    )


async def rows(database: Database, table: type[Table], order: Any, **equal: Any) -> list[Any]:
    """Read the rows of a table that have these values, in order."""
    async with database.read() as session:
        statement = select(table).filter_by(**equal).order_by(col(order))
        return list((await session.execute(statement)).scalars())


async def judged(settings: Settings, text: str = MEMO, **changes: Any) -> Outcome:
    """Open an installation, have one memo judged, close it again."""
    async with installation(settings, **changes) as (services, owner):
        return await outcome_of(services, owner, text)


def cost_of(call: ModelCall) -> int:
    """Reckon what a call cost, in millionths of a US dollar."""
    usd = (call.prompt_tokens * INPUT_USD + call.completion_tokens * OUTPUT_USD) / 1_000_000
    return round(usd * MICRO)


def all_texts(view: EvaluationView) -> list[str]:
    """Return every text that a page shows of an evaluation, the memo's own apart."""
    said = [criterion.justification for criterion in view.criteria]
    for comment in view.comments:
        said += [comment.comment, *comment.questions, comment.suggestion or ""]
    if view.overall is not None:
        said += [view.overall.summary, *view.overall.strengths, *view.overall.opportunities]
        said += view.overall.notices
    return said


def all_quotes(view: EvaluationView) -> list[tuple[int, int, str]]:
    """Return every passage that a page marks: start, end and what it is said to be."""
    marked = [(each.start, each.end, each.quote) for item in view.criteria for each in item.evidence]
    marked += [
        (comment.start, comment.end, comment.quote)
        for comment in view.comments
        if comment.start is not None and comment.end is not None and comment.quote is not None
    ]
    return marked
