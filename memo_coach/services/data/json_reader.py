"""A JSON document that is read while it comes: of it no more is in memory than the value that is read.

Objects and arrays are walked through, and what stands in them is read as a whole, or walked through.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from memo_coach.services.data.json_size import has_more_values

MOST_CHARACTERS: Final = 16_000_000
"""Of a value that is read as a whole. A memo has 200,000 at most, a conversation three million."""
MOST_VALUES: Final = 500_000
"""Of what is in memory: small ones take fifty times their own bytes."""
_FEW_CHARACTERS: Final = 1 << 18
"""Whose values take little memory, however small they are."""
_AFTER: Final = frozenset(",:]} \t\n\r")
"""What stands behind a value that has come whole."""
_SPACE: Final = re.compile(r"[ \t\n\r]*")


class NotJson(Exception):
    """The document is no JSON, or none in UTF-8."""


class ValueTooLarge(Exception):
    """A value is larger than what is read as a whole."""


def _no_constant(name: str) -> NoReturn:
    raise NotJson(name)  # NaN and the like are no JSON, and no export has any


_DECODER: Final = json.JSONDecoder(parse_constant=_no_constant)


class JsonReader:
    """Reads a document from its beginning to its end."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0
        self._is_at_end = False
        self.source = ""
        """What stands there for the value that was read last."""

    def next_character(self) -> str:
        """Return the character that comes next, without what only separates; nothing at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_more():
                return ""

    def members(self) -> Iterator[str]:
        """Walk through the object that comes next, by names; after each one its value has to be read."""
        for _ in self._parts("{", "}"):
            name = self.value()
            if not isinstance(name, str):
                raise NotJson
            self._expect(":")
            yield name

    def items(self) -> Iterator[None]:
        """Walk through the array that comes next; each time, a value has to be read."""
        return self._parts("[", "]")

    def value(self) -> Any:  # noqa: ANN401 - whatever stands there
        """Read the value that comes next.

        Raises:
            NotJson: there is none.
            ValueTooLarge: it is larger than what is read as a whole.
        """
        self.next_character()
        while True:
            ahead = len(self._text) - self._at
            try:
                found, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if not self._read_more(ahead):
                    raise NotJson from None
                continue
            except (ValueError, RecursionError):
                raise NotJson from None
            # A number may go on in what comes next, also where it ends with "1e" so far.
            if self._text[end : end + 1] not in _AFTER and self._read_more(ahead):
                continue
            self.source, self._at = self._text[self._at : end], end
            return found

    def end(self) -> None:
        """Make sure that there is nothing more."""
        if self.next_character():
            raise NotJson

    def _parts(self, opening: str, closing: str) -> Iterator[None]:
        self._expect(opening)
        if self.next_character() == closing:
            self._at += 1
            return
        while True:
            yield
            if self.next_character() == closing:
                self._at += 1
                return
            self._expect(",")

    def _expect(self, character: str) -> None:
        if self.next_character() != character:
            raise NotJson
        self._at += 1

    def _read_more(self, at_least: int = 0) -> bool:
        """Read on, so that a value that is read again and again costs twice as much at most."""
        if self._is_at_end:
            return False
        if at_least > MOST_CHARACTERS:
            raise ValueTooLarge
        found = [self._text[self._at :]]
        length = 0
        try:
            while length <= at_least and not self._is_at_end:
                piece = next(self._pieces, b"")
                self._is_at_end = not piece
                found.append(self._decoder.decode(piece, final=self._is_at_end))
                length += len(found[-1])
        except UnicodeDecodeError:
            raise NotJson from None
        self._text, self._at = "".join(found), 0
        if len(self._text) > _FEW_CHARACTERS and has_more_values(self._text.encode(), MOST_VALUES):
            raise ValueTooLarge
        return length > 0
