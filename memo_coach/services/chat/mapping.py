"""Between the rows of a conversation, what a page shows of them, and what the domain is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from memo_coach.coaching.builtin.chat.vocabulary import languages, said
from memo_coach.coaching.evaluation import CoachKind, Comment, Evaluation
from memo_coach.coaching.llm.model import Role
from memo_coach.services.chat.progress import PendingAnswer
from memo_coach.services.chat.views import ChatMessageView, ChatRole, ChatStatus
from memo_coach.services.clock import new_id
from memo_coach.services.errors import NotFound
from memo_coach.services.views import EvaluationView
from memo_coach.storage.repositories.chats import StoredMessage
from memo_coach.storage.tables import ChatMessage

MOST_HISTORY = 40
"""Messages that a model is reminded of, where its budget has room for them."""
CUT_OFF_AFTER = timedelta(seconds=30)
"""An answer that nobody has stored anything of for so long has lost its process."""


def comment_of(view: EvaluationView, comment_id: str | None) -> Comment | None:
    """Find the comment that a question is about.

    Raises:
        NotFound: there is none of that id.
    """
    if comment_id is None:
        return None
    found = next((each for each in view.comments if each.id == comment_id), None)
    if found is None:
        raise NotFound
    return found


def judged(view: EvaluationView) -> Evaluation:
    """Return the judgement in a view as the domain has it.

    Raises:
        NotFound: it is not done.
    """
    if view.overall is None:
        raise NotFound
    kind = view.coach if view.provenance is None else view.provenance.kind
    return Evaluation(view.language, view.rubric, kind, view.overall, view.criteria, view.comments)


def history_of(stored: list[StoredMessage], language: str) -> tuple[tuple[Role, str], ...]:
    """Return what was said as a model is told it: with each question the comment that it is about."""
    spoken = language if language in languages() else "en"
    said_before: list[tuple[Role, str]] = []
    for each in stored[-MOST_HISTORY:]:
        text = each.message.text
        if each.message.role == "person" and each.comment:
            text = said(spoken, "about-before", comment=each.comment, question=text)
        if text:
            said_before.append(("user" if each.message.role == "person" else "assistant", text))
    return tuple(said_before)


def new_message(
    owner: str,
    evaluation_id: str,
    position: int,
    moment: datetime,
    *,
    role: ChatRole,
    text: str = "",
    about: str | None = None,
) -> ChatMessage:
    """Make a message: a person's is done, the coach's is still to be given."""
    return ChatMessage(
        id=new_id(),
        owner=owner,
        evaluation=evaluation_id,
        position=position,
        role=role,
        text=text,
        about=about,
        status="done" if role == "person" else "streaming",
        created=moment,
        changed=moment,
    )


def message_view(stored: StoredMessage, moment: datetime, turn: PendingAnswer | None) -> ChatMessageView:
    """Return what a page shows of a message; ``turn`` is the answer that is given in this process."""
    row = stored.message
    is_live = turn is not None and turn.message_id == row.id
    is_cut_off = row.status == "streaming" and not is_live and moment - row.changed > CUT_OFF_AFTER
    view = ChatMessageView(
        message_id=row.id,
        role=cast("ChatRole", row.role),
        text=row.text,
        about=row.about,
        about_text=stored.quote or stored.comment,
        status="failed" if is_cut_off else cast("ChatStatus", row.status),
        coach=cast("CoachKind | None", row.coach),
        model=row.model,
        fallback_from=row.fallback_from,
        notice=row.notice,
        created=row.created,
    )
    return turn.grown(view) if turn is not None and is_live and row.status == "streaming" else view
