"""What a question is after: its language, what it wants to know, and of which criterion or framework."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from memo_coach.coaching.builtin.chat.vocabulary import (
    Vocabulary,
    folded_words,
    languages,
    term,
    vocabulary,
)
from memo_coach.coaching.documents.frameworks import Framework
from memo_coach.coaching.rubric.model import Criterion, Rubric

MOST_CRITERIA = 2
"""Answered for at once; who names more is best served with the table of scores."""
LONGEST_READ = 1_000
"""Characters of a question; what it is after stands in its beginning, or nowhere."""

_QUOTED = re.compile(r"[“\"«]([^”\"»\n]{2,80})[”\"»]")
_BRACKETS = re.compile(r"\([^()]+\)")
_ARTICLE = re.compile(r"^(?:the|el|la|los|las) ", re.IGNORECASE)
_SPANISH_MARK = re.compile("[¿¡ñ]")
_LEVEL = re.compile(r"(?<!\S)([1-5])(?!\S)")
_LEVEL_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "perfect": 5, "excellent": 5,
    "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "perfecto": 5, "excelente": 5,
}  # fmt: skip
_OF_A_CRITERION = frozenset({"why", "meaning", "five", "weight", "example"})
"""What is asked of a criterion where its name is a word that says little elsewhere, such as "plan"."""
_OF_A_FRAMEWORK = frozenset({"meaning", "act", "example", "why", None})
"""What is asked of a framework where it is not named but only spoken of, by one of its keywords."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the coach understands it."""

    words: str
    """Folded, as :func:`.vocabulary.folded_words` gives them."""
    language: str
    intent: str | None
    """A key of the vocabulary's intents, or ``None`` where nothing is recognised."""
    criteria: tuple[Criterion, ...]
    framework: Framework | None
    names_framework: bool
    """Whether the framework is named; otherwise it is only spoken of."""
    level: int
    """Which score of the scale is spoken of; 5 where none is."""


def understand(text: str, *, rubric: Rubric, frameworks: Sequence[Framework], language: str) -> Question:
    """Read a question; ``language`` is that of the memo, for a question that gives no sign of its own."""
    text = text[:LONGEST_READ]
    words = folded_words(text)
    spoken = language_of_question(text, language)
    known = vocabulary(spoken)
    intent = _intent(words, known)
    framework, is_named = _framework(words, frameworks)
    criteria = () if is_named else _criteria(text, words, intent, rubric, known)
    if criteria or not (is_named or intent in _OF_A_FRAMEWORK):
        framework = None
    return Question(words, spoken, intent, criteria[:MOST_CRITERIA], framework, is_named, _level(words))


def language_of_question(text: str, otherwise: str) -> str:
    """Return the language of a question where its small words tell, and ``otherwise`` where they do not."""
    words = folded_words(text[:LONGEST_READ]).split()
    counts = {each: sum(map(vocabulary(each).marks.__contains__, words)) for each in languages()}
    if "es" in counts and _SPANISH_MARK.search(text.casefold()):
        counts["es"] += 2
    best = max(counts.values())
    leading = [each for each, count in counts.items() if count == best]
    if len(leading) == 1:
        return leading[0]
    return otherwise if otherwise in counts else "en"


def _intent(words: str, known: Vocabulary) -> str | None:
    """Return the intent of the pattern with most terms; of two alike, the one that stands first."""
    best, most = None, 0
    for intent, patterns in known.intents.items():
        for pattern in patterns:
            if len(pattern.terms) > most and pattern.matches(words):
                best, most = intent, len(pattern.terms)
    return best


def _framework(words: str, frameworks: Sequence[Framework]) -> tuple[Framework | None, bool]:
    """Find the framework that is spoken of, and tell whether it is named; a keyword may mean other things."""
    found: Framework | None = None
    longest, is_named = 0, False
    for framework in frameworks:
        names = {folded_words(part) for name in framework.name.values() for part in _parts(name)}
        keywords = {folded_words(word) for each in framework.keywords.values() for word in each}
        for keyword in sorted(names | keywords):
            if keyword and len(keyword) > longest and f" {keyword} " in f" {words} ":
                found, longest, is_named = framework, len(keyword), keyword in names
    return found, is_named


def _parts(name: str) -> Sequence[str]:
    """Return a framework's name as a whole, without article and brackets, and what stands in brackets."""
    return (name, _ARTICLE.sub("", _BRACKETS.sub("", name)), *_BRACKETS.findall(name))


def _criteria(
    text: str, words: str, intent: str | None, rubric: Rubric, known: Vocabulary
) -> tuple[Criterion, ...]:
    """Find the criteria that are named, in the order in which they are."""
    quoted = {folded_words(found) for found in _QUOTED.findall(text)}
    places: dict[int, Criterion] = {}
    for criterion in rubric.criteria:
        place = _place(criterion, words, quoted, intent, known)
        if place is not None:
            places.setdefault(place, criterion)
    return tuple(places[place] for place in sorted(places))


def _place(
    criterion: Criterion, words: str, quoted: set[str], intent: str | None, known: Vocabulary
) -> int | None:
    names = {folded_words(name) for name in criterion.name.values()}
    if names & quoted:
        return 0 if len(quoted) == 1 else 1 + min(words.find(name) for name in names & quoted)
    if quoted:
        return None
    also = known.criteria.get(criterion.id)
    if also is not None and (place := also.place(words)) is not None:
        return place
    places = [_place_of_name(name, words, intent, known) for name in names]
    return min((place for place in places if place is not None), default=None)


def _place_of_name(name: str, words: str, intent: str | None, known: Vocabulary) -> int | None:
    telling = [word for word in name.split() if word not in known.common]
    if not telling:
        # A name of everyday words alone counts as a whole, and where a criterion is asked about.
        whole = term(name.replace(" ", "_")).place(words)
        return whole if intent in _OF_A_CRITERION else None
    found = [term(f"{_stem(word)}*").place(words) for word in telling]
    hits = [place for place in found if place is not None]
    return min(hits) if len(hits) == len(telling) else None


def _stem(word: str) -> str:
    """Drop the ending of the plural, in either language."""
    for ending in ("es", "s"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return word[: -len(ending)]
    return word


def _level(words: str) -> int:
    found = _LEVEL.search(words)
    if found is not None:
        return int(found[1])
    return next((_LEVEL_WORDS[word] for word in words.split() if word in _LEVEL_WORDS), 5)
