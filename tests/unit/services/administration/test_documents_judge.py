"""What is saved judges: the next evaluation in whichever process, its preview before, and its names after."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.samples import samples
from memo_coach.services.accounts.principal import Actor
from memo_coach.services.administration.document_kinds import read, shipped
from memo_coach.services.coaches.models import open_models
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.services.errors import UnknownRubric
from memo_coach.settings import Settings
from memo_coach.storage.engine.database import Database
from tests.unit.conftest import HASTY
from tests.waiting import until_told

ADA = Actor(name="ada@example.org")
STATUS = "rubric/status-update"
RENAMED = shipped()[STATUS].replace("Where it stands", "How it stands today")
WEAK, STRONG = samples("status-update", "en")


@pytest.fixture
async def real(settings: Settings) -> AsyncIterator[Services]:
    """Open services with the built-in coach and the rubrics as they are."""
    opened = await open_services(settings, HASTY)
    yield opened
    await close_services(opened)


async def evaluated(services: Services, owner: str, text: str) -> str:
    evaluation = await services.evaluations.submit(owner, text=text, rubric="status-update")

    async def is_done() -> bool:
        return (await services.evaluations.get(owner, evaluation)).status == "done"

    await until_told(is_done)
    return evaluation


async def test_the_next_evaluation_is_judged_by_what_another_process_saved(
    real: Services, settings: Settings
) -> None:
    _, owner = await real.visitors.admit()
    before = await real.evaluations.get(owner, await evaluated(real, owner, WEAK.text))
    elsewhere = await open_services(settings, HASTY)
    try:
        await elsewhere.documents.save(ADA, STATUS, RENAMED, base=0)
    finally:
        await close_services(elsewhere)
    after = await real.evaluations.get(owner, await evaluated(real, owner, STRONG.text))
    assert before.criteria[0].name == "Where it stands"
    assert after.criteria[0].name == "How it stands today"
    assert after.rubric_version == real.rubrics.get("status-update").version != before.rubric_version
    then = await real.rubrics.of_version("status-update", before.rubric_version)
    assert then.criteria[0].name["en"] == "Where it stands"
    # Retired, it is offered no more; what it judged still shows.
    await real.documents.retire_rubric(ADA, "status-update", base=1)
    with pytest.raises(UnknownRubric):
        await real.evaluations.submit(owner, text=WEAK.text, rubric="status-update")
    assert await real.evaluations.get(owner, after.evaluation_id) == after
    assert "status-update" not in [rubric.id for rubric in real.rubrics.all()]


async def test_a_preview_puts_the_scores_of_both_rubrics_beside_each_other(real: Services) -> None:
    _, owner = await real.visitors.admit()
    _, stranger = await real.visitors.admit()
    evaluation = await evaluated(real, owner, WEAK.text)
    score = (await real.evaluations.get(owner, evaluation)).overall
    harsh = read(STATUS, shipped()[STATUS] + "caps:\n  - {indicator: bottom-line, below: 1, at_most: 1,"
                 " reason: {en: Always}}\n")  # fmt: skip
    assert isinstance(harsh, Rubric)
    preview = real.rubric_preview
    (again,) = [memo async for memo in preview.evaluations(owner, harsh, "en")]
    assert score is not None
    assert score.score is not None
    assert (again.stored, again.saved) == (score.score, score.score)
    assert again.unsaved is not None
    assert again.unsaved <= score.score
    assert [memo async for memo in preview.evaluations(stranger, harsh, "en")] == []
    weak, strong = [memo async for memo in preview.samples(harsh, "en")]
    assert (weak.title, strong.title) == (WEAK.title, STRONG.title)
    assert len(strong.criteria) == len(harsh.criteria)


async def test_models_are_asked_by_what_is_saved(migrated: Database, real: Services) -> None:
    models, document = real.models, shipped()["llm"]
    prompts = models.coaches.prompts.version
    await real.documents.save(
        ADA, "llm", document.replace("answer_tokens: 6000", "answer_tokens: 7000"), base=0
    )
    await real.documents.save(ADA, "context", shipped()["context"] + "# ours\n", base=0)
    assert models.document.answer_tokens == models.coaches._document.answer_tokens == 7000
    assert models.coaches.prompts.version != prompts
    fresh = await open_models(real.settings, real.database, real.in_force)
    assert fresh.coaches.prompts.version == models.coaches.prompts.version
    await fresh.close()
