"""Which characters the fonts of the document have; what is shown in place of others.

The standard that the document follows lets no character be drawn as an empty box that means nothing. So what
no font has is written as :data:`REPLACEMENT`, which is a character of its own, and the document says so. A
letter and the accents upon it are drawn by one font: where none has all of them, the accents are replaced.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

REPLACEMENT = "□"
FALLBACK_FAMILIES = (
    "Noto Sans Arabic",
    "Noto Emoji 1",
    "Noto Emoji 2",
    "New Computer Modern",
    "DejaVu Sans Mono",
    "New Computer Modern Math",
    "Noto Sans CJK 1",
    "Noto Sans CJK 2",
    "Noto Sans CJK 3",
    "Noto Sans CJK 4",
    "Noto Sans CJK 5",
)
"""The font families that are asked, in this order, for what the document's own do not have."""
LONGEST_WORD = 60
"""Characters without a space after which a line may end, so that none leaves the page."""

_IGNORABLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0020, 0xE0080)))
)
"""They show nothing themselves, and every font will do. Of the last ones flags are made."""
_PLAIN = re.compile(r"[\n -~]*")
_LINE_ENDS = str.maketrans(
    {"\t": "    ", "\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"}
)
_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)(?![\u0300-\u036f\u200d\ufe00-\ufe0f])")
_SIMPLE = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0x180)))) | frozenset("\n—–‘’“”…•€□¶")
"""What every font of the document has."""


@dataclass(slots=True)
class Characters:
    """Makes texts such that the fonts have all of them, and counts what they have not.

    ``strict`` leaves nothing but what European languages are written with.
    """

    strict: bool = False
    missing: Counter[str] = field(default_factory=Counter)

    def shown(self, text: str) -> str:
        """Return a text as it can be drawn."""
        if not _PLAIN.fullmatch(text):
            text = self._replaced(text.translate(_LINE_ENDS))
        return _LONG_WORD.sub(lambda match: match.group() + "\u200b", text)

    def _replaced(self, text: str) -> str:
        used = set(text)
        lacking = used - _SIMPLE
        if lacking and not self.strict:
            lacking -= _covered()
        accented = {character for character in used if _is_mark(character)}
        if not lacking and not accented:
            return text
        shown: list[str] = []
        cluster: list[str] = []
        for character in text:
            if character in accented and not self.strict:
                cluster.append(character)
                continue
            shown.extend(self._drawn(cluster))
            cluster = [self._or_replacement(character, lacking)]
        shown.extend(self._drawn(cluster))
        return "".join(shown)

    def _or_replacement(self, character: str, lacking: set[str]) -> str:
        if character not in lacking:
            return character
        if self.strict and character in _IGNORABLE:
            return ""
        self.missing[character] += 1
        return REPLACEMENT

    def _drawn(self, cluster: list[str]) -> list[str]:
        """Return a character with its marks; where no font has all of them, with the marks replaced."""
        if len(cluster) < 2:
            return cluster
        if _have_together(frozenset(cluster) - _IGNORABLE):
            return cluster
        first, *marks = cluster
        self.missing.update(marks)
        return [first, *(REPLACEMENT for _ in marks)]


def _is_mark(character: str) -> bool:
    return character > "\u02ff" and unicodedata.category(character)[0] == "M" and character not in _IGNORABLE


@cache
def _coverage() -> dict[str, frozenset[str]]:
    """Return the characters of each font family."""
    source = (Path(__file__).parent / "coverage.json").read_text(encoding="utf-8")
    return {family: frozenset(_characters(ranges)) for family, ranges in json.loads(source).items()}


@cache
def _covered() -> frozenset[str]:
    # A font may name control characters and tags, and draw nothing for them.
    drawn = frozenset().union(*_coverage().values())
    return (
        frozenset(
            character for character in drawn if unicodedata.category(character) not in ("Cc", "Cf", "Cs")
        )
        | {"\n"}
        | _IGNORABLE
    )


@cache
def _have_together(characters: frozenset[str]) -> bool:
    return any(characters <= family for family in _coverage().values())


def _characters(ranges: str) -> list[str]:
    found: list[str] = []
    for each in ranges.split():
        first, _, last = each.partition("-")
        found.extend(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return found


def described(character: str) -> str:
    """Return the code of a character and, where Unicode gives it one, its name."""
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    return f"{code} {name.lower()}" if name else code


@dataclass(frozen=True, slots=True)
class Script:
    """In which language and direction a paragraph is to be read out and set, where not in the document's."""

    language: str
    is_right_to_left: bool = False


_SCRIPTS = (
    (re.compile("[\u0590-\u05ff\ufb1d-\ufb4f]"), Script("he", is_right_to_left=True)),
    (
        re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"),
        Script("ar", is_right_to_left=True),
    ),
    (re.compile("[\uac00-\ud7a3\u1100-\u11ff]"), Script("ko")),
    (re.compile("[\u3040-\u30ff]"), Script("ja")),
    (re.compile("[\u4e00-\u9fff\u3400-\u4dbf]"), Script("zh")),
    (re.compile("[\u0370-\u03ff]"), Script("el")),
    (re.compile("[\u0400-\u04ff]"), Script("ru")),
)
_FOREIGN = re.compile(
    "[\u0370-\u04ff\u0590-\u077f\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\ufb1d-\ufefc]"
)
_LETTER = re.compile(r"[^\W\d_]")


def script_of(text: str) -> Script | None:
    """Return the script of a paragraph most of whose letters are not Latin ones, else ``None``.

    Where Japanese is among ideographs, a tenth of the foreign letters is enough to tell it from Chinese.
    """
    if not _FOREIGN.search(text) or 2 * len(_FOREIGN.findall(text)) <= len(_LETTER.findall(text)):
        return None
    counts = [(len(pattern.findall(text)), script) for pattern, script in _SCRIPTS]
    total = sum(count for count, _ in counts)
    for count, script in counts:
        if script.language == "ja" and count and 10 * count >= total:
            return script
    return max(counts, key=lambda each: each[0])[1]
