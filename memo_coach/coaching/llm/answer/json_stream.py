"""Read JSON while it is being written: each value is told as soon as it is complete.

What stands around the JSON (prose, code fences, a model's thoughts between ``<think>`` and ``</think>``) is
passed over, and a text may hold several documents one after the other. Beyond the standard it takes raw
line ends within strings, commas before a closing bracket, unknown escapes and a decimal comma; whatever
else breaks the grammar ends the document, and the search for another one goes on from there.

Every character is looked at a bounded number of times, however the text is cut into pieces, and nesting
is a list rather than recursion, so the work is linear in the text whatever it holds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from memo_coach.coaching.llm.answer.json_scalars import Value, is_integer, is_value, unescaped, value_of

Path = tuple[str | int, ...]

DEEPEST = 32
"""Objects and lists within each other; an answer needs seven."""
LONGEST_STRING = 8_000
"""Characters of a string that are kept; the rest of it is passed over."""
_LONGEST_WORD = 40
"""Characters of a word that are kept; a number that has more is told as none."""
_LONGEST_TAG = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A value is complete.

    ``path`` leads to it from the document's top; ``container`` is the object or list that it stands in, as
    far as it is read, or ``None`` for the document itself. Of a repeated key the first value counts.
    """

    path: Path
    value: Value
    container: dict[str, Value] | list[Value] | None


@dataclass(frozen=True, slots=True)
class Broken:
    """A document ended in the middle: it is not JSON, or too deep.

    ``starts`` are the characters of the text at which its objects and lists that were still open begin, the
    document itself first; ``path`` is where it stood.
    """

    starts: tuple[int, ...]
    path: Path


Event = Found | Broken

_BEGINNING = re.compile(r"[\[{<]")
_SPACE = re.compile(r"[\s\ufeff]*")
# What stands whole in a piece is taken at once; whatever else is taken step by step.
_WHOLE_KEY = re.compile(r'\s*+"([^"\\]*+)"\s*+:')
_WHOLE_STRING = re.compile(r'"([^"\\]*+)"')
_STRING_MARK = re.compile(r'["\\]')
_WORD = re.compile(r"[A-Za-z0-9+\-./_]*")


@dataclass(slots=True)
class _Token:
    """A string or a word on its way."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, piece: str, most: int) -> None:
        room = most - self.length
        if room > 0:
            self.pieces.append(piece[:room])
        self.length += len(piece)

    def text(self) -> str:
        return "".join(self.pieces)


class JsonStream:
    """Takes a text in pieces and tells the JSON values in it."""

    def __init__(self) -> None:
        self._step: Callable[[str, int], int] = self._find_document
        """What is awaited: takes a piece and where to go on in it, and gives how far it came."""
        self._open: list[dict[str, Value] | list[Value]] = []
        """The objects and lists that the text stands within, with their starts, and the place in each."""
        self._starts: list[int] = []
        self._places: list[str | int] = []
        self._behind = 0
        """Characters of the pieces before the present one."""
        self._token = _Token()
        self._escaped = False
        self._is_key = False
        self._tail = ""
        self._events: list[Event] = []

    @property
    def path(self) -> Path:
        """Where the text stands: empty outside of any document."""
        return tuple(self._places)

    @property
    def is_open(self) -> bool:
        """Whether the text stands within a document."""
        return bool(self._open)

    def feed(self, text: str) -> Iterator[Event]:
        """Take the next piece and tell what it completes, in order; to be read to its end.

        Each event comes at its place in the text: its ``container`` then holds what stands before it alone.
        """
        at = 0
        while at < len(text):
            at = self._step(text, at)
            if self._events:
                yield from self._told()
        self._behind += len(text)

    def _told(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    # Outside of a document.

    def _find_document(self, text: str, at: int) -> int:
        found = _BEGINNING.search(text, at)
        if found is None:
            return len(text)
        if found[0] == "<":
            self._step, self._token = self._read_tag, _Token()
            return found.end()
        return self._begin_container(text, found.start())

    def _read_tag(self, text: str, at: int) -> int:
        character = text[at]
        if character == ">":
            is_thought = self._token.text().lower() in {"think", "thinking"}
            self._step = self._skip_thought if is_thought else self._find_document
            self._tail = ""
            return at + 1
        self._token.add(character, _LONGEST_TAG)
        if not character.isalpha() or self._token.length > _LONGEST_TAG:
            self._step = self._find_document
            return at
        return at + 1

    def _skip_thought(self, text: str, at: int) -> int:
        end = text.find(">", at)
        stop = len(text) if end < 0 else end + 1
        self._tail = (self._tail + text[max(at, stop - _LONGEST_TAG) : stop])[-_LONGEST_TAG:]
        if self._tail.lower().endswith(("</think>", "</thinking>")):
            self._step = self._find_document
        return stop

    # Within a document.

    def _begin_container(self, text: str, at: int) -> int:
        is_object = text[at] == "{"
        self._open.append({} if is_object else [])
        self._starts.append(self._behind + at)
        self._places.append("" if is_object else 0)
        self._step = self._begin_key if is_object else self._begin_value
        return at + 1

    def _begin_value(self, text: str, at: int) -> int:
        at = _end_of(_SPACE, text, at)
        if at == len(text):
            return at
        character = text[at]
        if character in "{[":
            if len(self._open) >= DEEPEST:
                return self._break(at)
            return self._begin_container(text, at)
        if character == '"':
            return self._take_string(text, at)
        if character == "]" and isinstance(self._open[-1], list):
            return self._close(at)
        self._token, self._step = _Token(), self._read_word
        return at if _WORD.fullmatch(character) else self._break(at)

    def _begin_key(self, text: str, at: int) -> int:
        whole = _WHOLE_KEY.match(text, at)
        if whole is not None:
            self._places[-1] = whole[1][:LONGEST_STRING].strip().lower()
            self._step = self._begin_value
            return whole.end()
        at = _end_of(_SPACE, text, at)
        if at == len(text):
            return at
        if text[at] == '"':
            return self._begin_string(at, is_key=True)
        return self._close(at) if text[at] == "}" else self._break(at)

    def _pass_colon(self, text: str, at: int) -> int:
        at = _end_of(_SPACE, text, at)
        if at == len(text):
            return at
        if text[at] != ":":
            return self._break(at)
        self._step = self._begin_value
        return at + 1

    def _pass_comma(self, text: str, at: int) -> int:
        at = _end_of(_SPACE, text, at)
        if at == len(text):
            return at
        is_object = isinstance(self._open[-1], dict)
        if text[at] == ",":
            self._step = self._begin_key if is_object else self._begin_value
            return at + 1
        return self._close(at) if text[at] == ("}" if is_object else "]") else self._break(at)

    def _take_string(self, text: str, at: int) -> int:
        whole = _WHOLE_STRING.match(text, at)
        if whole is None:
            return self._begin_string(at, is_key=False)
        self._tell(whole[1][:LONGEST_STRING])
        return whole.end()

    def _begin_string(self, at: int, *, is_key: bool) -> int:
        self._token, self._escaped, self._is_key = _Token(), False, is_key
        self._step = self._read_string
        return at + 1

    def _read_string(self, text: str, at: int) -> int:
        if self._escaped:
            self._escaped = False
            self._token.add(text[at], LONGEST_STRING)
            return at + 1
        mark = _STRING_MARK.search(text, at)
        end = len(text) if mark is None else mark.start()
        self._token.add(text[at:end], LONGEST_STRING)
        if mark is None:
            return end
        if mark[0] == "\\":
            self._escaped = True
            self._token.add("\\", LONGEST_STRING)
            return end + 1
        self._end_string()
        return end + 1

    def _end_string(self) -> None:
        string = unescaped(self._token.text())
        if self._is_key:
            self._places[-1] = string.strip().lower()
            self._step = self._pass_colon
        else:
            self._tell(string)

    def _read_word(self, text: str, at: int) -> int:
        end = _end_of(_WORD, text, at)
        self._token.add(text[at:end], _LONGEST_WORD + 1)
        if self._token.length > _LONGEST_WORD and not is_value(self._token.text()):
            return self._break(end)
        if end == len(text):
            return end
        in_object = isinstance(self._open[-1], dict)
        if text[end] == "," and in_object and is_integer(self._token.text()):
            self._step = self._read_fraction
            return end + 1
        return end if self._end_word() else self._break(end)

    def _read_fraction(self, text: str, at: int) -> int:
        # After "4," within an object: a decimal comma, or the end of the value.
        if text[at] in "0123456789":
            self._token.add(".", _LONGEST_WORD + 1)
            self._step = self._read_word
        else:
            self._end_word()
            self._step = self._begin_key
        return at

    def _end_word(self) -> bool:
        word = self._token.text()
        if not is_value(word):
            return False
        self._tell(value_of(word) if self._token.length <= _LONGEST_WORD else math.nan)
        return True

    def _close(self, at: int) -> int:
        self._starts.pop()
        self._places.pop()
        self._tell(self._open.pop())
        return at + 1

    def _tell(self, value: Value) -> None:
        path = self.path
        if not self._open:
            self._events.append(Found(path, value, None))
            self._step = self._find_document
            return
        container = self._open[-1]
        if isinstance(container, dict):
            container.setdefault(str(self._places[-1]), value)
        else:
            container.append(value)
            self._places[-1] = len(container)
        self._events.append(Found(path, value, container))
        self._step = self._pass_comma

    def _break(self, at: int) -> int:
        self._events.append(Broken(tuple(self._starts), self.path))
        self._open, self._starts, self._places = [], [], []
        self._step = self._find_document
        return at


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()
