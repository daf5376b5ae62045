"""Annotations are read whole, or refused with every fault of them, each in one line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from memo_coach.coaching.measure.annotated import AnnotatedDocument, ElementFound
from memo_coach.coaching.measure.annotations import BrokenAnnotations, read_annotations
from memo_coach.coaching.measure.claims import claims_of_findings
from memo_coach.coaching.measure.elements import ELEMENTS, required_elements
from memo_coach.coaching.rubric.reader import shipped_rubrics
from tests.annotated import TEXT, annotations, element
from tests.told import assert_told_in_spanish


def read(document: Any, text: str = TEXT) -> AnnotatedDocument:
    given = document if isinstance(document, str) else json.dumps(document)
    return read_annotations(given, text, name="decision/01", rubrics=shipped_rubrics())


def faults(document: Any) -> tuple[str, ...]:
    with pytest.raises(BrokenAnnotations) as refused:
        read(document)
    assert_told_in_spanish(refused.value.faults)
    for fault in refused.value.faults:
        assert fault.startswith("decision/01: ")
        assert fault.isprintable()
    return tuple(fault.removeprefix("decision/01: ") for fault in refused.value.faults)


def with_element(name: str, value: Any) -> dict[str, Any]:
    document = annotations()
    document["elements"][name] = value
    return document


def with_criterion(name: str, value: Any) -> dict[str, Any]:
    document = annotations()
    document["criteria"][name] = value
    return document


def without(*path: str) -> dict[str, Any]:
    document: dict[str, Any] = annotations()
    inner = document
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return document


def test_annotations_without_a_fault_are_read() -> None:
    document = read(annotations())
    assert (document.name, document.kind, document.rubric) == ("decision/01", "decision", "decision-memo")
    assert (document.language, document.collection, document.overall) == ("en", "dev", 3.5)
    assert document.elements["ask"] == ElementFound(
        expected=True, status="present", quotes=("Please approve $5,000 for a new pump",)
    )
    assert set(document.elements) == set(required_elements("decision-memo"))
    assert [remark.element for remark in document.remarks] == ["risks"] * 5
    assert len(document.not_prose) == 1


def test_line_ends_of_any_kind_are_those_of_the_quotes() -> None:
    quote = "Replace the pump in hall 3\n\nPlease approve"
    document = with_element("bottom-line", element("present", quote))
    for ends in ("\r\n", "\r", "\n"):
        assert quote in read(document, TEXT.replace("\n", ends)).text


def test_a_criterion_that_has_no_place_in_the_document_has_no_score() -> None:
    name = next(iter(annotations()["criteria"]))
    assert read(with_criterion(name, None)).criteria[name] is None


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (with_element("rsks", element()), "unknown element 'rsks'"),
        (without("elements", "risks"), "element 'risks' is missing"),
        (
            with_element("ask", element("present", "Please approve $6,000")),
            "element 'ask': not in the text: 'Please approve $6,000'",
        ),
        (with_element("ask", element("present")), "element 'ask': what is present needs a quote"),
        (with_element("ask", element("partial")), "element 'ask': what is partial needs a quote"),
        (with_element("ask", element("absent", "a new pump")), "element 'ask': what is absent has no quote"),
        (
            with_element("ask", {"expected": "yes", "status": "absent", "quotes": []}),
            "element 'ask': 'expected' must be true or false",
        ),
        (
            with_element("ask", element("there", "a new pump")),
            "element 'ask': 'status': one of present, partial, absent, not 'there'",
        ),
        (with_element("ask", "present"), "element 'ask': must be an object"),
        (with_element("ask", element("present", "")), "element 'ask': a quote: must be a text"),
        (annotations(overall=5.5), "overall: a score is from 1.0 to 5.0 in halves, not 5.5"),
        (annotations(overall=0), "overall: a score is from 1.0 to 5.0 in halves, not 0"),
        (annotations(overall=2.3), "overall: a score is from 1.0 to 5.0 in halves, not 2.3"),
        (annotations(overall=float("nan")), "overall: a score is from 1.0 to 5.0 in halves, not nan"),
        (annotations(overall=float("inf")), "overall: a score is from 1.0 to 5.0 in halves, not inf"),
        (annotations(overall=True), "overall: must be a score"),
        (without("overall"), "overall: must be a score"),
        (with_criterion("charm", 3), "rubric 'decision-memo' has no criterion 'charm'"),
        (without("criteria", "risks"), "criterion 'risks' is missing"),
        (annotations(rubric="decision-memo", criteria=[]), "criteria: must be an object"),
        (annotations(remarks=annotations()["remarks"][:4]), "remarks: there must be 5, not 4"),
        (annotations(remarks={}), "remarks: must be a list"),
        (
            annotations(remarks=[{"element": "charm", "quote": None, "remark": "Be nice."}] * 5),
            "remarks, 1: unknown element 'charm'",
        ),
        (
            annotations(remarks=[{"element": "style:typo", "quote": "pmup", "remark": "Typo."}] * 5),
            "remarks, 1: not in the text: 'pmup'",
        ),
        (
            annotations(strengths=[{"element": "ask", "quote": "It asks.", "why": "Clear."}]),
            "strengths, 1: not in the text: 'It asks.'",
        ),
        (annotations(style=[{"kind": "wordy", "quote": 7}]), "style, 1: a quote: must be a text"),
        (annotations(not_prose=["Form 28"]), "not_prose: not in the text: 'Form 28'"),
        (annotations(language="xx"), "language: one of en, es, not 'xx'"),
        (annotations() | {"rubric": "poem"}, "not 'poem'"),
        (annotations(genre=""), "genre: must be a text"),
        (annotations(set="s" * 41), "set: one line of at most 40 characters, not 'sss"),
        (annotations(genre="a\nb"), "genre: one line of at most 40 characters, not 'a\\nb'"),
        (annotations(not_prose=["\x1b[31mred\nline"]), "not_prose: not in the text: '\\x1b[31mred\\nline'"),
        ([], "the document: must be an object"),
    ],
)
def test_a_fault_is_told_in_a_line(document: Any, fault: str) -> None:
    assert any(fault in each for each in faults(document))


def test_all_faults_are_told_at_once() -> None:
    document = annotations(overall=9, not_prose=["nowhere"])
    document["elements"]["charm"] = element()
    assert len(faults(document)) == 3


@pytest.mark.parametrize(
    "document", ["", "{", "[" * 100_000, '{"overall": ' + "9" * 5_000 + "}", '{"a": "\n"}']
)
def test_what_is_no_json_is_told_in_a_line(document: str) -> None:
    assert len(faults(document)) == 1


def test_a_policy_and_a_status_update_have_elements_of_their_own() -> None:
    for rubric, own in (("policy-memo", "exceptions"), ("status-update", "deviations")):
        assert own in required_elements(rubric)
        assert own not in required_elements("decision-memo")
        document = annotations(rubric)
        del document["elements"][own]
        assert faults(document) == (f"element {own!r} is missing",)


def test_what_findings_claim_is_about_elements_that_there_are() -> None:
    claimed = claims_of_findings().values()
    assert {each.element for each in claimed} <= set(ELEMENTS)
    assert {each.claim for each in claimed} == {"missing", "weak", "there"}
