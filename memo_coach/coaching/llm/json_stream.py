"""Read JSON while it is being written: each value is told as soon as it is complete.

What stands around the JSON (prose, code fences, a model's thoughts between ``<think>`` and ``</think>``) is
passed over, and a text may hold several documents one after the other. Beyond the standard it takes raw
line ends within strings, commas before a closing bracket, unknown escapes and a decimal comma; whatever
else breaks the grammar ends the document, and the search for another one goes on from there.

Every character is looked at a bounded number of times, however the text is cut into pieces, and nesting
is a list rather than recursion, so the work is linear in the text whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from memo_coach.coaching.llm.json_scalars import Value, is_integer, is_value, unescaped, value_of

Path = tuple[str | int, ...]

DEEPEST = 32
"""Objects and lists within each other; an answer needs seven."""
LONGEST_STRING = 8_000
"""Characters of a string that are kept; the rest of it is passed over."""
_LONGEST_WORD = 40
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


class _Awaiting(Enum):
    DOCUMENT = auto()
    TAG = auto()
    END_OF_THOUGHT = auto()
    VALUE = auto()
    KEY = auto()
    COLON = auto()
    COMMA = auto()
    STRING_END = auto()
    WORD_END = auto()
    FRACTION = auto()  # after "4," within an object: a decimal comma, or the end of the value


@dataclass(slots=True)
class _Level:
    start: int
    container: dict[str, Value] | list[Value]
    key: str = ""

    @property
    def place(self) -> str | int:
        return self.key if isinstance(self.container, dict) else len(self.container)


_BEGINNING = re.compile(r"[\[{<]")
_SPACE = re.compile(r"[\s\ufeff]*")
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
        self._awaiting = _Awaiting.DOCUMENT
        self._levels: list[_Level] = []
        self._behind = 0
        """Characters of the pieces before the present one."""
        self._token = _Token()
        self._escaped = False
        self._is_key = False
        self._tail = ""
        self._events: list[Event] = []
        self._steps: dict[_Awaiting, Callable[[str, int], int]] = {
            _Awaiting.DOCUMENT: self._find_document,
            _Awaiting.TAG: self._read_tag,
            _Awaiting.END_OF_THOUGHT: self._skip_thought,
            _Awaiting.VALUE: self._begin_value,
            _Awaiting.KEY: self._begin_key,
            _Awaiting.COLON: self._pass_colon,
            _Awaiting.COMMA: self._pass_comma,
            _Awaiting.STRING_END: self._read_string,
            _Awaiting.WORD_END: self._read_word,
            _Awaiting.FRACTION: self._read_fraction,
        }

    @property
    def path(self) -> Path:
        """Where the text stands: empty outside of any document."""
        return tuple(level.place for level in self._levels)

    @property
    def is_open(self) -> bool:
        """Whether the text stands within a document."""
        return bool(self._levels)

    def feed(self, text: str) -> Iterator[Event]:
        """Take the next piece and tell what it completes, in order; to be read to its end.

        Each event comes at its place in the text: its ``container`` then holds what stands before it alone.
        """
        at = 0
        while at < len(text):
            at = self._steps[self._awaiting](text, at)
            if self._events:
                yield from self._told()
        self._behind += len(text)

    def finish(self) -> Iterator[Event]:
        """Say that no more text comes: tells a number that only a comma followed."""
        if self._awaiting is _Awaiting.FRACTION:
            self._end_word()
        yield from self._told()

    def _told(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    # Outside of a document.

    def _find_document(self, text: str, at: int) -> int:
        found = _BEGINNING.search(text, at)
        if found is None:
            return len(text)
        if found[0] == "<":
            self._awaiting, self._token = _Awaiting.TAG, _Token()
            return found.end()
        return self._open(text, found.start())

    def _read_tag(self, text: str, at: int) -> int:
        character = text[at]
        if character == ">":
            is_thought = self._token.text().lower() in {"think", "thinking"}
            self._awaiting = _Awaiting.END_OF_THOUGHT if is_thought else _Awaiting.DOCUMENT
            self._tail = ""
            return at + 1
        self._token.add(character, _LONGEST_TAG)
        if not character.isalpha() or self._token.length > _LONGEST_TAG:
            self._awaiting = _Awaiting.DOCUMENT
            return at
        return at + 1

    def _skip_thought(self, text: str, at: int) -> int:
        end = text.find(">", at)
        stop = len(text) if end < 0 else end + 1
        self._tail = (self._tail + text[max(at, stop - _LONGEST_TAG) : stop])[-_LONGEST_TAG:]
        if self._tail.lower().endswith(("</think>", "</thinking>")):
            self._awaiting = _Awaiting.DOCUMENT
        return stop

    # Within a document.

    def _open(self, text: str, at: int) -> int:
        is_object = text[at] == "{"
        self._levels.append(_Level(self._behind + at, {} if is_object else []))
        self._awaiting = _Awaiting.KEY if is_object else _Awaiting.VALUE
        return at + 1

    def _begin_value(self, text: str, at: int) -> int:
        at = _end_of(_SPACE, text, at)
        if at == len(text):
            return at
        character = text[at]
        if character in "{[":
            if len(self._levels) >= DEEPEST:
                return self._break(at)
            return self._open(text, at)
        if character == '"':
            return self._begin_string(at, is_key=False)
        if character == "]" and isinstance(self._levels[-1].container, list):
            return self._close(at)
        self._token, self._awaiting = _Token(), _Awaiting.WORD_END
        return at if _WORD.fullmatch(character) else self._break(at)

    def _begin_key(self, text: str, at: int) -> int:
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
        self._awaiting = _Awaiting.VALUE
        return at + 1

    def _pass_comma(self, text: str, at: int) -> int:
        at = _end_of(_SPACE, text, at)
        if at == len(text):
            return at
        is_object = isinstance(self._levels[-1].container, dict)
        if text[at] == ",":
            self._awaiting = _Awaiting.KEY if is_object else _Awaiting.VALUE
            return at + 1
        return self._close(at) if text[at] == ("}" if is_object else "]") else self._break(at)

    def _begin_string(self, at: int, *, is_key: bool) -> int:
        self._token, self._escaped, self._is_key = _Token(), False, is_key
        self._awaiting = _Awaiting.STRING_END
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
            self._levels[-1].key = string.strip().lower()
            self._awaiting = _Awaiting.COLON
        else:
            self._tell(string)

    def _read_word(self, text: str, at: int) -> int:
        end = _end_of(_WORD, text, at)
        self._token.add(text[at:end], _LONGEST_WORD + 1)
        if self._token.length > _LONGEST_WORD:
            return self._break(end)
        if end == len(text):
            return end
        in_object = isinstance(self._levels[-1].container, dict)
        if text[end] == "," and in_object and is_integer(self._token.text()):
            self._awaiting = _Awaiting.FRACTION
            return end + 1
        return end if self._end_word() else self._break(end)

    def _read_fraction(self, text: str, at: int) -> int:
        if text[at] in "0123456789":
            self._token.add(".", _LONGEST_WORD + 1)
            self._awaiting = _Awaiting.WORD_END
        else:
            self._end_word()
            self._awaiting = _Awaiting.KEY
        return at

    def _end_word(self) -> bool:
        word = self._token.text()
        if not is_value(word):
            return False
        self._tell(value_of(word))
        return True

    def _close(self, at: int) -> int:
        self._tell(self._levels.pop().container)
        return at + 1

    def _tell(self, value: Value) -> None:
        path = self.path
        if not self._levels:
            self._events.append(Found(path, value, None))
            self._awaiting = _Awaiting.DOCUMENT
            return
        level = self._levels[-1]
        if isinstance(level.container, dict):
            level.container.setdefault(level.key, value)
        else:
            level.container.append(value)
        self._events.append(Found(path, value, level.container))
        self._awaiting = _Awaiting.COMMA

    def _break(self, at: int) -> int:
        self._events.append(Broken(tuple(level.start for level in self._levels), self.path))
        self._levels = []
        self._awaiting = _Awaiting.DOCUMENT
        return at


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()
