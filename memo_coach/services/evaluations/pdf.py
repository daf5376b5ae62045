"""An evaluation as a PDF, for whoever it belongs to: one at a time for each owner, off the event loop."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import structlog

from memo_coach.coaching.computing import ShortestJobFirst
from memo_coach.coaching.rubric.model import LocalisedText
from memo_coach.documents.pdf.process import make_pdf
from memo_coach.documents.pdf.report import EarlierEvaluation, Report
from memo_coach.documents.writing_process import DocumentNotWritten
from memo_coach.services.errors import NotFound, ServiceError, TooMany, Unavailable, UnknownRubric
from memo_coach.services.evaluations.mapping import evaluation_view
from memo_coach.services.file_names import plain_name
from memo_coach.services.rubrics import RubricService
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.views import EvaluationView, Usage
from memo_coach.storage.repositories.evaluations import EvaluationRepository, FinishedLine
from memo_coach.translations import text

MOST_ASKED = 3
"""Documents that one owner may have asked for and not yet got."""
MOST_LINES = 20
"""Evaluations of a memo, the newest, in the table that shows how it has come along."""

_log = structlog.get_logger(__name__)


class NotFinished(ServiceError):
    """There is no document of an evaluation that is not done."""

    def __init__(self) -> None:
        super().__init__(text("problem.pdf_not_finished"))


class PdfNotMade(Unavailable):
    """The document could not be made; the log says why."""

    def __init__(self) -> None:
        super().__init__(text("problem.pdf_not_made"))


@dataclass(frozen=True, slots=True)
class PdfFile:
    """A document to take along."""

    name: str
    """A file name of lower-case Latin letters, digits and hyphens, ending in ``.pdf``."""
    content: bytes


class PdfService:
    """Makes documents of the owners' evaluations."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        rubrics: RubricService,
        make: Callable[[Report], bytes] = make_pdf,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._rubrics = rubrics
        self._make = make
        self._asked: Counter[str] = Counter()
        self._turns: dict[str, asyncio.Lock] = {}
        # One thread, so one document at a time in this process: the longest takes a third of the memory that
        # a small server has. Short memos go first.
        self._jobs = ShortestJobFirst("pdf")

    async def pdf(self, owner: str, evaluation_id: str) -> bytes:
        """Return an evaluation as a PDF.

        Raises:
            NotFound: the owner has no such evaluation.
            NotFinished, TooMany, PdfNotMade: with a sentence.
        """
        return (await self.file(owner, evaluation_id)).content

    async def file(self, owner: str, evaluation_id: str) -> PdfFile:
        """Return an evaluation as a PDF with a name for the file.

        Raises:
            NotFound: the owner has no such evaluation.
            NotFinished, TooMany, PdfNotMade: with a sentence.
        """
        if self._asked[owner] >= MOST_ASKED:
            raise TooMany(text("problem.too_many_pdfs"))
        self._asked[owner] += 1
        turn = self._turns.setdefault(owner, asyncio.Lock())
        try:
            async with turn:
                report = await self._report(owner, evaluation_id)
                return PdfFile(
                    file_name(report.title, report.version), await self._made(report, evaluation_id)
                )
        finally:
            self._asked[owner] -= 1
            if not self._asked[owner]:
                del self._asked[owner], self._turns[owner]

    async def _made(self, report: Report, evaluation_id: str) -> bytes:
        try:
            return await self._jobs.do(characters_of(report), partial(self._make, report))
        except DocumentNotWritten as error:
            _log.error(
                "pdf not made",
                evaluation=evaluation_id,
                characters=len(report.text),
                reason=str(error),
                exc_info=error,
            )
            raise PdfNotMade from error

    async def _report(self, owner: str, evaluation_id: str) -> Report:
        async with self._unit_of_work.read() as session:
            evaluations = EvaluationRepository(session)
            stored = await evaluations.whole(owner, evaluation_id)
            if stored is None:
                raise NotFound
            lines = await evaluations.finished_of(owner, stored.evaluation.memo, MOST_LINES)
        view = evaluation_view(stored, Usage())
        if view.status != "done":
            raise NotFinished
        await self._rubrics.remember(view.rubric, view.rubric_version)
        return self._report_of(view, lines)

    def _report_of(self, view: EvaluationView, lines: list[FinishedLine]) -> Report:
        if view.overall is None or view.provenance is None:
            raise AssertionError("an evaluation that is done has both")
        second = view.second_opinion
        is_model = view.provenance.kind == "llm"
        return Report(
            title=view.title,
            text=view.text,
            language=view.language,
            words=view.words,
            rubric=self._name(view.rubric, view.rubric_version),
            rubric_version=view.rubric_version,
            provenance=view.provenance,
            overall=view.overall,
            criteria=view.criteria,
            comments=view.comments,
            removed_characters=view.removed_characters,
            second_score=second.overall.score if second is not None and is_model else None,
            version=view.version,
            created=view.created,
            progress=[
                EarlierEvaluation(
                    version=line.version,
                    created=line.created,
                    rubric=self._name(line.rubric),
                    model=line.model,
                    score=line.score,
                    current=line.id == view.evaluation_id,
                )
                for line in lines
            ],
        )

    def _name(self, rubric_id: str, version: str | None = None) -> LocalisedText:
        try:
            return _plain(self._rubrics.known(rubric_id, version).name)
        except UnknownRubric:
            # It may have been taken away since; the evaluation keeps its id.
            return {"en": rubric_id}


def characters_of(report: Report) -> int:
    """Return how much there is to set: what was imported may have far more comments than text."""
    written = [report.text, report.overall.summary, *report.overall.strengths, *report.overall.opportunities]
    written += [criterion.justification for criterion in report.criteria]
    for comment in report.comments:
        written += [comment.comment, *comment.questions, comment.suggestion or ""]
    return sum(map(len, written))


def _plain(text: LocalisedText) -> Mapping[str, str]:
    """Return a text of all languages as a value that goes to another process."""
    return dict(text)


def file_name(title: str, version: int | None) -> str:
    """Return a safe name for the file: nothing of the title but Latin letters and digits."""
    words = plain_name(title)
    return f"{words}-feedback.pdf" if version is None else f"{words}-v{version}-feedback.pdf"
