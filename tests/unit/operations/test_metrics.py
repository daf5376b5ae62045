"""Figures are counted under bounded labels and given in the format that Prometheus reads."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from memo_coach import __version__
from memo_coach.operations import metrics

MODEL = "openai/some-model"


pytestmark = pytest.mark.usefixtures("fresh_figures")


async def text() -> str:
    content, media_type = await metrics.exposition()
    assert media_type.startswith("text/plain; version=")
    return content.decode()


async def test_a_call_is_counted_with_its_tokens_cost_and_times() -> None:
    for _ in range(2):
        metrics.count_call(
            model=MODEL, purpose="evaluation", status="done", prompt_tokens=1_000, completion_tokens=200,
            cost_usd=0.25, seconds=3.0, first_token_seconds=0.4,
        )  # fmt: skip
    metrics.count_call(model=MODEL, purpose="chat", status="failed", failure="slow", seconds=20.0)
    found = (await text()).splitlines()
    for line in (
        f'memo_coach_model_calls_total{{failure="",model="{MODEL}",purpose="evaluation",status="done"}} 2.0',
        f'memo_coach_model_calls_total{{failure="slow",model="{MODEL}",purpose="chat",status="failed"}} 1.0',
        f'memo_coach_model_tokens_total{{kind="prompt",model="{MODEL}"}} 2000.0',
        f'memo_coach_model_tokens_total{{kind="completion",model="{MODEL}"}} 400.0',
        f'memo_coach_model_cost_usd_total{{model="{MODEL}"}} 0.5',
        f'memo_coach_model_first_token_seconds_bucket{{le="0.5",model="{MODEL}"}} 2.0',
        f'memo_coach_model_first_token_seconds_count{{model="{MODEL}"}} 2.0',
        f'memo_coach_model_seconds_sum{{model="{MODEL}"}} 26.0',
    ):
        assert line in found


async def test_evaluations_fallbacks_budget_and_circuits_are_shown() -> None:
    metrics.count_evaluation(coach="llm", status="done", seconds=1.5)
    metrics.count_evaluation(coach="llm", status="failed", reason="LanguageNotRead")
    metrics.count_evaluation(coach="builtin", status="cancelled")
    metrics.count_fallback(MODEL, "builtin", "rate-limited")
    metrics.set_budget(budget_usd=5.0, spent_usd=1.25, reserved_usd=0.5)
    metrics.show_circuits({MODEL: "open", "openai/other": "half-open"})
    found = (await text()).splitlines()
    for line in (
        'memo_coach_evaluations_total{coach="llm",reason="",status="done"} 1.0',
        'memo_coach_evaluations_total{coach="llm",reason="LanguageNotRead",status="failed"} 1.0',
        'memo_coach_evaluations_total{coach="builtin",reason="",status="cancelled"} 1.0',
        'memo_coach_evaluation_seconds_count{coach="llm"} 1.0',
        f'memo_coach_coach_fallbacks_total{{from="{MODEL}",reason="rate-limited",to="builtin"}} 1.0',
        'memo_coach_model_budget_usd{state="budget"} 5.0',
        'memo_coach_model_budget_usd{state="spent"} 1.25',
        'memo_coach_model_budget_usd{state="reserved"} 0.5',
        'memo_coach_model_budget_usd{state="left"} 3.25',
        f'memo_coach_model_circuit_open{{model="{MODEL}"}} 1.0',
        'memo_coach_model_circuit_open{model="openai/other"} 0.0',
    ):
        assert line in found


async def test_the_process_says_what_it_takes() -> None:
    found = await text()
    for figure in ("resident_memory_bytes", "cpu_seconds_total", "start_time_seconds", "open_fds"):
        assert f'\nmemo_coach_process_{figure}{{process="1"}} ' in found
    assert f'memo_coach_build{{version="{__version__}"}} 1.0' in found.splitlines()


async def test_names_of_models_without_end_do_not_become_labels_without_end() -> None:
    for number in range(100):
        metrics.count_call(model=f"model-{number}", purpose="chat", status="done", cost_usd=1.0)
    lines = [
        line for line in (await text()).splitlines() if line.startswith("memo_coach_model_cost_usd_total{")
    ]
    assert len(lines) == metrics.MOST_MODELS + 1
    assert metrics.value_of("memo_coach_model_cost_usd_total", {"model": "other"}) == 80.0


async def test_what_is_looked_up_is_looked_up_before_each_reading() -> None:
    asked = []

    async def refresh() -> None:
        asked.append(1)
        metrics.set_budget(budget_usd=float(len(asked)), spent_usd=0, reserved_usd=0)

    metrics.register_refresh("budget", refresh)
    metrics.register_refresh("budget", refresh)
    await text()
    assert 'memo_coach_model_budget_usd{state="budget"} 2.0' in (await text()).splitlines()
    metrics.register_refresh("budget", None)
    await text()
    assert len(asked) == 2


async def test_what_cannot_be_looked_up_does_not_keep_the_rest_from_being_read() -> None:
    async def fail() -> None:
        raise ConnectionError("no database")

    metrics.register_refresh("budget", fail)
    metrics.count_evaluation(coach="builtin", status="done")
    assert 'memo_coach_evaluations_total{coach="builtin",reason="",status="done"} 1.0' in await text()


async def test_a_look_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "LONGEST_REFRESH_SECONDS", 0.05)
    metrics.register_refresh("budget", asyncio.Event().wait)  # type: ignore[arg-type]
    async with asyncio.timeout(5):
        assert "memo_coach_process_" in await text()


def test_figures_that_threads_count_first_are_the_same_ones() -> None:
    threads = [
        threading.Thread(target=metrics.count_evaluation, kwargs={"coach": "builtin", "status": "done"})
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    labels = {"coach": "builtin", "status": "done", "reason": ""}
    assert metrics.value_of("memo_coach_evaluations_total", labels) == 16


def test_a_command_that_counts_nothing_does_not_load_the_library() -> None:
    look = "import sys, memo_coach.services.usage.budget; print('prometheus_client' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
