"""Find where sentences end in English and Spanish running text, in time linear in the text.

A stop ends a sentence unless what stands before it is an abbreviation, an initial or an ordinal of a
list, or what follows it goes on in small letters. Rules rather than a model: a rule can be read, is the
same each time, and costs microseconds. The approach is that of Grefenstette and Tapanainen, "What is a
word, what is a sentence?" (1994).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from memo_coach.coaching.memo.model import Span, Word
from memo_coach.coaching.memo.words import word_set, words_between

# A stop never ends a sentence after these: something always follows.
_ALWAYS_CONTINUED = word_set(
    """
    e.g i.e mr mrs ms dr prof hon rev gen sen rep gov st mt messrs vs viz cf approx ca est incl excl
    resp p.ej p ej sr sra srta sres dra d dña don d.ª prof lic ing arq aprox máx mín
    ref atte excmo excma ilmo ilma mgtr
    """
)
# After these only when a figure follows: "No. 4", but "The answer is no."
_CONTINUED_BY_FIGURE = word_set(
    """
    no nos nr núm num n.º nº n pág págs pag p pp fig figs art arts vol vols cap caps sec secs ch eq tel
    ext apdo párr jan feb mar apr jun jul aug sep sept oct nov dec ene abr ago dic
    """
)
# These may end a sentence; they do where the next word opens one.
_MAY_END = word_set(
    """
    u.s u.k u.s.a e.u u.n inc ltd co corp llc plc jr bros s.a s.l s.a.s s.r.l s.a.b c.v s.c cía ee.uu uu
    ph.d m.d d.c dept ud uds vd vds ee rr.hh hh a.c d.c j.c
    """
)
_OPENERS = word_set(
    """
    the a an this that these those it its we our they their he she i you in on at by for from with if
    when while after before as but and so however therefore because since there what why how who to each
    all most some no not el la los las un una unos unas este esta estos estas ese esa eso esto se es en
    con por para si cuando mientras tras según como pero y así además sin también nuestra nuestro
    nuestras nuestros su sus lo hay no cada todos todas al del desde hasta entre esa aquel ello ellos
    ellas nosotros
    """
)

_CLOSERS = r"""["'”’»)\]}*_~`]"""
# It begins with a set of plain characters, so that the search can skip all others quickly.
_STOP = re.compile(
    r"[.!?…。！？\n](?:"
    rf"(?<=[.!?…])(?<![.!?…].)[.!?…]*+(?:{_CLOSERS}|\[\^?\w{{1,10}}\]|[¹²³⁴⁵⁶⁷⁸⁹])*+(?=\s|\Z)"
    r"|(?<=[a-zß-öø-ÿ]{2}[.!?])(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{1,20}[ ,])"  # the space was forgotten
    r"|(?<=[。！？])[。！？]*+"
    r"|(?<=  \n)|(?<=\\\n)"  # Markdown's hard line break
    r"|(?<=\n)(?=(?:\*\*|__)[^\n*_]{1,80}(?:\*\*|__)[ ]{0,2}[:\-–—])"  # a line that a label in bold leads
    r")"
)
_BEFORE = re.compile(r"[^\s(\[\"“«¿¡*_/]*\Z")
_AFTER = re.compile(r"[\s>]*[\"'“‘«(\[*_¿¡]*([^\W_]+(?:['’]\w+)?)?")
_LOOK_BACK = 40
_LOOK_AHEAD = 60
_LONGEST_LEAD = 12
_LEADING = re.compile(r"[\s>]*")


def sentences_between(text: str, start: int, end: int) -> Iterator[tuple[Span, list[Word]]]:
    """Yield the sentences of ``text[start:end]`` in order, each trimmed of white space, with its words.

    Each has at least one word: a piece without any (a bare link, ``(!)``) belongs to the sentence
    before it, or to the first. A passage without words yields nothing.
    """
    held: Span | None = None
    held_words: list[Word] = []
    for piece in _pieces(text, start, end):
        words = words_between(text, piece.start, piece.end)
        if held is None:
            held, held_words = piece, words
        elif not words or not held_words:
            held, held_words = Span(held.start, piece.end), held_words + words
        else:
            yield held, held_words
            held, held_words = piece, words
    if held is not None and held_words:
        yield held, held_words


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    first = start
    for stop in _STOP.finditer(text, start, end):
        if stop.end() < end and _ends_sentence(text, first, stop, end):
            piece = trimmed(text, first, stop.end())
            if len(piece):
                yield piece
            first = stop.end()
    piece = trimmed(text, first, end)
    if len(piece):
        yield piece


def trimmed(text: str, start: int, end: int) -> Span:
    """Return the span without white space at its ends, nor Markdown's quotation marks (``>``)."""
    found = _LEADING.match(text, start, end)
    first = found.end() if found else start
    return Span(first, first + len(text[first:end].rstrip()))


def _ends_sentence(text: str, first: int, stop: re.Match[str], end: int) -> bool:
    mark = stop[0]
    if mark[0] in "。！？\n":
        return True
    follows = _AFTER.match(text, stop.end(), min(end, stop.end() + _LOOK_AHEAD))
    following = (follows[1] if follows else None) or ""
    goes_on = following[:1].islower()
    if mark[0] != "." or mark.startswith(".."):
        return not goes_on
    if len(mark) > 1 and goes_on:
        return False
    back = max(first, stop.start() - _LOOK_BACK)
    before = _BEFORE.search(text, back, stop.start())
    token = before[0] if before else ""
    if stop.end() < end and not text[stop.end()].isspace():
        return token.islower() and token.isalpha()
    lead = stop.start() - len(token)
    opens = lead - first <= _LONGEST_LEAD and not text[first:lead].strip(" \t\n*_>(")
    return _stop_ends(token, following, goes_on=goes_on, opens_sentence=opens)


def _stop_ends(token: str, following: str, *, goes_on: bool, opens_sentence: bool) -> bool:
    """Whether a full stop between ``token`` and ``following`` ends a sentence."""
    lower = token.lower()
    if "://" in lower or lower.startswith("www.") or "@" in lower:
        return bool(following) and not goes_on
    if lower in _ALWAYS_CONTINUED:
        return False
    if lower in _CONTINUED_BY_FIGURE and following[:1].isdigit():
        return False
    if opens_sentence and (token.isdigit() or len(token) == 1):
        return False
    initial = len(token) == 1 and token.isupper()
    if initial or lower in _MAY_END:
        return following.lower() in _OPENERS and not goes_on
    return not (goes_on and (len(token) <= 4 or "." in token))
