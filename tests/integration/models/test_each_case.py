"""What the person sees, what is stored, how many calls there are and how long it takes, case by case."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from memo_coach.coaching.documents.llm import shipped_llm
from memo_coach.coaching.llm.notices import sentence
from memo_coach.coaching.rubric.reader import shipped_rubric
from tests.integration.models.evaluating import (
    ATTEMPTS,
    CONNECT_SECONDS,
    HURRIED_SECONDS,
    LONGEST_WAIT_SECONDS,
    MEMO,
    RUBRIC,
    UNHURRIED_SECONDS,
    Outcome,
    all_quotes,
    all_texts,
    cost_of,
    judged,
    settings_for,
)
from tests.integration.models.expectations import EXPECTATIONS, Expectation
from tests.model_server import ModelServer, Pace, Received
from tests.model_server.answers import score_of
from tests.model_server.spoiling import FOREIGN_HOST, INVENTED, INVENTED_QUOTE
from tests.some import some

CRITERIA = [criterion.id for criterion in shipped_rubric(RUBRIC).criteria]
SLACK_SECONDS = 30.0
"""For all but the waiting: loading the library of the providers, the built-in reading, a busy machine."""


@dataclass(frozen=True, slots=True)
class Run:
    """One case, run once; several tests look at it."""

    expected: Expectation
    outcome: Outcome
    requests: tuple[Received, ...]


@pytest.fixture(scope="module", params=EXPECTATIONS, ids=lambda expected: expected.case)
def run(
    request: pytest.FixtureRequest, running: ModelServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    expected: Expectation = request.param
    running.reset()
    running.options.slow = Pace.lasting(3.0, 60)
    first_token = HURRIED_SECONDS if expected.is_hurried else UNHURRIED_SECONDS
    settings = settings_for(
        tmp_path_factory.mktemp(expected.case), running.url, expected.case,
        LLM_FIRST_TOKEN_SECONDS=str(first_token),
    )  # fmt: skip
    outcome = asyncio.run(judged(settings))
    yield Run(expected, outcome, tuple(running.requests))
    running.reset()


def test_the_person_gets_a_whole_evaluation_of_every_criterion(run: Run) -> None:
    view = run.outcome.view
    assert view.status == "done"
    assert view.error is None
    assert [criterion.id for criterion in view.criteria] == CRITERIA
    assert all(1.0 <= criterion.score <= 5.0 for criterion in view.criteria if criterion.score is not None)
    assert all(len(criterion.justification) > 10 for criterion in view.criteria)
    assert view.overall is not None
    assert view.overall.summary
    assert view.comments


def test_the_person_is_told_who_judged(run: Run) -> None:
    expected, view = run.expected, run.outcome.view
    model = f"openai/{expected.case}"
    provenance = view.provenance
    assert provenance is not None
    assert provenance.kind == expected.judged_by
    assert provenance.model == (model if expected.judged_by == "llm" else None)
    assert provenance.fallback_from == (None if expected.judged_by == "llm" else model)
    assert not provenance.cached
    who = {criterion.coach for criterion in view.criteria}
    assert who == {"model": {"llm"}, "builtin": {"builtin"}, "both": {"llm", "builtin"}}[expected.judges]


def test_the_person_is_told_why_a_model_is_not_behind_it_all(run: Run) -> None:
    expected = run.expected
    frames = {
        key: sentence("en", key, why="", criteria="").split("{")[0].strip(" .:") for key in ("whole", "part")
    }
    said = [
        key
        for key, frame in frames.items()
        if any(notice.startswith(frame) for notice in run.outcome.notices)
    ]
    assert said == ([] if expected.notice is None else [expected.notice])
    if expected.why is not None:
        assert any(sentence("en", expected.why) in notice for notice in run.outcome.notices)


def test_scores_are_the_models_and_the_overall_score_is_reckoned_from_them(run: Run) -> None:
    view = run.outcome.view
    for criterion in view.criteria:
        if criterion.coach == "llm":
            assert criterion.score == score_of(MEMO, criterion.id)
    assert view.overall is not None
    scored = [(item.score, item.weight) for item in view.criteria if item.score is not None]
    mean = sum(score * weight for score, weight in scored) / sum(weight for _, weight in scored)
    if run.expected.judged_by == "llm":
        assert view.overall.score == pytest.approx(mean, abs=0.051)


def test_what_is_marked_stands_in_the_memo(run: Run) -> None:
    view = run.outcome.view
    quotes = all_quotes(view)
    assert bool(quotes) == run.expected.is_quoting
    for start, end, quote in quotes:
        assert view.text[start:end] == quote


def test_nothing_of_the_models_own_inventing_is_shown(run: Run) -> None:
    for text in some(all_texts(run.outcome.view)):
        assert INVENTED not in text
        assert INVENTED_QUOTE not in text
        assert FOREIGN_HOST not in text
        assert not any(mark in text for mark in ("http", "<", "](", "javascript:", "```", '{"'))
        assert all(character.isprintable() or character == "\n" for character in text)
        assert len(text) < 4_000


def test_the_built_in_reading_is_there_while_the_model_is_asked_and_stays(run: Run) -> None:
    opinion = run.outcome.view.second_opinion
    assert opinion is not None
    assert opinion.coach == "builtin"
    assert [criterion.id for criterion in opinion.criteria] == CRITERIA


def test_so_many_requests_reach_the_server(run: Run) -> None:
    assert len(run.requests) == run.expected.requests
    for request in run.requests:
        assert request.headers["authorization"] == "Bearer test-key"
        assert request.body["temperature"] == 0.0
        assert request.body["seed"] == shipped_llm().seed
        assert request.streams


def test_each_call_is_stored_with_how_it_ended(run: Run) -> None:
    calls = run.outcome.calls
    assert tuple((call.purpose, call.status, call.failure) for call in calls) == run.expected.calls
    retries = run.expected.retries or (0,) * len(calls)
    assert tuple(call.retries for call in calls) == retries
    assert all(call.model == f"openai/{run.expected.case}" for call in calls)
    assert all(call.settled is not None and call.seconds is not None for call in calls)


def test_what_it_cost_is_stored_and_nothing_stays_reserved(run: Run) -> None:
    outcome = run.outcome
    for call in outcome.calls:
        assert call.micro_usd <= call.reserved_micro_usd
        if call.status == "done":
            assert call.micro_usd == pytest.approx(cost_of(call), abs=1)
            assert call.prompt_tokens > 500
            assert call.completion_tokens > 0
            assert call.estimated == (run.expected.case == "no-usage")
    assert outcome.reserved_micro_usd == 0
    assert outcome.spent_micro_usd == sum(call.micro_usd for call in outcome.calls)
    assert outcome.view.usage.cost_usd == pytest.approx(outcome.spent_micro_usd / 1_000_000)
    assert outcome.view.usage.prompt_tokens == sum(call.prompt_tokens for call in outcome.calls)


def test_it_is_over_when_the_settings_say(run: Run) -> None:
    first_token = HURRIED_SECONDS if run.expected.is_hurried else 3.0
    each = CONNECT_SECONDS + first_token + LONGEST_WAIT_SECONDS
    assert run.outcome.view.seconds is not None
    assert run.outcome.view.seconds < max(run.expected.requests, ATTEMPTS) * each + SLACK_SECONDS
