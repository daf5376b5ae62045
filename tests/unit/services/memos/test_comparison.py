"""A comparison of two versions as a page gets it: folded, bounded, and with every word within reach."""

from __future__ import annotations

import pytest

from memo_coach.coaching.memo.difference import difference
from memo_coach.services.memos.comparison import CONTEXT, LONGEST_PART, MOST_PIECES, compare
from memo_coach.services.views import ComparedPiece

PARAGRAPH = "The depot has room for forty vans and a workshop with two pits for repairs.\n"


def texts(pieces: tuple[ComparedPiece, ...], *kinds: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in kinds)


def test_a_long_passage_that_did_not_change_is_folded_to_its_ends_and_can_be_opened() -> None:
    old = PARAGRAPH * 40 + "Buy 5 vans.\n" + PARAGRAPH * 40
    new = old.replace("5 vans", "6 vans")
    runs = difference(old, new)
    found = compare(runs)
    folds = [piece for piece in found.pieces if piece.kind == "folded"]
    assert [piece.fold for piece in folds] == [0, 3]
    shown = texts(found.pieces, "equal", "removed")
    assert len(shown) <= 2 * CONTEXT + len("Buy 5 vans.\n")
    assert "Buy 5 vans." in shown
    assert sum(piece.words for piece in folds) + len(shown.split()) == len(old.split())
    behind = found.pieces[found.pieces.index(folds[0]) + 1].text
    assert behind[:1].isalnum(), "What is left of a line begins with a word."
    opened = compare(runs, opened={0, 3})
    assert texts(opened.pieces, "equal", "removed") == old
    assert texts(opened.pieces, "equal", "added") == new


def test_changes_are_counted_once_and_begin_once() -> None:
    found = compare(difference("Buy 5 vans, and sell 3 cars in May.", "Buy 6 vans, and sell 2 cars in June."))
    assert found.changes == 3
    assert [piece.change for piece in found.pieces if piece.begins] == [1, 2, 3]
    assert compare(difference("The same.", "The same.")).changes == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" ".join(f"old{n}" for n in range(25_000)), "\n".join(f"new{n}" for n in range(25_000))),
        ("".join(f"a{n} same{n}\n" for n in range(9_000)), "".join(f"b{n} same{n}\n" for n in range(9_000))),
        ("x" * 200_000, "y" * 200_000),
        ("", ""),
    ],
    ids=["rewritten", "changed in every line", "one word", "empty"],
)
def test_a_part_is_bounded_whatever_the_texts_are_and_the_parts_together_are_all(old: str, new: str) -> None:
    runs = difference(old, new)
    every = {index for index, run in enumerate(runs) if run.kind == "equal"}
    pieces: list[ComparedPiece] = []
    part, parts = 1, 1
    while part <= parts:
        found = compare(runs, every, part)
        assert found.part == part
        assert len(found.pieces) <= MOST_PIECES
        assert sum(len(piece.text) for piece in found.pieces) <= LONGEST_PART
        pieces += found.pieces
        part, parts = part + 1, found.parts
    assert texts(tuple(pieces), "equal", "removed") == old
    assert texts(tuple(pieces), "equal", "added") == new
    assert compare(runs, every, parts + 5).part == parts
