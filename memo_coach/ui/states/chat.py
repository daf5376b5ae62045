"""What the conversation with the coach shows, on its page and beside the detailed feedback."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from typing import Any

import reflex as rx

from memo_coach.coaching.builtin.chat import suggestions
from memo_coach.services.chat.views import ChatMessageView, ChatView
from memo_coach.services.container import current
from memo_coach.services.errors import NotFound, ServiceError
from memo_coach.services.views import EvaluationView
from memo_coach.translations import text
from memo_coach.ui.plain_words import plain_words
from memo_coach.ui.states.evaluations import EvaluationStateMixin
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.middleware.session import address_of, owner_of

PAUSE_SECONDS = 0.05
"""Beyond the pause of the service: about six updates of a growing answer a second."""
LONGEST_ABOUT = 140
"""Characters of the comment that a question is about."""

LONGEST_TO_REFUSE = 100_000
"""Characters of a question that is refused with a sentence; what is longer is no person's."""

_LIST_LINE = re.compile(r"^\s*-\s+(.*)$")


@dataclasses.dataclass
class BlockOnScreen:
    """A paragraph, or a list."""

    kind: str
    """``text`` or ``list``."""
    lines: list[str]


@dataclasses.dataclass
class MessageOnScreen:
    """One message that does not change any more."""

    id: str
    role: str
    by: str
    """Who says it."""
    about: str
    blocks: list[BlockOnScreen]
    notice: str


def blocks_of(said: str) -> list[BlockOnScreen]:
    """Cut a plain text into paragraphs and lists."""
    blocks: list[BlockOnScreen] = []
    is_new = True
    for line in said.split("\n"):
        found = _LIST_LINE.match(line)
        kind, words = ("list", found[1]) if found else ("text", line.strip())
        if not words:
            is_new = True
            continue
        if is_new or blocks[-1].kind != kind:
            blocks.append(BlockOnScreen(kind, []))
        blocks[-1].lines.append(words)
        is_new = False
    return blocks


def message_of(message: ChatMessageView) -> MessageOnScreen:
    """Return a message, ready to show."""
    ends = {"failed": text("chat.broken"), "stopped": text("chat.stopped")}
    return MessageOnScreen(
        id=message.message_id,
        role=message.role,
        by=name_of(message),
        about=shortened(message.about_text or ""),
        blocks=blocks_of(message.text),
        notice=message.notice or ends.get(message.status, ""),
    )


def name_of(message: ChatMessageView) -> str:
    """Say who speaks."""
    if message.role == "person":
        return text("chat.you")
    if message.model:
        return text("chat.model", model=message.model)
    return text("chat.builtin") if message.coach == "builtin" else text("chat.coach")


def shortened(passage: str) -> str:
    """Put a passage on one line of bearable length."""
    line = " ".join(plain_words(passage).split())
    return line if len(line) <= LONGEST_ABOUT else f"{line[: LONGEST_ABOUT - 1].rstrip()}…"


class ChatState(EvaluationStateMixin, rx.State):
    """The conversation on the screen."""

    messages: list[MessageOnScreen] = []
    grown: list[BlockOnScreen] = []
    """Of the answer that is being given, what is complete; sent anew only where a block is added."""
    growing: list[BlockOnScreen] = []
    """Its last block, which grows."""
    streaming: bool = False
    streaming_by: str = ""
    suggested: list[str] = []
    suggests: bool = True
    """False once something was asked about the comment that was chosen."""
    refused: str = ""
    """Why a question was not taken, or what else went wrong."""
    sent: int = 0
    """Counts the questions that were taken: the field is emptied then, and not before."""
    about: str = ""
    """The id of the comment that the next question is about."""
    about_text: str = ""

    async def _show(self, view: EvaluationView) -> None:
        await super()._show(view)
        self._suggest()
        if view.status == "done":
            self._put(await current().chats.get(await owner_of(self), view.evaluation_id))

    def _suggest(self) -> None:
        self.suggested = list(suggestions(self.language, about_comment=bool(self.about)))

    def _put(self, view: ChatView) -> None:
        """Put the conversation on the screen; what did not change is not sent again."""
        finished = [message_of(each) for each in view.messages if each.status != "streaming"]
        if [each.id for each in finished] != [each.id for each in self.messages]:
            self.messages = finished
        answer = next((each for each in view.messages if each.status == "streaming"), None)
        blocks = [] if answer is None else blocks_of(answer.text)
        if blocks[:-1] != self.grown:
            self.grown = blocks[:-1]
        if blocks[-1:] != self.growing:
            self.growing = blocks[-1:]
        by = "" if answer is None else name_of(answer)
        if by != self.streaming_by:
            self.streaming_by = by
        if self.streaming != (answer is not None):
            self.streaming = answer is not None

    @rx.event
    async def open(self) -> Any:
        """Fetch evaluation and conversation at each visit, reload and reconnection."""
        following = await self._fetch()
        return type(self).listen if self.streaming else following

    @rx.event(background=True, supersedes=True)
    async def listen(self) -> None:
        """Show an answer while it is given."""
        async with self:
            asked_for = self._asked_for()
            try:
                owner = await owner_of(self)
            except Refused:
                return
        try:
            async for view in current().chats.follow(owner, asked_for):
                async with self:
                    if self._asked_for() != asked_for:
                        return
                    self._put(view)
                await asyncio.sleep(PAUSE_SECONDS)
        except NotFound:
            async with self:
                self.status = "missing"
        except ServiceError as error:
            async with self:
                self.refused = error.message

    async def _ask(self, question: str) -> Any:
        self.refused = ""
        try:
            owner = await owner_of(self)
            await current().chats.ask(
                owner, self._asked_for(), question, about=self.about or None, address=address_of(self)
            )
            self.sent += 1
            self.suggests = False
            self._put(await current().chats.get(owner, self._asked_for()))
        except ServiceError as error:
            self.refused = error.message
            return None
        except Refused:
            self.refused = text("problem.no_session")
            return None
        return type(self).listen

    @rx.event
    async def ask(self, form: dict[str, Any]) -> Any:
        """Ask what was written."""
        return await self._ask(str(form.get("question") or ""))

    @rx.event
    async def ask_suggested(self, question: str) -> Any:
        """Ask one of the questions that are suggested."""
        return await self._ask(question)

    @rx.event
    async def stop(self) -> None:
        """Stop the answer; what came of it stays."""
        await self._change(clears=False)

    @rx.event
    async def clear(self) -> None:
        """Delete the conversation."""
        await self._change(clears=True)

    async def _change(self, *, clears: bool) -> None:
        self.refused = ""
        try:
            owner, asked_for = await owner_of(self), self._asked_for()
            if clears:
                await current().chats.clear(owner, asked_for)
            else:
                await current().chats.stop(owner, asked_for)
            self._put(await current().chats.get(owner, asked_for))
        except ServiceError as error:
            self.refused = error.message
        except Refused:
            self.refused = text("problem.no_session")

    @rx.event
    async def ask_about(self, comment_id: str) -> None:
        """Make the next questions be about a comment."""
        self.refused = ""
        try:
            view = await current().evaluations.get(await owner_of(self), self._asked_for())
        except ServiceError as error:
            self.refused = error.message
            return
        except Refused:
            self.refused = text("problem.no_session")
            return
        comment = next((each for each in view.comments if each.id == comment_id), None)
        if comment is None:
            return
        self.about, self.about_text = comment.id, shortened(comment.quote or comment.comment)
        self._suggest()
        self.suggests = True

    @rx.event
    def ask_about_all(self) -> None:
        """Let the next questions be about the whole feedback again."""
        self.about = self.about_text = ""
        self._suggest()


allow(
    ChatState,
    "open",
    "follow",
    "listen",
    "ask_about",
    "ask_about_all",
    storing=("cancel", "again", "ask", "ask_suggested", "stop", "clear"),
    # Also one that is too long comes to the service, which says so.
    lengths={"ask": {"question": LONGEST_TO_REFUSE}, "ask_suggested": {"question": LONGEST_TO_REFUSE}},
)
