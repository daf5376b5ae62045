"""What click itself says, in the language that is spoken: "Usage:", "Missing argument", "No such option".

Click hands each of its words to gettext, whose catalogues are compiled files in a place of their own.
The functions that it calls are exchanged here for two that look into our texts: a language stays a folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from click import core, decorators, exceptions, formatting, parser, termui, types, utils

from memo_coach.translations import ENGLISH, contents, current_language, speaking

MODULES: Final = (core, decorators, exceptions, formatting, parser, termui, types, utils)
PART: Final = "click_words"


def speak_in_click() -> None:
    """Have click say its words in the language that is spoken. In English it needs nobody's help."""
    if current_language() == ENGLISH:
        return
    for module in MODULES:
        for name, function in (("_", _said), ("ngettext", _said_of)):
            if hasattr(module, name):
                setattr(module, name, function)


def _said(message: str) -> str:
    language = current_language()
    return message if language == ENGLISH else _words(language).get(message, message)


def _said_of(one: str, other: str, count: int) -> str:
    return _said(one if count == 1 else other)


@cache
def _words(language: str) -> Mapping[str, str]:
    """Return click's words in a language by its own, English ones."""
    with speaking(ENGLISH):
        own = contents(PART)
    with speaking(language):
        return {own[name]: said for name, said in contents(PART).items()}
