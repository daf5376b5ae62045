"""One turn of the conversation about an evaluation: a model answers, or the built-in coach where none can."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from memo_coach.coaching.builtin.chat import answer, language_of_question
from memo_coach.coaching.builtin.chat.feedback_text import comment_text, feedback_text
from memo_coach.coaching.builtin.chat.vocabulary import said
from memo_coach.coaching.documents.frameworks import Framework
from memo_coach.coaching.evaluation import Comment, Evaluation, Provenance
from memo_coach.coaching.llm import notices
from memo_coach.coaching.llm.answer.sanitiser import Sanitiser
from memo_coach.coaching.llm.model import (
    AnswerEnded,
    Finish,
    Model,
    ModelChosen,
    ModelEvent,
    ModelFailure,
    ModelRequest,
    Role,
    TextArrived,
)
from memo_coach.coaching.llm.prompt.budget import ChatPrompt
from memo_coach.coaching.llm.prompt.messages import Prompts
from memo_coach.coaching.rubric.model import Rubric

LONGEST_ANSWER = 16_000
"""Characters. A model's answer is bounded in tokens; this is for a server that does not count them."""
_CUT: dict[Finish, str] = {"length": "notice-length", "filtered": "notice-filtered"}


@dataclass(frozen=True, slots=True)
class ChatTopic:
    """What the conversation is about."""

    evaluation: Evaluation
    memo_text: str
    rubric: Rubric
    frameworks: tuple[Framework, ...]
    language: str
    """The memo's."""
    earlier: tuple[tuple[int, str], ...] = ()
    """Number and text of the memo's earlier versions, the oldest first."""
    history: tuple[tuple[Role, str], ...] = ()
    """What was said before this question, the oldest first."""


@dataclass(frozen=True, slots=True)
class ChatQuestion:
    """What is asked now."""

    text: str
    about: Comment | None = None


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """How long prompts and answers may be, in the model's tokens."""

    answer_tokens: int
    budget_tokens: int
    """Of the whole prompt."""


@dataclass(slots=True)
class Reply:
    """An answer, as far as it has come."""

    clean: Callable[[str, bool], str] = field(repr=False)
    """Makes plain text of what came; told whether more is to come."""
    provenance: Provenance | None = None
    notices: list[str] = field(default_factory=list)
    is_broken: bool = False
    """Whether it ended before its end."""
    is_ended: bool = False
    _raw: str = ""
    _cleaned: tuple[int, bool, str] = (0, False, "")

    @property
    def text(self) -> str:
        """The answer as plain text. While it grows, a piece that may still turn out a link is held back."""
        length, ended, text = self._cleaned
        if (length, ended) != (len(self._raw), self.is_ended):
            text = self.clean(self._raw, not self.is_ended)
            self._cleaned = (len(self._raw), self.is_ended, text)
        return text

    @property
    def is_full(self) -> bool:
        """Whether more would not be shown anyway."""
        return len(self._raw) > LONGEST_ANSWER

    def add(self, piece: str) -> None:
        """Append what came."""
        self._raw += piece

    def end(self) -> None:
        """Take it as it is."""
        self.is_ended = True


async def builtin_reply(question: ChatQuestion, topic: ChatTopic) -> Reply:
    """Return the built-in coach's whole answer."""
    paragraphs = await asyncio.to_thread(
        answer,
        question.text,
        evaluation=topic.evaluation,
        memo_text=topic.memo_text,
        rubric=topic.rubric,
        frameworks=topic.frameworks,
        language=topic.language,
        about=question.about,
    )
    reply = Reply(clean=lambda text, _growing: text, provenance=Provenance("builtin"))
    reply.add("\n\n".join(paragraphs))
    reply.end()
    return reply


class ModelChat:
    """Has a model answer, with the built-in coach in its place where it gives nothing."""

    def __init__(self, model: Model, prompts: Prompts, *, boundary: str, limits: ChatLimits) -> None:
        """``boundary`` marks off the memo in the prompt; whoever writes a memo cannot foresee it."""
        self._model = model
        self._prompts = prompts
        self._boundary = boundary
        self._limits = limits

    async def answer(self, question: ChatQuestion, topic: ChatTopic) -> AsyncGenerator[Reply, None]:
        """Yield the reply each time that it has grown or that more is known of it; it ends ended.

        Where the model fails before its first word the built-in coach answers, with a notice of the reason;
        where it breaks off later, what came stays, marked as broken. Closing the stream stops the model.
        """
        language = language_of_question(question.text, topic.language)
        cleaner = Sanitiser(topic.memo_text, language)
        reply = Reply(clean=lambda text, growing: cleaner.chat(text, longest=LONGEST_ANSWER, growing=growing))
        failure: ModelFailure | None = None
        try:
            prompt = await asyncio.to_thread(self._prompt, question, topic, language)
            reply.notices.extend(_left_out(prompt.dropped, language))
            request = ModelRequest(prompt.messages, "chat", self._limits.answer_tokens)
            async with aclosing(_events(self._model, request)) as events:
                async for event in events:
                    self._take(event, reply, language)
                    yield reply
                    if reply.is_full:
                        reply.notices.append(said(language, "notice-length"))
                        break
        except ModelFailure as error:
            failure = error
        reply.end()
        if not reply.text.strip():
            yield await self._instead(failure or ModelFailure("empty"), question, topic, language)
            return
        if failure is not None:
            reply.is_broken = True
            reply.notices.append(said(language, "notice-broken", why=_why(language, failure)))
        yield reply

    def _take(self, event: ModelEvent, reply: Reply, language: str) -> None:
        match event:
            case ModelChosen(model, fallback_from):
                reply.provenance = Provenance(
                    "llm", model, fallback_from, prompt_version=self._prompts.version
                )
            case TextArrived(text):
                reply.add(text)
            case AnswerEnded(finish):
                if finish in _CUT:
                    reply.notices.append(said(language, _CUT[finish]))

    async def _instead(
        self, failure: ModelFailure, question: ChatQuestion, topic: ChatTopic, language: str
    ) -> Reply:
        return await reply_instead(self._model.name, failure, question, topic, language)

    def _prompt(self, question: ChatQuestion, topic: ChatTopic, language: str) -> ChatPrompt:
        return self._prompts.chat(
            language=language,
            rubric=topic.rubric,
            memo_text=topic.memo_text,
            earlier=topic.earlier,
            feedback=feedback_text(topic.evaluation, topic.rubric),
            history=topic.history,
            question=question.text,
            about=None if question.about is None else comment_text(question.about, topic.evaluation),
            boundary=self._boundary,
            count_tokens=self._model.count_tokens,
            budget=self._limits.budget_tokens,
        )


async def reply_instead(
    model: str, failure: ModelFailure, question: ChatQuestion, topic: ChatTopic, language: str | None = None
) -> Reply:
    """Return the built-in coach's answer in place of a model's, with the reason."""
    spoken = language or language_of_question(question.text, topic.language)
    reply = await builtin_reply(question, topic)
    reply.provenance = Provenance("builtin", fallback_from=model)
    reply.notices.append(said(spoken, "notice-instead", why=_why(spoken, failure)))
    return reply


async def _events(model: Model, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
    """Yield a model's events; closing this closes the model's stream, too."""
    stream = model.answer(request)
    try:
        async for event in stream:
            yield event
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()


def _why(language: str, failure: ModelFailure) -> str:
    if failure.reason in ("empty", "unusable"):
        return said(language, "notice-empty")
    return notices.why(language, failure)


def _left_out(dropped: Sequence[str], language: str) -> list[str]:
    """Say what the model was not shown; ``version 1`` and ``version 2`` are one kind."""
    kinds = dict.fromkeys(
        part.split()[0] if part.startswith(("version", "message")) else part.replace(" ", "-")
        for part in dropped
    )
    if not kinds:
        return []
    parts = ", ".join(said(language, f"dropped-{kind}") for kind in kinds)
    return [said(language, "notice-dropped", parts=parts)]
