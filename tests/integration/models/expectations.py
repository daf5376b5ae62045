"""For each case of the model server: what the person sees, what is stored, how many calls there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from memo_coach.coaching.evaluation import CoachKind

Judges = Literal["model", "builtin", "both"]
CallEnd = tuple[str, str, str | None]
"""Purpose, status and reason of failure of a stored call."""

EVALUATION: CallEnd = ("evaluation", "done", None)
REPAIR: CallEnd = ("repair", "done", None)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of one case."""

    case: str
    judged_by: CoachKind = "llm"
    judges: Judges = "model"
    """Who judged the criteria."""
    requests: int = 1
    """That reach the server, all attempts of all calls."""
    calls: tuple[CallEnd, ...] = (EVALUATION,)
    """That are stored, the first one first."""
    retries: tuple[int, ...] | None = None
    """Of each stored call; ``None`` for none in any."""
    why: str | None = None
    """The notice that tells why a model is not behind it all."""
    is_quoting: bool = True
    """Whether a passage of the memo is marked; where a model invents every quote, none is."""
    is_hurried: bool = False
    """Whether it waits until the time for the first token is over."""

    @property
    def notice(self) -> str | None:
        """The sentence that frames the reason."""
        return {"model": None, "builtin": "whole", "both": "part"}[self.judges]


def _builtin(case: str, reason: str, *, requests: int, **more: object) -> Expectation:
    """Expect the built-in coach after one call that failed before its first text."""
    failed: CallEnd = ("evaluation", "failed", reason)
    values: dict[str, object] = {
        "calls": (failed,),
        "retries": (requests - 1,),
        "why": f"why-{reason}",
        **more,
    }
    return Expectation(case, "builtin", "builtin", requests, **values)  # type: ignore[arg-type]


def _repaired(case: str, *first: CallEnd) -> Expectation:
    """Expect the model, after one request for what was missing."""
    return Expectation(case, requests=2, calls=(*(first or (EVALUATION,)), REPAIR))


BROKEN: CallEnd = ("evaluation", "broken", "broken")
BROKEN_REPAIR: CallEnd = ("repair", "broken", "broken")

EXPECTATIONS: tuple[Expectation, ...] = (
    Expectation("fine"),
    Expectation("slow"),
    Expectation("no-usage"),
    # What fails before the first text is tried again, unless that cannot help
    _builtin("slow-first-token", "slow", requests=3, is_hurried=True),
    _builtin("rate-limited", "rate-limited", requests=3),
    _builtin("rate-limited-long", "rate-limited", requests=1),
    _builtin("failing", "server-error", requests=3),
    _builtin("refused-key", "refused-key", requests=1),
    _builtin("refused-request", "refused-request", requests=1),
    _builtin("context-too-long", "too-long", requests=1),
    Expectation("rate-limited-retry-after", requests=2, retries=(1,)),
    Expectation("failing-then-fine", requests=2, retries=(1,)),
    Expectation("empty", requests=2, retries=(1,)),
    _builtin("empty-always", "empty", requests=2),
    _builtin("null-content", "empty", requests=2),
    _builtin("refusal", "empty", requests=2),
    # A form of the request that the server does not know is replaced by the next one: a schema, a tool, a
    # JSON object, nothing
    Expectation("no-schema", requests=2),
    Expectation("no-schema-no-tools", requests=4),
    # What breaks after the first text is asked for once more, and what came by then stands
    _repaired("cuts", BROKEN),
    Expectation("cuts-always", judges="both", requests=2, calls=(BROKEN, BROKEN_REPAIR), why="why-broken"),
    _repaired("truncated"),
    Expectation(
        "stalls", judges="both", requests=2, calls=(BROKEN, BROKEN_REPAIR), why="why-broken", is_hurried=True
    ),
    Expectation("stalls-once", requests=2, calls=(BROKEN, REPAIR), is_hurried=True),
    # Answers in another dress are read as they are
    Expectation("fenced"),
    Expectation("prose-around"),
    Expectation("broken-json"),
    Expectation("invented-criterion"),
    Expectation("duplicate-criterion"),
    Expectation("invented-quotes", is_quoting=False),
    Expectation("hostile-markup"),
    # Faults that the model mends when it is asked once more
    _repaired("wrong-json"),
    _repaired("missing-criterion"),
    _repaired("score-nine"),
    _repaired("huge-number"),
    _repaired("wrong-language"),
    # ... and those that it makes again
    Expectation("wrong-json-always", "builtin", "builtin", 2, (EVALUATION, REPAIR), why="why-unusable"),
    Expectation("deep-nesting", "builtin", "builtin", 2, (EVALUATION, REPAIR), why="why-unusable"),
    Expectation("wrong-language-always", "builtin", "builtin", 2, (EVALUATION, REPAIR), why="why-unusable"),
    Expectation("missing-criterion-always", "llm", "both", 2, (EVALUATION, REPAIR), why="why-incomplete"),
    Expectation("score-nine-always", "llm", "both", 2, (EVALUATION, REPAIR), why="why-incomplete"),
)
"""The cases ``obeys``, ``one-megabyte`` and ``scripted`` have tests of their own."""
