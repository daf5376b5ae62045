"""The sentences about how an evaluation came about: there in each language, filled, and understandable."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest

from memo_coach.coaching.llm.model import FailureReason, ModelFailure
from memo_coach.coaching.llm.notices import (
    MissingNotice,
    languages,
    listed,
    moment,
    notices_in,
    number,
    points_at_a_passage,
    sentence,
    why,
)
from memo_coach.coaching.memo.language import SUPPORTED_LANGUAGES

REASONS: tuple[FailureReason, ...] = get_args(FailureReason)
SLOT = re.compile(r"\{\w+\}")


def test_every_language_of_the_product_has_its_notices() -> None:
    assert set(languages()) == set(SUPPORTED_LANGUAGES)


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_every_language_has_the_same_sentences_with_the_same_slots(language: str) -> None:
    english = {key: sorted(SLOT.findall(text)) for key, text in notices_in("en").sentences.items()}
    own = {key: sorted(SLOT.findall(text)) for key, text in notices_in(language).sentences.items()}
    assert {key: set(slots) for key, slots in own.items()} == {
        key: set(slots) for key, slots in english.items()
    }
    assert len(notices_in(language).months) == 12


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_every_reason_has_a_sentence_of_its_own(language: str) -> None:
    told = [why(language, ModelFailure(reason, "a detail for the log")) for reason in REASONS]
    assert len(set(told)) == len(REASONS)
    for text in told:
        assert text.endswith(".")
        assert "detail" not in text
        assert not SLOT.search(text)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "from 23:06 UTC on 31 December."), ("es", "a partir de las 23:06 UTC del 31 de diciembre.")],
)
@pytest.mark.parametrize("reason", ["limit", "budget"])
def test_a_limit_names_when_it_is_over_in_utc_and_not_too_early(
    reason: FailureReason, language: str, text: str
) -> None:
    zone = timezone(timedelta(hours=2))
    over = datetime(2027, 1, 1, 1, 5, 0, 1, tzinfo=zone)
    assert text in why(language, ModelFailure(reason, until=over))


def test_a_moment_without_a_zone_is_utc() -> None:
    aware = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
    assert moment("en", aware.replace(tzinfo=None)) == moment("en", aware) == "09:05 UTC on 24 November"


def test_an_unknown_language_is_answered_in_english() -> None:
    assert sentence("fr", "why-slow") == sentence("en", "why-slow")


def test_an_unknown_sentence_or_an_empty_slot_is_a_fault() -> None:
    with pytest.raises(MissingNotice):
        sentence("en", "no-such-sentence")
    with pytest.raises(MissingNotice):
        sentence("en", "whole")


def test_a_value_with_braces_is_not_filled_again() -> None:
    assert "{why}" in sentence("en", "part", criteria="{why}", why="So.")


def test_numbers_and_lists_are_written_as_the_language_does() -> None:
    assert (number("en", 3.5), number("es", 3.5)) == ("3.5", "3,5")
    assert listed("en", ["The ask", "Risks"]) == "The ask, Risks"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "This sentence hides who pays."),
        ("en", "Who pays is not said here."),
        ("en", "The memo says little; the passage is vague."),
        ("es", "Esta frase oculta quién paga."),
        ("es", "Aquí no se dice quién paga."),
    ],
)
def test_a_remark_that_points_at_a_passage_is_known(language: str, text: str) -> None:
    assert points_at_a_passage(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "This memo never says who pays."),
        ("en", "The reader does not learn who pays for what was thought of."),
        ("es", "Este memo no dice quién paga."),
        ("es", "No se sabe quién paga, y el lector se lo pregunta."),
    ],
)
def test_a_remark_on_the_memo_as_a_whole_points_at_nothing(language: str, text: str) -> None:
    assert not points_at_a_passage(language, text)
