"""What the conversation's files hold: patterns of questions, words for criteria, sentences to answer with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent

_WORD = re.compile(r"[^\W_]+")


class MissingSentence(KeyError):
    """A sentence has no text in a language: a fault of the program, which tests rule out."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to ask for something: each of its terms must occur, in any order."""

    terms: tuple[re.Pattern[str], ...]

    def matches(self, words: str) -> bool:
        """Tell whether a question, as :func:`folded_words` gives it, has all terms."""
        return all(term.search(words) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language."""

    marks: frozenset[str]
    intents: Mapping[str, tuple[Pattern, ...]]
    criteria: Mapping[str, re.Pattern[str]]
    """For ids of criteria what else they are called."""
    common: frozenset[str]
    """Words of criteria's names that name no criterion by themselves."""
    said: Mapping[str, str]


def folded_words(text: str) -> str:
    """Give the words of a text in small letters without accents, with one space between them."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(plain))


def term(source: str) -> re.Pattern[str]:
    """Give the expression for a term: ``/`` parts alternatives, ``*`` is any ending, ``_`` a space."""
    alternatives = [
        re.escape(alternative).replace(r"\*", r"\S*").replace("_", " ") for alternative in source.split("/")
    ]
    return re.compile(rf"(?<!\S)(?:{'|'.join(alternatives)})(?!\S)")


@cache
def languages() -> tuple[str, ...]:
    """Give the codes of the languages that the conversation is held in."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def vocabulary(language: str) -> Vocabulary:
    """Read the words of a language, once."""
    import yaml  # noqa: PLC0415 - its import is slow, and only the first question needs it

    content = yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8"))
    return Vocabulary(
        marks=frozenset(content["marks"].split()),
        intents={
            intent: tuple(Pattern(tuple(map(term, line.split()))) for line in lines)
            for intent, lines in content["intents"].items()
        },
        criteria={criterion: term(words) for criterion, words in content["criteria"].items()},
        common=frozenset(content["common"].split()),
        said=content["said"],
    )


def said(language: str, name: str, /, **values: str) -> str:
    """Give a sentence with its slots filled. What fills a slot is not looked into for further slots.

    Raises:
        MissingSentence: the language has none of that name.
    """
    text = vocabulary(language).said.get(name)
    if text is None:
        raise MissingSentence(f"no sentence {name!r} in {language!r}")
    parts = re.split(r"\{(\w+)\}", text)
    parts[1::2] = [values[slot] for slot in parts[1::2]]
    # A reason or a passage may bring a full stop of its own.
    return re.sub(r"(?<=[.!?…])\.(?=\s|$)", "", "".join(parts)).strip()
