"""Figures that contradict each other are found; figures that differ for a reason are left alone."""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.detectors.consistency.detector import read_consistency
from memo_coach.coaching.builtin.findings import Reading
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.memo.parser import parse_memo
from tests.work import grows_at_most


def read(text: str, language: str = "en") -> Reading:
    return read_consistency(parse_memo(text, language), lexicon_of(language))


def kinds(reading: Reading) -> set[str]:
    return {finding.kind for finding in reading.findings}


@pytest.mark.parametrize(
    ("text", "wrong", "language"),
    [
        (
            "We need $1.2 million for the depot. It is late. Please approve $1.5 million today.",
            "$1.5 million",
            "en",
        ),
        (
            "Necesitamos 1,2 millones de euros para la obra. Pedimos que apruebe 1,5 millones de euros.",
            "1,5 millones de euros",
            "es",
        ),
    ],
)
def test_two_amounts_for_one_request_are_flagged_at_the_second(text: str, wrong: str, language: str) -> None:
    reading = read(text, language)
    found = [finding for finding in reading.findings if finding.kind == "consistency.amounts-differ"]
    assert reading.indicators["figures-consistent"] <= 0.3
    assert found[0].span is not None
    assert parse_memo(text, language).quote(found[0].span) == wrong


def test_the_subject_line_is_held_against_the_body() -> None:
    memo = (
        "To: Board\nFrom: Ann\nSubject: Approve $900,000 for trucks\n\nPlease approve {} for trucks by 1 May."
    )
    assert "consistency.amounts-differ" in kinds(read(memo.format("$960,000")))
    assert "consistency.amounts-differ" not in kinds(read(memo.format("$900,000")))


@pytest.mark.parametrize(
    "text",
    [
        "Please approve $1.2 million for the depot. We need an additional $400,000 a year for staff.",
        "We request $1.23 million. The board should approve $1,230,000.",
        "Please approve $1.2 million. Option B needs $1.5 million instead.",
        "Please approve $1.2 million. The first phase needs $700,000.",
        "NPV is $2.4 million. If volume falls by a fifth, NPV drops to $1.1 million.",
    ],
)
def test_amounts_that_differ_for_a_reason_are_left_alone(text: str) -> None:
    assert not [finding for finding in read(text).findings if finding.polarity == "opportunity"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Please approve $960,000. The project saves $312,000 a year and pays back in {} years.", "en"),
        (
            "Pedimos que apruebe 960.000 euros. Ahorra 312.000 euros al año y se recupera en {} años.",
            "es",
        ),
    ],
)
def test_a_payback_that_does_not_follow_from_capital_and_benefit_is_flagged(text: str, language: str) -> None:
    assert "consistency.payback-off" in kinds(read(text.format("5"), language))
    repaired = read(text.format("3"), language)
    assert "consistency.payback-off" not in kinds(repaired)
    assert repaired.indicators["figures-consistent"] > 0.6


def test_a_payback_in_months_is_compared_in_months() -> None:
    text = "Please approve $500,000. The change saves $250,000 a year, and the payback is {} months."
    assert "consistency.payback-off" not in kinds(read(text.format(24)))
    wrong = read(text.format(10))
    assert (
        next(f for f in wrong.findings if f.kind == "consistency.payback-off").values["expected"]
        == "24 months"
    )


@pytest.mark.parametrize("total", ["$1,200,000", "$1,500,000"])
def test_a_table_must_add_up_to_its_total(total: str) -> None:
    table = (
        "| Item | Amount |\n|---|---|\n| Machines | $700,000 |\n| Software | $300,000 |\n"
        f"| Training | $200,000 |\n| **Total** | **{total}** |\n"
    )
    assert ("consistency.sum-off" in kinds(read(table))) == (total == "$1,500,000")


def test_labelled_costs_are_added_up_to_the_total() -> None:
    items = "- Total costs: 15,000 USD\n- Costs: 5,000 USD\n- Costs: {} USD\n"
    assert "consistency.sum-off" in kinds(read(items.format("7,000")))
    assert "consistency.sum-off" not in kinds(read(items.format("10,000")))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Sales grew from 40 units to 50 units, a rise of {}.", "en"),
        ("Las ventas crecieron de 40 unidades a 50 unidades, una subida del {}.", "es"),
    ],
)
def test_a_percentage_must_follow_from_its_two_figures(text: str, language: str) -> None:
    assert "consistency.percent-off" in kinds(read(text.format("35 %"), language))
    assert "consistency.percent-off" not in kinds(read(text.format("25 %"), language))


def test_percentage_points_are_no_percentages_of_change() -> None:
    assert not read("The share rose from 40 to 50 points, and 12 % of it is new.").findings


def test_a_memo_without_anything_to_compare_is_neither_praised_nor_blamed() -> None:
    reading = read("We would like to tell you about the summer party.")
    assert reading.indicators["figures-consistent"] == 0.6
    assert not reading.findings


def test_figures_that_agree_everywhere_are_a_strength() -> None:
    text = (
        "We request $960,000. It saves $312,000 a year and pays back in 3.1 years. Please approve $960,000."
    )
    reading = read(text)
    assert reading.indicators["figures-consistent"] == 1.0
    assert kinds(reading) == {"consistency.agree"}


PUMPS = (
    "| Item | Qty | Unit price | Amount |\n|---|---|---|---|\n| A | 3 | £20 | £60 |\n| B | 4 | £30 | {} |\n"
)
WEIGHTS = "| Criterion | Weight |\n|---|---|\n| Cost | 40% |\n| Speed | 40% |\n| Risk | {} |\n"
STAFF = (
    "| Team | Planned | Here |\n|---|---|---|\n| A | 84 | 76 |\n| B | 22 | 19 |\n| C | 18 | 18 |\n"
    "| **Total** | **{}** | **113** |\n"
)
COSTS = "| Item | Cost |\n|---|---|\n| A | £100 |\n| B | £50 |\n"


@pytest.mark.parametrize(
    ("text", "right", "wrong", "kind", "language"),
    [
        (STAFF, "124", "128", "sum-off", "en"),
        (
            "| | |\n|---|---|\n| Puente | 41.000 |\n| Planta | 18.500 |\n| TOTAL | {} |\n",
            "59.500",
            "57.000",
            "sum-off",
            "es",
        ),
        ("- Rent: £4,000\n- Food: £3,000\n- Total: {}\n", "£7,000", "£8,000", "sum-off", "en"),
        ("* Pump – $11,400\n* Reserve – about $13,000\n\nTotal {}\n", "$24,300", "$26,000", "sum-off", "en"),
        (
            "Gastado: obra $64,300; sal $9,200; hielo $3,150. Total {} cerrados.",
            "$76,650",
            "$85,000",
            "sum-off",
            "es",
        ),
        (
            "The total of {} breaks down as follows:\n\n- Rent: £4,000\n- Food: £3,000\n",
            "£7,000",
            "£8,000",
            "sum-off",
            "en",
        ),
        ("We ask for {}: £25,000 for desks and £10,000 for chairs.", "£35,000", "£40,000", "parts-off", "en"),
        ("Pedimos {}: 25.000 € para obra y 10.000 € para mesas.", "35.000 €", "40.000 €", "parts-off", "es"),
        (
            "We have {} savers: 9,700 in Uyo, 4,150 in Eket and 3,050 in Oron.",
            "16,900",
            "15,900",
            "parts-off",
            "en",
        ),
        (
            "Of the town, of the {} farms, 165 are hit, 60 slightly hit and 35 not hit.",
            "260",
            "240",
            "parts-off",
            "en",
        ),
        (
            "De {} puntos llevamos cuatro cumplidos, dos en proceso y dos pendientes.",
            "ocho",
            "siete",
            "parts-off",
            "es",
        ),
        ("Staff cost £25,000 and rent £10,000, for a total of {}.", "£35,000", "£45,000", "parts-off", "en"),
        (
            "The budget is split 50% for staff, 30% for rent and {} for travel.",
            "20%",
            "30%",
            "shares-off",
            "en",
        ),
        (
            "Se reparte en 50 % para personal, 30 % para obra y {} para viajes.",
            "20 %",
            "30 %",
            "shares-off",
            "es",
        ),
        (WEIGHTS, "20%", "30%", "shares-off", "en"),
        (PUMPS, "£120", "£150", "product-off", "en"),
        ("The cost is 12 × £300 = {}.", "£3,600", "£3,900", "product-off", "en"),
        ("Son 12 × 300 € = {}.", "3.600 €", "3.900 €", "product-off", "es"),
        (
            "The total cost is £14,000 for the hall. We like it. The total cost is {}.",
            "£14,000",
            "£11,900",
            "amounts-differ",
            "en",
        ),
    ],
)
def test_what_does_not_add_up_is_found_and_what_does_is_not(
    text: str, right: str, wrong: str, kind: str, language: str
) -> None:
    assert f"consistency.{kind}" in kinds(read(text.format(wrong), language))
    found = read(text.format(right), language).findings
    assert not [finding for finding in found if finding.polarity == "opportunity"]


def test_both_figures_are_told() -> None:
    found = read("- Rent: £4,000\n- Food: £3,000\n- Total: £8,000\n").findings
    assert found[0].values == {"total": "£8,000", "sum": "£7,000"}


def test_a_sum_is_written_as_the_figure_beside_it_is() -> None:
    text = "Gastado: obra $64,300; sal $9,200; hielo $3,150. Total $85,000 cerrados."
    assert read(text, "es").findings[0].values == {"total": "$85,000", "sum": "$76,650"}


def test_a_line_without_a_figure_is_named_where_the_total_is_larger() -> None:
    table = COSTS + "| Damp | ? |\n| Floor | £1,150 |\n| Total | £1,400 |\n"
    (finding,) = [found for found in read(table).findings if found.polarity == "opportunity"]
    assert finding.kind == "consistency.sum-open"
    assert finding.values["row"] == "Damp"


@pytest.mark.parametrize(
    "text",
    [
        COSTS + "| Subtotal | £150 |\n| VAT | £30 |\n| Total | £180 |\n",
        COSTS + "| Of which paid | £20 |\n| Total | £150 |\n",
        COSTS + "| Quarterly | £150 |\n| Total | £600 |\n",
        (
            "| Item | Cost |\n|---|---|\n| A | £100 |\n| A1 | £60 |\n| A2 | £40 |\n"
            "| B | £50 |\n| Total | £150 |\n"
        ),
        "| Item | Unit price |\n|---|---|\n| A | £100 |\n| B | £50 |\n| Total | £130 |\n",
        "| Part | Share |\n|---|---|\n| A | 33.3% |\n| B | 33.3% |\n| C | 33.3% |\n| Total | 100% |\n",
        "| Part | k€ |\n|---|---|\n| A | 12 |\n| B | 15 |\n| C | 18 |\n| Total | 46 |\n",
        "The rollout costs $1.2m for software and $0.7m for staff, $2.0m in total.",
        "Of 40 users, 30 like the map, 25 like the list and 12 want both.",
        "In 12 months: 8 workshops, 3 visits and 2 reports.",
        "We ask for £9,850. The total cost is £14,000.",
    ],
)
def test_sums_that_differ_for_a_reason_are_left_alone(text: str) -> None:
    assert not [finding for finding in read(text).findings if finding.polarity == "opportunity"]


@pytest.mark.parametrize(
    "hostile",
    [
        "total 5\n",
        "| 5 | total |\n",
        "of 3 a 2 b, 2 c and ",
        "£5 and £6, ",
        "5 × 5 = ",
        "- a: £5\n",
        "total £5. a £1, £2, £3. ",
    ],
)
def test_time_grows_with_the_length_and_no_faster(hostile: str) -> None:
    def on(count: int) -> None:
        read(hostile * (count // len(hostile)))

    assert grows_at_most(24, short=lambda: on(4_000), long=lambda: on(32_000))


def test_an_item_with_its_calculation_is_counted_with_its_result() -> None:
    items = (
        "- Nurse, 15 hours a week at $27: $21,060\n- Mileage: $31,000\n- Checks: $2,400\n- **Total: {}**\n"
    )
    wrong = read(items.format("$53,460"))
    found = [finding for finding in wrong.findings if finding.kind == "consistency.sum-off"]
    assert [finding.values["sum"] for finding in found] == ["$54,460"]
    assert "consistency.sum-off" not in kinds(read(items.format("$54,460")))


def test_nothing_is_said_of_a_list_with_an_item_that_cannot_be_read() -> None:
    unreadable = "- Nurse: $21,060 in 2025, then $9,000 in 2026 if it goes well\n"
    items = unreadable + "- Mileage: $31,000\n- Checks: $2,400\n- Total: $99,000\n"
    assert not kinds(read(items)) & {"consistency.sum-off", "consistency.sum-open"}


BUDGETS = [
    ("The approved budget is {}. Spend to 31 July is $7.9m, with a forecast to complete of $3.8m.", "en"),
    ("We have spent $7.9m of the {} budget; $3.8m is still to come.", "en"),
    ("- Budget: {}\n- Spent so far: $7.9m\n- Still to pay: $3.8m\n", "en"),
    (
        "El presupuesto aprobado es de {}. Llevamos gastados 7.900.000 € y quedan por ejecutar 3.800.000 €.",
        "es",
    ),
]


@pytest.mark.parametrize(("text", "language"), BUDGETS)
def test_what_is_spent_and_to_come_may_not_pass_the_budget(text: str, language: str) -> None:
    passed, held = {"en": ("$11.4m", "$11.8m"), "es": ("11.400.000 €", "11.800.000 €")}[language]
    (fault,) = [one for one in read(text.format(passed), language).findings if one.kind.endswith("-off")]
    assert (fault.kind, fault.values["budget"]) == ("consistency.budget-off", passed)
    assert not [one for one in read(text.format(held), language).findings if one.kind.endswith("-off")]


@pytest.mark.parametrize(
    "text",
    [
        "The budget of one is $2m, that of the other $3m. We spent $2.5m, and $1.8m is still to come.",
        "The budget is $2m. We have spent $1.5m in the north. In the south $9m is still to come.",
        "The budget is $2m. We have spent $1.5m, so $0.5m is left, and the grant of $1m is paid.",
    ],
)
def test_amounts_that_may_belong_to_another_budget_are_left_alone(text: str) -> None:
    assert "consistency.budget-off" not in kinds(read(text))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "## Option A\n\nIt pays back in 3.6 years.\n\n## Option B\n\nIt pays back in 3.1 years.",
            "en",
        ),
        ("- **Repair:** payback after 3.6 years\n- **Replace:** payback after 3.1 years", "en"),
        (
            "Repairing the press has a payback of 3.6 years. Buying a new one has a payback of 3.1 years.",
            "en",
        ),
        ("La opción A se recupera en 3,6 años. La opción B se recupera en 3,1 años.", "es"),
    ],
)
def test_two_options_may_have_two_paybacks(text: str, language: str) -> None:
    assert "consistency.amounts-differ" not in kinds(read(text, language))


def test_one_payback_told_twice_must_be_the_same() -> None:
    text = "The project has a payback of {} years. We like it, for the payback of 3.1 years is short."
    assert "consistency.amounts-differ" in kinds(read(text.format("3.6")))
    assert "consistency.amounts-differ" not in kinds(read(text.format("3.1")))
