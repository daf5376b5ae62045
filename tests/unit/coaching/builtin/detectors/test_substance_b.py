"""Money, evidence, strategy, status and policy: what earns them, what does not, what only looks like it."""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.detectors.evidence.detector import read_evidence
from memo_coach.coaching.builtin.detectors.financial_case.detector import read_financial_case
from memo_coach.coaching.builtin.detectors.policy.detector import read_policy
from memo_coach.coaching.builtin.detectors.status.detector import read_status
from memo_coach.coaching.builtin.detectors.strategy.detector import read_strategy
from memo_coach.coaching.builtin.findings import Read, Reading
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.memo.parser import parse_memo
from tests.some import some

STUFFING = "risk mitigation NPV ROI payback options strategy approve $1M by 1 May"

MONEY = {
    "en": (
        "The investment of $1.2 million has a net present value of $2.4 million and pays back in 26 months. "
        "We use a discount rate of 8%. The cost is $700,000 for machines, $300,000 for "
        "software and $200,000 for "
        "training. We assume 1,200 orders a month at $45 each. If volume falls by 20%, "
        "the NPV drops to $1.1 million."
    ),
    "es": (
        "La inversión de 1,2 millones de euros tiene un VAN de 2,4 millones de euros y "
        "se recupera en 26 meses. "
        "Usamos una tasa de descuento del 8 %. El coste es de 700.000 euros en máquinas, "
        "300.000 euros en programas y "
        "200.000 euros en formación. Suponemos 1.200 pedidos al mes a 45 euros. "
        "Si el volumen cae un 20 %, el VAN baja a 1,1 millones de euros."
    ),
}
FINANCIAL = (
    "financial-return",
    "financial-costs",
    "financial-discount-rate",
    "financial-sensitivity",
    "financial-assumptions",
)


def read(detector: Read, text: str, language: str = "en") -> Reading:
    return detector(parse_memo(text, language), lexicon_of(language))


def kinds(reading: Reading) -> set[str]:
    return {finding.kind for finding in reading.findings}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_case_with_figures_throughout_earns_every_financial_indicator(language: str) -> None:
    reading = read(read_financial_case, MONEY[language], language)
    assert all(reading.indicators[name] >= 0.75 for name in FINANCIAL), reading.indicators
    assert "financial.return-shown" in kinds(reading)


@pytest.mark.parametrize(
    ("language", "start", "indicator", "kind"),
    [
        ("en", "If volume", "financial-sensitivity", "financial.sensitivity-missing"),
        ("es", "Si el volumen", "financial-sensitivity", "financial.sensitivity-missing"),
        ("en", "We use a discount", "financial-discount-rate", "financial.discount-rate-missing"),
        ("es", "Usamos una tasa", "financial-discount-rate", "financial.discount-rate-missing"),
        ("en", "We assume", "financial-assumptions", "financial.assumptions-missing"),
        ("es", "Suponemos", "financial-assumptions", "financial.assumptions-missing"),
    ],
)
def test_deleting_one_sentence_of_the_case_drops_its_indicator(
    language: str, start: str, indicator: str, kind: str
) -> None:
    sentences = parse_memo(MONEY[language], language).sentences
    kept = " ".join(sentence.text for sentence in sentences if not sentence.text.startswith(start))
    before = read(read_financial_case, MONEY[language], language)
    after = read(read_financial_case, kept, language)
    assert after.indicators[indicator] <= before.indicators[indicator] - 0.5
    assert kind in kinds(after)
    assert kind not in kinds(before)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The ROI of the project is very strong.", "en"),
        ("We expect substantial savings in labour.", "en"),
        ("La TIR del proyecto es muy atractiva.", "es"),
        ("Se esperan ahorros considerables en energía.", "es"),
    ],
)
def test_a_return_praised_without_a_figure_is_flagged_and_earns_next_to_nothing(
    text: str, language: str
) -> None:
    reading = read(read_financial_case, text, language)
    assert "financial.return-unquantified" in kinds(reading)
    assert reading.indicators["financial-return"] <= 0.1


@pytest.mark.parametrize(
    ("text", "language", "indicator"),
    [
        ("The bank offers an interest rate of 5% on the loan.", "en", "financial-discount-rate"),
        ("The supplier gives us a discount of 10% on every order.", "en", "financial-discount-rate"),
        ("El banco aplica un tipo de interés del 5 % al préstamo.", "es", "financial-discount-rate"),
        ("Deliveries were irregular in 12% of the cases.", "en", "financial-return"),
        ("La tirada creció un 12 % y la tira cómica gustó.", "es", "financial-return"),
        ("Assume a scenario in which Alice buys milk.", "en", "financial-sensitivity"),
    ],
)
def test_words_that_only_look_like_a_financial_measure_earn_nothing(
    text: str, language: str, indicator: str
) -> None:
    assert read(read_financial_case, text, language).indicators[indicator] <= 0.1


def test_the_money_of_the_cost_is_not_taken_for_the_net_present_value() -> None:
    reading = read(read_financial_case, "The NPV is strong, and the cost is $3 million.")
    assert reading.indicators["financial-return"] <= 0.1
    assert reading.indicators["financial-costs"] > 0.1


def test_a_table_states_costs_and_returns_in_its_heading_row() -> None:
    table = (
        "| Option | Cost | NPV | Payback |\n|---|---|---|---|\n"
        "| Lease | $200,000 | $310,000 | 14 months |\n| Buy | $450,000 | $520,000 | 2.5 years |\n"
    )
    reading = read(read_financial_case, table)
    assert reading.indicators["financial-return"] == 1.0
    assert reading.indicators["financial-costs"] == 1.0


EVIDENCE = {
    "en": (
        "Handling a claim took 34 days in 2025, up from 21 days in 2023, according to the claims ledger. "
        "Complaints rose from 120 letters to 310 letters, and 62% of them name the delay "
        "(customer survey, May 2025). "
        "Compared with last year, overtime costs us $84,000 more."
    ),
    "es": (
        "Tramitar una reclamación llevó 34 días en 2025, frente a 21 días en 2023, según "
        "el registro de siniestros. "
        "Las quejas pasaron de 120 cartas a 310 cartas, y el 62 % menciona el retraso "
        "(encuesta a clientes, mayo de 2025). "
        "En comparación con el año pasado, las horas extra nos cuestan 84.000 euros más."
    ),
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_measured_compared_and_sourced_prose_earns_all_of_evidence(language: str) -> None:
    reading = read(read_evidence, EVIDENCE[language], language)
    assert all(value >= 0.8 for value in reading.indicators.values()), reading.indicators
    assert kinds(reading) == {"evidence.figures-given", "evidence.baselines-given", "evidence.sources-given"}


@pytest.mark.parametrize(
    ("language", "sources"),
    [
        ("en", (", according to the claims ledger", " (customer survey, May 2025)")),
        ("es", (", según el registro de siniestros", " (encuesta a clientes, mayo de 2025)")),
    ],
)
def test_removing_the_sources_drops_them_and_nothing_else(language: str, sources: tuple[str, ...]) -> None:
    text = EVIDENCE[language]
    for source in sources:
        assert source in text
        text = text.replace(source, "")
    before = read(read_evidence, EVIDENCE[language], language)
    after = read(read_evidence, text, language)
    assert after.indicators["evidence-sources"] == 0.0
    assert "evidence.sources-missing" in kinds(after)
    assert after.indicators["evidence-baselines"] == before.indicators["evidence-baselines"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Handling a claim took a long time, and complaints rose a lot. Overtime costs us much more.", "en"),
        (
            "Tramitar una reclamación llevó mucho tiempo y las quejas subieron. Las horas extra cuestan más.",
            "es",
        ),
    ],
)
def test_vague_words_instead_of_numbers_leave_the_memo_without_evidence(text: str, language: str) -> None:
    reading = read(read_evidence, text, language)
    assert reading.indicators["evidence-figures"] == 0.0
    assert "evidence.figures-missing" in kinds(reading)


def test_dates_list_numbers_and_names_with_numbers_are_no_figures() -> None:
    text = "1. We met on 3 May 2026.\n2. We built it on Substrate 2.0 framework.\n3. We live at 6300 Zug.\n"
    assert read(read_evidence, text).indicators["evidence-figures"] == 0.0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The source code has 400 lines and the open source licence costs nothing.", "en"),
        ("Volvimos a la fuente de agua, que tiene 40 metros de alto.", "es"),
        ("The team will write a report of 20 pages.", "en"),
    ],
)
def test_words_that_only_look_like_a_source_earn_nothing(text: str, language: str) -> None:
    assert read(read_evidence, text, language).indicators["evidence-sources"] == 0.0


@pytest.mark.parametrize(
    ("claim", "backing", "language"),
    [
        ("Our tool is best-in-class and customers love it.", "Our tool is best-in-class: 94% renew.", "en"),
        (
            "Somos líderes del mercado y la mayoría de los clientes vuelve.",
            "La mayoría de los clientes vuelve: el 94 % renueva.",
            "es",
        ),
    ],
)
def test_a_strong_claim_is_flagged_until_a_figure_backs_it(claim: str, backing: str, language: str) -> None:
    assert "evidence.claim-unsupported" in kinds(read(read_evidence, claim, language))
    assert "evidence.claim-unsupported" not in kinds(read(read_evidence, backing, language))


def test_the_quoted_claim_stands_in_the_memo_at_its_place() -> None:
    text = "We did the work. Our tool is best-in-class and loved."
    memo = parse_memo(text, "en")
    found = [f for f in read(read_evidence, text).findings if f.kind == "evidence.claim-unsupported"]
    assert found[0].span is not None
    assert memo.quote(found[0].span) == "Our tool is best-in-class and loved."
    assert found[0].values == {"phrase": "best-in-class"}


@pytest.mark.parametrize(
    ("named", "generic", "language"),
    [
        (
            "The project supports the 2026 strategy's goal of halving customer churn.",
            "The project is aligned with our strategy.",
            "en",
        ),
        (
            "El proyecto responde al objetivo 2 del Plan Estratégico 2026: reducir las bajas a la mitad.",
            "El proyecto está alineado con nuestra estrategia.",
            "es",
        ),
    ],
)
def test_a_named_goal_with_content_is_worth_more_than_a_bow_to_the_strategy(
    named: str, generic: str, language: str
) -> None:
    strong, weak = (
        read(read_strategy, named, language),
        read(read_strategy, generic, language),
    )
    assert strong.indicators["strategic-link"] >= 0.9
    assert kinds(strong) == {"strategy.linked"}
    assert 0.0 < weak.indicators["strategic-link"] <= 0.4
    assert kinds(weak) == {"strategy.generic"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("# Strategy\n\nWe buy two machines in May.", "en"),
        ("Our trading strategy supports many users of the market.", "en"),
        ("The project's goal is to deliver a library for developers.", "en"),
        ("# Estrategia\n\nCompramos dos máquinas en mayo.", "es"),
        ("La estrategia comercial apoya la venta de pisos.", "es"),
    ],
)
def test_a_heading_or_another_kind_of_strategy_is_no_link(text: str, language: str) -> None:
    reading = read(read_strategy, text, language)
    assert reading.indicators["strategic-link"] == 0.0
    assert kinds(reading) == {"strategy.missing"}


STATUS = {
    "en": (
        "The project is two weeks late. We migrated 42 of 60 sites, against a plan of 45. "
        "We completed the training of 120 people on 3 May, as planned. We tested 8 of 8 backups on plan. "
        "The northern sites slipped because the cable was damaged; the new date is 14 June."
    ),
    "es": (
        "El proyecto va con retraso. Hemos migrado 42 de 60 oficinas, frente a las 45 previstas. "
        "Hemos completado la formación de 120 personas el 3 de mayo, según lo previsto. "
        "Hemos probado 8 de 8 copias, conforme al plan. "
        "Las oficinas del norte se retrasan porque el cable se dañó; la nueva fecha es el 14 de junio."
    ),
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_candid_status_update_earns_all_three_indicators(language: str) -> None:
    reading = read(read_status, STATUS[language], language)
    assert reading.indicators["status-stated"] == 1.0
    assert reading.indicators["status-progress"] >= 0.8
    assert reading.indicators["status-deviations"] == 1.0


@pytest.mark.parametrize(
    ("text", "language"),
    [("Work continues and the team is busy.", "en"), ("Se sigue trabajando y el equipo está ocupado.", "es")],
)
def test_activity_is_neither_status_nor_progress(text: str, language: str) -> None:
    reading = read(read_status, text, language)
    assert set(reading.indicators.values()) == {0.0}
    assert {"status.missing", "status.progress-missing", "status.deviations-missing"} <= kinds(reading)


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("The overall status is amber this month.", "en", 1.0),
        ("Status: red", "en", 1.0),
        ("El proyecto sigue en verde este mes.", "es", 1.0),
        ("We painted the green room and the red door.", "en", 0.0),
        ("Plantamos una zona verde junto a la sede.", "es", 0.0),
    ],
)
def test_a_colour_is_a_status_only_where_it_is_said_to_be_one(text: str, language: str, value: float) -> None:
    assert read(read_status, text, language).indicators["status-stated"] == value


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("There are no deviations from plan this month.", "en"),
        ("Este mes no hay desviaciones respecto al plan.", "es"),
    ],
)
def test_saying_that_nothing_slipped_is_a_full_answer(text: str, language: str) -> None:
    assert read(read_status, text, language).indicators["status-deviations"] == 1.0


@pytest.mark.parametrize(
    ("text", "language"),
    [("The migration slipped again.", "en"), ("La migración se ha retrasado otra vez.", "es")],
)
def test_a_slip_without_cause_and_date_is_flagged(text: str, language: str) -> None:
    reading = read(read_status, text, language)
    assert "status.deviations-unexplained" in kinds(reading)
    assert 0.0 < reading.indicators["status-deviations"] < 0.8


POLICY = {
    "en": (
        "This policy applies to all employees and contractors. It takes effect on 1 June "
        "2027, and we review it on "
        "1 June 2028. Employees must book trips through the portal. Managers must "
        "approve each trip before booking. "
        "Employees must not use private cards. You must keep each receipt for two years. "
        "The finance director may grant an exception in writing. "
        "Questions: ask Mei Tan at travel@firm.example."
    ),
    "es": (
        "Esta norma se aplica a todos los empleados y contratistas. Entra en vigor el 1 "
        "de junio de 2027 y la "
        "revisaremos el 1 de junio de 2028. Los empleados deben reservar los viajes en el portal. "
        "Los responsables deben aprobar cada viaje antes de la reserva. Los empleados no "
        "deben usar tarjetas privadas. "
        "Los empleados deben guardar los recibos durante dos años. "
        "El director financiero puede autorizar una excepción por escrito. "
        "Para cualquier duda, escriba a viajes@empresa.example."
    ),
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_complete_policy_earns_every_policy_indicator(language: str) -> None:
    reading = read(read_policy, POLICY[language], language)
    assert all(value >= 0.8 for value in reading.indicators.values()), reading.indicators
    assert {finding.polarity for finding in reading.findings} == {"strength"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Tools should be used with care where possible. Concerns may arise.", "en"),
        ("Las herramientas deberían usarse con cuidado. En la medida de lo posible, conviene avisar.", "es"),
    ],
)
def test_advice_is_no_rule(text: str, language: str) -> None:
    reading = read(read_policy, text, language)
    assert reading.indicators["policy-rules"] == 0.0
    assert {"policy.rules-weak", "policy.rules-missing", "policy.contact-missing"} <= kinds(reading)


def test_a_duty_without_an_actor_counts_less_than_one_that_names_who() -> None:
    nameless = read(read_policy, "Receipts must be kept for two years.").indicators["policy-rules"]
    named = read(read_policy, "Employees must keep receipts for two years.").indicators["policy-rules"]
    assert 0.0 < nameless < named


def test_an_exception_that_nobody_decides_is_flagged() -> None:
    reading = read(read_policy, "There is one exception: trips within the city.")
    assert "policy.exceptions-undecided" in kinds(reading)


@pytest.mark.parametrize(
    "detector",
    [
        read_financial_case,
        read_evidence,
        read_strategy,
        read_status,
        read_policy,
    ],
)
def test_a_line_of_keywords_earns_nothing(detector: Read) -> None:
    plain = "We want to grow. It is a good thing. We like the idea."
    without, stuffed = read(detector, plain), read(detector, f"{plain}\n\n{STUFFING}")
    assert all(value <= 0.1 for value in some(stuffed.indicators.values())), stuffed.indicators
    assert all(stuffed.indicators[name] <= value for name, value in without.indicators.items())


def test_the_same_sentence_said_again_earns_nothing_more() -> None:
    once = "We assume 1,200 orders a month. The cost is $700,000 for the machines."
    one = read(read_financial_case, once)
    assert read(read_financial_case, f"{once}\n\n{once}\n\n{once}").indicators == one.indicators
