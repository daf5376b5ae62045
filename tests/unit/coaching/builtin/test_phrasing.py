"""The coach's words: every finding, indicator and sentence has them in every language, with every slot."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

from memo_coach.coaching.builtin import detectors, phrasing
from memo_coach.coaching.builtin.findings import registered_detectors
from memo_coach.coaching.builtin.language_files import languages
from memo_coach.coaching.builtin.remarks import REMARKS
from tests.some import some

LANGUAGES = languages()
SLOT = re.compile(r"\{([^}]*)\}")


def kinds() -> list[str]:
    found: list[str] = []
    for module in pkgutil.iter_modules(detectors.__path__):
        found.extend(importlib.import_module(f"{detectors.__name__}.{module.name}.detector").KINDS)
    return sorted({*found, *(kind for remarks in REMARKS.values() for kind in remarks)})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_finding_has_words(language: str) -> None:
    assert [kind for kind in kinds() if kind not in phrasing.phrases(language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_no_words_for_findings_that_nobody_makes(language: str) -> None:
    assert sorted(set(phrasing.phrases(language)) - set(kinds())) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_comment_says_something_asks_and_suggests(language: str) -> None:
    for kind, texts in some(phrasing.phrases(language).items()):
        assert all(len(comment) > 15 for comment in texts.comment), kind
        if texts.strength is None:
            assert 1 <= len(texts.questions) <= 3, kind
            assert all("?" in question for asked in texts.questions for question in asked), kind
            assert texts.suggestion, kind


def test_a_kind_has_the_same_slots_in_every_language() -> None:
    for kind, english in some(phrasing.phrases("en").items()):
        for language in LANGUAGES:
            other = phrasing.phrases(language)[kind]
            unknown = slots_of(other) - slots_of(english)
            assert not unknown, f"{kind} has {unknown} in {language!r} only"


def slots_of(texts: phrasing.Phrase) -> set[str]:
    return {slot for text in said_in(texts) for slot in SLOT.findall(text)}


def said_in(texts: phrasing.Phrase) -> list[str]:
    asked = (question for variants in texts.questions for question in variants)
    short = (text for text in (texts.strength, texts.opportunity) if text)
    return [*texts.comment, *asked, *texts.suggestion, *short]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_indicator_has_clauses_for_a_justification(language: str) -> None:
    clauses = phrasing.sentences(language)["indicators"]
    indicators = {name for detector in registered_detectors() for name in detector.indicators}
    assert sorted(indicators - set(clauses)) == []
    for indicator, states in clauses.items():
        assert set(states) == {"earned", "partly", "missing"}, indicator
        assert all(text and not text.endswith(".") and ". " not in text for text in states.values()), (
            indicator
        )


@pytest.mark.parametrize("part", ["sentences", "patterns", "indicators"])
def test_the_connecting_sentences_are_the_same_in_every_language(part: str) -> None:
    english = phrasing.sentences("en")[part]
    for language in LANGUAGES:
        other = phrasing.sentences(language)[part]
        assert set(other) == set(english)
        for name in english if part != "indicators" else ():
            assert set(SLOT.findall(other[name])) == set(SLOT.findall(english[name])), name


def test_a_slot_is_filled_with_the_words_of_the_memo() -> None:
    assert phrasing.fill("Cut “{phrase}”.", {"phrase": "in order to"}) == "Cut “in order to”."


def test_a_slot_without_a_value_is_a_fault_and_not_a_gap() -> None:
    with pytest.raises(phrasing.MissingPhrase, match="amount"):
        phrasing.fill("Approve {amount}.", {})


def test_words_of_the_memo_that_look_like_a_slot_stay_as_they_are() -> None:
    assert phrasing.fill("“{phrase}”", {"phrase": "{amount}"}) == "“{amount}”"


def test_a_long_passage_is_cut_at_a_word() -> None:
    filled = phrasing.fill("{passage}", {"passage": "word " * 100})
    assert len(filled) <= phrasing.LONGEST_VALUE
    assert filled.endswith("word…")


def test_a_kind_without_words_is_a_fault() -> None:
    with pytest.raises(phrasing.MissingPhrase, match="nobody"):
        phrasing.phrase("en", "nobody.knows-it")
