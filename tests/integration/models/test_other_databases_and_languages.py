"""The model's coach on a Postgres, and for a memo in Spanish."""

from __future__ import annotations

from pathlib import Path

import pytest

from memo_coach.coaching.llm.notices import sentence
from memo_coach.coaching.memo.language import detect_language
from tests.integration.models.evaluating import (
    MEMO_ES,
    all_quotes,
    all_texts,
    installation,
    judged,
    outcome_of,
    settings_for,
)
from tests.model_server import ModelServer


async def test_the_same_is_seen_and_stored_on_either_database(
    server: ModelServer, tmp_path: Path, migrated_url: str
) -> None:
    settings = settings_for(tmp_path / "data", server.url, "missing-criterion", DATABASE_URL=migrated_url)
    async with installation(settings) as (services, owner):
        outcome = await outcome_of(services, owner)
        assert outcome.view.status == "done"
        assert {criterion.coach for criterion in outcome.view.criteria} == {"llm"}
        assert [row.criterion for row in outcome.criteria] == [each.id for each in outcome.view.criteria]
        assert [row.coach for row in outcome.criteria] == ["llm"] * len(outcome.criteria)
        assert [(call.purpose, call.status) for call in outcome.calls] == [
            ("evaluation", "done"),
            ("repair", "done"),
        ]
        assert [len(text.prompt) for text in outcome.texts] == [2, 2]
        assert outcome.view.second_opinion is not None
        assert outcome.reserved_micro_usd == 0
        assert outcome.spent_micro_usd == sum(call.micro_usd for call in outcome.calls) > 0
        cached = await outcome_of(services, owner)
        assert cached.view.provenance is not None
        assert cached.view.provenance.cached
        assert cached.view.criteria == outcome.view.criteria


@pytest.mark.parametrize("case", ["fine", "wrong-language", "cuts", "fenced"])
async def test_a_memo_in_spanish_is_judged_in_spanish(server: ModelServer, tmp_path: Path, case: str) -> None:
    outcome = await judged(settings_for(tmp_path, server.url, case), MEMO_ES)
    view = outcome.view
    assert view.language == "es"
    assert {criterion.coach for criterion in view.criteria} == {"llm"}
    assert all_quotes(view)
    for start, end, quote in all_quotes(view):
        assert view.text[start:end] == quote
    longer = [text for text in all_texts(view) if len(text) > 40]
    assert [detect_language(text) for text in longer] == ["es"] * len(longer)


async def test_a_failure_is_told_in_the_language_of_the_memo(server: ModelServer, tmp_path: Path) -> None:
    outcome = await judged(settings_for(tmp_path, server.url, "failing"), MEMO_ES)
    assert any(sentence("es", "why-server-error") in notice for notice in outcome.notices)
