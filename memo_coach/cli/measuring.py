"""Have a coach judge annotated documents, once or several times, and measure what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from memo_coach.cli.judgement import FileJudgement, judged, opened_models
from memo_coach.coaching.errors import CoachingError
from memo_coach.coaching.evaluation import CoachKind
from memo_coach.coaching.measure.annotated import AnnotatedDocument
from memo_coach.coaching.measure.comparing import Comparison, Feedback, compare, usual_elements
from memo_coach.coaching.measure.figures import Measure, summed_up
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.services.coaches.service import BUILTIN, MODEL, Coaches, CoachRequest
from memo_coach.services.errors import ServiceError
from memo_coach.services.memos.input import TextMetadata, check_readable, metadata_of, submitted_text
from memo_coach.services.views import Usage
from memo_coach.translations import speaking, text

if TYPE_CHECKING:
    from memo_coach.settings import Settings


@dataclass(frozen=True, slots=True)
class Failed:
    """A document that was not judged in a run."""

    run: int
    document: str
    reason: str
    by_model: bool
    """Whether the model gave no usable answer, or another one did; otherwise the text cannot be judged."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What asking a model would take."""

    model: str
    answers: int
    prompt_tokens: int
    usd: float
    """At most, where no answer has to be mended."""
    budget_usd: float
    """What may be spent in a day."""


@dataclass(slots=True)
class Measured:
    """A coach measured."""

    coach: CoachKind
    model: str | None = None
    runs: list[Measure] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)


Told = Callable[[int, int, AnnotatedDocument], None]
"""Called before a document is judged: its number among all, how many there are, and the document."""


@dataclass(frozen=True, slots=True)
class Measuring:
    """What is to be judged, and how often."""

    documents: Sequence[AnnotatedDocument]
    rubrics: Mapping[str, Rubric]
    """By id, those that the documents name."""
    runs: int
    reasons_in: str
    """The language in which it is said why a document was not judged."""

    async def of_builtin(self, told: Told) -> Measured:
        """Measure the built-in coach."""
        measured = Measured("builtin")
        await self._run(Coaches(), measured, told)
        return measured

    async def of_model(self, settings: Settings, told: Told, approve: Callable[[Cost], None]) -> Measured:
        """Measure the coach that asks a model; ``approve`` raises where it shall not be asked.

        Raises:
            UnknownCoach: no model is configured.
            ModelFailure: the providers' library cannot be loaded.
            DatabaseUnusable: what the model costs cannot be written down.
        """
        if not settings.llm_model:
            Coaches().kind(MODEL)
        async with opened_models(settings) as models:
            coaches = Coaches(models)
            coaches.kind(MODEL)
            await models.load()
            approve(await self._cost(coaches, settings))
            measured = Measured(MODEL, settings.llm_model)
            await self._run(coaches, measured, told)
            measured.usage = models.used
        return measured

    async def _cost(self, coaches: Coaches, settings: Settings) -> Cost:
        tokens, usd = 0, 0.0
        for document in self.documents:
            try:
                request, _ = self._request_for(document)
            except (ServiceError, CoachingError):
                continue  # told when it is its turn
            estimate = await coaches.estimate(request)
            if estimate is not None:
                tokens += estimate.prompt_tokens
                usd += estimate.cost_usd
        return Cost(
            model=settings.llm_model,
            answers=len(self.documents) * self.runs,
            prompt_tokens=tokens * self.runs,
            usd=usd * self.runs,
            budget_usd=float(settings.llm_daily_budget_usd),
        )

    async def _run(self, coaches: Coaches, measured: Measured, told: Told) -> None:
        usual = usual_elements(self.documents)
        for run in range(self.runs):
            comparisons: list[Comparison] = []
            for number, document in enumerate(self.documents, 1 + run * len(self.documents)):
                told(number, self.runs * len(self.documents), document)
                try:
                    with speaking(self.reasons_in):
                        judgement = await self._judged(coaches, measured.coach, document)
                        no_answer = text("measuring.no_answer")
                except (ServiceError, CoachingError) as error:
                    measured.failed.append(Failed(run + 1, document.name, str(error), by_model=False))
                    continue
                if judgement.provenance.fallback_from is not None:
                    reason = next(iter(judgement.overall.notices), no_answer)
                    measured.failed.append(Failed(run + 1, document.name, reason, by_model=True))
                    continue
                comparisons.append(compare(document, _feedback(judgement), usual))
            measured.runs.append(summed_up(comparisons))

    async def _judged(self, coaches: Coaches, kind: CoachKind, document: AnnotatedDocument) -> FileJudgement:
        request, metadata = self._request_for(document)
        if kind == BUILTIN:
            check_readable(request.text, None)
        return await judged(coaches, request, metadata, kind)

    def _request_for(self, document: AnnotatedDocument) -> tuple[CoachRequest, TextMetadata]:
        """Return the request for a document. Its language is found, whatever the reader wrote."""
        text = submitted_text(document.text)
        metadata = metadata_of(text)
        return CoachRequest(text, metadata.language, self.rubrics[document.rubric]), metadata


def _feedback(judgement: FileJudgement) -> Feedback:
    scores = {criterion.id: criterion.score for criterion in judgement.criteria}
    return Feedback(judgement.comments, scores, judgement.overall.score)
