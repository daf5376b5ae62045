"""The built-in coach in conversation: what it understands, what it answers, and what it says it cannot."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from memo_coach.coaching.builtin.chat import answer, language_of_question, suggestions
from memo_coach.coaching.builtin.chat.feedback_text import feedback_text
from memo_coach.coaching.builtin.chat.understanding import understand
from memo_coach.coaching.builtin.chat.vocabulary import languages, said, vocabulary
from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.documents.frameworks import Framework, shipped_frameworks
from memo_coach.coaching.evaluation import Comment, Evaluation
from memo_coach.coaching.rubric.model import Criterion, Rubric
from memo_coach.coaching.rubric.reader import shipped_rubric, shipped_rubrics
from memo_coach.coaching.samples import samples
from tests.some import some
from tests.unit.coaching.builtin.chat.questions import ENGLISH, SPANISH

FRAMEWORKS = shipped_frameworks().frameworks
RUBRIC = shipped_rubric("investment-memo")
ASKED = [*(("en", *pair) for pair in ENGLISH.items()), *(("es", *pair) for pair in SPANISH.items())]


@cache
def evaluated(language: str, rubric: str = "investment-memo") -> Evaluation:
    return evaluate_text(samples(rubric, language)[0].text, shipped_rubric(rubric), language)


def replied(
    question: str,
    language: str = "en",
    *,
    about: Comment | None = None,
    evaluation: Evaluation | None = None,
    rubric: Rubric = RUBRIC,
) -> str:
    judged = evaluation or evaluated(language)
    paragraphs = answer(
        question,
        evaluation=judged,
        memo_text=samples("investment-memo", language)[0].text,
        rubric=rubric,
        frameworks=FRAMEWORKS,
        language=language,
        about=about,
    )
    assert paragraphs
    return "\n".join(paragraphs)


def comment_on(criterion: str, language: str = "en") -> Comment:
    return next(each for each in evaluated(language).comments if each.criterion == criterion)


@pytest.mark.parametrize(("language", "question", "meant"), ASKED)
def test_a_question_is_understood(language: str, question: str, meant: str) -> None:
    asked = understand(question, rubric=RUBRIC, frameworks=FRAMEWORKS, language=language)
    named = [criterion.id for criterion in asked.criteria]
    if asked.framework is not None:
        named.append(asked.framework.id)
    assert ": ".join(filter(None, (asked.intent or "none", ", ".join(named)))) == meant
    assert asked.language == language


def test_a_question_is_understood_without_accents_capitals_and_marks() -> None:
    for plain in ("por que es tan baja la nota de riesgos", "POR QUÉ ES TAN BAJA LA NOTA DE RIESGOS"):
        assert replied(plain, "es") == replied("¿Por qué es tan baja la nota de riesgos?", "es")


def test_the_same_question_gets_the_same_answer() -> None:
    assert len({replied("What would raise the score most?") for _ in range(3)}) == 1


@pytest.mark.parametrize(("language", "question", "_meant"), ASKED)
def test_every_answer_is_in_the_language_of_the_question_and_has_no_slot_left(
    language: str, question: str, _meant: str
) -> None:
    reply = replied(question, language)
    assert not re.search(r"\{\w+\}", reply)
    assert language_of_question(reply, "none of them") == language


def test_a_question_in_another_language_than_the_memo_is_answered_in_its_own() -> None:
    assert replied("¿Cuánto cuenta la claridad?", "en").startswith("«Claridad» cuenta un 5 %")
    assert replied("How much does clarity count?", "es").startswith("“Clarity” counts 5 %")


def test_a_question_that_gives_no_sign_is_answered_in_the_language_of_the_memo() -> None:
    assert "Lo esencial al principio" in replied("BLUF?", "es")
    assert "Bottom line up front" in replied("BLUF?", "en")


def test_a_score_is_explained_by_its_reason_the_comment_and_what_a_better_one_looks_like() -> None:
    reply = replied("Why is my risks score so low?")
    judged = next(each for each in evaluated("en").criteria if each.id == "risks")
    comment = comment_on("risks")
    assert f"{judged.score:.1f} out of 5" in reply
    guidance = next(each for each in RUBRIC.criteria if each.id == "risks").guidance
    for text in (judged.justification, comment.comment, comment.suggestion or "", guidance[4]["en"]):
        assert text
        assert text in reply


def test_what_raises_the_score_most_is_what_weight_and_distance_say() -> None:
    scored = [(each.score, each) for each in evaluated("en").criteria if each.score is not None]
    best = max(scored, key=lambda each: (5 - each[0]) * each[1].effective_weight)
    worth = (4 - best[0]) * best[1].effective_weight / 100
    first = replied("What would raise the score most?").splitlines()[1]
    assert first.startswith(f"- {best[1].name} ({best[0]:.1f}")
    assert f"would add {worth:.1f}" in first


def test_where_to_begin_is_the_opportunity_that_matters_most_with_its_question_and_suggestion() -> None:
    first = min(
        (each for each in evaluated("en").comments if each.kind == "opportunity"), key=lambda c: c.rank
    )
    reply = replied("Where should I begin?")
    assert first.comment in reply
    assert first.questions[0] in reply
    assert first.suggestion is not None
    assert first.suggestion in reply


def test_each_level_of_a_criterion_can_be_asked_for() -> None:
    guidance = next(each for each in RUBRIC.criteria if each.id == "clarity").guidance
    assert guidance[3]["en"] in replied("What does a 3 on clarity look like?")
    assert guidance[5]["es"] in replied("¿Cómo es un cinco en claridad?", "es")


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda framework: framework.id)
@pytest.mark.parametrize("language", ["en", "es"])
def test_each_framework_is_explained_with_its_example(framework: Framework, language: str) -> None:
    ask = {"en": "Explain “{}”", "es": "¿Qué es «{}»?"}[language]
    reply = replied(ask.format(framework.name[language]), language)
    assert framework.idea[language].strip() in reply
    assert framework.example[language].strip() in reply


@pytest.mark.parametrize(
    ("language", "question", "sign"),
    [
        ("en", "Can you write the whole memo for me?", "I cannot write"),
        ("en", "Are my figures right?", "I cannot tell whether figures"),
        ("en", "Will the board approve this?", "I cannot say whether it will be approved"),
        ("en", "Is my idea good?", "I cannot judge whether the idea is good"),
        ("en", "Who won the match?", "I cannot answer that"),
        ("es", "¿Puedes escribirlo por mí?", "No puedo escribir"),
        ("es", "¿Son ciertas mis cifras?", "No puedo saber si las cifras"),
        ("es", "¿Lo aprobará el consejo?", "No puedo decir si se aprobará"),
        ("es", "¿Es buena mi propuesta?", "No puedo juzgar si la idea"),
        ("es", "¿Quién ganó el partido?", "A eso no puedo responder"),
    ],
)
def test_what_it_cannot_do_it_says_plainly_and_offers_something_it_can(
    language: str, question: str, sign: str
) -> None:
    reply = replied(question, language)
    assert reply.startswith(sign)
    assert 1 <= len(re.findall(r"^- ", reply, re.MULTILINE)) <= 3


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_it_offers_it_can_answer(language: str) -> None:
    unknown = said(language, "unknown")
    asked = {"en": "Who won the match in Paris?", "es": "¿Quién ganó el partido de París?"}[language]
    offers = re.findall(r"^- (.*)$", replied(asked, language), re.MULTILINE)
    assert len(offers) == 3
    for offer in offers:
        assert unknown not in replied(offer, language)


def test_what_it_offers_is_near_to_what_was_asked() -> None:
    offers = replied("Has the supplier gone through a mitigation workshop yesterday?")
    assert "Risks" in offers
    assert "Strategic fit" in replied("Ponies displaced which organisation yesterday, goal unknown?")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("about_comment", [False, True])
def test_every_suggested_question_has_an_answer(language: str, about_comment: bool) -> None:
    about = comment_on("risks", language) if about_comment else None
    questions = suggestions(language, about_comment=about_comment)
    replies = {replied(question, language, about=about) for question in questions}
    assert len(replies) == len(questions)
    assert not any(said(language, "unknown") in reply for reply in replies)


def test_a_comment_is_explained_with_its_passage_and_how_to_act_on_it() -> None:
    comment = comment_on("options")
    reply = replied("What does this comment mean?", about=comment)
    for text in (comment.comment, "“Options”", *comment.questions, comment.suggestion or ""):
        assert text in reply
    assert (comment.quote or "")[:60] in reply
    acting = replied("How do I act on it?", about=comment)
    assert comment.comment not in acting
    assert all(question in acting for question in comment.questions)


def test_a_strength_is_to_be_kept_and_not_acted_on() -> None:
    strength = replace(comment_on("clarity"), kind="strength", questions=(), suggestion=None)
    assert "nothing to change" in replied("How do I act on it?", about=strength)
    assert "nothing to change" in replied("What does it mean?", about=strength)


def test_a_question_beside_the_comment_is_answered_for_itself() -> None:
    comment = comment_on("options")
    assert replied("How does BLUF work?", about=comment) == replied("How does BLUF work?")
    assert replied("Why is my risks score so low?", about=comment) == replied("Why is my risks score so low?")


def test_what_it_cannot_say_of_a_comment_it_says() -> None:
    assert said("en", "about-more") in replied("Bananas?", about=comment_on("options"))


def test_a_criterion_of_a_rubric_of_ones_own_is_known_by_its_name() -> None:
    own = Criterion(
        "tone", {"en": "Warmth of tone"}, {"en": "Is kind."}, 100.0, {5: {"en": "Every line is kind."}}
    )
    rubric = replace(RUBRIC, criteria=(own,))
    asked = understand("What does warmth of tone mean?", rubric=rubric, frameworks=(), language="en")
    assert asked.criteria == (own,)
    judged = replace(evaluated("en"), criteria=(), comments=())
    assert "Every line is kind." in replied("What is warmth of tone?", evaluation=judged, rubric=rubric)


def test_a_memo_without_scores_or_comments_gets_answers_too() -> None:
    bare = replace(
        evaluated("en"),
        criteria=tuple(
            replace(each, score=None, justification="Not judged.") for each in evaluated("en").criteria
        ),
        comments=(),
        overall=replace(evaluated("en").overall, score=None, strengths=(), opportunities=()),
    )
    for question in some(ENGLISH):
        assert replied(question, evaluation=bare)


@pytest.mark.parametrize("rubric", shipped_rubrics(), ids=lambda rubric: rubric.id)
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_criteria_of_every_rubric_can_be_asked_for_by_their_names(rubric: Rubric, language: str) -> None:
    quote = {"en": "What does “{}” mean?", "es": "¿Qué significa «{}»?"}[language]
    for criterion in some(rubric.criteria):
        asked = understand(
            quote.format(criterion.name[language]), rubric=rubric, frameworks=FRAMEWORKS, language=language
        )
        assert asked.criteria == (criterion,)


def test_a_very_long_question_is_answered_fast_and_as_its_beginning_says() -> None:
    assert replied("Where should I begin? " + "x" * 100_000) == replied("Where should I begin?")


def test_both_languages_know_the_same_intents_criteria_and_sentences() -> None:
    english, spanish = (vocabulary(language) for language in ("en", "es"))
    assert set(languages()) == {"en", "es"}
    assert list(english.intents) == list(spanish.intents)
    assert set(english.criteria) == set(spanish.criteria)
    assert set(english.said) == set(spanish.said)
    for name, text in english.said.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", spanish.said[name])), name


def test_the_feedback_as_text_holds_scores_reasons_and_the_first_comments_within_its_bounds() -> None:
    evaluation = evaluated("es")
    text = feedback_text(evaluation, RUBRIC)
    assert f"{evaluation.overall.score:.1f}".replace(".", ",") in text
    for judged in evaluation.criteria:
        assert judged.justification in text
    first = next(each for each in evaluation.comments if each.kind == "opportunity" and each.rank == 0)
    assert first.comment in text
    short = feedback_text(evaluation, RUBRIC, longest=2_000)
    assert len(short) <= 2_000
    assert text.startswith(short)
