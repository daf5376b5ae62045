"""The schema of the answer: what every provider's strict mode takes, in the order of thinking."""

from collections.abc import Iterator
from typing import Any

import pytest

from memo_coach.coaching.llm.prompt.schema import answer_schema
from memo_coach.coaching.rubric.reader import shipped_rubrics
from tests.some import some

RUBRICS = shipped_rubrics()
TAKEN_BY_ALL = {"type", "properties", "required", "additionalProperties", "items", "enum", "description"}


def schemas_in(schema: dict[str, Any], depth: int = 0) -> Iterator[tuple[dict[str, Any], int]]:
    yield schema, depth
    for inner in schema.get("properties", {}).values():
        yield from schemas_in(inner, depth + 1)
    if "items" in schema:
        yield from schemas_in(schema["items"], depth)


@pytest.mark.parametrize("rubric", RUBRICS, ids=lambda rubric: rubric.id)
def test_every_provider_takes_the_schema(rubric: Any) -> None:
    for schema, depth in some(schemas_in(answer_schema(rubric))):
        assert set(schema) <= TAKEN_BY_ALL
        assert depth <= 4
        if schema["type"] == "object":
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])


def test_a_criterion_is_reasoned_before_it_is_scored() -> None:
    criterion = answer_schema(RUBRICS[0])["properties"]["criteria"]["items"]
    assert list(criterion["properties"]) == ["id", "reason", "evidence", "score", "comments"]
    assert criterion["properties"]["id"]["enum"] == [criterion.id for criterion in RUBRICS[0].criteria]


def test_a_comment_has_all_that_is_read_of_it() -> None:
    criterion = answer_schema(RUBRICS[0])["properties"]["criteria"]["items"]
    comment = criterion["properties"]["comments"]["items"]
    assert list(comment["properties"]) == ["kind", "quote", "before", "comment", "questions", "suggestion"]
    assert comment["properties"]["kind"]["enum"] == ["strength", "opportunity"]


def test_the_overall_score_is_never_asked_for() -> None:
    overall = answer_schema(RUBRICS[0])["properties"]["overall"]
    assert list(overall["properties"]) == ["summary", "strengths", "opportunities"]


def test_a_repair_asks_for_what_is_missing_alone() -> None:
    schema = answer_schema(RUBRICS[0], criteria=["clarity", "ask"], overall=False)
    assert list(schema["properties"]) == ["criteria"]
    assert schema["properties"]["criteria"]["items"]["properties"]["id"]["enum"] == ["clarity", "ask"]
    assert list(answer_schema(RUBRICS[0], criteria=[])["properties"]) == ["overall"]


def test_what_is_not_in_the_rubric_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="invented"):
        answer_schema(RUBRICS[0], criteria=["invented"])
    with pytest.raises(ValueError, match="nothing"):
        answer_schema(RUBRICS[0], criteria=[], overall=False)
