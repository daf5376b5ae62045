"""What the coach that asks a model says in its own name, in each language, from YAML files beside this one.

It tells how an evaluation came about: which model spoke, what failed and what the writer can do, what our own
code changed. Adding a language is adding ``notices/<language>.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from memo_coach.coaching.llm.model import ModelFailure

FOLDER = Path(__file__).parent

_SLOT = re.compile(r"\{([a-z_]+)\}")


class MissingNotice(KeyError):
    """A sentence or a slot has no text: a fault of the program, which tests rule out."""


@dataclass(frozen=True, slots=True)
class Notices:
    """The texts of one language."""

    sentences: Mapping[str, str]
    decimal: str
    list: str
    months: tuple[str, ...]
    pointing: re.Pattern[str]
    """Finds a word that points at a passage, unless it points at the memo as a whole."""


def sentence(language: str, key: str, **values: str) -> str:
    """Return a sentence with its slots filled; in English where the language is not spoken here.

    Raises:
        MissingNotice: there is no such sentence, or a slot has no value.
    """
    text = notices_in(language).sentences.get(key)
    if text is None:
        raise MissingNotice(f"no sentence {key!r} in {language!r}")

    def value_of(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise MissingNotice(f"no value for the slot {match[0]} of {key!r}")
        return values[match[1]]

    return _SLOT.sub(value_of, text)


def why(language: str, failure: ModelFailure) -> str:
    """Say why no model answered, and what the writer can do; with the time where one is known."""
    key = f"why-{failure.reason}"
    if failure.reason not in ("limit", "budget"):
        return sentence(language, key)
    if failure.until is None:
        return sentence(language, f"{key}-without-moment")
    return sentence(language, key, moment=moment(language, failure.until))


def moment(language: str, when: datetime) -> str:
    """Write a moment with its date, in UTC and rounded up to the minute; without a zone it is UTC already."""
    utc = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    if utc.second or utc.microsecond:
        utc = utc.replace(second=0, microsecond=0) + timedelta(minutes=1)
    month = notices_in(language).months[utc.month - 1]
    return sentence(language, "moment", time=f"{utc:%H:%M}", day=str(utc.day), month=month)


def number(language: str, value: float) -> str:
    """Write a score as the language does: 3.5, or 3,5 in Spanish."""
    return f"{value:.1f}".replace(".", notices_in(language).decimal)


def listed(language: str, names: Iterable[str]) -> str:
    """Name several things in one sentence."""
    return notices_in(language).list.join(names)


def points_at_a_passage(language: str, text: str) -> bool:
    """Whether a remark speaks of a passage that has to stand beside it ("this sentence", "here")."""
    return notices_in(language).pointing.search(text) is not None


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have notices."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def notices_in(language: str) -> Notices:
    """Read the texts of a language, or the English ones where it has none, once."""
    import yaml  # noqa: PLC0415 - its import is slow, and only an evaluation by a model needs it

    spoken = language if language in languages() else "en"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (FOLDER / f"{spoken}.yaml").read_text("utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - CSafeLoader is a safe loader
    return Notices(
        sentences=content["sentences"],
        decimal=content["decimal"],
        list=content["list"],
        months=tuple(content["months"]),
        pointing=_pointing(content["pointing"], content["wholes"]),
    )


def _pointing(words: Iterable[str], wholes: Iterable[str]) -> re.Pattern[str]:
    every = "|".join(re.escape(word) for word in words)
    whole = "|".join(re.escape(word) for word in wholes)
    return re.compile(rf"(?<!\w)(?:{every})(?!\w)(?!\s+(?:{whole})(?!\w))", re.IGNORECASE)
