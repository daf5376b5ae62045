"""The labels of a PDF in its language, and dates and numbers as that language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "texts"
DEFAULT = "en"
# The C loader reads the texts in a tenth of the time; not every installation of the package has it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one language."""

    language: str
    texts: Mapping[str, Any]

    def text(self, name: str, /, **values: object) -> str:
        """Return a text by its name, such as ``facts.coach``, with values put in."""
        found: Any = self.texts
        for part in name.split("."):
            found = found[part]
        return str(found).format(**values)

    def date(self, moment: datetime) -> str:
        """Return day and time, in UTC."""
        moment = moment.astimezone(UTC)
        month = self.texts["months"][moment.month - 1]
        return self.text(
            "date", day=moment.day, month=month, year=moment.year, time=f"{moment.hour:02}:{moment.minute:02}"
        )

    def number(self, number: float, decimals: int = 0) -> str:
        """Return a number with its decimal sign, and with one between thousands from 10,000 on."""
        written = f"{number:,.{decimals}f}" if number >= 10_000 else f"{number:.{decimals}f}"
        signs = {",": self.texts["thousands"], ".": self.texts["decimal"]}
        return "".join(signs.get(character, character) for character in written)

    def score(self, score: float | None) -> str:
        """Return a score with one decimal, or that there is none."""
        return self.text("not_scored") if score is None else self.number(score, 1)

    def percent(self, share: float) -> str:
        """Return a share in percent, with a decimal only where it has one."""
        return self.text("percent", number=self.number(share, 0 if round(share, 1) == round(share) else 1))

    def count(self, name: str, count: int, /, **values: object) -> str:
        """Return the text for one, which is named ``name_one`` or without its s, or for several."""
        one = name.removesuffix("s") if name.endswith("s") else f"{name}_one"
        return self.text(one if count == 1 else name, count=self.number(count), **values)


@cache
def wording_for(language: str) -> Wording:
    """Return the texts for a language, or the English ones where it has none."""
    chosen = language if language in languages() else DEFAULT
    with (_FOLDER / f"{chosen}.yaml").open(encoding="utf-8") as source:
        return Wording(chosen, yaml.load(source, Loader=_LOADER))  # noqa: S506 - a safe loader, in C


@cache
def languages() -> frozenset[str]:
    """Return the languages that there are texts for."""
    return frozenset(path.stem for path in _FOLDER.glob("*.yaml"))
