"""What the conversation's files hold: patterns of questions, words for criteria, sentences to answer with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from memo_coach.coaching.memo.normalisation import normalised

FOLDER = Path(__file__).parent

_WORD = re.compile(r"[^\W_]+")


class MissingSentence(KeyError):
    """A sentence has no text in a language: a fault of the program, which tests rule out."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words, beginnings of words and phrases of which one must occur."""

    words: frozenset[str]
    beginnings: tuple[str, ...]
    phrases: tuple[str, ...]
    """Each between spaces; one that may end in any way has no space at its end."""

    def place(self, words: str) -> int | None:
        """Return where it first occurs in a question, as :func:`folded_words` gives it, or ``None``."""
        padded = f" {words} "
        places = [padded.find(phrase) for phrase in self.phrases]
        at = 0
        for word in words.split(" "):
            if word in self.words or word.startswith(self.beginnings):
                places.append(at)
                break
            at += len(word) + 1
        return min((place for place in places if place >= 0), default=None)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to ask for something: each of its terms must occur, in any order."""

    terms: tuple[Term, ...]

    def matches(self, words: str) -> bool:
        """Whether a question has all terms."""
        return all(term.place(words) is not None for term in self.terms)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language."""

    marks: frozenset[str]
    intents: Mapping[str, tuple[Pattern, ...]]
    criteria: Mapping[str, Term]
    """For ids of criteria what else they are called."""
    common: frozenset[str]
    """Words of criteria's names that name no criterion by themselves."""
    said: Mapping[str, str]


def folded_words(text: str) -> str:
    """Return the words of a text in small letters without accents, with one space between them."""
    decomposed = normalised("NFD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(plain))


def term(source: str) -> Term:
    """Read a term: ``/`` parts alternatives, ``*`` at the end is any ending, ``_`` a space."""
    alternatives = [alternative.replace("_", " ") for alternative in source.split("/")]
    single = [each for each in alternatives if " " not in each]
    return Term(
        words=frozenset(each for each in single if not each.endswith("*")),
        beginnings=tuple(each[:-1] for each in single if each.endswith("*")),
        phrases=tuple(
            f" {each[:-1]}" if each.endswith("*") else f" {each} " for each in alternatives if " " in each
        ),
    )


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages that the conversation is held in."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def vocabulary(language: str) -> Vocabulary:
    """Read the words of a language, once."""
    import yaml  # noqa: PLC0415 - its import is slow, and only the first question needs it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (FOLDER / f"{language}.yaml").read_text("utf-8")
    content = yaml.load(text, Loader=loader)  # noqa: S506 - CSafeLoader is a safe loader
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
    """Return a sentence with its slots filled. What fills a slot is not looked into for further slots.

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
