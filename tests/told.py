"""How a fault is told to somebody who reads Spanish: whole, and in nothing but Spanish."""

from __future__ import annotations

from collections.abc import Iterable

from memo_coach.translations import speaking
from memo_coach.translations.sentences import Sentence

ENGLISH = (" is ", " are ", " must ", " not a ", "unknown ", " the ", " which ", " could ")
"""Words that stand in most English sentences, and in no Spanish one."""


def assert_told_in_spanish(faults: Iterable[Sentence]) -> None:
    """Assert of sentences that they are in English as they are, and in Spanish where that is spoken."""
    for fault in faults:
        assert fault.spoken() == fault
        with speaking("es"):
            told = fault.spoken()
        assert told != fault
        for words in ENGLISH:
            assert words not in told, told
