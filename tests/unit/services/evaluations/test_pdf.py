"""The PDF of an evaluation is its owner's alone, and one is made at a time for each of them."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import Any

import pytest

from memo_coach.documents.pdf.report import Report
from memo_coach.documents.writing_process import DocumentNotWritten
from memo_coach.services.container import Services
from memo_coach.services.errors import NotFound, TooMany, Unavailable
from memo_coach.services.evaluations.pdf import (
    MOST_ASKED,
    NotFinished,
    PdfService,
    characters_of,
    file_name,
)
from memo_coach.services.rubrics import RubricService
from tests.pdf_reading import text_of
from tests.scripted_coach import ScriptedCoach
from tests.waiting import PATIENCE_SECONDS, until

TEXT = "Subject: A new pump\n\nPlease approve a new pump."


async def evaluated(services: Services, owner: str, text: str = TEXT, memo_id: str | None = None) -> str:
    evaluation = await services.evaluations.submit(
        owner, text=text, rubric="investment-memo", memo_id=memo_id
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for _view in services.evaluations.follow(owner, evaluation):
            pass
    return evaluation


def service(services: Services, make: Any) -> PdfService:
    return PdfService(services.evaluations._unit_of_work, RubricService(), make)


async def test_the_owner_gets_the_document(services: Services, owner: str) -> None:
    shown = text_of(await services.pdfs.pdf(owner, await evaluated(services, owner)))
    assert "Please approve a new pump." in shown
    assert "A notice" in shown
    assert "Progress" not in shown


async def test_the_versions_before_are_in_it_and_those_of_other_memos_are_not(
    services: Services, owner: str
) -> None:
    reports: list[Report] = []
    pdfs = service(services, lambda report: reports.append(report) or b"")
    first = await evaluated(services, owner)
    memo = (await services.evaluations.get(owner, first)).memo_id
    second = await evaluated(services, owner, TEXT + " It costs $5,000.", memo)
    await evaluated(services, owner, "Subject: Another memo\n\nPlease approve another thing.")
    await pdfs.pdf(owner, second)
    assert [(line.version, line.current) for line in reports[0].progress] == [(2, True), (1, False)]
    assert reports[0].version == 2


async def test_a_short_memo_with_long_comments_waits_as_a_long_one_does(
    services: Services, owner: str
) -> None:
    reports: list[Report] = []
    pdfs = service(services, lambda report: reports.append(report) or b"")
    await pdfs.pdf(owner, await evaluated(services, owner))
    comment = replace(reports[0].comments[0], comment="long " * 10_000)
    assert characters_of(replace(reports[0], comments=[comment])) > 50_000


async def test_nobody_else_gets_it_and_cannot_tell_that_there_is_one(services: Services, owner: str) -> None:
    evaluation = await evaluated(services, owner)
    _token, other = await services.visitors.admit()
    for asked_for in (evaluation, "nothing"):
        with pytest.raises(NotFound):
            await services.pdfs.pdf(other, asked_for)


async def test_there_is_none_before_the_evaluation_is_done(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    evaluation = await services.evaluations.submit(owner, text=TEXT, rubric="investment-memo")
    with pytest.raises(NotFinished):
        await services.pdfs.pdf(owner, evaluation)
    coach.go_on()


async def test_one_is_made_at_a_time_and_few_may_wait(services: Services, owner: str) -> None:
    let_go, at_work, most_at_once = threading.Event(), [], []

    def make(_report: Report) -> bytes:
        at_work.append(1)
        most_at_once.append(len(at_work))
        let_go.wait(PATIENCE_SECONDS)
        at_work.pop()
        return b"%PDF-"

    pdfs = service(services, make)
    evaluation = await evaluated(services, owner)
    asked = [asyncio.create_task(pdfs.pdf(owner, evaluation)) for _ in range(MOST_ASKED)]
    await until(lambda: bool(at_work), "the first is being made")
    with pytest.raises(TooMany):
        await pdfs.pdf(owner, evaluation)
    let_go.set()
    assert await asyncio.gather(*asked) == [b"%PDF-"] * MOST_ASKED
    assert most_at_once == [1] * MOST_ASKED
    assert await pdfs.pdf(owner, evaluation) == b"%PDF-"


async def test_where_it_fails_there_is_a_sentence_and_the_next_one_is_made(
    services: Services, owner: str
) -> None:
    answers: list[Any] = [DocumentNotWritten("status 1: NotCompiled"), b"%PDF-"]

    def make(_report: Report) -> bytes:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return bytes(answer)

    pdfs = service(services, make)
    evaluation = await evaluated(services, owner)
    with pytest.raises(Unavailable, match="could not be made"):
        await pdfs.pdf(owner, evaluation)
    assert await pdfs.pdf(owner, evaluation) == b"%PDF-"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("A new pump", "a-new-pump-v2-feedback.pdf"),
        ("Revisión del año: 50 %", "revision-del-ano-50-v2-feedback.pdf"),
        ('../../etc/"passwd"\r\nX: y', "etc-passwd-x-y-v2-feedback.pdf"),
        ("提案書", "memo-v2-feedback.pdf"),
        ("", "memo-v2-feedback.pdf"),
        ("w" * 500, "w" * 60 + "-v2-feedback.pdf"),
    ],
)
def test_the_name_of_the_file_is_safe(title: str, name: str) -> None:
    assert file_name(title, 2) == name
