"""Rubric documents: what is read, and that every fault is refused with its file, line and reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from memo_coach.coaching.builtin.analysis.patterns import fault_of_pattern
from memo_coach.coaching.errors import BrokenRubric, UnknownRubric
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.rubric.reader import load_rubric, shipped_rubric, shipped_rubrics
from tests.told import assert_told_in_spanish

GUIDANCE = "\n".join(f"      {level}: {{en: Level {level}}}" for level in range(1, 6))
CRITERION = f"""\
  - id: risks
    name: {{en: Risks, es: Riesgos}}
    description: {{en: What could go wrong}}
    weight: 60
    guidance:
{GUIDANCE}
    indicators:
      risks-named: 2
      risks-mitigated: 1
    caps:
      - indicator: risks-named
        below: 0.2
        at_most: 2.0
        reason: {{en: No risks}}
"""
SECOND = f"""\
  - id: taste
    name: {{en: Taste}}
    description: {{en: Left to people}}
    weight: 40
    guidance:
{GUIDANCE}
"""
HEAD = "id: mine\nname: {en: Mine}\ndescription: {en: My own}\ncriteria:\n"
DOCUMENT = HEAD + CRITERION + SECOND
DETECTOR = """\
detectors:
  - indicator: way-back
    name: {en: a way back}
    patterns: {en: ['\\breversible\\b']}
    full: 2
    comment: {en: No way back is named}
    question: {en: Can it be undone?}
    suggestion: {en: Say whether it can be undone}
"""


def faults_of(document: str) -> tuple[str, ...]:
    with pytest.raises(BrokenRubric) as caught:
        load_rubric(document, source="mine.yaml")
    assert str(caught.value) == "\n".join(caught.value.faults)
    assert_told_in_spanish(caught.value.faults)
    return caught.value.faults


def line_of(document: str, text: str) -> int:
    return document[: document.index(text)].count("\n") + 1


def test_a_complete_document_becomes_a_rubric() -> None:
    rubric = load_rubric(DOCUMENT, source="mine.yaml")
    risks = rubric.criteria[0]
    assert (rubric.id, rubric.name["en"]) == ("mine", "Mine")
    assert [(share.indicator, share.weight) for share in risks.indicators] == [
        ("risks-named", 2.0),
        ("risks-mitigated", 1.0),
    ]
    assert risks.guidance[5]["en"] == "Level 5"
    assert (risks.caps[0].below, risks.caps[0].at_most, risks.caps[0].reason["en"]) == (0.2, 2.0, "No risks")
    assert rubric.criteria[1].indicators == ()


def test_the_version_changes_with_the_document_and_only_with_it() -> None:
    version = load_rubric(DOCUMENT, source="a.yaml").version
    assert len(version) == 12
    assert load_rubric(DOCUMENT, source="b.yaml").version == version
    assert load_rubric(DOCUMENT + "# a remark\n", source="a.yaml").version != version


def test_an_unknown_indicator_is_refused_with_its_line_and_a_guess() -> None:
    document = DOCUMENT.replace("risks-mitigated: 1", "risk-mitigated: 1")
    line = line_of(document, "risk-mitigated: 1")
    reason = "criterion 'risks': unknown indicator 'risk-mitigated' (did you mean 'risks-mitigated'?)"
    assert faults_of(document) == (f"mine.yaml:{line}: {reason}",)


def test_an_unknown_indicator_of_a_cap_is_refused() -> None:
    document = DOCUMENT.replace("- indicator: risks-named", "- indicator: rsks-named")
    assert "criterion 'risks': a cap: unknown indicator 'rsks-named'" in faults_of(document)[0]


Change = Callable[[str], str]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text.replace("weight: 60", "weight: 50"), "add up to 90, not 100"),
        (lambda text: text.replace("weight: 60", "weight: -60"), "must lie between 0 and 100, not -60"),
        (lambda text: text.replace("weight: 60", "weight: sixty"), "weight must be a number, not 'sixty'"),
        (lambda text: text.replace("weight: 60", "weight: .nan"), "weight must be a number"),
        (lambda text: text.replace("weight: 60", "weight: [60]"), "weight must be a number, not a list"),
        (lambda text: text.replace("    weight: 60\n", ""), "criterion 'risks': 'weight' is missing"),
        (lambda text: text.replace("risks-named: 2", "risks-named: 0"), "must be above 0"),
        (lambda text: text.replace("id: taste", "id: risks"), "criterion 'risks': the id is taken already"),
        (lambda text: text.replace("id: taste", "id: Taste it"), "lower-case words joined by hyphens"),
        (lambda text: text.replace("  - id: taste\n    name", "  - name"), "a criterion: 'id' is missing"),
        (lambda text: text.replace("      3: {en: Level 3}\n", "", 1), "guidance: '3' is missing"),
        (
            lambda text: text.replace("{en: Level 4}", "{es: Nivel 4}", 1),
            "guidance: '4' has no English text (en)",
        ),
        (lambda text: text.replace("{en: Taste}", "{en: ''}"), "is empty"),
        (lambda text: text.replace("{en: Taste}", "{english: Taste}"), "'english' is no language code"),
        (
            lambda text: text.replace("weight: 60", "wieght: 60"),
            "unknown key 'wieght' (did you mean 'weight'?)",
        ),
        (lambda text: text.replace("below: 0.2", "below: 20"), "below must lie between 0 and 1, not 20"),
        (lambda text: text.replace("at_most: 2.0", "at_most: 9"), "at_most must lie between 1 and 5, not 9"),
        (lambda text: text.replace("        below: 0.2\n", ""), "a cap: 'below' is missing"),
        (
            lambda text: text.replace("reason: {en: No risks}", "reason: No risks"),
            "a mapping (key: value) belongs",
        ),
        (lambda text: text.replace("    weight: 60", "    weight: 60\n    weight: 60"), "stands here twice"),
        (lambda text: text.replace("    weight: 60", "\tweight: 60"), "a tab indents this line"),
        (lambda text: text.replace("{en: Mine}", "{en: Mine"), "this is not YAML"),
        (lambda text: text.replace("{en: Mine}", "&name {en: Mine}"), "anchors (&) and aliases (*)"),
        (
            lambda text: text.replace("{en: Mine}", "!!python/name:os.system {en: Mine}"),
            "tags (!) are not used",
        ),
        (lambda text: text + "---\n" + text, "a second document begins here"),
        (lambda text: HEAD + "  []\n", "'criteria' holds no criterion"),
        (lambda text: HEAD.replace("criteria:\n", ""), "'criteria' is missing"),
        (lambda text: "", "the document is empty"),
        (lambda text: "- a list", "the rubric: a mapping (key: value) belongs here, not a list"),
        (lambda text: "[" * 100_000, "nested deeper than"),
        (lambda text: text + "#" * 300_000, "larger than 256 KiB"),
        (lambda text: text + "# \ud800", "this is not YAML"),
        (lambda text: text + "position: 1.5\n", "position must be a whole number, not 1.5"),
    ],
)
def test_a_faulty_document_is_refused_with_the_reason(change: Change, reason: str) -> None:
    document = change(DOCUMENT)
    assert document != DOCUMENT
    assert any(reason in fault for fault in faults_of(document)), faults_of(document)


def test_a_document_that_would_grow_without_end_is_refused_at_once() -> None:
    bomb = "a: &a [x, x]\n" + "\n".join(f"a{i}: &a{i} [*a, *a, *a]" for i in range(50))
    assert faults_of(bomb) == ("mine.yaml:1: anchors (&) and aliases (*) are not used here",)


def test_all_faults_of_a_document_are_reported_in_the_order_of_their_lines() -> None:
    document = DOCUMENT.replace("weight: 60", "weight: many").replace("risks-named: 2", "risks-gone: 2")
    document = document.replace("{en: Taste}", "{es: Gusto}")
    faults = faults_of(document)
    lines = [int(fault.split(":")[1]) for fault in faults]
    assert len(faults) >= 3
    assert lines == sorted(lines)


def test_a_detector_of_ones_own_may_be_scored_from() -> None:
    rubric = load_rubric(DOCUMENT.replace("risks-mitigated: 1", "way-back: 1") + DETECTOR, source="mine.yaml")
    detector = rubric.detectors[0]
    assert (detector.indicator, detector.full, detector.flags) == ("way-back", 2, False)
    assert detector.patterns["en"] == (r"\breversible\b",)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text.replace("indicator: way-back", "indicator: plan-dates"), "of the coach's own"),
        (lambda text: text.replace(r"\breversible\b", "(a+)+b"), "repeats a group that itself repeats"),
        (lambda text: text.replace(r"\breversible\b", "a" * 201), "200 is the most"),
        (lambda text: text.replace(r"\breversible\b", "(unclosed"), "is not a regular expression"),
        (lambda text: text.replace("full: 2", "full: 0"), "full must lie between 1 and 100"),
        (lambda text: text.replace("full: 2", "flags: yes please"), "'flags' must be true or false"),
        (
            lambda text: text.replace("    patterns: {en: ['\\breversible\\b']}\n", ""),
            "'patterns' is missing",
        ),
        (lambda text: text + DETECTOR.partition("\n")[2], "is taken already"),
    ],
)
def test_a_faulty_detector_is_refused_with_the_reason(change: Change, reason: str) -> None:
    detector = change(DETECTOR)
    assert detector != DETECTOR
    faults = faults_of(DOCUMENT + detector)
    assert any(reason in fault for fault in faults), faults


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a|a)*c",
        "(.*a){12}",
        ".*.*x",
        r"\w+\s+\w+\s+\w+x",
        "x*",
        "",
        "[",
        "(?=(a+)+$)b",
        "(x(y|z)?)+",
    ],
)
def test_a_pattern_that_is_wrong_or_could_take_forever_is_refused(pattern: str) -> None:
    assert fault_of_pattern(pattern) is not None


@pytest.mark.parametrize(
    "pattern",
    [r"\breversible\b", r"\brisks?\b.{0,60}\bmitigated?\b", "(?:one|two)-way door", r"\d{1,3} %", "plan B"],
)
def test_an_ordinary_pattern_is_taken(pattern: str) -> None:
    assert fault_of_pattern(pattern) is None


def test_patterns_that_could_take_too_long_together_are_refused() -> None:
    def with_patterns(count: int, pattern: str) -> str:
        listed = ", ".join(f"'{pattern}{number}'" for number in range(count))
        return DOCUMENT + DETECTOR.replace(r"['\breversible\b']", f"[{listed}]")

    assert load_rubric(with_patterns(200, "risk.{0,60}plan"), source="r.yaml").detectors
    for count, pattern in ((300, "plan"), (4, ".{0,200}.{0,200}x")):
        (fault,) = faults_of(with_patterns(count, pattern))
        assert "could take too long together" in fault


def test_the_product_comes_with_four_rubrics_the_investment_memo_first() -> None:
    ids = [rubric.id for rubric in shipped_rubrics()]
    assert ids == ["investment-memo", "decision-memo", "status-update", "policy-memo"]


@pytest.mark.parametrize("rubric", shipped_rubrics(), ids=lambda rubric: rubric.id)
def test_a_shipped_rubric_speaks_english_and_spanish_throughout(rubric: Rubric) -> None:
    texts = [rubric.name, rubric.description, *(cap.reason for cap in rubric.caps)]
    for criterion in rubric.criteria:
        texts += [criterion.name, criterion.description, *criterion.guidance.values()]
        texts += [cap.reason for cap in criterion.caps]
    for detector in rubric.detectors:
        texts += [detector.name, detector.comment, detector.question, detector.suggestion]
        assert set(detector.patterns) == {"en", "es"}
    for text in texts:
        assert set(text) == {"en", "es"}
        assert text["en"] != text["es"] or text is rubric.criteria[0].name or len(text["en"]) < 12


@pytest.mark.parametrize("rubric", shipped_rubrics(), ids=lambda rubric: rubric.id)
def test_every_criterion_of_a_shipped_rubric_is_judged(rubric: Rubric) -> None:
    assert 6 <= len(rubric.criteria) <= 9
    assert all(criterion.indicators for criterion in rubric.criteria)


def test_an_unknown_rubric_is_named_with_those_that_exist() -> None:
    with pytest.raises(UnknownRubric, match=r"no rubric “novel”.*investment-memo, decision-memo"):
        shipped_rubric("novel")
