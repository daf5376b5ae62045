"""Prompts, frameworks, context and limits as documents: what is read, and how every fault is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memo_coach.coaching.documents.context import load_context, shipped_context
from memo_coach.coaching.documents.document import BrokenDocument, shipped_text
from memo_coach.coaching.documents.frameworks import load_frameworks, shipped_frameworks
from memo_coach.coaching.documents.llm import (
    NUMBER_RANGES,
    WHOLE_RANGES,
    load_llm,
    shipped_llm,
)
from memo_coach.coaching.documents.prompt import PLACEHOLDERS, load_prompt, shipped_prompt
from memo_coach.coaching.documents.templates import fill, placeholders
from tests.told import assert_told_in_spanish

Load = Callable[..., Any]
LOADERS: dict[str, Load] = {
    "prompt.yaml": load_prompt,
    "frameworks.yaml": load_frameworks,
    "context.yaml": load_context,
    "llm.yaml": load_llm,
}
LANGUAGES = {"en", "es"}
GUIDE = Path(__file__).parents[4] / "docs" / "configuration.md"


def faults_of(name: str, document: str) -> tuple[str, ...]:
    with pytest.raises(BrokenDocument) as caught:
        LOADERS[name](document, source="mine.yaml")
    assert str(caught.value) == "\n".join(caught.value.faults)
    assert_told_in_spanish(caught.value.faults)
    for fault in caught.value.faults:
        assert re.match(r"mine\.yaml:[1-9]\d*: .", fault)
    return caught.value.faults


def changed(name: str, old: str, new: str) -> str:
    document = shipped_text(name)
    assert old in document
    return document.replace(old, new, 1)


def line_of(document: str, text: str) -> int:
    return document[: document.index(text)].count("\n") + 1


def test_the_shipped_prompts_have_every_part_in_both_languages_with_the_same_placeholders() -> None:
    document = shipped_prompt()
    assert set(document.parts) == set(PLACEHOLDERS)
    for name, texts in document.parts.items():
        assert set(texts) == LANGUAGES, name
        assert placeholders(texts["en"]) == placeholders(texts["es"]) == set(PLACEHOLDERS[name]), name
    assert all(set(texts) == LANGUAGES for texts in document.faults.values())


def test_the_shipped_frameworks_and_context_speak_both_languages() -> None:
    frameworks = shipped_frameworks().frameworks
    assert [framework.id for framework in frameworks] == [
        "bottom-line-up-front",
        "pyramid-principle",
        "scqa",
        "options",
        "mece",
        "so-what",
        "working-backwards",
        "situation-behaviour-impact",
    ]
    for framework in frameworks:
        for texts in (framework.name, framework.idea, framework.caption, framework.example):
            assert set(texts) == LANGUAGES
        assert set(framework.keywords) == LANGUAGES
        assert all(framework.keywords.values())
    context = shipped_context()
    assert set(context.reader) == set(context.organisation) == set(context.conventions) == LANGUAGES


def test_the_keywords_of_a_framework_are_its_own() -> None:
    for language in LANGUAGES:
        words = [word for each in shipped_frameworks().frameworks for word in each.keywords[language]]
        assert len(words) == len(set(words))
        assert all(word == word.lower() for word in words)


def test_the_shipped_limits_are_those_that_the_document_gives_reasons_for() -> None:
    document = shipped_llm()
    assert (document.temperature, document.seed, document.attempts) == (0.0, 7, 3)
    assert (document.answer_tokens, document.repair_tokens, document.chat_tokens) == (6000, 3000, 900)
    assert (document.chat_budget_tokens, document.memo_tokens) == (12_000, 60_000)
    assert (document.evaluations_per_hour, document.evaluations_per_day) == (20, 60)
    assert (document.messages_per_hour, document.messages_per_day) == (60, 200)
    assert (document.assumed_input_usd, document.assumed_output_usd, document.prices) == (5.0, 25.0, ())


def test_a_price_is_read_with_and_without_the_length_that_the_model_reads() -> None:
    prices = (
        "prices:\n  - {model: openai/local, input_usd: 0, output_usd: 0}\n"
        "  - {model: other, input_usd: 0.15, output_usd: 0.6, context_tokens: 8192}\n"
    )
    local, other = load_llm(changed("llm.yaml", "prices: []\n", prices), source="a").prices
    assert (local.model, local.input_usd, local.output_usd, local.context_tokens) == (
        "openai/local",
        0.0,
        0.0,
        None,
    )
    assert (other.input_usd, other.output_usd, other.context_tokens) == (0.15, 0.6, 8192)


def test_an_empty_seed_means_that_none_is_sent() -> None:
    assert load_llm(changed("llm.yaml", "seed: 7", "seed:"), source="a").seed is None


@pytest.mark.parametrize("name", LOADERS)
def test_the_version_changes_with_the_document_and_only_with_it(name: str) -> None:
    text = shipped_text(name)
    version = LOADERS[name](text, source="a").version
    assert re.fullmatch(r"[0-9a-f]{12}", version)
    assert LOADERS[name](text, source="b").version == version
    assert LOADERS[name](text + "# a remark\n", source="a").version != version


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("", "the document is empty"),
        ("- a list", "a mapping (key: value) belongs here, not a list"),
        ("[" * 100_000, "nested deeper than"),
        ("#" * 300_000, "larger than 256 KiB"),
        ("a: &x [1]\nb: *x", "anchors (&) and aliases (*)"),
        ("a: !!python/name:os.system x", "tags (!) are not used"),
        ("a: 1\n---\nb: 2", "a second document begins here"),
        ("a: {b", "this is not YAML"),
        ("\ta: b", "a tab indents this line"),
        ("a: '\ud800'", "this is not YAML"),
        ("a: \x00", "this is not YAML"),
    ],
)
def test_hostile_yaml_is_refused_in_every_document(name: str, document: str, reason: str) -> None:
    assert any(reason in fault for fault in faults_of(name, document))


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("prompt.yaml", "  role:\n", "  rolle:\n", "unknown key 'rolle' (did you mean 'role'?)"),
        ("prompt.yaml", "  role:\n", "  rolle:\n", "the parts: 'role' is missing"),
        ("prompt.yaml", "\n  role:\n    en: |", "\n  role:\n    de: |", "'role' has no English text"),
        ("prompt.yaml", "\n    en: English", "\n    en: ''", "'en' is empty"),
        ("prompt.yaml", "in {language}, the", "in {langage}, the", "did you mean '{language}'?"),
        ("prompt.yaml", "in {language}, the", "in it, the", "the placeholder {language} is missing"),
        ("prompt.yaml", "You are exact", "You are {exact}", "unknown placeholder '{exact}'"),
        ("prompt.yaml", "You are exact", "You are {exact", "the brace '{' stands alone"),
        ("prompt.yaml", "You are exact", "You are {Exact}", "the brace '{' stands alone"),
        ("prompt.yaml", "\nparts:", "\nparts: x\nunknown:", "parts: a mapping (key: value) belongs here"),
        ("prompt.yaml", "\nfaults:\n", "\nfaults:\n  other: {es: x}\n", "'other' has no English text"),
        ("frameworks.yaml", "- id: scqa", "- id: mece", "the id is taken already"),
        ("frameworks.yaml", "- id: scqa", "- id: S C", "lower-case words joined by hyphens"),
        ("frameworks.yaml", "    caption:", "    captoin:", "did you mean 'caption'?"),
        ("frameworks.yaml", "    keywords:\n", "    keywords: x\n    other:\n", "a mapping (key: value)"),
        ("frameworks.yaml", "en: [bluf,", "en: [[], bluf,", "'a keyword' must be a text, not a list"),
        ("frameworks.yaml", "en: [bluf,", "de: [bluf,", "'keywords' has no English words"),
        ("frameworks.yaml", "en: [bluf,", f"en: [{'x, ' * 40}bluf,", "30 is the most"),
        ("frameworks.yaml", "\nframeworks:", "\nframework:", "'frameworks' is missing"),
        ("context.yaml", "\nreader:", "\nreaders:", "'reader' is missing"),
        ("context.yaml", "en: Nothing", f"en: {'x' * 2_000} Nothing", "2000 is the most"),
        ("llm.yaml", "\ntemperature: 0.0", "\ntemperature: hot", "temperature must be a number, not 'hot'"),
        ("llm.yaml", "\ntemperature: 0.0", "\ntemperature: .nan", "temperature must be a number"),
        ("llm.yaml", "\ntemperature: 0.0", "\ntemperature: .inf", "temperature must be a number"),
        ("llm.yaml", "\ntemperature: 0.0", "\ntemperature: 1e999", "must lie between 0 and 2"),
        ("llm.yaml", "\nattempts: 3\n", "\n", "'attempts' is missing"),
        ("llm.yaml", "\nattempts: 3\n", "\nattempts: 2.5\n", "attempts must be a whole number"),
        ("llm.yaml", "\nattempts: 3\n", "\natempts: 3\n", "did you mean 'attempts'?"),
        ("llm.yaml", "\nseed: 7", "\nseed: yes", "seed must be a number, not 'yes'"),
        ("llm.yaml", "longest_wait_seconds: 8", "longest_wait_seconds: 0.1", "must not be less than first"),
        ("llm.yaml", "evaluations_per_day: 60", "evaluations_per_day: 5", "less than evaluations_per_hour"),
        ("llm.yaml", "prices: []", "prices: [{model: a, input_usd: 1}]", "'output_usd' is missing"),
        ("llm.yaml", "prices: []", "prices: [{model: a, input_usd: -1, output_usd: 1}]", "must lie between"),
        ("llm.yaml", "prices: []", "prices: {a: 1}", "a list (lines that begin with '-') belongs here"),
        (
            "llm.yaml",
            "prices: []",
            "prices: [{model: a, input_usd: 1, output_usd: 1}, {model: a, input_usd: 1, output_usd: 1}]",
            "the price of 'a' stands here twice",
        ),
    ],
)
def test_a_faulty_document_is_refused_with_the_reason(name: str, old: str, new: str, reason: str) -> None:
    assert any(reason in fault for fault in faults_of(name, changed(name, old, new)))


@pytest.mark.parametrize("key", [*NUMBER_RANGES, *WHOLE_RANGES])
def test_every_number_is_held_to_its_range(key: str) -> None:
    highest = {**NUMBER_RANGES, **WHOLE_RANGES}[key][1]
    for value in (-1, highest * 2):
        document = re.sub(rf"^{key}: .*$", f"{key}: {value}", shipped_text("llm.yaml"), flags=re.MULTILINE)
        line = line_of(document, f"\n{key}: ") + 1
        reason = f"mine.yaml:{line}: the document: {key} must lie between"
        assert any(fault.startswith(reason) for fault in faults_of("llm.yaml", document))


def test_a_fault_of_a_template_is_told_with_the_line_of_a_block_on_which_it_stands() -> None:
    document = changed("prompt.yaml", "- The score is the level", "- The {score} is the level")
    (fault,) = faults_of("prompt.yaml", document)
    assert fault.startswith(
        f"mine.yaml:{line_of(document, '{score}')}: part 'scoring' (en): unknown placeholder '{{score}}'"
    )


def test_a_fault_of_a_folded_template_is_told_with_the_line_where_it_begins() -> None:
    role = "\n  role:\n    en: >\n      one\n      two }\n      three\n"
    document = re.sub(r"\n  role:\n    en: \|\n .*\n", lambda _: role, shipped_text("prompt.yaml"))
    (fault,) = faults_of("prompt.yaml", document)
    assert fault.startswith(f"mine.yaml:{line_of(document, 'en: >')}: ")


def test_all_faults_come_at_once_in_the_order_of_their_lines() -> None:
    document = changed("llm.yaml", "attempts: 3", "attempts: 99").replace("seed: 7", "seed: x")
    faults = faults_of("llm.yaml", document + "more: 1\n")
    assert len(faults) == 3
    lines = [int(fault.split(":")[1]) for fault in faults]
    assert lines == sorted(lines)


def test_a_part_may_be_long_but_not_without_end() -> None:
    load_prompt(changed("prompt.yaml", "You are exact", "x" * 10_000), source="a")
    faults = faults_of("prompt.yaml", changed("prompt.yaml", "You are exact", "x" * 12_000))
    assert "12000 is the most" in faults[0]


def test_the_guide_has_each_part_of_a_prompt_with_its_placeholders() -> None:
    rows = [row for row in GUIDE.read_text("utf-8").splitlines() if row.startswith("| `")]
    for part, names in PLACEHOLDERS.items():
        (row,) = [row for row in rows if f"`{part}`" in row.split("|")[1]]
        assert all(f"`{{{name}}}`" in row for name in names), part


def test_the_guide_has_each_limit_with_its_range() -> None:
    rows = [row.split("|") for row in GUIDE.read_text("utf-8").splitlines() if row.startswith("| `")]
    for key, (lowest, highest) in {**NUMBER_RANGES, **WHOLE_RANGES}.items():
        (cells,) = [cells for cells in rows if f"`{key}`" in cells[1]]
        assert (float(cells[3]), float(cells[4])) == (lowest, highest), key


def test_a_value_with_braces_is_never_read_as_a_place() -> None:
    template = "{{{memo}}} and {language}"
    assert (
        fill(template, {"memo": "{language} }} {{", "language": "{memo}"}) == "{{language} }} {{} and {memo}"
    )
