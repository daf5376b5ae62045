"""What differs between two versions: complete, by whole words, readable, and found in bounded time."""

from __future__ import annotations

import random
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from memo_coach.coaching.memo import difference as module
from memo_coach.coaching.memo.difference import difference
from memo_coach.coaching.samples import samples
from tests.work import grows_at_most

WORDS = ("the", "a", "pump", "fails", "ask", "5", "€", "don't", ".", ",", "\n", "\n\n", "ß", "😀", "_")
TEXTS = some.lists(some.sampled_from(WORDS), max_size=60).map(" ".join) | some.text(max_size=60)


def told(old: str, new: str) -> str:
    """Return a difference on one line: [-removed-], {+added+}."""
    marks = {"equal": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[run.kind].format(run.text) for run in difference(old, new))


def assert_complete(old: str, new: str) -> None:
    runs = difference(old, new)
    assert "".join(run.text for run in runs if run.kind != "added") == old
    assert "".join(run.text for run in runs if run.kind != "removed") == new
    assert all(run.text for run in runs)
    kinds = [run.kind for run in runs]
    assert all(kind != following for kind, following in pairwise(kinds))
    assert ("added", "removed") not in pairwise(kinds)


@given(TEXTS, TEXTS)
def test_the_runs_make_both_texts(old: str, new: str) -> None:
    assert_complete(old, new)


@given(TEXTS, TEXTS)
def test_they_do_where_the_texts_are_too_long_to_compare_at_once(old: str, new: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_MOST_COMPARED", 6)
        assert_complete(old, new)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert {run.kind for run in difference(text, text)} <= {"equal"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", ""),
        ("", "New.", "{+New.+}"),
        ("We need 5 pumps.", "We need 6 pumps.", "We need [-5-]{+6+} pumps."),
        ("We don't ask.", "We do ask.", "We [-don't-]{+do+} ask."),
        ("One red car.", "One blue van.", "One [-red car-]{+blue van+}."),
        ("It costs a lot.", "It costs a lot. Pay.", "It costs a lot.{+ Pay.+}"),
        ("A one. A two.", "A one. A new. A two.", "A one. {+A new. +}A two."),
        ("# One\n\nText.\n", "# One\n\nMore.\n\nText.\n", "# One\n\n{+More.\n\n+}Text.\n"),
        (
            "Sales of the firm fell by half then.",
            "Costs rose while the team of four looked on.",
            "[-Sales of the firm fell by half then-]{+Costs rose while the team of four looked on+}.",
        ),
        (
            "Old first words.\n\nOld second words.",
            "New opening text.\n\nAnother closing line.",
            "[-Old first words-]{+New opening text+}.\n\n[-Old second words-]{+Another closing line+}.",
        ),
    ],
)  # fmt: skip
def test_what_differs_is_told_by_whole_words_and_sentences(old: str, new: str, expected: str) -> None:
    assert told(old, new) == expected


def long_text(words: int, seed: int = 1) -> list[str]:
    """Return words as a memo has them, a few often and many seldom."""
    found = random.Random(seed)
    return [f"w{int(found.paretovariate(0.6)) % 5_000}" for _ in range(words)]


def edited(words: list[str], seed: int = 2) -> list[str]:
    """Return the words with one in fifty replaced."""
    found = random.Random(seed)
    return [word if found.random() > 0.02 else f"new{found.randrange(900)}" for word in words]


def test_a_long_text_with_many_small_changes_is_mostly_equal() -> None:
    words = long_text(20_000)
    old, new = " ".join(words), " ".join(edited(words))
    assert_complete(old, new)
    equal = sum(len(run.text) for run in difference(old, new) if run.kind == "equal")
    assert equal > 0.95 * len(old)


def test_a_text_twice_over_is_still_compared() -> None:
    words = long_text(9_000)
    old, new = " ".join(words * 2), " ".join(edited(words) + edited(words, seed=3))
    equal = sum(len(run.text) for run in difference(old, new) if run.kind == "equal")
    assert equal > 0.9 * len(old)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (lambda n: " ".join(long_text(n)), lambda n: " ".join(edited(long_text(n)))),
        (lambda n: " ".join(long_text(n)), lambda n: " ".join(long_text(n, seed=9))),
        (lambda n: "a " * n, lambda n: "b a " * n),
        (lambda n: "\n" * n + "x", lambda n: " \n" * n),
        (lambda n: "a b " * n, lambda n: "b a " * n),
    ],
    ids=["edited", "another text", "one word", "lines", "two words"],
)
def test_the_work_grows_with_the_length_however_the_texts_are(old: object, new: object) -> None:
    makes = {n: (old(n), new(n)) for n in (5_000, 40_000)}  # type: ignore[operator]
    # Eight times as long; below the bound of one comparison the work still grows with the square.
    assert grows_at_most(
        40, short=partial(difference, *makes[5_000]), long=partial(difference, *makes[40_000])
    )


def test_two_versions_of_a_sample_read_well() -> None:
    weak, strong = (each.text for each in samples("investment-memo", "en"))
    assert_complete(weak, strong)
    assert len(difference(weak, strong)) < 80
