"""A muted kind of remark is named by what a person has read of it, in the language of the page."""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.phrasing import phrases
from memo_coach.services.review.kinds import title_of
from memo_coach.translations import languages, speaking


@pytest.mark.parametrize(
    ("language", "kind", "title"),
    [
        ("en", "ask.amount-missing", "Say how much you are asking for"),
        ("es", "risks.missing", "Nombre lo que puede salir mal"),
        ("en", "acronyms.unexplained", "Spell out … where it first appears"),
        ("es", "financial-case", "Caso económico"),
        ("en", "of-an_older.version", "of an older: version"),
    ],
)
def test_a_kind_is_named_in_words(language: str, kind: str, title: str) -> None:
    with speaking(language):
        assert title_of(kind) == title


@pytest.mark.parametrize("language", languages())
def test_every_finding_has_a_name(language: str) -> None:
    with speaking(language):
        for kind, said in phrases(language).items():
            assert title_of(kind) not in {"", kind}, said
