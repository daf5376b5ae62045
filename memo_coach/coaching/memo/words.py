"""Words of running text: one pattern for the memo and for the word lists, so that phrases are found.

A word is a run of letters and digits; apostrophe, hyphen, full stop and underscore join two runs
(``don't``, ``decision-maker``, ``U.S``, ``v1.2``, ``snake_case``), a comma only between digits
(``1.234,5``). Emphasis marks and currency signs are not part of a word: ``_now_`` is ``now`` and
``$1.2m`` is ``1.2m``. A full stop without a space after it, between a small letter and a capitalised
word, ends the word (``done.Next`` is two). ``%`` is a word. Every quantifier is possessive, so the time
is linear in the text.
"""

from __future__ import annotations

import re
from itertools import starmap
from operator import itemgetter

from memo_coach.coaching.memo.model import Span, Word

_WORD_SOURCE = (
    r"[^\W_]++"
    r"(?:(?:['’\-]|_++|\.(?!(?<=[a-zß-öø-ÿ]\.)[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ])|,(?<=\d,)(?=\d))[^\W_]++)*+"
    r"|%"
)
WORD = re.compile(_WORD_SOURCE)
"""Matches one word. No groups, so ``WORD.findall`` gives the words themselves."""

# What is not running text: addresses, link targets, HTML, entities, emoji names, the rest of an e-mail.
_TOKEN = re.compile(
    r"(?:https?://|ftp://|www\.)[^\s<>\])]++"
    r"|\]\((?:[^\s()]|\([^\s()]*+\))*+(?:[ \t]++\"[^\"\n]{0,300}\")?\)"
    r"|</?[a-zA-Z!][^<>]{0,2000}>"
    r"|&(?:#\w{1,7}|[a-zA-Z]{2,8});"
    r"|(?<!\w):[a-z][a-z0-9_+\-]{1,40}:(?!\w)"
    rf"|({_WORD_SOURCE})(@[\w\-]++(?:\.[\w\-]++)++)?"
)

_said = itemgetter(0)

# Without any of these a passage is running text with straight apostrophes, as nearly every sentence is.
_MARKED = re.compile(r"<|&|:|@|’|\]\(|www\.")


def words_between(text: str, start: int, end: int) -> list[Word]:
    """Return the words of ``text[start:end]``, placed in ``text``; addresses and link targets are none."""
    if _MARKED.search(text, start, end) is None:
        found = list(WORD.finditer(text, start, end))
        # A memo has a thousand of them: mapping takes two thirds of the time of a comprehension.
        return list(map(Word, starmap(Span, map(re.Match.span, found)), map(str.lower, map(_said, found))))
    # ``lastindex`` is 2 for an e-mail address and ``None`` for whatever else is not running text.
    return [
        Word(Span(*each.span()), each[0].lower().replace("’", "'"))
        for each in _TOKEN.finditer(text, start, end)
        if each.lastindex == 1
    ]


def lower_form(word: str) -> str:
    """Return the form in which words are compared: small letters, a straight apostrophe for a curly one."""
    return word.lower().replace("’", "'")


def word_forms(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase in the form in which they are compared."""
    return tuple(lower_form(word) for word in WORD.findall(phrase))


def word_set(listed: str) -> frozenset[str]:
    """Return the entries of a list that is written in lines, parted by white space."""
    return frozenset(listed.split())
