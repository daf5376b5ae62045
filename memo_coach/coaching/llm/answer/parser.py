"""Read a model's answer while it arrives: criteria, comments and overall words, each as soon as it is valid.

Two looks. The first reads the stream and tells a part the moment it is complete. The second, at the end
and only where something is still missing, mends broken JSON once and takes from it what is missing. A part
is told once; a comment is told only after the valid judgement on its criterion, so that what has to be
asked again is not there twice.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from memo_coach.coaching.llm.answer.answer_layout import LISTED, OVERALL, OWN_KEYS, criterion_depth
from memo_coach.coaching.llm.answer.json_scalars import Value
from memo_coach.coaching.llm.answer.json_stream import Broken, Event, Found, JsonStream, Path
from memo_coach.coaching.llm.answer.repair import is_cut, repaired
from memo_coach.coaching.llm.answer.validation import (
    ReadComment,
    ReadCriterion,
    ReadOverall,
    ReadQuote,
    Refused,
    Validator,
)
from memo_coach.coaching.rubric.model import Rubric

__all__ = ["AnswerParser", "ReadComment", "ReadCriterion", "ReadOverall", "ReadPart", "ReadQuote"]

ReadPart = ReadCriterion | ReadComment | ReadOverall

LONGEST_ANSWER = 200_000
"""Characters of an answer that are read."""
MOST_COMMENTS = 40
"""Comments of an answer that are told."""
_MOST_FAULTS = 40
# Where JSON was mended, what lacks one of these may have been cut off.
_PARTS_OF_COMMENT = frozenset({"kind", "comment", "questions", "suggestion"})
_PARTS_OF_OVERALL = frozenset({"summary", "strengths", "opportunities"})


class AnswerParser:
    """Reads one answer about the ``wanted`` criteria of ``rubric`` (by default all of them).

    Nothing that stands in an answer makes it fail: what cannot be used is left out and named in ``faults``.
    """

    def __init__(
        self,
        rubric: Rubric,
        *,
        language: str,
        memo_text: str,
        wanted: Collection[str] | None = None,
        wants_overall: bool = True,
    ) -> None:
        self._known = frozenset(criterion.id for criterion in rubric.criteria)
        self._wanted = tuple(
            criterion.id for criterion in rubric.criteria if wanted is None or criterion.id in wanted
        )
        self._wants_overall = wants_overall
        self._validator = Validator(language=language, memo_text=memo_text)
        self._stream = JsonStream()
        self._pieces: list[str] = []
        self._length = 0
        self._is_finished = False

        self._judged: dict[str, Path | None] = {}
        """The criteria that were told, each with its place in the document that is being read."""
        self._comments: set[ReadComment] = set()
        self._has_overall = False
        self._faults: dict[str, None] = {}

        self._open_path: Path | None = None
        self._open: dict[str, Value] = {}
        self._is_answer = False
        """Whether the document that is being read has shown itself as the answer."""
        self._saw_document = False
        self._stopped = False
        self._mend_from: int | None = None
        self._mend_before = ""
        self._is_mending = False

    @property
    def missing(self) -> tuple[str, ...]:
        """The wanted criteria without a valid reading, in the rubric's order."""
        return tuple(criterion for criterion in self._wanted if criterion not in self._judged)

    @property
    def lacks_overall(self) -> bool:
        """Whether the overall words are wanted and not there."""
        return self._wants_overall and not self._has_overall

    @property
    def is_full(self) -> bool:
        """Whether the answer is longer than what is read of one: what still comes is passed over."""
        return self._length >= LONGEST_ANSWER

    @property
    def faults(self) -> tuple[str, ...]:
        """What was wrong, as short codes such as ``ask: score-out-of-range``; no word of the answer."""
        return tuple(self._faults)

    def feed(self, text: str) -> list[ReadPart]:
        """Take the next piece of the answer and give the parts that it completes."""
        if self._is_finished:
            return []
        room = LONGEST_ANSWER - self._length
        if len(text) > room:
            self._fault("too-long")
            text = text[:room]
        self._pieces.append(text)
        self._length += len(text)
        return list(self._read(self._stream.feed(text)))

    def finish(self) -> list[ReadPart]:
        """Say that the answer is at its end; gives what a second look finds of what is still missing.

        A comment, a reason or the overall words that the end cuts short are left out.
        """
        if self._is_finished:
            return []
        self._is_finished = True
        parts: list[ReadPart] = []
        if self._stream.is_open and not self._stopped:
            self._fault("cut-short")
            parts += self._judge_open()
        if self.missing or self.lacks_overall:
            parts += self._second_look()
        self._pieces.clear()
        return parts

    def _second_look(self) -> Iterator[ReadPart]:
        if not self._saw_document:
            self._fault("not-json")
        if self._mend_from is None:
            return
        self._fault("broken-json")
        value = repaired(self._mend_before + "".join(self._pieces)[self._mend_from :])
        if value is None:
            self._fault("beyond-mending")
            return
        self._is_mending, self._stopped, self._is_answer, self._open_path = True, False, False, None
        self._judged = dict.fromkeys(self._judged)
        yield from self._read(JsonStream().feed(json.dumps(value)))

    def _read(self, events: Iterable[Event]) -> Iterator[ReadPart]:
        for event in events:
            self._saw_document = True
            if self._stopped:
                continue
            if isinstance(event, Broken):
                self._note_break(event)
            else:
                yield from self._take(event)

    def _note_break(self, event: Broken) -> None:
        is_answer = self._is_answer or (
            len(event.path) > 1 and not {LISTED, OVERALL}.isdisjoint(event.path[:2])
        )
        if is_answer:
            # What follows may be words of the memo that a string was left open around: it is not read on.
            self._stopped = True
            self._mend_from, self._mend_before = event.starts[0], ""
            depth = None if self._open_path is None else len(self._open_path)
            if (
                depth
                and len(event.starts) > depth
                and LISTED in event.path[:depth]
                and isinstance(event.path[depth - 1], int)
            ):
                # What stands before the broken criterion is read; it need not be mended.
                self._mend_from, self._mend_before = event.starts[depth], f'{{"{LISTED}": ['
        elif self._mend_from is None:
            self._mend_from = event.starts[0]
        self._is_answer, self._open_path = False, None

    def _take(self, found: Found) -> Iterator[ReadPart]:
        path = found.path
        if path and path[-1] == OVERALL and len(path) <= 2:
            self._is_answer = True
            yield from self._take_overall(found.value)
            return
        depth = criterion_depth(found, self._known)
        if depth is not None:
            yield from self._take_of_criterion(found, depth)
        if not path:
            if isinstance(found.value, dict) and "summary" in found.value and not self._is_answer:
                yield from self._take_overall(found.value)
            self._is_answer, self._open_path = False, None

    def _take_of_criterion(self, found: Found, depth: int) -> Iterator[ReadPart]:
        prefix, rest = found.path[:depth], found.path[depth:]
        if not rest:
            if isinstance(found.value, dict) and not OWN_KEYS.isdisjoint(found.value):
                self._open_path, self._open = prefix, found.value
                yield from self._close_criterion()
            self._open_path = None
        elif len(rest) == 1 and isinstance(found.container, dict) and rest[0] in OWN_KEYS:
            self._is_answer = True
            self._open_path, self._open = prefix, found.container
            # A score that comes before the reason or the evidence waits for them.
            if {"id", "reason", "evidence"} <= found.container.keys():
                yield from self._judge_open()
        elif len(rest) == 2 and rest[0] == "comments" and self._open_path == prefix:
            yield from self._judge_open()
            if isinstance(found.value, dict):
                yield from self._take_comment(found.value)

    def _close_criterion(self) -> Iterator[ReadPart]:
        fields = self._open
        yield from self._judge_open()
        if not {"reason", "score"} <= fields.keys():
            criterion = self._id_of_open()
            if criterion is not None and criterion not in self._judged:
                self._fault(f"{criterion}: {'score' if 'reason' in fields else 'reason'}-missing")
        comments = fields.get("comments")
        for comment in comments if isinstance(comments, list) else []:
            if isinstance(comment, dict):
                yield from self._take_comment(comment)

    def _id_of_open(self) -> str | None:
        """Return the id of the criterion that is being read, if it is one that is wanted."""
        value = self._open.get("id", self._open_path[-1] if self._open_path else None)
        criterion = value.strip().lower() if isinstance(value, str) else ""
        if criterion not in self._known:
            self._fault("unknown-criterion")
        elif criterion in self._wanted:
            return criterion
        else:
            self._fault(f"{criterion}: not-asked")
        return None

    def _judge_open(self) -> Iterator[ReadPart]:
        """Tell the judgement on the criterion that is being read, once, if it is there and valid."""
        if self._open_path is None or not {"reason", "score"} <= self._open.keys():
            return
        criterion = self._id_of_open()
        if criterion is None or criterion in self._judged:
            return
        if self._is_mending and is_cut({name: self._open.get(name) for name in ("id", "reason", "score")}):
            return
        read = self._validator.criterion(criterion, self._open)
        if isinstance(read, Refused):
            self._fault(f"{criterion}: {read.fault}")
            return
        self._judged[criterion] = self._open_path
        yield read

    def _take_comment(self, value: dict[str, Value]) -> Iterator[ReadPart]:
        criterion = self._id_of_open()
        if criterion not in self._judged or self._judged[criterion] not in (None, self._open_path):
            return
        if self._is_mending and (is_cut(value) or not value.keys() >= _PARTS_OF_COMMENT):
            return
        read = self._validator.comment(criterion, value)
        if isinstance(read, Refused):
            self._fault(f"{criterion}: {read.fault}")
        elif read not in self._comments and not (self._is_mending and self._was_said(read)):
            if len(self._comments) >= MOST_COMMENTS:
                self._fault("too-many-comments")
                return
            self._comments.add(read)
            yield read

    def _was_said(self, read: ReadComment) -> bool:
        """Whether the same was told with other white space around its quote, which mending does not keep."""
        return any(replace(told, place=read.place) == read for told in self._comments)

    def _take_overall(self, value: Value) -> Iterator[ReadPart]:
        if not self.lacks_overall:
            return
        if self._is_mending and (
            is_cut(value) or not isinstance(value, dict) or not value.keys() >= _PARTS_OF_OVERALL
        ):
            return
        read = self._validator.overall(value)
        if isinstance(read, Refused):
            self._fault(f"overall: {read.fault}")
            return
        self._has_overall = True
        yield read

    def _fault(self, fault: str) -> None:
        if len(self._faults) < _MOST_FAULTS:
            self._faults[fault] = None
