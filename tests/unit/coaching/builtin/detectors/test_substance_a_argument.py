"""Options, risks, plan, next step and substance: what earns them, and what only looks as if it did."""

# ruff: noqa: E501, ISC004  (a memo's lines are single lines)
from __future__ import annotations

import re

import pytest
from substance_memos import ENGLISH, SPANISH, STUFFING

from memo_coach.coaching.builtin.detectors.next_step.detector import read_next_step
from memo_coach.coaching.builtin.detectors.options.detector import read_options
from memo_coach.coaching.builtin.detectors.plan.detector import read_plan
from memo_coach.coaching.builtin.detectors.risks.detector import read_risks
from memo_coach.coaching.builtin.detectors.substance.detector import read_substance
from memo_coach.coaching.builtin.findings import Read, Reading
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.memo.parser import parse_memo
from tests.some import some

STRONG = pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (SPANISH, "es")])


def read(detector: Read, text: str, language: str) -> Reading:
    return detector(parse_memo(text, language), lexicon_of(language))


def kinds(reading: Reading) -> set[str]:
    return {finding.kind for finding in reading.findings}


def without_section(text: str, *titles: str) -> str:
    for title in titles:
        text = re.sub(rf"## {title}\n.*?(?=\n## |\Z)", "", text, flags=re.S)
    return text


@STRONG
def test_priced_alternatives_with_doing_nothing_earn_everything(text: str, language: str) -> None:
    reading = read(read_options, text, language)
    assert min(reading.indicators.values()) == 1
    assert {"options.compared", "options.do-nothing-weighed", "options.costs-given"} == kinds(reading)


@STRONG
def test_a_memo_without_its_options_is_asked_for_them(text: str, language: str) -> None:
    reading = read(read_options, without_section(text, "Options", "Alternativas"), language)
    assert reading.indicators["options-compared"] < 0.2
    assert (
        max(reading.indicators.values()) < 0.4
    )  # the problem is told, so a reader can guess what waiting costs
    assert kinds(reading) == {"options.missing"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (re.sub(r"- Option A.*\n", "", ENGLISH), "en"),
        (re.sub(r"- Opción A.*\n", "", SPANISH), "es"),
    ],
)
def test_options_without_doing_nothing_are_asked_for_it(text: str, language: str) -> None:
    reading = read(read_options, text, language)
    assert reading.indicators["options-do-nothing"] <= 0.4
    assert "options.do-nothing-missing" in kinds(reading)


def test_options_without_costs_are_asked_for_them() -> None:
    text = "## Options\n\n- Option A: lease the vans because it is quicker.\n- Option B: buy the vans, which takes longer.\n"
    reading = read(read_options, text, "en")
    assert reading.indicators["options-compared"] > 0.4
    assert "options.costs-missing" in kinds(reading)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We considered leasing the vans, but it costs €90,000 more. We rejected hiring because it takes longer. "
         "Doing nothing would cost us €40,000 a year.", "en"),
        ("Hemos considerado el alquiler, pero cuesta 90.000 € más. Descartamos el leasing porque tarda más. "
         "No hacer nada nos costaría 40.000 € al año.", "es"),
    ],
)  # fmt: skip
def test_alternatives_weighed_in_prose_count(text: str, language: str) -> None:
    reading = read(read_options, text, language)
    assert reading.indicators["options-compared"] >= 0.6
    assert reading.indicators["options-do-nothing"] == 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Staff receive stock options worth €4,000 after two years. The option pool is closed.", "en"),
        ("An optional course is offered to the whole team.", "en"),
        ("El contrato incluye una opción de compra por 4.000 €. La energía alternativa sube.", "es"),
    ],
)
def test_stock_options_are_no_alternatives(text: str, language: str) -> None:
    assert set(read(read_options, text, language).indicators.values()) == {0.0}


@STRONG
def test_answered_and_owned_risks_are_praised(text: str, language: str) -> None:
    reading = read(read_risks, text, language)
    assert reading.indicators["risks-mitigated"] == reading.indicators["risks-owned"] == 1
    assert {"risks.mitigated", "risks.owned"} <= kinds(reading)


@STRONG
def test_a_memo_without_its_risks_is_asked_for_them(text: str, language: str) -> None:
    reading = read(read_risks, without_section(text, "Risks", "Riesgos"), language)
    assert set(reading.indicators.values()) == {0.0}
    assert kinds(reading) == {"risks.missing"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("## Risks\n\n- Delivery slips: PackTech may deliver late.\n- Demand falls: a drop of 15% would stretch payback.\n", "en"),
        ("## Riesgos\n\n- Retraso en la entrega: el fabricante puede tardar más.\n- Subida de la luz: un alza del 20 % alarga el plazo.\n", "es"),
    ],
)  # fmt: skip
def test_each_risk_without_an_answer_is_flagged_where_it_stands(text: str, language: str) -> None:
    reading = read(read_risks, text, language)
    assert reading.indicators["risks-named"] == 0.5
    assert reading.indicators["risks-mitigated"] == 0
    flagged = [finding for finding in reading.findings if finding.kind == "risks.unmitigated"]
    assert len(flagged) == 2
    assert all(finding.span is not None for finding in flagged)


def test_a_table_of_risks_is_read_by_its_columns() -> None:
    text = (
        "## Risks\n\n| Risk | What we do about it | Owner |\n|---|---|---|\n"
        "| Supplier fails | Second supplier under contract | CFO |\n"
        "| Staff leave early | Retention bonus until 2028 | TBD |\n| Floods in the hall | | |\n"
    )
    reading = read(read_risks, text, "en")
    assert reading.indicators["risks-mitigated"] == pytest.approx(2 / 3)
    assert reading.indicators["risks-owned"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We will mitigate risks. All risks will be managed with appropriate measures.", "en"),
        ("The trial is risk-free. The risk committee meets on Monday.", "en"),
        ("We compared them by cost, by time and by risk.", "en"),
        ("Mitigaremos los riesgos con las medidas adecuadas.", "es"),
        ("El departamento de riesgos se reúne los lunes. Es un fondo de capital riesgo.", "es"),
    ],
)
def test_talk_of_risk_names_none(text: str, language: str) -> None:
    assert set(read(read_risks, text, language).indicators.values()) == {0.0}


def test_a_mitigation_of_empty_words_answers_nothing() -> None:
    text = "## Risks\n\n- Supplier delay: the boards could arrive late. We will manage this risk with appropriate measures.\n"
    assert read(read_risks, text, "en").indicators["risks-mitigated"] == 0


def test_a_risk_in_prose_is_paired_with_the_next_sentence() -> None:
    text = "The main risk is that the vendor delivers late. We keep the old line in service until October."
    reading = read(read_risks, text, "en")
    assert reading.indicators["risks-mitigated"] == 0.5
    assert "risks.unmitigated" not in kinds(reading)


@STRONG
def test_a_plan_with_names_and_dates_is_praised(text: str, language: str) -> None:
    reading = read(read_plan, text, language)
    assert min(reading.indicators.values()) >= 0.75
    assert kinds(reading) == {"plan.steps", "plan.owners-named", "plan.dates-given"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("## Plan\n\n1. The contract will be signed by 5 June.\n2. The hall will be prepared by 31 July.\n"
         "3. The line will be tested by 30 September.\n4. Production will be started on 1 November.\n", "en"),
        ("## Calendario\n\n1. El pedido será firmado el 5 de junio.\n2. Los cargadores serán instalados antes del 31 de julio.\n"
         "3. Las furgonetas serán entregadas el 30 de septiembre.\n", "es"),
    ],
)  # fmt: skip
def test_a_passive_plan_has_dates_but_no_owners(text: str, language: str) -> None:
    reading = read(read_plan, text, language)
    assert reading.indicators["plan-owners"] == 0
    assert reading.indicators["plan-dates"] == 1
    assert "plan.owners-missing" in kinds(reading)


def test_a_plan_table_with_empty_owner_and_date_columns_is_asked_for_both() -> None:
    text = "## Plan\n\n| Step | Owner | Date |\n|---|---|---|\n| Sign the supply contract | TBD | TBD |\n| Prepare the new hall | | |\n"
    reading = read(read_plan, text, "en")
    assert reading.indicators["plan-owners"] == reading.indicators["plan-dates"] == 0
    assert {"plan.owners-missing", "plan.dates-missing"} <= kinds(reading)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The plan is to eat at noon and to enjoy it.", "en"),
        ("El plan es comer a mediodía y disfrutarlo.", "es"),
    ],
)
def test_the_word_plan_is_no_plan(text: str, language: str) -> None:
    reading = read(read_plan, text, language)
    assert set(reading.indicators.values()) == {0.0}
    assert kinds(reading) == {"plan.steps-missing"}


@STRONG
def test_who_does_what_next_and_when_is_praised_and_missed(text: str, language: str) -> None:
    assert kinds(read(read_next_step, text, language)) == {"next-step.clear"}
    shortened = without_section(
        text, "Next steps", "Próximos pasos", "Plan", "Calendario", "Risks", "Riesgos"
    )
    assert read(read_next_step, shortened, language).indicators["next-step"] == 0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("## Next steps\n\nThe order will be sent to the maker.\n", "en"),
        ("## Próximos pasos\n\nEl pedido será enviado al fabricante.\n", "es"),
    ],
)
def test_a_next_step_without_name_and_date_is_vague(text: str, language: str) -> None:
    reading = read(read_next_step, text, language)
    assert 0 < reading.indicators["next-step"] < 0.5
    assert kinds(reading) == {"next-step.vague"}


@STRONG
def test_a_memo_of_decent_length_has_substance(text: str, language: str) -> None:
    assert read(read_substance, text, language).indicators["substance"] >= 0.6


def test_platitudes_with_a_line_of_keywords_have_no_substance_and_are_told_why() -> None:
    reading = read(read_substance, STUFFING, "en")
    assert reading.indicators["substance"] <= 0.15
    assert {"substance.platitudes", "substance.keyword-list"} == kinds(reading)


def test_repeating_the_memo_adds_no_substance() -> None:
    short = " ".join(ENGLISH.split("## Options")[0].splitlines()[4:])
    once = read(read_substance, short, "en").indicators["substance"]
    assert read(read_substance, "\n\n".join([short] * 8), "en").indicators["substance"] <= once


@pytest.mark.parametrize(
    "detector",
    [
        read_options,
        read_risks,
        read_plan,
        read_next_step,
        read_substance,
    ],
)
def test_platitudes_and_keywords_earn_nothing(detector: Read) -> None:
    assert set(read(detector, STUFFING, "en").indicators.values()) == {0.0}


@pytest.mark.parametrize(("strong", "language"), [(ENGLISH, "en"), (SPANISH, "es")])
@pytest.mark.parametrize("detector", [read_options, read_risks, read_plan, read_next_step])
def test_every_indicator_and_severity_stays_between_nought_and_one(
    detector: Read, strong: str, language: str
) -> None:
    for text in (strong, "", strong.replace("\n", " "), strong[::-1]):
        reading = read(detector, text, language)
        values = [*reading.indicators.values(), *(finding.severity for finding in reading.findings)]
        assert all(0 <= value <= 1 for value in some(values))
