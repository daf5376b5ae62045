"""The coach that asks a model: its answer is read as it streams, checked against the memo, and completed.

The built-in coach reads the memo first. Its reading is shown at once, stays as a second opinion, and stands
in for whatever the model does not give. What it found, without its scores, is told to the model.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

from memo_coach.coaching.builtin.coach import evaluate_memo, without_instructions
from memo_coach.coaching.builtin.elements.evidence import evidence_of
from memo_coach.coaching.computing import compute
from memo_coach.coaching.evaluation import (
    Attributed,
    CoachEvent,
    CoachKind,
    CommentMade,
    CriterionJudged,
    Evaluation,
    OverallJudged,
    Progressed,
    Provenance,
    SecondOpinionGiven,
)
from memo_coach.coaching.llm.answer.answer_stream import AnswerStream
from memo_coach.coaching.llm.answer.builder import EvaluationBuilder
from memo_coach.coaching.llm.answer.parser import AnswerParser, ReadPart
from memo_coach.coaching.llm.answer.quote_placement import QuotePlacement
from memo_coach.coaching.llm.model import Model, ModelChosen, ModelFailure, ModelRequest, TextArrived
from memo_coach.coaching.llm.notices import sentence, why
from memo_coach.coaching.llm.prompt.messages import Prompts
from memo_coach.coaching.llm.prompt.schema import answer_schema
from memo_coach.coaching.llm.unsupported_language import language_unread, refused, without_reading
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.rubric.model import Rubric

_WORTH_ASKING_AGAIN = frozenset({"broken", "slow", "unusable", "empty"})
"""What may go well the second time, where an answer broke off; a limit is not passed by asking again."""

FirstReader = Callable[[Memo, Rubric], Awaitable[Evaluation]]
"""Gives the built-in coach's judgement of a memo; it may be computed anywhere but on the event loop."""
_LARGE_PIECE = 2_000
"""Characters that are read on the loop; more of them are read in a thread."""


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """How long things may be, in the model's tokens."""

    answer_tokens: int
    """The answer to the evaluation."""
    repair_tokens: int
    """The answer to the request for what was missing."""
    memo_tokens: int
    """The memo that is sent."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a request to the model is made from."""

    text: str
    language: str
    rubric: Rubric
    evidence: str


async def read_in_thread(memo: Memo, rubric: Rubric) -> Evaluation:
    """Return the built-in coach's judgement, computed in a thread."""
    return await asyncio.to_thread(evaluate_memo, memo, rubric)


class LlmCoach:
    """Judges by asking a model. It holds no state of an evaluation and may be shared."""

    kind: CoachKind = "llm"

    def __init__(
        self,
        model: Model,
        prompts: Prompts,
        *,
        boundary: str,
        limits: AnswerLimits,
        first_reader: FirstReader = read_in_thread,
    ) -> None:
        """Take a model and what it is told.

        Args:
            model: whom to ask.
            prompts: makes the messages.
            boundary: marks off the memo within them; the writer of the memo cannot foresee it.
            limits: how long things may be.
            first_reader: has the memo read by the built-in coach.
        """
        self._model = model
        self._first_reader = first_reader
        self._prompts = prompts
        self._boundary = boundary
        self._limits = limits

    async def evaluate(self, memo: Memo, rubric: Rubric) -> AsyncIterator[CoachEvent]:
        """Judge ``memo`` against ``rubric``; closing the stream stops the model at once.

        Raises:
            LanguageNotRead: the model failed, and the built-in coach does not read the memo's language.
        """
        text, language = memo.text, memo.language
        shown = await compute(len(text), partial(without_instructions, memo))
        unread = await compute(len(text), partial(language_unread, memo))
        if unread is None:
            first = await self._first_reader(memo, rubric)
        else:
            first = without_reading(memo, rubric, unread)
        # What was parsed takes forty times as much memory as the text, for as long as the model speaks.
        del memo
        sent = _Sent(shown.text, language, rubric, evidence_of(first, shown.text))
        async with AnswerStream(self._model, partial(self._whole, sent)) as answer:
            # The model is asked before anything else is done; what it says meanwhile waits.
            await asyncio.sleep(0)
            placement = await compute(len(text), partial(_prepared, text, shown.text, language))
            if unread is None:
                yield SecondOpinionGiven(first)
            builder = EvaluationBuilder(
                language,
                rubric,
                shown,
                first,
                placement=placement,
                prompt_version=self._prompts.version,
                is_unread=unread is not None,
            )
            yield builder.progressed()
            reader = AnswerParser(rubric, language=language, memo_text=shown.text)
            async with aclosing(_said(answer, reader, builder, placement)) as events:
                async for event in events:
                    yield event
        failure = answer.failure
        if _is_worth_asking_again(reader, failure, is_begun=builder.is_begun):
            async with AnswerStream(self._model, partial(self._rest, sent, reader)) as answer:
                rest = AnswerParser(
                    rubric,
                    language=language,
                    memo_text=shown.text,
                    wanted=reader.missing,
                    wants_overall=reader.lacks_overall,
                )
                async with aclosing(_said(answer, rest, builder, placement)) as events:
                    async for event in events:
                        yield event
            failure = answer.failure
        if failure is None and not builder.is_begun:
            failure = ModelFailure("unusable" if answer.has_text else "empty")
        if unread is not None and failure is not None and not builder.is_begun:
            raise refused(unread, failure)
        for event in self._end(language, builder, first, failure):
            yield event

    def _whole(self, sent: _Sent) -> ModelRequest:
        """Make the request for the whole evaluation.

        Raises:
            ModelFailure: the memo is too long to be sent.
        """
        tokens = self._model.count_tokens(sent.text)
        if tokens > self._limits.memo_tokens:
            raise ModelFailure("too-long", f"{tokens} tokens, {self._limits.memo_tokens} are the most")
        return ModelRequest(
            self._prompts.evaluation(
                sent.text, sent.language, sent.rubric, self._boundary, evidence=sent.evidence
            ),
            purpose="evaluation",
            most_tokens=self._limits.answer_tokens,
            schema=answer_schema(sent.rubric),
            schema_name="evaluation",
        )

    def _rest(self, sent: _Sent, reader: AnswerParser) -> ModelRequest:
        """Make the request for what an answer lacked, and for nothing else."""
        missing, lacks_overall = reader.missing, reader.lacks_overall
        is_everything = len(missing) == len(sent.rubric.criteria)
        return ModelRequest(
            self._prompts.repair(
                sent.text,
                sent.language,
                sent.rubric,
                self._boundary,
                criteria=missing,
                overall=lacks_overall,
                faults=reader.faults,
                evidence=sent.evidence,
            ),
            purpose="repair",
            most_tokens=self._limits.answer_tokens if is_everything else self._limits.repair_tokens,
            schema=answer_schema(sent.rubric, criteria=missing, overall=lacks_overall),
            schema_name="evaluation",
        )

    def _end(
        self, language: str, builder: EvaluationBuilder, first: Evaluation, failure: ModelFailure | None
    ) -> Iterator[CoachEvent]:
        if failure is None:
            return builder.completed(sentence(language, "why-incomplete"))
        if builder.is_begun:
            return builder.completed(why(language, failure))
        return self._builtin_instead(first, failure)

    def _builtin_instead(self, first: Evaluation, failure: ModelFailure) -> Iterator[CoachEvent]:
        provenance = Provenance("builtin", fallback_from=self._model.name, fallback_reason=failure.reason)
        yield Attributed(provenance)
        total = len(first.criteria) + 2
        for done, criterion in enumerate(first.criteria, 2):
            yield CriterionJudged(criterion)
            yield Progressed(done, total)
        for comment in first.comments:
            yield CommentMade(comment)
        yield Progressed(total, total)
        notice = sentence(first.language, "whole", why=why(first.language, failure))
        yield OverallJudged(replace(first.overall, notices=(notice, *first.overall.notices)))


def _prepared(text: str, shown: str, language: str) -> QuotePlacement:
    placement = QuotePlacement(text, shown, language)
    placement.prepare()
    return placement


async def _said(
    answer: AnswerStream, reader: AnswerParser, builder: EvaluationBuilder, placement: QuotePlacement
) -> AsyncGenerator[CoachEvent, None]:
    """Yield what a model says as events, each as soon as it can be read."""
    async for event in answer:
        if isinstance(event, ModelChosen):
            for told in builder.chosen(event):
                yield told
        elif isinstance(event, TextArrived):
            parts = await _read(reader, event.text)
            if parts and not placement.is_quick:
                told_of_parts = await asyncio.to_thread(builder.take, parts)
            else:
                told_of_parts = builder.take(parts)
            for told in told_of_parts:
                yield told
    if reader.missing or reader.lacks_overall:
        parts = await asyncio.to_thread(reader.finish)
        for told in await asyncio.to_thread(builder.take, parts):
            yield told


async def _read(reader: AnswerParser, text: str) -> Sequence[ReadPart]:
    # A stream comes word by word; a server that sends a whole answer at once may send a large one.
    if len(text) > _LARGE_PIECE:
        return await asyncio.to_thread(reader.feed, text)
    return reader.feed(text)


def _is_worth_asking_again(reader: AnswerParser, failure: ModelFailure | None, *, is_begun: bool) -> bool:
    """Whether to ask once more: for what an answer lacked, not for what its failure rules out.

    A failure before the first criterion has been tried again behind the model already.
    """
    if not (reader.missing or reader.lacks_overall):
        return False
    return failure is None or (is_begun and failure.reason in _WORTH_ASKING_AGAIN)
