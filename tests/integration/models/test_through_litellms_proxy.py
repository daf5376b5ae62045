"""The same through litellm's own proxy: a server of models that this project did not write."""

from __future__ import annotations

from pathlib import Path

import pytest

from memo_coach.coaching.llm.notices import sentence
from memo_coach.coaching.rubric.reader import shipped_rubric
from memo_coach.settings import Settings
from tests.integration.models.evaluating import MEMO, RUBRIC, Outcome, all_quotes, judged, settings_for
from tests.litellm_proxy import LitellmProxy
from tests.model_server.answers import score_of

CRITERIA = [criterion.id for criterion in shipped_rubric(RUBRIC).criteria]
WHY = {"limited": "why-rate-limited", "failing": "why-server-error", "too-long": "why-too-long"}


def settings(proxy: LitellmProxy, folder: Path, model: str, **variables: str) -> Settings:
    return settings_for(folder, proxy.url, model, LLM_API_KEY=proxy.key, **variables)


def spoken_by(outcome: Outcome) -> tuple[str, str | None, str | None]:
    provenance = outcome.view.provenance
    assert provenance is not None
    return provenance.kind, provenance.model, provenance.fallback_from


async def test_a_good_answer_becomes_an_evaluation_by_the_model(proxy: LitellmProxy, tmp_path: Path) -> None:
    outcome = await judged(settings(proxy, tmp_path, "answers"))
    view = outcome.view
    assert view.status == "done"
    assert spoken_by(outcome) == ("llm", "openai/answers", None)
    assert [(each.id, each.score, each.coach) for each in view.criteria] == [
        (name, score_of(MEMO, name), "llm") for name in CRITERIA
    ]
    assert len(all_quotes(view)) > len(CRITERIA)
    (call,) = outcome.calls
    assert (call.status, call.failure, call.retries, call.estimated) == ("done", None, 0, False)
    assert call.completion_tokens > 500
    assert outcome.reserved_micro_usd == 0
    assert outcome.spent_micro_usd == call.micro_usd > 0


@pytest.mark.parametrize("model", WHY)
async def test_its_errors_become_the_built_in_coach_and_a_sentence(
    proxy: LitellmProxy, tmp_path: Path, model: str
) -> None:
    outcome = await judged(settings(proxy, tmp_path, model))
    assert outcome.view.status == "done"
    assert spoken_by(outcome) == ("builtin", None, f"openai/{model}")
    assert [criterion.id for criterion in outcome.view.criteria] == CRITERIA
    assert any(sentence("en", WHY[model]) in notice for notice in outcome.notices)
    assert [call.status for call in outcome.calls] == ["failed"]
    assert (outcome.spent_micro_usd, outcome.reserved_micro_usd) == (0, 0)


async def test_another_of_its_models_stands_in(proxy: LitellmProxy, tmp_path: Path) -> None:
    chosen = settings(proxy, tmp_path, "limited", LLM_FALLBACK_MODELS="openai/answers")
    outcome = await judged(chosen)
    assert spoken_by(outcome) == ("llm", "openai/answers", "openai/limited")


async def test_running_text_is_no_evaluation(proxy: LitellmProxy, tmp_path: Path) -> None:
    outcome = await judged(settings(proxy, tmp_path, "talks"))
    assert spoken_by(outcome) == ("builtin", None, "openai/talks")
    assert any(sentence("en", "why-unusable") in notice for notice in outcome.notices)
    assert [(call.purpose, call.status) for call in outcome.calls] == [
        ("evaluation", "done"),
        ("repair", "done"),
    ]
