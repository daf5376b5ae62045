"""Texts of 15 to 400 words in languages that the built-in coach does not read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

SENTENCES = Path(__file__).with_suffix(".yaml")
TEXTS_OF_A_LANGUAGE = 20


@cache
def sentences() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = yaml.safe_load(SENTENCES.read_text("utf-8"))
    return loaded


def foreign_texts(language: str) -> Iterator[str]:
    """Yield texts of one sentence, of two, and so on, each beginning with another sentence."""
    own = sentences()[language]
    for number in range(TEXTS_OF_A_LANGUAGE):
        yield " ".join(own[(number + place) % len(own)] for place in range(1 + number))
