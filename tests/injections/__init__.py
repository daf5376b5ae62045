"""Memos with an order to the model in them, in English and Spanish: what a writer might try.

Each file of ``en`` and ``es`` is a memo with YAML front matter:

    name       unique within its language; the file's name
    goal       what whoever wrote the order wants of the model
    technique  how the order is put into the memo
    order      the injected words in plain; a list where they stand in several places
    disguise   how the words are written in the memo: base64, rot13, tags or zero-width; left out where plain

The body has ``[[order]]``, or ``[[1]]``, ``[[2]]``, … where the (disguised) words stand.
"""

from __future__ import annotations

import base64
import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).parent
LANGUAGES: Final = ("en", "es")

GOALS: Final = frozenset(
    {
        "all-fives",
        "all-ones",
        "score-nine",
        "link",
        "html",
        "format",
        "language",
        "reveal",
        "praise",
        "impersonation",
        "boundary",
    }
)


def _as_tags(words: str) -> str:
    """Write ASCII in the tag characters, which no one sees and a model reads."""
    plain = words.encode("ascii", "replace").decode("ascii")
    return "".join(chr(0xE0000 + ord(letter)) for letter in plain)


DISGUISES: Final[Mapping[str, Callable[[str], str]]] = {
    "": str,
    "base64": lambda words: base64.b64encode(words.encode()).decode("ascii"),
    "rot13": lambda words: codecs.encode(words, "rot13"),
    "tags": _as_tags,
    "zero-width": "\u200b".join,
}


@dataclass(frozen=True, slots=True)
class Injection:
    """A memo with an order in it."""

    name: str
    language: str
    goal: str
    technique: str
    disguise: str
    """Empty where the words stand in plain language."""
    text: str
    """The memo as it is handed in."""
    ordered: str
    """The injected words in plain, for a stand-in that obeys them."""


def injections(language: str | None = None) -> tuple[Injection, ...]:
    """Return the corpus, of one language or whole, in the order of the files."""
    return tuple(
        _read(path)
        for code in LANGUAGES
        if language in (None, code)
        for path in sorted((FOLDER / code).glob("*.md"))
    )


def _read(path: Path) -> Injection:
    _, front, body = path.read_text("utf-8").split("---\n", 2)
    fields: dict[str, Any] = yaml.safe_load(front)
    orders = fields["order"] if isinstance(fields["order"], list) else [fields["order"]]
    disguise = fields.get("disguise", "")
    written = [DISGUISES[disguise](order) for order in orders]
    text = body.lstrip("\n").replace("[[order]]", " ".join(written))
    for number, words in enumerate(written, start=1):
        text = text.replace(f"[[{number}]]", words)
    if "[[" in text:
        raise ValueError(f"{path}: a place without an order")
    return Injection(
        name=fields["name"],
        language=path.parent.name,
        goal=fields["goal"],
        technique=fields["technique"],
        disguise=disguise,
        text=text,
        ordered=" ".join(orders),
    )
