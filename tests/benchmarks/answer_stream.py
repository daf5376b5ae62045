"""Compare two ways to read a model's answer while it arrives: ours, and pydantic-core's partial JSON.

    python tests/benchmarks/answer_stream.py

Both tell the same events to the same reader, and json-repair looks at the end at what is broken. For each way
in which an answer is spoilt it prints the parts that are told while the answer arrives, those in the end, and
those that differ from what ours tells; then the time for answers that arrive in pieces of five characters.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic_core import from_json

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from memo_coach.coaching.llm.answer.json_stream import (
    DEEPEST,
    LONGEST_STRING,
    Broken,
    Event,
    Found,
    JsonStream,
)
from memo_coach.coaching.llm.answer.parser import AnswerReader
from memo_coach.coaching.memo.text import normalise_text
from memo_coach.coaching.rubric.reader import shipped_rubric
from memo_coach.coaching.samples import samples
from tests.benchmarks.machine import machine
from tests.model_server import spoiling
from tests.model_server.answers import Asked, good_answer

PIECE = 5
RUBRIC = shipped_rubric("decision-memo")
MEMO = normalise_text(samples(RUBRIC.id, "en")[0].text)
ASKED = Asked(
    MEMO, "", "en", tuple(criterion.id for criterion in RUBRIC.criteria), wants_overall=True, is_chat=False
)
Where = tuple[str | int, ...]
_PROBE = "\ue0c7"
_BEGINNING = re.compile(r"[\[{]|<think(?:ing)?>", re.IGNORECASE)
_THOUGHT_END = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_MARK = re.compile(r"[}\],]")


class PartialJsonStream:
    """Tells the events of :class:`JsonStream`, from ``from_json`` over all that has come of a document.

    The partial mode does not say whether the last value is complete. Behind a bracket or a comma a probe is
    put in its place: where the probe becomes a value, all before it are complete.
    """

    def __init__(self) -> None:
        self._text = ""
        self._from = 0
        self._start: int | None = None
        self._forget()

    def _forget(self) -> None:
        self._containers: dict[Where, Any] = {}
        self._told: dict[Where, int] = {}
        self._path: Where = ()

    @property
    def is_open(self) -> bool:
        """Whether the text stands within a document."""
        return self._start is not None

    def feed(self, text: str) -> Iterator[Event]:
        """Take the next piece; what it holds up to its last bracket or comma is looked at."""
        before = len(self._text)
        self._text += text
        marks = list(_MARK.finditer(text))
        if marks or self._start is None:
            yield from self._look(before + (marks[-1].end() if marks else len(text)))

    def _look(self, end: int) -> Iterator[Event]:
        while self._begin(end):
            start = self._start or 0
            document = self._text[start:end]
            try:
                value, length = json.JSONDecoder().raw_decode(document)
                self._from, is_whole = start + length, True
            except (ValueError, RecursionError):
                try:
                    value, is_whole = _partial(document), False
                except ValueError:
                    path, self._from, self._start = self._path, start + 1, None
                    self._forget()
                    yield Broken((start,), path)
                    continue
            yield from self._tell(value, (), None, is_complete=is_whole)
            if not is_whole:
                return
            self._start = None
            self._forget()

    def _begin(self, end: int) -> bool:
        while self._start is None:
            found = _BEGINNING.search(self._text, self._from, end)
            if found is None:
                return False
            if len(found[0]) == 1:
                self._start = found.start()
            else:
                thought = _THOUGHT_END.search(self._text, found.end())
                if thought is None:
                    return False
                self._from = thought.end()
        return True

    def _tell(self, value: Any, path: Where, within: Any, *, is_complete: bool) -> Iterator[Event]:
        if len(path) > DEEPEST:
            return
        self._path = path
        if isinstance(value, dict | list):
            container = self._containers.setdefault(path, type(value)())
            entries = list(value.items() if isinstance(value, dict) else enumerate(value))
            for index in range(self._told.get(path, 0), len(entries)):
                key, entry = entries[index]
                if _PROBE in (key, entry):
                    break
                name = key.strip().lower() if isinstance(key, str) else key
                has_followers = is_complete or index < len(entries) - 1
                yield from self._tell(entry, (*path, name), container, is_complete=has_followers)
                self._told[path] = index + has_followers
            value = container
        elif isinstance(value, str):
            value = value[:LONGEST_STRING]
        if is_complete:
            if isinstance(within, dict):
                within.setdefault(path[-1], value)
            elif within is not None:
                within.append(value)
            yield Found(path, value, within)


def _partial(document: str) -> Any:
    if _MARK.fullmatch(document[-1]):
        comma = "" if document[-1] == "," else ","
        for probe in (f'{comma}"{_PROBE}":0', f'{comma}"{_PROBE}"'):
            try:
                value = from_json(document + probe, allow_partial=True)
            except ValueError:
                continue
            if _ends_with_probe(value):
                return value
    return from_json(document, allow_partial=True)


def _ends_with_probe(value: Any) -> bool:
    while isinstance(value, dict | list) and value:
        if isinstance(value, dict) and next(reversed(value)) == _PROBE:
            return True
        value = value[next(reversed(value))] if isinstance(value, dict) else value[-1]
    return bool(value == _PROBE)


STREAMS = (JsonStream, PartialJsonStream)


def answers() -> Mapping[str, str]:
    """Return the same good answer in all the ways in which models spoil one."""
    good = good_answer(ASKED)
    whole = _written(good)
    spoilt = {
        spoil.__name__.replace("_", " "): _written(spoil(good, ASKED))
        for spoil in (spoiling.fenced, spoiling.prose_around, spoiling.broken_json, spoiling.with_one_twice)
    }
    return {
        "as asked for": whole,
        **spoilt,
        "trailing commas": whole.replace("\n  }", ",\n  }").replace("\n ]", ",\n ]"),
        "raw line ends": whole.replace("about ", "about\n"),
        "unknown escapes": whole.replace("enough detail", "enough \\% detail"),
        "decimal commas": re.sub(r'("score": \d)\.(\d)', r"\1,\2", whole),
        "one unescaped quotation mark": whole.replace("the reader can see", 'the "reader" can see', 1),
        "single quotes": str(good),
        "thoughts before it": f"<think>{whole[:900]}</think>{whole}",
    }


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)


def read(stream: type, text: str, piece: int = 1) -> tuple[list[Any], list[Any]]:
    """Return the parts that were told while the answer came, and those that its end brought."""
    reader = AnswerReader(RUBRIC, language="en", memo_text=MEMO)
    reader._stream = stream()
    streamed = [part for at in range(0, len(text), piece) for part in reader.feed(text[at : at + piece])]
    return streamed, reader.finish()


def milliseconds(stream: type, text: str, piece: int = PIECE) -> float:
    """Return the processor time for the stream alone."""
    began = time.process_time()
    reading = stream()
    for at in range(0, len(text), piece):
        for _ in reading.feed(text[at : at + piece]):
            pass
    return 1_000 * (time.process_time() - began)


def rows() -> Iterator[str]:
    """Write both tables."""
    yield f"{machine()}\n"
    yield f"{'parts':30}  ours: streamed, in all   library: streamed, in all, others than ours"
    for name, text in answers().items():
        ours, ours_last = read(JsonStream, text)
        theirs, theirs_last = read(PartialJsonStream, text)
        others = sum(part not in ours + ours_last for part in theirs + theirs_last)
        yield (
            f"{name:30}{len(ours):16}, {len(ours + ours_last):6}"
            f"{len(theirs):21}, {len(theirs + theirs_last):6}, {others:6}"
        )
    yield ""
    long = _written({"criteria": good_answer(ASKED)["criteria"] * 40})
    for name, text in {
        "20,000 characters": long[:20_000],
        "100,000 characters": long[:100_000],
        "a list of 10,000 numbers": '{"criteria": [' + "1," * 10_000,
    }.items():
        our_time, their_time = (min(milliseconds(stream, text) for _ in range(3)) for stream in STREAMS)
        yield f"{name:30}  ours {our_time:.0f} ms, library {their_time:.0f} ms"


def main() -> None:
    """Print both tables."""
    for row in rows():
        sys.stdout.write(f"{row}\n")


if __name__ == "__main__":
    main()
