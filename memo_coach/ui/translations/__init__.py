"""The words of the interface, one YAML file a language: key to text."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent


@cache
def _texts(language: str) -> dict[str, str]:
    loaded = yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8"))
    return {f"{part}.{key}": str(text) for part, texts in loaded.items() for key, text in texts.items()}


def text(key: str, language: str = "en", **values: object) -> str:
    """Return the text for ``part.key``, its ``{slots}`` filled where values are given.

    Raises:
        KeyError: the language's file has no such text.
    """
    found = _texts(language)[key]
    return found.format(**values) if values else found
