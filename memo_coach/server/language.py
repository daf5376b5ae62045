"""The language of whoever starts the server or builds the pages: what goes wrong then is told in it."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager

from memo_coach.translations import speaking
from memo_coach.translations.environment_language import language_of


def language_here() -> str:
    """Return the language of this process's environment."""
    return language_of(os.environ)


def speaking_here() -> AbstractContextManager[None]:
    """Speak the language of this process's environment for the time of the block."""
    return speaking(language_here())
