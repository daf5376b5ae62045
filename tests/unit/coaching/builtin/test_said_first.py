"""What the coach says first is true on the face of it: faults that readers saw, in invented sentences."""

from __future__ import annotations

from collections import Counter

import pytest

from memo_coach.coaching.builtin.analysis.figures import numbers_in
from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.builtin.detectors.headings.detector import heading_worth, read_headings
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.builtin.related import MOST_BESIDE_ONE
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.rubric.reader import shipped_rubrics
from memo_coach.coaching.samples import samples

DECISION = next(rubric for rubric in shipped_rubrics() if rubric.id == "decision-memo")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("The whole comes to 28.400,00- $ net.", 28_400, "USD"),
        ("The whole comes to 28.400,00 $ net.", 28_400, "USD"),
        ("We pay 1.250,- € a month.", 1_250, "EUR"),
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_an_amount_may_have_its_currency_and_a_dash_behind_it(
    text: str, value: int, unit: str, language: str
) -> None:
    (figure,) = numbers_in(text, lexicon_of(language))
    assert (figure.kind, figure.value, figure.unit) == ("money", value, unit)


def test_the_number_that_a_document_is_filed_under_tells_nothing() -> None:
    lexicon = lexicon_of("en")
    assert heading_worth("ADR-0017: Budget", lexicon) == heading_worth("Budget", lexicon)
    assert heading_worth("Milestone 2", lexicon) < heading_worth("Sales fell by 12 % in May", lexicon)


def test_lines_that_a_label_in_bold_leads_are_sentences_of_their_own() -> None:
    lines = [
        "**Fair shares** - nobody gets more than ten times what the lowest paid gets",
        "**Slow release** - nothing before the first year has passed",
        "**Open books** - every payment is told to all members",
    ]
    memo = parse_memo("We stand for three things.\n\n" + "\n".join(lines), "en")
    assert [sentence.text for sentence in memo.sentences][1:] == lines


FORM_EN = """# Application for support

- **Total amount:** List the total amount that you ask for.
- **Milestones:** Describe each step of your project.

Please explain why your team is able to do the work. Please give the names of the team.

A brief description of your project belongs here, and an indication of how you will measure its success.
"""
FORM_ES = """# Solicitud de ayuda

- **Importe total:** Indique el importe total que solicita.
- **Hitos:** Describa cada paso de su proyecto.

Por favor, explique por qué su equipo puede hacer el trabajo. Por favor, indique los nombres del equipo.

Una breve descripción de su proyecto va aquí.
"""
CALL_EN = """# Ideas for quieter streets

We invite proposals from all makers. Teams should have built something of the kind before.

Proposals will be read as they come. To submit a proposal, create an entry in our list of ideas.
"""
CALL_ES = """# Ideas para calles tranquilas

Invitamos a todos a participar. Los equipos deben haber construido algo parecido.

Las propuestas serán leídas según lleguen. Para presentar una propuesta, rellene la ficha de nuestra lista.
"""
LINKS = "# Reading\n\n" + "\n".join(f"- [Report {n}](https://example.org/{n})" for n in range(9))
NOTICE_EN = """# Mira Olsen joins us

We are pleased to welcome Mira Olsen, who joins our workshop on Monday. She led a team of fitters at the port.

Her career began on the ferries, and her colleagues there speak of her patience.
"""
NOTICE_ES = """# Mira Olsen se incorpora al taller

Mira Olsen se incorpora al taller el lunes. Ella dirigió un equipo de montadores en el puerto.

Su carrera empezó en los transbordadores, y sus compañeros hablan de su paciencia.
"""
THIN_EN = """We should replace the pumps at the harbour. They are old and stand still too often.

The crew has asked for it many times, and nobody likes the noise.
"""


@pytest.mark.parametrize("rubric", shipped_rubrics(), ids=lambda rubric: rubric.id)
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (FORM_EN, "like a form"),
        (FORM_ES, "un formulario"),
        (CALL_EN, "a call to others"),
        (CALL_ES, "una convocatoria"),
        (LINKS, "a list of links"),
        (NOTICE_EN, "a notice that somebody"),
        (NOTICE_ES, "un aviso de que alguien"),
    ],
)
def test_what_is_no_memo_is_told_so_and_nothing_is_called_missing(
    text: str, told: str, rubric: Rubric
) -> None:
    evaluation = evaluate_text(text, rubric)
    assert any(told in notice for notice in evaluation.overall.notices)
    assert not [comment for comment in evaluation.comments if comment.claim in {"missing", "weak"}]


def test_a_thin_memo_is_told_what_it_lacks() -> None:
    evaluation = evaluate_text(THIN_EN, DECISION)
    assert [comment for comment in evaluation.comments if comment.claim == "missing"]


@pytest.mark.parametrize(
    ("text", "element"),
    [
        ("Please approve a new boiler for the north hall by 30 November 2026. It is old.", "ask-deadline"),
        ("Pedimos que apruebe la caldera nueva antes del 30 de noviembre de 2026. Es vieja.", "ask-deadline"),
        (
            "We would do it in summer. All of it comes to a total cost of 28.400,00- $, we think.",
            "ask-amount",
        ),
        ("We would do it in summer. All of it comes to 28.400,00- $, we think, or less.", "figures"),
        ("Lo haríamos en verano. En total costaría 28.400,00 $, creemos, o algo menos.", "figures"),
    ],
)
def test_what_stands_in_the_memo_is_not_called_missing(text: str, element: str) -> None:
    for rubric in shipped_rubrics():
        missed = [comment for comment in evaluate_text(text, rubric).comments if comment.claim == "missing"]
        assert element not in {comment.element for comment in missed}


@pytest.mark.parametrize(
    "order",
    [
        "**Total amount:** List the total amount of 40,000 USD or less that is asked for.",
        "Please describe the risks of the work and what could go wrong with it.",
        "To submit a proposal, create an entry in the list of the works council.",
    ],
)
def test_orders_of_a_form_are_not_quoted_as_the_authors_words(order: str) -> None:
    memo = f"We want to replace both pumps at the harbour before winter, because they are old.\n\n{order}\n"
    quotes = [comment.quote for comment in evaluate_text(memo, DECISION).comments if comment.element]
    assert not [quote for quote in quotes if quote and quote[:25] in order]


def test_remarks_on_what_is_missing_do_not_crowd_beside_one_sentence() -> None:
    memo = "We ask the board for the approval of $60,000 for the depot. The crane broke down nine times."
    spans = Counter(
        comment.start
        for comment in evaluate_text(memo, DECISION).comments
        if comment.claim == "missing" and comment.start is not None
    )
    assert max(spans.values()) <= MOST_BESIDE_ONE


@pytest.mark.parametrize(
    ("told", "language"),
    [
        ("**Part 1: Who decides** Outlines the rules that a team must keep to be paid.", "en"),
        ("Describe las reglas que un equipo debe cumplir para cobrar.", "es"),
    ],
)
def test_what_stands_further_down_is_told_and_is_no_rule(told: str, language: str) -> None:
    policy = next(rubric for rubric in shipped_rubrics() if rubric.id == "policy-memo")
    quotes = [comment.quote for comment in evaluate_text(told, policy, language).comments if comment.element]
    assert told not in quotes
    assert "**" not in "".join(quote or "" for quote in quotes)


def test_a_long_label_is_not_praised_as_a_heading_that_speaks() -> None:
    said = "We repaired the old pump six times last winter, and each time the hall stood still for days. "
    text = "# ADR-0017: Pumps\n\n## List of Pump Parts\n\n{0}\n\n## {1}\n\n{0}{0}\n"
    for heading, praised in (("Names of the People", False), ("Sales fell by 12 % in May", True)):
        findings = read_headings(parse_memo(text.format(said * 4, heading), "en"), lexicon_of("en")).findings
        assert ("headings.informative" in {finding.kind for finding in findings}) == praised


@pytest.mark.parametrize(
    ("said", "is_told", "language"),
    [
        ("This policy applies from 1 March 2027 to all drivers of the depot.", True, "en"),
        ("Esta norma entra en vigor el 1 de marzo de 2027 para quien conduce.", True, "es"),
        ("From 2022 on everybody has seen how drivers of the depot may fare.", False, "en"),
    ],
)
def test_only_words_that_say_so_give_the_date_from_which_a_policy_holds(
    said: str, is_told: bool, language: str
) -> None:
    policy = next(rubric for rubric in shipped_rubrics() if rubric.id == "policy-memo")
    rule = "Drivers must not park at the gate. " if language == "en" else "No se debe aparcar en la puerta. "
    comments = evaluate_text(rule + said, policy, language).comments
    effective = [comment for comment in comments if comment.element == "effective-date"]
    assert is_told == ("missing" not in {comment.claim for comment in effective})


INVESTMENT, POLICY = (
    next(rubric for rubric in shipped_rubrics() if rubric.id == name)
    for name in ("investment-memo", "policy-memo")
)


@pytest.mark.parametrize(
    ("heading", "said", "element", "rubric", "language"),
    [
        ("Total budget requested", "$20000 for the work.", "ask-amount", INVESTMENT, "en"),
        ("Inversión", "El desarrollo cuesta $150 con todo lo demás.", "ask-amount", INVESTMENT, "es"),
        ("Purpose", "It is to make quick and fair answers to sponsors easy.", "problem", POLICY, "en"),
        ("Finalidad", "Sirve para contestar pronto y bien a quien patrocina.", "problem", POLICY, "es"),
        (
            "How is it different?",
            "Gull draws maps on paper, we draw them on glass.",
            "options",
            INVESTMENT,
            "en",
        ),
        ("Diferencias", "Gaviota dibuja en papel, y lo nuestro va en vidrio.", "options", INVESTMENT, "es"),
        ("Scope", "Every stall at the fair and whoever lends a hand.", "scope", POLICY, "en"),
        ("Alcance", "Cada puesto de la feria y quien eche una mano.", "scope", POLICY, "es"),
    ],
)
def test_what_a_heading_names_and_the_text_below_it_says_is_not_called_missing(
    heading: str, said: str, element: str, rubric: Rubric, language: str
) -> None:
    opening = {
        "en": "We draw maps on glass for the museum.",
        "es": "Dibujamos mapas en vidrio para el museo.",
    }
    text = f"# Glass\n\n{opening[language]}\n\n## {heading}\n\n{said}\n"
    comments = [one for one in evaluate_text(text, rubric, language).comments if one.element == element]
    assert "missing" not in {one.claim for one in comments}
    assert all(one.quote for one in comments if one.claim == "weak"), [one.comment for one in comments]


@pytest.mark.parametrize(
    ("field", "language"),
    [("Date ratified: 2027-03-01", "en"), ("**Vigencia:** 1 de marzo de 2027", "es")],
)
def test_the_date_in_the_preamble_of_a_policy_is_neither_called_missing_nor_unclear(
    field: str, language: str
) -> None:
    rule = {"en": "Drivers must not park at the gate.", "es": "No se debe aparcar en la puerta."}[language]
    comments = evaluate_text(f"# Parking\n\n```\n{field}\n```\n\n{rule}\n", POLICY, language).comments
    told = [one for one in comments if one.element == "effective-date"]
    assert not [one for one in told if one.claim == "missing" or (one.claim == "weak" and not one.quote)]


MINUTES_EN = """# Minutes of the harbour club

**Present:** Mira Olsen, Jon Reid, Ana Costa

## Boats

The jetty was looked at. Jon will ask two carpenters what they want for it.

## Summer feast

Ana showed the list of songs. It was agreed to begin at six.
"""
MINUTES_ES = """# Acta de la junta del puerto

**Asistentes:** Mira Olsen, Jon Reid, Ana Costa

## Barcos

Se miró el muelle. Jon preguntará a dos carpinteros qué piden.

## Fiesta de verano

Ana mostró la lista de canciones. Se acordó empezar a las seis.
"""


@pytest.mark.parametrize(("text", "told"), [(MINUTES_EN, "the minutes of"), (MINUTES_ES, "el acta de una")])
def test_minutes_are_asked_for_no_verdict_and_no_risk_as_a_status_update_is(text: str, told: str) -> None:
    status = next(rubric for rubric in shipped_rubrics() if rubric.id == "status-update")
    evaluation = evaluate_text(text, status)
    assert any(told in notice for notice in evaluation.overall.notices)
    missed = {one.element for one in evaluation.comments if one.claim in {"missing", "weak"}}
    assert missed
    assert not missed & {"risks", "deviations", "status-stated", "progress", "figures"}
    report = text.replace("Present", "Copies").replace("Asistentes", "Copias")
    assert not any(told in notice for notice in evaluate_text(report, status).overall.notices)


def test_nothing_is_praised_as_said_once_where_a_heading_stands_twice() -> None:
    (weak,) = (each.text for each in samples("investment-memo", "en") if each.quality == "weak")
    heading = "## Why the northern depot needs another delivery van before the spring\n\n"
    for text, is_praised in ((f"{heading}{weak}", True), (f"{heading}{weak}\n\n{heading}", False)):
        found = {each.finding for each in evaluate_text(text, INVESTMENT).comments}
        assert ("repetition.none" in found) is is_praised


BLANK_EN = """# Request for a place in the workshop

## 1. What would you build?

## 2. Why here?

Link to drawings:

Phone:

## 3. Which tools do you need?

## 4. Who would help you?

- How did you hear of us?
- Which evenings suit you?
- Have you worked with wood before?
"""
DEADLINE_EN = """# Small grants for street parties

To be eligible, your party must be open to all neighbours.

## How to apply

Fill out this form to request money. The deadline for applications is 3 May 2027.
"""


@pytest.mark.parametrize(("text", "told"), [(BLANK_EN, "like a form"), (DEADLINE_EN, "a call to others")])
def test_questions_without_answers_are_a_form_and_a_deadline_for_others_is_a_call(
    text: str, told: str
) -> None:
    evaluation = evaluate_text(text, DECISION)
    assert any(told in notice for notice in evaluation.overall.notices)
    assert not any(one.claim == "missing" for one in evaluation.comments)


def test_what_each_of_two_options_costs_is_no_contradiction() -> None:
    text = (
        "We recommend option B.\n\nOption A is a repair. The total cost is £40,000, with no new parts. "
        "Option B is a new boiler; the total cost is £55,000.\n\nThe board should approve £55,000."
    )
    assert not any(
        one.finding == "consistency.amounts-differ" for one in evaluate_text(text, DECISION).comments
    )


def test_a_name_with_a_number_in_it_is_no_heading_that_tells_something() -> None:
    lexicon = lexicon_of("en")
    telling = heading_worth("Sales fell by 12 % in May", lexicon)
    assert heading_worth("KD7c1: PumpV3Pool", lexicon) < telling
    assert heading_worth("KD7c2: Interim Phase 1", lexicon) < telling


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("We paint the hall.\n\nWhat it costs\nPaint is £300.", ["What it costs"]),
        ("Pintamos la sala.\n\nQué hay que hacer\nComprar la pintura.", ["Qué hay que hacer"]),
        ("We paint the hall.\n\nStill to do\n- Buy paint\n- Find brushes", ["Still to do"]),
        ("We asked the crew about\nWhat it costs\nand nobody knew.", []),
    ],
)
def test_a_short_question_above_its_answer_is_a_heading(text: str, titles: list[str]) -> None:
    sections = parse_memo(text).sections
    assert [section.title for section in sections if section.heading is not None] == titles
