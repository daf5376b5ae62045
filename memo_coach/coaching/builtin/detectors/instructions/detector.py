"""Sentences that order the grader about: a memo is data, so they change nothing.

They are looked for in the whole text (comments, code, quotations and links too), in every language the coach
reads, with invisible characters removed, because whoever hides an order hides it there. What is written in
base64 or in ROT13 is read too.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache
from pathlib import Path

from memo_coach.coaching.builtin.findings import Finding, Reading, detector
from memo_coach.coaching.builtin.language_files import languages
from memo_coach.coaching.builtin.lexicon import Lexicon, words_of_folder
from memo_coach.coaching.memo.model import Memo, Span
from memo_coach.coaching.memo.normalisation import normalised

KINDS = ("instructions.to-the-grader",)

_MOST_FINDINGS = 8
_BEFORE, _AFTER = 30, 260
"""How far around its fixed word a pattern may begin and end: the longest in use spans some 200 characters."""
_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)|\n|-->")
_LONGEST_SENTENCE = 400
_LEAD = re.compile(r"[\s.!?:;,>|(\"'“«-]*")
"""What a pattern may begin with to see that a line or sentence begins there; it is not part of the order."""
_SHORTEST_BASE64 = 40
"""Characters; it decodes to 30, the length of a short order."""
_BASE64 = re.compile(rf"[A-Za-z0-9+/_-]{{{_SHORTEST_BASE64},4000}}={{0,2}}")
_ROT13_SIGNS = ("vafgehp", "pevgrev", "ehoevp", "cebzcg")
"""“instruc”, “criteri”, “rubric” and “prompt” in ROT13: no word of either language has them."""
_ROT13 = str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm")


@cache
def _patterns() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """Return each pattern with the fixed words without which it cannot match."""
    found = []
    for language in languages():
        for entry in words_of_folder(Path(__file__).parent, language).entries("instruction_patterns"):
            needles, _, pattern = entry.partition(" => ")
            fixed = tuple(needle.replace("\\x23", "#") for needle in needles.split("|"))
            # A sentence may be broken over two lines.
            found.append((fixed, re.compile(pattern.replace(" ", "[ \\n]"))))
    return tuple(found)


class _Plain:
    """A text in lower case without invisible characters, with white space made single, and the way back."""

    def __init__(self, text: str) -> None:
        lowered = text.lower()
        if len(lowered) != len(text):  # a few letters, such as İ, become two
            lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
        self._pieces: list[str] = []
        self._starts: list[int] = []
        self._origins: list[int] = []
        self._length = 0
        position = 0
        for match in _CHANGED.finditer(lowered):
            self._keep(lowered[position : match.start()], position)
            piece = match[0]
            if piece[0].isspace():
                self._keep("\n" if "\n" in piece else " ", match.start())
            elif not piece.isascii() and unicodedata.category(piece) != "Cf":
                self._keep(_folded(piece), match.start())
            position = match.end()
        self._keep(lowered[position:], position)
        self.text = "".join(self._pieces)

    def _keep(self, piece: str, origin: int) -> None:
        if piece:
            self._pieces.append(piece)
            self._starts.append(self._length)
            self._origins.append(origin)
            self._length += len(piece)

    def origin(self, position: int) -> int:
        """Return the place in the memo of a place in the plain text."""
        index = bisect_right(self._starts, position) - 1
        return self._origins[index] + position - self._starts[index] if index >= 0 else 0


_CHANGED = re.compile(r"[^!-)+-^a-}](?:(?<=\s)\s+|(?<=[^\S\n ])|(?<=[*_`~])|(?<=[^\x00-\x7f\s]))")
"""What is not the same in the plain text: white space, emphasis, and letters beyond ASCII one by one.

It begins with all but the plain characters, so that the search can skip those.
"""


@cache
def _folded(char: str) -> str:
    """Return a full-width or otherwise decorated letter its plain form, where that is one character."""
    plain = normalised("NFKC", char).lower()
    return plain if len(plain) == 1 else char


def instruction_spans(memo: Memo) -> tuple[Span, ...]:
    """Return the passages that order the grader about, in order and without overlaps.

    A passage within a sentence of the memo is given as that whole sentence, so that the coach can leave it
    out of everything it scores; in a comment, a code block or a heading it is the line or sentence there.
    They are looked for once, though they are asked for before a memo is sent and when it is judged.
    """
    held: tuple[Span, ...] | None = memo.remembered.get("instruction_spans")
    if held is None:
        held = memo.remembered["instruction_spans"] = tuple(_spans_in(memo))
    return held


def _spans_in(memo: Memo) -> list[Span]:
    plain = _Plain(memo.text)
    hits = [(plain.origin(start), plain.origin(end - 1) + 1) for start, end in _hits(plain.text)]
    if any(sign in plain.text for sign in _ROT13_SIGNS):
        turned = _hits(plain.text.translate(_ROT13))
        hits += [(plain.origin(start), plain.origin(end - 1) + 1) for start, end in turned]
    if max(map(len, memo.text.split()), default=0) >= _SHORTEST_BASE64:
        hits += [match.span() for match in _BASE64.finditer(memo.text) if _hits(_decoded(match[0]))]
    found: list[Span] = []
    for start, end in sorted(hits):
        span = _passage(memo, Span(start, end))
        if found and span.start < found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _decoded(run: str) -> str:
    """Return what a run of base64 says; empty where it is none, or none of text."""
    from base64 import b64decode  # noqa: PLC0415 - loads more than it is worth where no text has base64

    bare = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        text = b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("utf-8")
    except ValueError:
        return ""
    return _Plain(text).text


def _hits(text: str) -> list[tuple[int, int]]:
    """Try each pattern around its own fixed words only, which a plain search finds at no cost."""
    places: dict[str, list[int]] = {}
    hits: list[tuple[int, int]] = []
    for needles, pattern in _patterns():
        for needle in needles:
            if needle not in places:
                places[needle] = _places(text, needle)
        positions = sorted([place for needle in needles for place in places[needle]])
        for start, end in _windows(positions):
            for match in pattern.finditer(text, start, end):
                lead = _LEAD.match(text, *match.span())
                hits.append((match.start() if lead is None else lead.end(), match.end()))
    return hits


def _windows(positions: list[int]) -> list[tuple[int, int]]:
    """Return the surroundings of the positions, joined where they overlap, so that no text is read twice."""
    windows: list[tuple[int, int]] = []
    for position in positions:
        start, end = max(0, position - _BEFORE), position + _AFTER
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return windows


def _places(text: str, needle: str) -> list[int]:
    places = []
    position = text.find(needle)
    while position >= 0:
        places.append(position)
        position = text.find(needle, position + len(needle))
    return places


def _passage(memo: Memo, hit: Span) -> Span:
    first, last = memo.sentence_at(hit.start), memo.sentence_at(hit.end - 1)
    start = first.span.start if first is not None else _line_start(memo.text, hit.start)
    end = last.span.end if last is not None else _line_end(memo.text, hit.end)
    return Span(start, end)


def _line_start(text: str, position: int) -> int:
    lowest = max(0, position - _LONGEST_SENTENCE)
    ends = [match.end() for match in _SENTENCE_END.finditer(text, lowest, position)]
    start = ends[-1] if ends else lowest
    while start < position and text[start].isspace():
        start += 1
    return start


def _line_end(text: str, position: int) -> int:
    highest = min(len(text), position + _LONGEST_SENTENCE)
    match = _SENTENCE_END.search(text, max(0, position - 1), highest)
    end = highest if match is None else (match.start() if match[0] in {"\n", "-->"} else match.end())
    return max(end, position)


@detector(
    "instructions",
    indicators=(),
    source="OWASP Top 10 for Large Language Model Applications (2025), LLM01: Prompt Injection",
)
def read_instructions(memo: Memo, lexicon: Lexicon) -> Reading:
    """Point out the sentences that address the grader instead of the reader."""
    return Reading(
        {},
        tuple(
            Finding("instructions.to-the-grader", "", "opportunity", span, 1.0, 0.95)
            for span in instruction_spans(memo)[:_MOST_FINDINGS]
        ),
    )
