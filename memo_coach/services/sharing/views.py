"""What sharing hands to pages, API and command line: plain values, complete for a screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from memo_coach.coaching.evaluation import Comment, CriterionScore, OverallJudgement, Provenance


@dataclass(frozen=True, slots=True)
class ShareLinkView:
    """A link as its owner sees it later: the token is told once, when it is made."""

    link_id: str
    made: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class NewShareLink:
    """A link that has just been made."""

    token: str
    """Nobody can tell it again: what is kept is its hash."""
    link: ShareLinkView


@dataclass(frozen=True, slots=True)
class ReaderRemark:
    """What somebody with a link remarked."""

    remark_id: str
    name: str
    """As they gave it, or empty; nobody has checked it."""
    text: str
    made: datetime
    start: int | None
    end: int | None
    quote: str | None
    """The passage that it is about; ``None`` where it is about the memo as a whole."""


@dataclass(frozen=True, slots=True)
class RemarkToLeave:
    """What somebody with a link wants to remark."""

    text: str
    name: str = ""
    about: str = ""
    """The id of the comment whose passage it is about, or empty."""
    passage: str = ""
    """Words of the memo that it is about; they count before ``about``. With neither it is about all of it."""


@dataclass(frozen=True, slots=True)
class SharingView:
    """What an owner sees of the sharing of one evaluation."""

    links: tuple[ShareLinkView, ...]
    """Those that lead to it now, the newest first."""
    remarks: tuple[ReaderRemark, ...]
    """The oldest first."""


@dataclass(frozen=True, slots=True)
class SharedEvaluation:
    """All that somebody with a link gets to see, and nothing else of the writer.

    There is no id of a memo, an evaluation or a visitor in it, no other version, nothing of the conversation
    and nothing of what the writer made of the comments.
    """

    title: str
    """Of the version that was judged: the memo may be called something else by now."""
    text: str
    language: str
    rubric: str
    provenance: Provenance | None
    overall: OverallJudgement | None
    criteria: tuple[CriterionScore, ...]
    comments: tuple[Comment, ...]
    remarks: tuple[ReaderRemark, ...]
    expires: datetime
