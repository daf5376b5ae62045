"""``llm.yaml``: how a model is asked, how long its answers may be, how often one may ask, what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from memo_coach.coaching.documents.document import read_document, shipped_text, version_of
from memo_coach.coaching.documents.document_reader import DocumentReader
from memo_coach.coaching.documents.faults import DOCUMENT, Place
from memo_coach.coaching.documents.yaml_documents import Node

MOST_PRICES = 100
HIGHEST_PRICE_USD = 10_000.0
"""Per million tokens; what is dearer is a slip of the pen."""

WHOLE_RANGES = {
    "seed": (0, 2**31 - 1),
    "answer_tokens": (500, 64_000),
    "repair_tokens": (500, 64_000),
    "chat_tokens": (100, 16_000),
    "chat_budget_tokens": (4_000, 1_000_000),
    "memo_tokens": (1_000, 1_000_000),
    "attempts": (1, 10),
    "circuit_failures": (1, 100),
    "evaluations_per_hour": (1, 100_000),
    "evaluations_per_day": (1, 1_000_000),
    "messages_per_hour": (1, 100_000),
    "messages_per_day": (1, 1_000_000),
    "per_address_factor": (1, 10_000),
}
"""Lowest and highest of each whole number."""
NUMBER_RANGES = {
    "temperature": (0.0, 2.0),
    "first_wait_seconds": (0.0, 60.0),
    "longest_wait_seconds": (0.0, 300.0),
    "circuit_rest_seconds": (1.0, 3_600.0),
    "assumed_input_usd": (0.0, HIGHEST_PRICE_USD),
    "assumed_output_usd": (0.0, HIGHEST_PRICE_USD),
}
"""Lowest and highest of each other number."""

_KEYS = (*NUMBER_RANGES, *WHOLE_RANGES, "prices")
_A_PRICE = Place("a_price")
_PRICE_KEYS = ("model", "input_usd", "output_usd", "context_tokens")


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """What a model costs, where the operator knows better than the list that comes with the product."""

    model: str
    """As in ``LLM_MODEL``."""
    input_usd: float
    """US dollars per million tokens, as ``output_usd``."""
    output_usd: float
    context_tokens: int | None = None
    """How many tokens it can read and write at once; ``None`` where that is not stated."""


@dataclass(frozen=True, slots=True)
class LlmDocument:
    """A complete and checked document; ``llm.yaml`` gives the reason for each default."""

    version: str
    temperature: float
    seed: int | None
    """``None`` where none is sent."""
    answer_tokens: int
    """The longest evaluation, in tokens, as ``repair_tokens`` and ``chat_tokens``."""
    repair_tokens: int
    chat_tokens: int
    chat_budget_tokens: int
    """The most tokens of a whole chat prompt."""
    memo_tokens: int
    """The longest memo that is sent."""
    attempts: int
    """Per model, the first one included."""
    first_wait_seconds: float
    longest_wait_seconds: float
    circuit_failures: int
    """So many failures in a row and a model is left alone for ``circuit_rest_seconds``."""
    circuit_rest_seconds: float
    evaluations_per_hour: int
    """For each person, as the three that follow."""
    evaluations_per_day: int
    messages_per_hour: int
    messages_per_day: int
    per_address_factor: int
    """An address may have this many times what a person may."""
    assumed_input_usd: float
    """Per million tokens, where nobody knows the price of a model; so ``assumed_output_usd``."""
    assumed_output_usd: float
    prices: tuple[ModelPrice, ...] = ()


def load_llm(text: str, *, source: str) -> LlmDocument:
    """Read a document on the model.

    Args:
        text: the YAML.
        source: what to call the document in messages, such as its file name.

    Raises:
        BrokenDocument: the document has faults, among them a number out of its range.
    """

    def read(root: Node, reader: DocumentReader) -> LlmDocument:
        return LlmDocument(version=version_of(text), **_values(root, reader))

    return read_document(text, source=source, read=read)


@cache
def shipped_llm() -> LlmDocument:
    """Return the values that come with the product; read once."""
    return load_llm(shipped_text("llm.yaml"), source="llm.yaml")


def _values(root: Node, reader: DocumentReader) -> dict[str, Any]:
    where = DOCUMENT
    entries = reader.mapping(root, where, _KEYS)
    values: dict[str, Any] = {}
    for key in _KEYS if root.entries is not None else ():
        if key not in entries:
            reader.fault(root, where, "missing", key=repr(key))
    for key, (lowest, highest) in NUMBER_RANGES.items():
        values[key] = reader.number(entries.get(key), where, key, lowest, highest)
    for key, (least, most) in WHOLE_RANGES.items():
        node = entries.get(key)
        if key == "seed" and (node is None or node.is_empty):
            values[key] = None
        else:
            values[key] = reader.whole(node, where, key, least, most, default=least)
    _check_order(entries, values, reader)
    values["prices"] = _prices(entries.get("prices"), reader)
    return values


def _check_order(entries: dict[str, Node], values: dict[str, Any], reader: DocumentReader) -> None:
    for smaller, larger in (
        ("first_wait_seconds", "longest_wait_seconds"),
        ("evaluations_per_hour", "evaluations_per_day"),
        ("messages_per_hour", "messages_per_day"),
    ):
        if larger in entries and values[smaller] > values[larger]:
            reader.fault(entries[larger], DOCUMENT, "not_less", larger=larger, smaller=smaller)


def _prices(node: Node | None, reader: DocumentReader) -> tuple[ModelPrice, ...]:
    if node is None or node.is_empty:
        return ()
    items = reader.list(node, DOCUMENT.part("'prices'"))
    if len(items) > MOST_PRICES:
        reader.fault(node, None, "too_many_prices", found=str(len(items)), most=str(MOST_PRICES))
    prices: dict[str, ModelPrice] = {}
    for item in items:
        price = _price(item, reader)
        if price.model in prices:
            reader.fault(item, None, "stands_twice", model=repr(price.model))
        if price.model:
            prices[price.model] = price
    return tuple(prices.values())


def _price(node: Node, reader: DocumentReader) -> ModelPrice:
    entries = reader.mapping(node, _A_PRICE, _PRICE_KEYS)
    for key in _PRICE_KEYS[:3]:
        if key not in entries:
            reader.fault(node, _A_PRICE, "missing", key=repr(key))
    model = reader.text(entries.get("model"), _A_PRICE, "model", longest=200)
    where = Place("price", repr(model)) if model else _A_PRICE
    context = entries.get("context_tokens")
    return ModelPrice(
        model=model,
        input_usd=reader.number(entries.get("input_usd"), where, "input_usd", 0, HIGHEST_PRICE_USD),
        output_usd=reader.number(entries.get("output_usd"), where, "output_usd", 0, HIGHEST_PRICE_USD),
        context_tokens=(
            None
            if context is None or context.is_empty
            else reader.whole(context, where, "context_tokens", 1_000, 100_000_000, default=1_000)
        ),
    )
