"""What is said of a file to the person who handed it in, in each language that the coach speaks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from memo_coach.documents.reading.limits import LONGEST_SECONDS, MOST_BYTES, MOST_CHARACTERS, MOST_PAGES
from memo_coach.documents.reading.model import LeftOut, Refusal

_FOLDER = Path(__file__).parent
_ENGLISH = "en"


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages that there are sentences in."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def refusal_sentence(reason: Refusal, language: str) -> str:
    """Return why a file is not read, and what can be done; in English where the language has no sentences."""
    language = language if language in languages() else _ENGLISH
    sentence: str = _sentences(language)["refusals"][reason.value]
    return sentence.format(
        megabytes=MOST_BYTES // 2**20,
        characters=f"{MOST_CHARACTERS:,}".replace(",", _sentences(language)["thousands"]),
        pages=MOST_PAGES,
        seconds=f"{LONGEST_SECONDS:g}",
    )


def left_out_sentence(left_out: LeftOut, language: str) -> str:
    """Return what was left out of a text."""
    forms = _sentences(language)["left_out"][left_out.what.value]
    sentence: str = forms["one" if left_out.count == 1 else "other"]
    return sentence.format(count=left_out.count)


@cache
def _sentences(language: str) -> Mapping[str, Any]:
    import yaml  # noqa: PLC0415 - its import is slow, and only the first file needs it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (_FOLDER / f"{language}.yaml").read_text("utf-8")
    content: Mapping[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - CSafeLoader is a safe loader
    return content
