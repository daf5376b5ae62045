r"""The plain spelling of a text, as whoever follows an address would have it, with the way back.

Look-alikes of dots, slashes and letters become the plain characters, encodings (``%2E``, ``&#46;``,
``\u002e``) what they stand for, and marks that strike a letter through go.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

from memo_coach.coaching.memo.normalisation import normalised

_ENCODED = (
    r"(?:%(?:25){0,8}[0-9a-fA-F]{2}){1,300}"
    r"|&(?:amp;){0,8}(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?"
    r"|\\(?:u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,5}\}|x[0-9a-fA-F]{2})"
)
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_CHANGED = re.compile(rf"{_ENCODED}|[^\x00-\x7f]")
_MARK = re.compile(f"[{_MARKS}]")
_DOUBLY_ENCODED = re.compile("%(?:25)+")

_LOOK_ALIKES = dict(
    zip("。｡․‧·∙⋅・ꞏ۔܂ꓸ᎐⸱⁄∕⧸╱꞉ː∶։׃", "." * 14 + "////" + ":" * 5, strict=True),
)
_LATIN = dict(
    zip(
        "авеёкмнопрстухігјѕԁԛԝһӏьпиАВЕКМНОРСТУХІЈЅ"  # Cyrillic
        "αβγεηικμνορστυχωϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"  # Greek
        "օսոհցզքյɡɑɩɪʟᴀʙᴄᴅᴇꜰɢʜᴊᴋᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢıøđħł",  # Armenian, Latin
        "abeekmhonpctyxirjsdqwhlbnuabekmhopctyxijs"
        "abyenikuvopotuxwcjabezhikmnoptyx"
        "ounhgzqjgaiilabcdefghjkmnoprstuvwyziodhl",
        strict=True,
    )
)


class PlainSpelling:
    """A text in its plain spelling. ``span`` leads back to the text that was given."""

    def __init__(self, given: str) -> None:
        self.text = given
        self._first: list[int] | None = None
        self._last: list[int] = []
        if given.isascii() and not any(sign in given for sign in "%&\\"):
            return
        pieces: list[str] = []
        first: list[int] = []
        last: list[int] = []
        position = 0
        for found in _CHANGED.finditer(given):
            start, end = found.span()
            piece = _plain(found[0])
            if piece == found[0]:
                continue
            pieces += (given[position:start], piece)
            first.extend(range(position, start))
            last.extend(range(position + 1, start + 1))
            first.extend([start] * len(piece))
            last.extend([end] * len(piece))
            if not piece and last:
                last[-1] = end
            position = end
        if not pieces:
            return
        pieces.append(given[position:])
        first.extend(range(position, len(given)))
        last.extend(range(position + 1, len(given) + 1))
        self.text, self._first, self._last = "".join(pieces), first, last

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a passage of the plain spelling, which is not empty, stands in the text."""
        return (start, end) if self._first is None else (self._first[start], self._last[end - 1])


def latin(word: str) -> str:
    """Return a word in small ASCII letters as it looks, where its letters have such look-alikes."""
    if word.isascii():
        return word.lower()
    bare = (letter for letter in normalised("NFD", word) if not unicodedata.combining(letter))
    return "".join(_LATIN.get(letter, letter) for letter in bare).lower()


@lru_cache(maxsize=4096)
def _plain(piece: str) -> str:
    if len(piece) == 1:
        return _plain_character(piece)
    if piece[0] == "%":
        decoded = unquote(_DOUBLY_ENCODED.sub("%", piece), errors="replace")
    elif piece[0] == "&":
        decoded = unescape(f"&{piece.rpartition('amp;')[2].lstrip('&')}")
    else:
        decoded = chr(int(piece.strip("\\uxUX{}"), 16))
    # A space within an address, written as %20, does not end it.
    return "".join("_" if letter.isspace() else _plain_character(letter) for letter in decoded)


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    if _MARK.match(character):
        return ""
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.digit(character))
    plain = normalised("NFKC", character)
    plain = _LOOK_ALIKES.get(plain, plain)
    is_telling = len(plain) == 1 or (plain.isascii() and plain.strip(".").isalnum())
    return plain if is_telling else character
