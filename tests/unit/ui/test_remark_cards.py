"""Remarks as cards: in which order, where what is missing belongs, and which line sums up which remark."""

from __future__ import annotations

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.measure.elements import ELEMENTS
from memo_coach.coaching.memo.text import normalise_text
from memo_coach.coaching.rubric.reader import shipped_rubrics
from memo_coach.coaching.samples import samples
from memo_coach.translations import contents
from memo_coach.ui.remark_cards import FIRST, cards_of

RUBRIC = shipped_rubrics()[0]
(WEAK,) = [normalise_text(each.text) for each in samples(RUBRIC.id, "en") if each.quality == "weak"]


def test_what_matters_comes_first_and_what_is_missing_before_what_stands_there() -> None:
    comments = evaluate_text(WEAK, RUBRIC).comments
    cards = cards_of(comments, {})
    rank = {comment.id: comment.rank for comment in comments}
    first = cards[:FIRST]
    assert {rank[card.id] for card in first} == set(range(FIRST))
    assert [card.placed for card in first] == sorted(card.placed for card in first)
    kinds = [card.kind for card in cards]
    assert kinds == sorted(kinds), "opportunities, then strengths"


def test_in_the_order_of_the_memo_a_passage_never_comes_before_an_earlier_one() -> None:
    comments = evaluate_text(WEAK, RUBRIC).comments
    start = {comment.id: comment.start for comment in comments}
    cards = cards_of(comments, {}, by_place=True)
    places = [start[card.id] for card in cards if card.placed and card.kind == "opportunity"]
    assert places == sorted(places, key=lambda place: place or 0)


def test_every_element_that_may_be_missing_has_its_place() -> None:
    assert set(contents("places")) == set(ELEMENTS)
