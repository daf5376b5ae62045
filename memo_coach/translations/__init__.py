"""The words for people: a folder for each language, in it a YAML file for each part of the application.

A text is named ``part.key``: the file, and the key in it. It is given in the language that is spoken at
the moment (:func:`speaking`), which every request, event and page sets for itself. A text that depends on a
number is a mapping from CLDR's plural categories (``one``, ``other``) to the text, chosen by ``count``. What
a language has no text for is said in English.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from babel import Locale

FOLDER: Final = Path(__file__).parent
ENGLISH: Final = "en"
"""What is spoken where nobody chose, and the language that every key is in."""

_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages that there are texts in, English first."""
    return tuple(
        sorted((path.name for path in FOLDER.iterdir() if (path / "product.yaml").is_file()),
               key=lambda code: (code != ENGLISH, code))
    )  # fmt: skip


def current_language() -> str:
    """Return the code of the language that is spoken at the moment."""
    return _spoken.get()


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language for the time of the block; one that there is no folder of is English."""
    token = _spoken.set(language if language in languages() else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(token)


def speak(language: str) -> None:
    """Speak another language from now on, until the block of :func:`speaking` that is around this ends."""
    _spoken.set(language if language in languages() else ENGLISH)


def text(key: str, /, *, count: float | None = None, **values: object) -> str:
    """Return the text for ``part.key``, its ``{slots}`` filled where values are given.

    Raises:
        KeyError: there is no such text, not even in English.
    """
    part, _, name = key.partition(".")
    found = contents(part)[name]
    if count is not None:
        values["count"] = number(count)
        if isinstance(found, Mapping):
            # A category that a file does without: Spanish has its own for whole millions.
            found = found.get(_locale(current_language()).plural_form(count), found["other"])
    return str(found).format(**values) if values else str(found)


def number(value: float, *, digits: int | None = None) -> str:
    """Return a number as the language writes it, with ``digits`` places after the point where given."""
    from babel.numbers import format_decimal  # noqa: PLC0415 - only numbers need it

    pattern = None if digits is None else "#,##0." + "0" * digits if digits else "#,##0"
    # Rounded as everywhere else: Babel's own rounding takes the digits that are written, not the number.
    rounded = value if digits is None else round(value, digits)
    written: str = format_decimal(rounded, format=pattern, locale=_locale(current_language()))
    return written


def contents(part: str) -> Mapping[str, Any]:
    """Return all of one part in the language that is spoken, filled up in English."""
    return _contents(current_language(), part)


@cache
def _contents(language: str, part: str) -> Mapping[str, Any]:
    own = _read(FOLDER / language / f"{part}.yaml")
    return own if language == ENGLISH else {**_contents(ENGLISH, part), **own}


def _read(path: Path) -> Mapping[str, Any]:
    if not path.is_file() and path.parent.name != ENGLISH:
        return {}
    written = path.read_text("utf-8")
    found: Mapping[str, Any]
    if written.startswith("{"):
        # JSON is YAML, too, and read in a fiftieth of the time: a command's help waits for that.
        import json  # noqa: PLC0415 - only such parts need it

        found = json.loads(written)
        return found
    import yaml  # noqa: PLC0415 - its import takes its time, and not every command says anything

    # The reader in C takes a seventh of the time: a server reads all parts in both languages as it starts.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = yaml.load(written, Loader=loader)  # noqa: S506 - CSafeLoader is a safe loader
    return found


@cache
def _locale(language: str) -> Locale:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - only plurals and numbers need it

    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        # A language that CLDR knows nothing of writes its numbers as English does.
        return Locale.parse(ENGLISH)
