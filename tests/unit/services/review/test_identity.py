"""Which remarks of the built-in coach are the same after one thing in the weak sample was mended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.evaluation import Claim, Comment
from memo_coach.coaching.rubric.reader import shipped_rubric
from memo_coach.coaching.samples import samples
from memo_coach.services.review.identity import identities, same_remarks

RUBRIC = shipped_rubric("investment-memo")
(WEAK,) = [each.text for each in samples(RUBRIC.id, "en") if each.quality == "weak"]


def remarks(text: str) -> dict[str, Comment]:
    return {each.id: each for each in evaluate_text(text, RUBRIC).comments if each.kind == "opportunity"}


BEFORE = remarks(WEAK)


def pairs(old: str, new: str) -> tuple[dict[str, str | None], list[Comment]]:
    """Mend one thing; return what each quote is now, and the earlier remarks that are none any more."""
    assert old in WEAK
    now = remarks(WEAK.replace(old, new))
    same = same_remarks(identities(BEFORE.values()), identities(now.values()))
    assert len(set(same.values())) == len(same)
    assert all(BEFORE[one].finding == now[other].finding for one, other in same.items())
    quotes = {BEFORE[one].quote or "": now[other].quote for one, other in same.items()}
    return quotes, [each for name, each in BEFORE.items() if name not in same]


def test_what_was_only_spaced_and_capitalised_anew_is_all_the_same() -> None:
    assert pairs("It would be good to get some", "IT would  be\ngood to get some")[1] == []


def test_an_acronym_that_is_gone_is_not_the_next_one_that_nobody_explains() -> None:
    _quotes, gone = pairs("the AMR solution", "the robot")
    assert [(each.finding, each.quote) for each in gone] == [("acronyms.unexplained", "AMR")]


def test_a_sentence_that_was_edited_keeps_its_remarks_among_others_of_their_kind() -> None:
    quotes, gone = pairs("our existing WMS in order", "our existing warehouse management system in order")
    edited = [old for old in quotes if old.startswith("The solution leverages")]
    assert len(edited) == 1
    assert "warehouse management system" in (quotes[edited[0]] or "")
    assert not [each for each in gone if (each.quote or "").startswith("The solution")]


def test_a_remark_on_another_sentence_is_another_remark_though_each_is_the_only_one_of_its_kind() -> None:
    first = WEAK[WEAK.index("Over the past") : WEAK.index("As you will be aware")]
    _quotes, gone = pairs(first, "")
    assert "passive-voice.sentence" in {each.finding for each in gone}


def test_a_remark_on_the_memo_is_the_same_wherever_it_is_placed() -> None:
    added = "Please approve $412,000 by 30 June 2026 for the warehouse robots.\n\nOverall it is our view"
    now = remarks(WEAK.replace("Overall it is our view", added))
    same = same_remarks(identities(BEFORE.values()), identities(now.values()))
    places = {BEFORE[one].finding: (BEFORE[one].quote, now[other].quote) for one, other in same.items()}
    before, after = places["plan.steps-weak"]
    assert before is None
    assert after is not None


@pytest.mark.parametrize("claim", ["missing", None])
def test_a_models_remark_is_known_by_what_it_claims(claim: Claim | None) -> None:
    mild = Comment("m1", "risks", "opportunity", 0, 30, "There are some challenges ahead.", "Weak.", ())
    first = replace(mild, element="risks", claim="weak")
    moved = replace(first, id="n9", start=90, end=120, quote="Entirely another passage of this.")
    other = replace(moved, claim=claim)
    assert same_remarks(identities([first]), identities([moved])) == {"m1": "n9"}
    assert same_remarks(identities([first]), identities([other])) == {}


def test_of_two_that_quote_the_same_words_each_has_its_own_identity() -> None:
    one = Comment("a", "clarity", "opportunity", 5, 9, "very", "Hm.", (), finding="hedges.phrase")
    other = replace(one, id="b", start=50, end=54)
    known = identities([other, one])
    assert known["a"].key != known["b"].key
    assert same_remarks(known, identities([replace(one, id="x", start=9), replace(other, id="y")])) == {
        "a": "x",
        "b": "y",
    }
