"""Values of JSON, and what its words and strings stand for, read with some tolerance."""

from __future__ import annotations

import json
import re

Value = str | float | bool | None | dict[str, "Value"] | list["Value"]

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_INTEGER = re.compile(r"[+-]?\d+")
_SHARE = re.compile(r"\d+(?:\.\d+)?/\d+")
_UNKNOWN_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(u)|)')
_WORDS: dict[str, Value] = {
    "true": True,
    "false": False,
    "null": None,
    "none": None,
    "nan": float("nan"),
    "infinity": float("inf"),
    "-infinity": float("-inf"),
}


def is_integer(word: str) -> bool:
    """Whether a word is a whole number."""
    return _INTEGER.fullmatch(word) is not None


def is_value(word: str) -> bool:
    """Whether a word without quotation marks is a value."""
    return word.lower() in _WORDS or any(shape.fullmatch(word) for shape in (_NUMBER, _SHARE))


def value_of(word: str) -> Value:
    """Return what a word stands for; ``4/5`` stays as it is written.

    Raises:
        ValueError: it is no value.
    """
    if word.lower() in _WORDS:
        return _WORDS[word.lower()]
    return word if _SHARE.fullmatch(word) else float(word)


def unescaped(source: str) -> str:
    """Return what a string's source stands for; a pair of surrogates becomes its character.

    Of an unknown escape the backslash is left out.
    """
    if "\\" not in source:
        return source
    tame = _UNKNOWN_ESCAPE.sub(lambda found: found[0] if found[1] else found[2] or "", source)
    string: str = json.loads(f'"{tame}"', strict=False)
    return string
