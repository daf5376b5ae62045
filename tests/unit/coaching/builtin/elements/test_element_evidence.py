"""What the built-in coach found, as lines for another reader: short, in the memo's words, without scores."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memo_coach.coaching.builtin.coach import evaluate_memo, without_instructions
from memo_coach.coaching.builtin.elements.catalogue import NAMES
from memo_coach.coaching.builtin.elements.evidence import LONGEST_EVIDENCE, LONGEST_QUOTE, evidence_of
from memo_coach.coaching.evaluation import Claim, Comment, Evaluation, OverallJudgement
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.rubric.reader import shipped_rubrics
from tests.model_evaluations import ORDER, sample

TEXT = "Please approve $5,000 for a new\npump.\n\n| Risk | It floods |\n\nAnn Lee orders it."


def comment(
    element: str | None, claim: Claim | None, quote: str | None = None, rank: int = 0, text: str = TEXT
) -> Comment:
    start = None if quote is None else text.index(quote)
    end = None if quote is None or start is None else start + len(quote)
    return Comment(
        "c01", "ask", "opportunity", start, end, quote, "Words of the coach.", (), rank=rank,
        element=element, claim=claim, confidence=0.5,
    )  # fmt: skip


def evaluation(*comments: Comment) -> Evaluation:
    return Evaluation("en", "decision-memo", "builtin", OverallJudgement(2.0, "S", (), ()), (), comments)


def test_each_element_has_a_line_with_claim_confidence_and_passage_in_the_order_of_the_catalogue() -> None:
    made = evaluation(
        comment("plan-owners", "weak", "Ann Lee", rank=1),
        comment("risks", "missing"),
        comment("ask", "there", "approve $5,000 for a new\npump"),
    )
    assert evidence_of(made, TEXT).splitlines() == [
        "ask: there 0.50 | approve $5,000 for a new pump",
        "risks: missing 0.50",
        "plan-owners: weak 0.50 | Ann Lee",
    ]


def test_a_remark_on_no_element_is_no_evidence() -> None:
    made = evaluation(comment(None, None, "Ann Lee"), comment("risks", None), comment("other", "weak"))
    assert evidence_of(made, TEXT) == ""


def test_a_comment_without_confidence_has_a_line_without_it() -> None:
    made = evaluation(replace(comment("risks", "missing"), confidence=None))
    assert evidence_of(made, TEXT) == "risks: missing"


def test_the_same_claim_on_an_element_stands_once_and_the_one_that_matters_most_stays() -> None:
    made = evaluation(comment("risks", "weak", "Ann Lee", rank=2), comment("risks", "weak", "It floods"))
    assert evidence_of(made, TEXT) == "risks: weak 0.50 | It floods"


def test_a_long_passage_ends_with_a_whole_word() -> None:
    text = "The pump " + "failed again " * 40
    made = evaluation(comment("problem", "there", text.strip(), text=text))
    (line,) = evidence_of(made, text).splitlines()
    quote = line.partition(" | ")[2]
    assert LONGEST_QUOTE - len("failed ") < len(quote) <= LONGEST_QUOTE
    assert text.startswith(f"{quote} ")


def test_a_word_without_end_is_cut() -> None:
    text = "x" * 5_000
    made = evaluation(comment("problem", "there", text, text=text))
    assert evidence_of(made, text).count("x") == LONGEST_QUOTE


def test_where_there_is_no_room_what_ranks_lowest_is_left_out() -> None:
    text = "word " * 40
    quote = text.strip()
    made = evaluation(*(comment(name, "weak", quote, rank, text) for rank, name in enumerate(NAMES)))
    lines = evidence_of(made, text).splitlines()
    assert [line.partition(":")[0] for line in lines[:10]] == list(NAMES[:10])
    assert len(lines) < len(NAMES)
    assert len("\n".join(lines)) <= LONGEST_EVIDENCE


@pytest.mark.parametrize("rubric", shipped_rubrics(), ids=lambda rubric: rubric.id)
@pytest.mark.parametrize("language", ["en", "es"])
def test_of_a_real_memo_the_lines_are_few_and_their_passages_stand_in_it(
    rubric: Rubric, language: str
) -> None:
    memo = sample(language)
    evidence = evidence_of(evaluate_memo(memo, rubric), memo.text)
    one_line = " ".join(memo.text.split())
    assert 0 < len(evidence) <= LONGEST_EVIDENCE
    for line in evidence.splitlines():
        told, bar, quote = line.partition(" | ")
        assert told.partition(":")[0] in NAMES
        assert not bar or quote in one_line


def test_words_that_order_the_reader_about_are_in_no_passage() -> None:
    text = f"Please approve $5,000 for a pump. {ORDER} Ann Lee orders it by 3 May."
    memo = parse_memo(text, "en")
    shown = without_instructions(memo).text
    made = evaluation(comment("ask", "there", text, text=text))
    assert "five points" not in evidence_of(made, shown)
    assert "Ann Lee" in evidence_of(made, shown)
