"""Acronyms: capitals that a reader from another department has to ask about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from memo_coach.coaching.builtin.analysis.running_text import WORDS_FOR_A_STRENGTH, blamed, worst_first
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span

KINDS: tuple[str, ...] = ("acronyms.unexplained", "acronyms.explained")

_ACRONYM = re.compile(
    r"[A-ZÁÉÍÓÚÑ](?<![\w$€£@#/.\-&].)[A-ZÁÉÍÓÚÑ]{1,5}(?=s?(?![\w@/&]|[.\-]\w))"  # not in USD/EUR, A-110, T1
)
_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_CAPITALS = r"[A-ZÁÉÍÓÚÑ]{2,6}"
_IN_BRACKETS = re.compile(rf"[(\[]\s?[\"“«*_]{{0,3}}({_CAPITALS})s?(?!\w)")
_BEFORE_BRACKET = re.compile(r"[^()\n.;:]*\Z")
_THEN = re.compile(
    rf"(?<!\w)({_CAPITALS})s?[*_\"”»]{{0,3}}(?:\s?[(\[]|[,:]\s|\s?[–—=-]\s|\s(?:stands for|significa)\s)"
    r"[\"“«*_]{0,3}([^()\n.;]{3,90})"
)
_LOOK_BACK = 90
_INITIALS = re.compile(r"\b[^\W\d_]")

_BESIDE_CAPITALS_OR_FIGURE = re.compile(r"(?:\d|\b[A-ZÁÉÍÓÚÑ]{4,20})\s\Z")
"""Before an acronym: "30,000 DAI" is a unit, "SHARD LABS" a name."""

_LOOK_BACK_FOR_A_NAME = 22
_NOT_OWN_WORDS = frozenset({"code", "quote"})
_VOWELS = re.compile("[AEIOUÁÉÍÓÚ]")
_LONGEST_SPELT_OUT = 4
"""Five capitals and more with two vowels among them are a name or a word that is set in capitals."""

_FEW, _MANY = 0.0, 2.5
"""Unexplained acronyms for each 400 words: none is right, and at five the memo is for insiders."""


def acronyms_in(memo: Memo, lexicon: Lexicon) -> dict[str, list[Span]]:
    """Map each acronym that needs explaining to its places.

    Well-known ones, Roman numerals, codes, and words set in capitals are left out.
    """
    known = lexicon.words("acronyms_known")
    places: dict[str, list[Span]] = {}
    for sentence in memo.sentences:
        found_here = list(_ACRONYM.finditer(sentence.text))
        if not found_here or memo.blocks[sentence.block].kind in _NOT_OWN_WORDS or _is_shouted(sentence):
            continue
        for found in found_here:
            acronym = found[0]
            if _BESIDE_CAPITALS_OR_FIGURE.search(
                sentence.text, max(0, found.start() - _LOOK_BACK_FOR_A_NAME), found.start()
            ):
                continue
            if acronym.lower() in known or _ROMAN.fullmatch(acronym) or _is_spoken(acronym):
                continue
            start = sentence.span.start + found.start()
            places.setdefault(acronym, []).append(Span(start, start + len(acronym)))
    return places


def _is_spoken(acronym: str) -> bool:
    return len(acronym) > _LONGEST_SPELT_OUT and len(_VOWELS.findall(acronym)) > 1


def _is_shouted(sentence: Sentence) -> bool:
    """Whether the line is set in capitals, where no word can be told for an acronym."""
    words = [word for word in sentence.text.split() if any(letter.isalpha() for letter in word)]
    capitals = sum(1 for word in words if word.isupper() and len(word) > 1)
    return len(words) > 1 and 2 * capitals > len(words)


def explained_acronyms(text: str) -> frozenset[str]:
    """Return the acronyms that the text expands: "net present value (NPV)" or "NPV (net present value)"."""
    return frozenset(_explained(text))


def _explained(text: str) -> Iterator[str]:
    for found in _IN_BRACKETS.finditer(text):
        before = _BEFORE_BRACKET.search(text, max(0, found.start() - _LOOK_BACK), found.start())
        if before and _stands_for(found[1], before[0].split()[-2 * len(found[1]) :]):
            yield found[1]
    for found in _THEN.finditer(text):
        if _stands_for(found[1], found[2].split()[: 2 * len(found[1])]):
            yield found[1]


def _stands_for(acronym: str, words: list[str]) -> bool:
    """Whether most letters of the acronym begin, in order, some of the words.

    One letter may be missing: it often comes from inside a word, or the words are of another language.
    """
    letters = _plain(acronym.lower())
    initials = [_plain(found.lower()) for word in words for found in _INITIALS.findall(word)]
    matched = position = 0
    for letter in letters:
        try:
            position = initials.index(letter, position) + 1
        except ValueError:
            continue
        matched += 1
    return matched >= max(2, len(letters) - 1)


def _plain(text: str) -> str:
    return text.translate(str.maketrans("áéíóúñ", "aeioun"))


@detector(
    "acronyms",
    indicators=("acronyms-explained",),
    source="GOV.UK style guide, 'Abbreviations and acronyms': explain it the first time; Ortografía de "
    "la lengua española "
    "(RAE, 2010), on siglas",
)
def read_acronyms(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read which acronyms a reader has to know already."""
    places = acronyms_in(memo, lexicon)
    explained = explained_acronyms(memo.text) if places else frozenset()
    unexplained = {acronym: spans for acronym, spans in places.items() if acronym not in explained}
    findings = [_finding(acronym, spans) for acronym, spans in unexplained.items()]
    words = memo.body_word_count
    rate = len(unexplained) / max(1.0, words / 400)
    told = [acronym for acronym in places if acronym in explained]
    if told and not unexplained and words >= WORDS_FOR_A_STRENGTH:
        span, values = places[told[0]][0], {"acronym": told[0]}
        findings.append(
            Finding("acronyms.explained", "acronyms-explained", "strength", span, 0.4, 0.7, values)
        )
    return Reading(
        {"acronyms-explained": blamed(ramp(rate, _MANY, _FEW), words)}, worst_first(findings, words // 2)
    )


def _finding(acronym: str, spans: list[Span]) -> Finding:
    often = len(spans) > 1
    return Finding(
        "acronyms.unexplained",
        "acronyms-explained",
        "opportunity",
        spans[0],
        0.25 if often else 0.2,
        0.8 if often else 0.65,
        {"acronym": acronym, "count": str(len(spans))},
    )
