"""Which language an environment or somebody's option names, as POSIX writes locales or the web languages."""

from __future__ import annotations

from collections.abc import Mapping

from memo_coach.translations import ENGLISH, languages

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set decides (POSIX, 8.2)."""


def language_of(environment: Mapping[str, str]) -> str:
    """Return the language of an environment; English where it names none that there are texts in."""
    named = next((value for name in _VARIABLES if (value := environment.get(name))), "")
    return language_named(named) or ENGLISH


def language_named(written: str) -> str | None:
    """Return the language of ``es_MX.UTF-8@euro`` or ``es-MX``, where there are texts in it."""
    tag = written.partition(".")[0].partition("@")[0].replace("-", "_").lower()
    return next((code for code in (tag, tag.partition("_")[0]) if code in languages()), None)
