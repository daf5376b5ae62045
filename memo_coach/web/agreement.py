"""How far a coach agrees with graded memos, asked from a rubric's page: files come, lines of JSON go.

Each line tells how far it is; the last one has the tables, in words, or says what went wrong.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Send

from memo_coach.coaching.documents.yaml_documents import LARGEST_DOCUMENT
from memo_coach.coaching.evaluation import CoachKind
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.services import container
from memo_coach.services.administration.agreement import AgreementView, JudgedSoFar
from memo_coach.services.administration.agreement_words import rows_of
from memo_coach.services.administration.document_kinds import RUBRIC, name_in_address
from memo_coach.services.administration.errors import DocumentRefused, UnknownDocument
from memo_coach.services.administration.graded_memos import (
    LONGEST_NAME,
    MOST_MEMOS,
    GradedMemos,
    SentFile,
    read_graded_memos,
)
from memo_coach.services.errors import ServiceError
from memo_coach.translations import current_language, languages, number, speaking, text
from memo_coach.translations.sentences import spoken
from memo_coach.web.administration_files import refuse_others
from memo_coach.web.download import Download

_MEDIA_TYPE: Final = "application/x-ndjson"
_MOST_TOLD: Final = 20
"""Memos that were left out, by name and reason; the rest is told by its number."""
_LONGEST_REASON: Final = 400


async def agreement(request: Request) -> Response:
    """Answer with how far the coach agrees by the rubric as it is typed, and by the saved one.

    Raises:
        Refused: who asks is no administrator.
        ServiceError: the files, or the rubric, cannot be used.
    """
    refuse_others(request)
    # That of the page: a request by itself is in the one that its person likes best.
    language = request.query_params.get("language", "")
    with speaking(language if language in languages() else current_language()):
        return await _compared(request)


async def _compared(request: Request) -> Response:
    name = name_in_address(request.query_params.get("document", ""))
    if not name.startswith(RUBRIC):
        raise UnknownDocument(text("documents.unknown", document=name[:LONGEST_NAME]))
    try:
        async with request.form(
            max_files=2 * MOST_MEMOS, max_fields=3, max_part_size=4 * LARGEST_DOCUMENT
        ) as form:
            typed, files = str(form.get("rubric", "")), await _files(form)
            coach: CoachKind = "llm" if form.get("coach") == "llm" else "builtin"
            is_agreed = form.get("agreed") == "yes"
    except MultiPartException as error:
        raise FormUnreadable(text("agreement.unreadable", most=number(MOST_MEMOS))) from error
    rubrics = await _rubrics(name, typed)
    graded = await asyncio.to_thread(read_graded_memos, files)
    is_asked = coach == "builtin" or is_agreed
    lines = _measured(graded, rubrics, coach) if is_asked else _cost(graded, rubrics)
    return _SpokenDownload(lines, media_type=_MEDIA_TYPE, headers={"Cache-Control": "no-store"})


class _SpokenDownload(Download):
    """A download in the language in which it was made: it is sent when the request has been looked at."""

    def __init__(self, pieces: AsyncGenerator[bytes], **options: Any) -> None:  # noqa: ANN401 - as the other's
        super().__init__(pieces, **options)
        self._language = current_language()

    async def stream_response(self, send: Send) -> None:
        with speaking(self._language):
            await super().stream_response(send)


class RubricFaulty(ServiceError):
    """What is typed is no rubric yet; the page lists what is wrong."""


class FormUnreadable(ServiceError):
    """What was sent is no form, or has more files than may be."""


async def _files(form: FormData) -> list[SentFile]:
    return [
        SentFile(each.filename or "", await each.read())
        for each in form.getlist("files")
        if isinstance(each, UploadFile)
    ]


async def _rubrics(name: str, typed: str) -> list[Rubric]:
    """Return the rubric as it is typed, and the saved one where that is another."""
    services = container.current()
    try:
        content = await services.documents.read(name, typed)
    except DocumentRefused as refused:
        raise RubricFaulty(text("documents.preview_faulty")) from refused
    assert isinstance(content, Rubric), "its name says so"  # noqa: S101
    await services.rubrics.renewed()
    saved = services.in_force.snapshot.rubric(content.id)
    return [content] if saved is None or saved.version == content.version else [content, saved]


async def _cost(graded: GradedMemos, rubrics: Sequence[Rubric]) -> AsyncGenerator[bytes]:
    """Tell what asking the model would cost at most; it is not asked."""
    try:
        found = await container.current().agreement.estimate(graded, rubrics)
    except ServiceError as error:
        yield _line(problem=error.message)
        return
    if found is None:
        yield _line(problem=text("agreement.cost_unknown"))
        return
    said = text(
        "agreement.cost",
        model=found.model,
        count=found.answers,
        tokens=number(found.prompt_tokens),
        usd=number(found.usd, digits=4),
    )
    yield _line(cost=said)


async def _measured(
    graded: GradedMemos, rubrics: Sequence[Rubric], coach: CoachKind
) -> AsyncGenerator[bytes]:
    measuring: Any = container.current().agreement.measure(graded, rubrics, coach=coach)
    try:
        async with aclosing(measuring):
            async for told in measuring:
                if isinstance(told, JudgedSoFar):
                    said = text("agreement.judged", count=told.done, total=number(told.total))
                    yield _line(progress=said)
                else:
                    yield _line(**_tables(told))
    except ServiceError as error:
        yield _line(problem=error.message)


def _tables(view: AgreementView) -> dict[str, object]:
    is_typed = len(view.by_rubric) > 1
    captions = ("agreement.as_typed", "agreement.saved") if is_typed else ("agreement.as_saved",)
    coach = text("agreement.builtin")
    if view.coach == "llm":
        coach = container.current().agreement.model or coach
    return {
        "tables": [
            {
                "caption": text(caption, coach=coach, count=view.memos),
                "rows": [list(row) for row in rows_of(each)],
            }
            for caption, each in zip(captions, view.by_rubric, strict=True)
        ],
        "notes": _notes(view),
    }


def _notes(view: AgreementView) -> list[str]:
    notes = [spoken(each.reason)[:_LONGEST_REASON] for each in view.left_out[:_MOST_TOLD]]
    more = len(view.left_out) - len(notes)
    if more > 0:
        notes.append(text("agreement.more_left_out", count=more))
    if view.of_other_rubrics:
        notes.append(text("agreement.of_other_rubrics", count=view.of_other_rubrics))
    return notes


def _line(**told: object) -> bytes:
    content: Mapping[str, object] = told
    return f"{json.dumps(content, ensure_ascii=False)}\n".encode()
