"""Check what a model answered: ranges, lengths, language. What fails is refused, never bent."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from memo_coach.coaching.evaluation import HIGHEST_SCORE, LOWEST_SCORE, CommentKind
from memo_coach.coaching.llm.answer.json_scalars import Value
from memo_coach.coaching.llm.answer.sanitiser import Sanitiser
from memo_coach.coaching.memo.language import SUPPORTED_LANGUAGES, detect_language
from memo_coach.coaching.memo.sentences import sentences_between
from memo_coach.coaching.memo.text import normalise_text
from memo_coach.coaching.memo.words import WORD

LONGEST_REASON = 1_200
LONGEST_COMMENT = 1_200
LONGEST_QUESTION = 300
LONGEST_SUGGESTION = 1_200
LONGEST_SUMMARY = 800
LONGEST_POINT = 300
LONGEST_QUOTE = 1_000
LONGEST_BEFORE = 64
MOST_QUESTIONS = 4
MOST_EVIDENCE = 6
MOST_POINTS = 6
SENTENCES_OF_SUMMARY = 2

_FEWEST_WORDS = 6
"""Words that a text must have before its language is judged: shorter ones hold too little to tell."""
_SHORTEST_ECHO = 16
"""Characters from which a reason that stands word for word in the memo is the memo's and not a reader's."""
_FOREIGN_SHARE = 0.3
"""The share of letters of other scripts from which a text is in neither language."""

_KINDS: dict[str, CommentKind] = {"strength": "strength", "opportunity": "opportunity"}
_SCORE_TEXT = re.compile(r"\s*([0-9]{1,3}(?:[.,][0-9]{1,6})?)\s*(?:/\s*([0-9]{1,3}(?:[.,]0{1,6})?))?\s*")
_QUOTED_PART = re.compile(
    r"«[^«»]{0,600}»|“[^“”]{0,600}”|\"[^\"]{0,600}\"|‘[^‘’]{0,600}’(?!\w)|(?<!\w)'[^']{0,600}'(?!\w)"
)
_OTHER_SCRIPT = re.compile(r"[^\W\d_\u0000-\u024f]")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a value was refused: a short code, with nothing of the value in it."""

    fault: str


@dataclass(frozen=True, slots=True)
class ReadQuote:
    """Words that a model says stand in the memo, and what it says stands right before them."""

    quote: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class ReadCriterion:
    """A valid judgement on one criterion; ``score`` runs from 1.0 to 5.0 with one decimal."""

    id: str
    reason: str
    score: float
    evidence: tuple[ReadQuote, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadComment:
    """A valid comment; one without a ``place`` is about the memo as a whole."""

    criterion: str
    kind: CommentKind
    place: ReadQuote | None
    comment: str
    questions: tuple[str, ...] = ()
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class ReadOverall:
    """A valid judgement on the memo as a whole."""

    summary: str
    strengths: tuple[str, ...]
    opportunities: tuple[str, ...]


class Validator:
    """Checks values of an answer about one memo in one language."""

    def __init__(self, *, language: str, memo_text: str) -> None:
        self._language = language
        self._memo_text = memo_text
        self._cleaner = Sanitiser(memo_text, language)

    def criterion(self, criterion_id: str, value: dict[str, Value]) -> ReadCriterion | Refused:
        """Check the judgement on a criterion that the rubric has."""
        score = read_score(value.get("score"))
        if isinstance(score, Refused):
            return score
        reason = self._text(value.get("reason"), LONGEST_REASON)
        if isinstance(reason, Refused):
            return Refused(f"reason-{reason.fault}" if reason.fault == "missing" else reason.fault)
        if len(reason) >= _SHORTEST_ECHO and reason in self._memo_text:
            return Refused("reason-is-the-memo")
        return ReadCriterion(criterion_id, reason, score, _quotes(value.get("evidence")))

    def comment(self, criterion_id: str, value: dict[str, Value]) -> ReadComment | Refused:
        """Check a comment on a criterion that the rubric has."""
        kind = _KINDS.get(_string(value.get("kind")).strip().lower())
        if kind is None:
            return Refused("comment-kind")
        comment = self._text(value.get("comment"), LONGEST_COMMENT)
        if isinstance(comment, Refused):
            return Refused(f"comment-{comment.fault}")
        suggestion = self._text(value.get("suggestion"), LONGEST_SUGGESTION)
        return ReadComment(
            criterion_id,
            kind,
            _quote(value),
            comment,
            self._texts(value.get("questions"), LONGEST_QUESTION, MOST_QUESTIONS),
            None if isinstance(suggestion, Refused) else suggestion,
        )

    def overall(self, value: Value) -> ReadOverall | Refused:
        """Check the judgement on the memo as a whole."""
        fields: dict[str, Value] = value if isinstance(value, dict) else {"summary": value}
        summary = self._text(fields.get("summary"), LONGEST_SUMMARY)
        if isinstance(summary, Refused):
            return Refused(f"summary-{summary.fault}" if summary.fault == "missing" else summary.fault)
        ends = [span.end for span, _ in sentences_between(summary, 0, len(summary))]
        if len(ends) > SENTENCES_OF_SUMMARY:
            summary = summary[: ends[SENTENCES_OF_SUMMARY - 1]]
        return ReadOverall(
            summary,
            self._texts(fields.get("strengths"), LONGEST_POINT, MOST_POINTS),
            self._texts(fields.get("opportunities"), LONGEST_POINT, MOST_POINTS),
        )

    def _text(self, value: Value, longest: int) -> str | Refused:
        text = self._cleaner.paragraph(_string(value), longest=longest)
        if _LETTER.search(text) is None:
            return Refused("missing")
        return text if is_in_language(text, self._language) else Refused("wrong-language")

    def _texts(self, value: Value, longest: int, most: int) -> tuple[str, ...]:
        listed = value if isinstance(value, list) else [value]
        read = (self._text(text, longest) for text in listed[: 4 * most])
        return tuple(dict.fromkeys(text for text in read if isinstance(text, str)))[:most]


def read_score(value: Value) -> float | Refused:
    """Read a score: a number, or a text such as ``3.5``, ``3,5`` or ``4/5``; rounded to one decimal."""
    if isinstance(value, str):
        found = _SCORE_TEXT.fullmatch(value)
        if found is None or (found[2] and float(found[2].replace(",", ".")) != HIGHEST_SCORE):
            return Refused("score-missing" if not value.strip() else "score-invalid")
        value = float(found[1].replace(",", "."))
    if value is None:
        return Refused("score-missing")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return Refused("score-invalid")
    if not LOWEST_SCORE <= value <= HIGHEST_SCORE:
        return Refused("score-out-of-range")
    return round(value, 1)


def is_in_language(text: str, language: str) -> bool:
    """Whether a text may be in a language: quoted parts, and texts of a few words, say nothing."""
    if language not in SUPPORTED_LANGUAGES:
        return True
    own = _QUOTED_PART.sub(" ", text)
    letters = len(_LETTER.findall(own))
    if letters and len(_OTHER_SCRIPT.findall(own)) > _FOREIGN_SHARE * letters:
        return False
    if len(WORD.findall(own)) < _FEWEST_WORDS:
        return True
    return detect_language(own) == language


def _string(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _quotes(value: Value) -> tuple[ReadQuote, ...]:
    listed = value if isinstance(value, list) else [value]
    read = (
        _quote(entry if isinstance(entry, dict) else {"quote": entry})
        for entry in listed[: 4 * MOST_EVIDENCE]
    )
    return tuple(dict.fromkeys(quote for quote in read if quote is not None))[:MOST_EVIDENCE]


def _quote(value: dict[str, Value]) -> ReadQuote | None:
    quote = normalise_text(_string(value.get("quote")))[:LONGEST_QUOTE].strip()
    before = normalise_text(_string(value.get("before")))[-LONGEST_BEFORE:]
    return ReadQuote(quote, before) if quote else None
