"""What the tools take, do and return, whatever way they are asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NotRequired

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from memo_coach.api.answers import Id
from memo_coach.api.evaluation_documents import (
    CoachDocument,
    MemoOfEvaluation,
    OverallDocument,
    RubricOfEvaluation,
    evaluation_document,
)
from memo_coach.api.evaluations import MemoToJudge, until_finished
from memo_coach.api.rubrics import RubricsDocument, rubrics_document
from memo_coach.coaching.evaluation import CommentKind
from memo_coach.services import container
from memo_coach.services.accounts.tokens import TokenScope
from memo_coach.services.errors import ServiceError
from memo_coach.services.views import EvaluationStatus, EvaluationView
from memo_coach.translations import text

WAIT_SECONDS: Final = 45
"""For the end of an evaluation. Clients give up after a minute."""
MOST_COMMENTS: Final = 40
"""The most important first; an evaluation of a usual memo has fewer."""
_MOST_FAULTS: Final = 5


class ToolRefused(ServiceError):
    """A tool is not to be used like that; the sentence says why."""


@dataclass(frozen=True, slots=True)
class ToolAsker:
    """In whose name a tool is used, and what they may."""

    owner: str
    scopes: frozenset[TokenScope]
    address: str | None = None
    """Where it is asked from, for limits; ``None`` on the machine itself."""
    opens_pages: bool = True
    """Whether there is a person who finds the same on the pages."""


class JudgedCriterion(TypedDict):
    """The judgement on one criterion; without a score the justification says why."""

    id: str
    name: str
    weight: float
    score: float | None
    justification: str


class Remark(TypedDict):
    """One comment; ``quote`` is the passage of the memo that it is about, word for word."""

    criterion: str
    kind: CommentKind
    comment: str
    questions: list[str]
    suggestion: str | None
    quote: str | None


class Feedback(TypedDict):
    """An evaluation as far as it has come. While ``status`` is queued or running, ask again."""

    id: str
    status: EvaluationStatus
    memo: MemoOfEvaluation
    rubric: RubricOfEvaluation
    coach: CoachDocument
    overall: OverallDocument | None
    criteria: list[JudgedCriterion]
    comments: list[Remark]
    comments_left_off: int
    page: NotRequired[str]
    """For the person, where it is theirs who use the pages."""
    error: NotRequired[str]


class FeedbackAsked(BaseModel):
    """Which evaluation."""

    model_config = ConfigDict(strict=True, extra="forbid")

    evaluation: Id | None = Field(default=None, description="Its id. By default the newest one.")


class NothingAsked(BaseModel):
    """No arguments."""

    model_config = ConfigDict(strict=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is told to be, what it takes and returns, and the scope that it needs."""

    name: str
    title: str
    description: str
    scope: TokenScope
    takes: type[BaseModel]
    returns: type[Any]
    act: Callable[[ToolAsker, Any], Awaitable[Mapping[str, Any]]]

    @property
    def input_schema(self) -> dict[str, Any]:
        """The JSON Schema of its arguments."""
        return self.takes.model_json_schema()

    @property
    def output_schema(self) -> dict[str, Any]:
        """The JSON Schema of what it returns."""
        return _schema_of(self.returns)

    async def use(self, asker: ToolAsker, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do it.

        Raises:
            ServiceError: with a sentence, whatever is not to be.
        """
        if self.scope not in asker.scopes:
            raise ToolRefused(text("api.scope", scope=self.scope))
        try:
            asked = self.takes.model_validate(dict(arguments))
        except ValidationError as error:
            raise ToolRefused(text("mcp.not_as_described", faults=_faults_in(error))) from None
        return await self.act(asker, asked)


def _schema_of(kind: type[Any]) -> dict[str, Any]:
    return TypeAdapter(kind).json_schema()


def _faults_in(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    told = [
        f"{'.'.join(str(step)[:64] for step in fault['loc'][:4])}: {fault['msg']}"
        for fault in found[:_MOST_FAULTS]
    ]
    return "; ".join(told)


async def _evaluate_memo(asker: ToolAsker, memo: MemoToJudge) -> Mapping[str, Any]:
    services = container.current()
    rubric = memo.rubric or (await services.preferences.of_owner(asker.owner)).rubric
    evaluation = await services.evaluations.submit(
        asker.owner,
        text=memo.text,
        rubric=rubric,
        language=memo.language,
        memo_id=memo.memo,
        title=memo.title,
        coach=memo.coach,
        address=asker.address,
    )
    return await _feedback_on(asker, evaluation)


async def _get_feedback(asker: ToolAsker, asked: FeedbackAsked) -> Mapping[str, Any]:
    evaluation = asked.evaluation
    if evaluation is None:
        page = await container.current().history.page(asker.owner, 1)
        if not page.evaluations:
            raise ToolRefused(text("mcp.no_evaluation"))
        evaluation = page.evaluations[0].evaluation_id
    return await _feedback_on(asker, evaluation)


async def _list_rubrics(_asker: ToolAsker, _asked: NothingAsked) -> Mapping[str, Any]:
    return rubrics_document()


async def _feedback_on(asker: ToolAsker, evaluation: str) -> Mapping[str, Any]:
    """Return an evaluation when it has ended, or after a while as far as it has come."""
    view = await until_finished(asker.owner, evaluation, WAIT_SECONDS)
    services = container.current()
    found = _feedback(view or await services.evaluations.get(asker.owner, evaluation))
    if asker.opens_pages:
        found["page"] = f"{services.settings.public_url}/feedback/{evaluation}"
    return found


def _feedback(view: EvaluationView) -> Feedback:
    """Return what a tool tells of an evaluation: what a reader needs, and no more than so many comments."""
    whole = evaluation_document(view)
    comments = sorted(whole["comments"], key=lambda each: each["rank"])
    found = Feedback(
        id=whole["id"],
        status=whole["status"],
        memo=whole["memo"],
        rubric=whole["rubric"],
        coach=whole["coach"],
        overall=whole["overall"],
        criteria=[
            {
                "id": each["id"],
                "name": each["name"],
                "weight": each["weight"],
                "score": each["score"],
                "justification": each["justification"],
            }
            for each in whole["criteria"]
        ],
        comments=[
            {
                "criterion": each["criterion"],
                "kind": each["kind"],
                "comment": each["comment"],
                "questions": each["questions"],
                "suggestion": each["suggestion"],
                "quote": each["quote"],
            }
            for each in comments[:MOST_COMMENTS]
        ],
        comments_left_off=max(0, len(comments) - MOST_COMMENTS),
    )
    if "error" in whole:
        found["error"] = whole["error"]
    return found


TOOLS: Final[Mapping[str, Tool]] = {
    tool.name: tool
    for tool in (
        Tool(
            "evaluate_memo",
            "Evaluate a memo",
            "Have a business memo judged by a demanding senior reader: a score from 1 to 5 for each criterion"
            " of a rubric, and comments on passages. The memo is stored for its writer."
            f" It takes {WAIT_SECONDS} seconds at most; where `status` is still queued or running, use"
            " get_feedback with its `id`.",
            "write",
            MemoToJudge,
            Feedback,
            _evaluate_memo,
        ),
        Tool(
            "get_feedback",
            "Get the feedback on a memo",
            "Return the feedback of an evaluation that was asked for before, or of the newest one.",
            "read",
            FeedbackAsked,
            Feedback,
            _get_feedback,
        ),
        Tool(
            "list_rubrics",
            "List the rubrics",
            "List the rubrics that a memo may be judged by, with their criteria; the default one first.",
            "read",
            NothingAsked,
            RubricsDocument,
            _list_rubrics,
        ),
    )
}
"""By their names."""
