"""Sentences that are kept in English, in a log or a status file, and told to a person in another language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memo_coach.translations import ENGLISH, current_language, number, speaking, text


class Sentence(str):
    """A text in English that knows how it is said in the other languages."""

    __slots__ = ("_key", "_values")
    _key: str
    _values: Mapping[str, Any]

    def __new__(cls, english: str, key: str, values: Mapping[str, Any]) -> Sentence:
        """Make it of its English form, and of what the others are made of."""
        made = super().__new__(cls, english)
        made._key, made._values = key, values
        return made

    def spoken(self) -> str:
        """Return it in the language that is spoken at the moment."""
        if current_language() == ENGLISH:
            return str(self)
        return text(self._key, **_spoken_values(self._values))


def sentence(key: str, /, **values: object) -> Sentence:
    """Return the text for ``part.key``; values may be sentences themselves, and numbers are written out."""
    # An error that is told within would keep its traceback, and all that hangs on it.
    kept = {
        name: value if isinstance(value, Sentence | int) else str(value) for name, value in values.items()
    }
    with speaking(ENGLISH):
        english = text(key, **_spoken_values(kept))
    return Sentence(english, key, kept)


def spoken(said: BaseException | str) -> str:
    """Return a sentence, or that of an error, in the language that is spoken, where it knows how."""
    if isinstance(said, BaseException):
        said = said.args[0] if said.args and isinstance(said.args[0], Sentence) else str(said)
    return said.spoken() if isinstance(said, Sentence) else said


def _spoken_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if name == "count" else _spoken_value(value) for name, value in values.items()}


def _spoken_value(value: object) -> object:
    if isinstance(value, Sentence):
        return value.spoken()
    return number(value) if isinstance(value, int) and not isinstance(value, bool) else value
