"""The format of an export, as models: what version 1 is, for whoever writes one and whoever reads one.

A change that a reader of today cannot read makes a new version; :func:`memo_coach.services.data.importing`
reads every one that there was. What a model does not know is left out, so a field may be added at any time.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from memo_coach.coaching.memo.text import LONGEST_MEMO, normalise_text
from memo_coach.services.usage.quotas import (
    MOST_EVALUATIONS,
    MOST_GLOSSARY_WORDS,
    MOST_MUTED,
    MOST_READER_REMARKS,
)

FORMAT: Final = "memo-coach-export"
VERSION: Final = 1
DOCUMENT: Final = "memo-coach.json"
"""The name of the document in a zip file."""

_LONGEST_NAME: Final = 200
_LONGEST_SENTENCE: Final = 20_000
_MOST_PARTS: Final = 500
"""Criteria, comments, messages and the like of one evaluation."""
MOST_VERSIONS: Final = 10 * MOST_EVALUATIONS
"""Of one memo: a version stays when its evaluation is deleted, and makes room for another."""


def _of_this_calendar(moment: datetime) -> datetime:
    """Refuse what is in the year 0 or 10000 where it is kept, which is in UTC."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("no moment of the calendar") from None


Moment = Annotated[AwareDatetime, AfterValidator(_of_this_calendar)]
Name = Annotated[str, Field(max_length=_LONGEST_NAME)]
Sentence = Annotated[str, Field(max_length=_LONGEST_SENTENCE)]
Score = Annotated[float, Field(ge=1.0, le=5.0)]
Share = Annotated[float, Field(ge=0.0, le=1000.0, allow_inf_nan=False)]
Indicator = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""Of a version; a number is not used again when the evaluation of it was deleted."""
Coach = Literal["builtin", "llm"]


class Part(BaseModel):
    """A part of an export."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ExportedEvidence(Part):
    """A passage that a score rests on."""

    start: Count
    end: Count
    quote: str


class ExportedCriterion(Part):
    """The score of a criterion."""

    id: Name
    name: Name
    weight: Share
    effective_weight: Share
    score: Score | None
    justification: Sentence
    evidence: Annotated[list[ExportedEvidence], Field(max_length=_MOST_PARTS)]
    coach: Coach = "builtin"


class ExportedComment(Part):
    """A comment."""

    id: Name
    criterion: Name
    kind: Literal["strength", "opportunity"]
    start: Count | None
    end: Count | None
    quote: str | None
    comment: Sentence
    questions: Annotated[list[Sentence], Field(max_length=_MOST_PARTS)]
    suggestion: Sentence | None = None
    finding: Name = ""
    rank: Count = 0
    priority: Share = 0.0
    element: Name | None = None
    claim: Literal["missing", "weak", "there"] | None = None
    confidence: Annotated[float, Field(ge=0.0, le=1.0)] | None = None


class ExportedOverall(Part):
    """The judgement on the memo as a whole."""

    score: Score | None
    summary: Sentence
    strengths: Annotated[list[Sentence], Field(max_length=_MOST_PARTS)]
    opportunities: Annotated[list[Sentence], Field(max_length=_MOST_PARTS)]
    notices: Annotated[list[Sentence], Field(max_length=_MOST_PARTS)] = []
    indicators: Annotated[dict[Name, Indicator], Field(max_length=_MOST_PARTS)] = {}


class ExportedReading(Part):
    """The built-in coach's reading beside a model's."""

    language: Name
    rubric: Name
    coach: Coach
    overall: ExportedOverall
    criteria: Annotated[list[ExportedCriterion], Field(max_length=_MOST_PARTS)]
    comments: Annotated[list[ExportedComment], Field(max_length=_MOST_PARTS)]


class ExportedMessage(Part):
    """A message of the conversation about an evaluation."""

    role: Literal["person", "coach"]
    text: Annotated[str, Field(max_length=200_000)]
    about: Name | None = None
    status: Literal["done", "stopped", "failed"]
    coach: Name | None = None
    model: Name | None = None
    fallback_from: Name | None = None
    notice: Sentence | None = None
    created: Moment


class ExportedReaderRemark(Part):
    """What somebody with a link remarked on an evaluation."""

    name: Annotated[str, Field(max_length=80)]
    text: Annotated[str, Field(min_length=1, max_length=2_000)]
    start: Count | None
    end: Count | None
    made: Moment


class ExportedEvaluation(Part):
    """An evaluation that has ended."""

    id: Name
    version: Number
    status: Literal["done", "failed", "cancelled"]
    created: Moment
    finished: Moment
    rubric: Name
    rubric_version: Name
    coach: Coach
    judged_by: Coach | None
    model: Name | None
    fallback_from: Name | None
    cached: bool
    prompt_version: Name | None
    by_one_coach: bool
    """Whether one coach gave the whole of it, so that its score can be compared."""
    removed_characters: Count
    seconds: Annotated[float, Field(ge=0.0, le=1e9)] | None
    error: Sentence | None
    overall: ExportedOverall | None
    criteria: Annotated[list[ExportedCriterion], Field(max_length=_MOST_PARTS)]
    comments: Annotated[list[ExportedComment], Field(max_length=_MOST_PARTS)]
    second_opinion: ExportedReading | None
    chat: Annotated[list[ExportedMessage], Field(max_length=_MOST_PARTS)]
    reader_remarks: Annotated[list[ExportedReaderRemark], Field(max_length=MOST_READER_REMARKS)] = []
    """Of the links themselves there is nothing: without their tokens they would lead nowhere."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.status == "done" and (self.overall is None or self.judged_by is None):
            raise ValueError("what is done has a judgement")
        if len({criterion.id for criterion in self.criteria}) < len(self.criteria):
            raise ValueError("a criterion is there twice")
        if len({comment.id for comment in self.comments}) < len(self.comments):
            raise ValueError("a comment is there twice")
        return self


class ExportedVersion(Part):
    """A text as it was submitted."""

    number: Number
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_MEMO)]
    language: Name
    words: Count
    created: Moment

    @model_validator(mode="after")
    def _is_normal(self) -> Self:
        # Positions count the characters of the stored form.
        if normalise_text(self.text) != self.text:
            raise ValueError("the text is not in its stored form")
        return self


class ExportedDraft(Part):
    """What was written and not yet submitted."""

    text: Annotated[str, Field(max_length=2 * LONGEST_MEMO)]
    saved: Moment


class ExportedMark(Part):
    """What its writer made of a remark."""

    key: Annotated[str, Field(min_length=1, max_length=64)]
    says: Annotated[str, Field(max_length=400)]
    passage: Annotated[str, Field(max_length=300)]
    is_only: bool
    state: Literal["done", "declined"]
    reason: Annotated[str, Field(max_length=500)]
    version: Number
    marked: Moment


class ExportedMemo(Part):
    """A memo, but for its versions, evaluations and marks: of these there may be thousands."""

    id: Name
    title: Name
    language: Name
    words: Count
    created: Moment
    changed: Moment
    rubric: Name
    draft: ExportedDraft | None


class ExportedPreferences(Part):
    """What its writer starts with, and what they do not want to read."""

    rubric: Name | None = None
    coach: Name | None = None
    muted: Annotated[list[Name], Field(max_length=MOST_MUTED)] = []
    glossary: Annotated[list[Name], Field(max_length=MOST_GLOSSARY_WORDS)] = []


def stands_in(evaluation: ExportedEvaluation, text: str) -> str:
    """Return what is wrong with an evaluation of a text: nothing where all that it quotes stands there."""
    readings = (evaluation, evaluation.second_opinion)
    if not all(_quotes(reading, text) for reading in readings if reading):
        return "a quote does not stand where it should"
    if not all(_stands(each, text) for each in evaluation.reader_remarks):
        return "a reader's remark is on no passage"
    return ""


def _quotes(reading: ExportedEvaluation | ExportedReading, text: str) -> bool:
    """Whether every quote stands in the text where it says."""
    evidence = [each for criterion in reading.criteria for each in criterion.evidence]
    if not all(text[each.start : each.end] == each.quote for each in evidence):
        return False
    for comment in reading.comments:
        if comment.start is None or comment.end is None or comment.quote is None:
            if (comment.start, comment.end, comment.quote) != (None, None, None):
                return False
        elif comment.start > comment.end or text[comment.start : comment.end] != comment.quote:
            return False
    return True


def _stands(remark: ExportedReaderRemark, text: str) -> bool:
    if remark.start is None or remark.end is None:
        return remark.start is remark.end
    return remark.start <= remark.end <= len(text)
