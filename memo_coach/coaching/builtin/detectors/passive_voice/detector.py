"""Passive voice: who did it, or will do it, is left unsaid.

The grammar stands in the lexicon (auxiliaries, participles, what is a state rather than a passive, the
Spanish ``se``), so a new language needs lists and no code.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from memo_coach.coaching.builtin.analysis.running_text import (
    WORDS_FOR_A_STRENGTH,
    adjacent,
    full_sentences,
    running_sentences,
    sentences_around,
    settled,
    words_in,
    worst_first,
)
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span

KINDS: tuple[str, ...] = (
    "passive-voice.sentence",
    "passive-voice.with-agent",
    "passive-voice.impersonal",
    "passive-voice.active",
)

_GOOD, _POOR = 0.03, 0.2
"""Share of sentences. Passives are rare in conversation and about a quarter of the finite verbs in
academic prose (Biber et al. 1999). Where they are a habit, as in a plan nobody owns, nobody acts any more;
the cut points are our own judgement."""

_PRAISED = 0.1
"""One passive in ten sentences is still prose in which people act."""

_BETWEEN = 3
"""At most so many adverbs stand between auxiliary and participle: "has not yet been fully approved"."""


class Passive(NamedTuple):
    """One passive: ``memo.words[first:last]``, how it is made, and what it counts for (0 to 1)."""

    first: int
    last: int
    what: str
    weight: float
    confidence: float


class _Grammar:
    """The lists of a language."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.weak = lexicon.words("passive_weak_auxiliaries")
        self.verbs = lexicon.words("passive_auxiliaries") | self.weak
        self.between = lexicon.words("passive_between")
        self.adverbs = lexicon.entries("passive_adverb_endings")
        self.endings = lexicon.entries("passive_participle_endings")
        self.irregular = lexicon.words("passive_irregular_participles")
        self.states = lexicon.words("passive_not")
        self.agents = lexicon.words("passive_agents")
        self.no_agents = lexicon.words("passive_not_agents")
        self.openers = self.verbs | lexicon.words("passive_reflexive_pronouns")
        self.have = lexicon.words("passive_reflexive_auxiliaries")
        self.reflexive_endings = lexicon.entries("passive_reflexive_endings")
        self.reflexive_present = lexicon.words("passive_reflexive_present")
        self.reflexive_not = lexicon.entries("passive_reflexive_not")

    def is_participle(self, word: str) -> bool:
        """Whether the word is a past participle by list or ending; states included."""
        return word in self.irregular or (len(word) > 4 and word.endswith(self.endings))


@lru_cache(maxsize=8)
def _grammar_of(lexicon: Lexicon) -> _Grammar:
    return _Grammar(lexicon)


def passives_in(memo: Memo, sentence: Sentence, lexicon: Lexicon) -> tuple[Passive, ...]:
    """Return the passives of one sentence, left to right."""
    return tuple(_passives(memo, sentence, _grammar_of(lexicon)))


def passive_share(memo: Memo, sentences: tuple[Sentence, ...], lexicon: Lexicon) -> float:
    """Return the share of the sentences that are passive, 0 to 1; a doubtful one counts in part."""
    grammar = _grammar_of(lexicon)
    suspects = sentences_around(sentences, memo.words.places_of(grammar.openers, 0, len(memo.words)))
    weights = (max((p.weight for p in _passives(memo, s, grammar)), default=0.0) for s in suspects)
    return sum(weights) / len(sentences) if sentences else 0.0


def _passives(memo: Memo, sentence: Sentence, grammar: _Grammar) -> Iterator[Passive]:
    reached = sentence.first_word
    for position in memo.words.places_of(grammar.openers, sentence.first_word, sentence.last_word):
        if position < reached:
            continue
        if memo.words[position].lower in grammar.verbs:
            found = _with_auxiliary(memo, position, sentence.last_word, grammar)
        else:
            found = _with_pronoun(memo, position, sentence.last_word, grammar)
        if found is not None:
            yield found
            reached = found.last


def _with_auxiliary(memo: Memo, first: int, stop: int, grammar: _Grammar) -> Passive | None:
    weak = memo.words[first].lower in grammar.weak
    position = first + 1
    while position < stop and adjacent(memo, position - 1, position):
        word = memo.words[position].lower
        if grammar.is_participle(word):
            agent = _has_agent(memo, position + 1, stop, grammar)
            state = word in grammar.states or word.startswith("un")
            if not agent and (state or (weak and word not in grammar.irregular)):
                return None
            what = "with-agent" if agent else "sentence"
            confidence = 0.9 if agent else 0.55 if weak else 0.75
            return Passive(first, position + 1, what, 0.6 if weak and not agent else 1.0, confidence)
        between = word in grammar.between or (len(word) > 3 and word.endswith(grammar.adverbs))
        if not between or position - first > _BETWEEN:
            return None
        position += 1
    return None


def _has_agent(memo: Memo, position: int, stop: int, grammar: _Grammar) -> bool:
    """Whether "by somebody" follows at once, and not "by Friday" or "by 12 %"."""
    if position + 1 >= stop or memo.words[position].lower not in grammar.agents:
        return False
    following = memo.words[position + 1].lower
    if following in grammar.no_agents or following[0].isdigit() or following.endswith("ing"):
        return False
    after = memo.words[position + 2].lower if position + 2 < stop else ""
    before = memo.text[memo.words[position].span.end : memo.words[position + 1].span.start]
    return after not in grammar.no_agents and before.isspace()


def _with_pronoun(memo: Memo, first: int, stop: int, grammar: _Grammar) -> Passive | None:
    """Read the reflexive passive, "se realizará", which leaves the doer out; "se encuentra" is none."""
    position = first + 1
    if position >= stop or not adjacent(memo, first, position):
        return None
    verb = memo.words[position].lower
    last = position + 1
    if verb in grammar.have:
        if last >= stop or not grammar.is_participle(memo.words[last].lower):
            return None
        verb = memo.words[last].lower
        last += 1
    elif verb not in grammar.reflexive_present and not (
        len(verb) > 5 and verb.endswith(grammar.reflexive_endings)
    ):
        return None
    if verb.startswith(grammar.reflexive_not):
        return None
    return Passive(first, last, "impersonal", 0.5, 0.5)


@detector(
    "passive-voice",
    indicators=("active-voice",),
    source="plainlanguage.gov, 'Use active voice'; Biber et al., 'Longman Grammar of Spoken and Written "
    "English' (1999), on voice; Comisión Europea, 'Cómo escribir con claridad': prefer the active and name "
    "the agent; Comisión de modernización del lenguaje jurídico, 'Informe' (2011), on the pasiva refleja",
)
def read_passive_voice(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read which share of the sentences leaves out or hides who acts."""
    sentences = full_sentences(memo, running_sentences(memo))
    words = words_in(sentences)
    grammar = _grammar_of(lexicon)
    leading = lexicon.words("passive_leading")
    findings: list[Finding] = []
    burden = 0.0
    for sentence in sentences_around(sentences, memo.words.places_of(grammar.openers, 0, len(memo.words))):
        found = list(_passives(memo, sentence, grammar))
        if found:
            worst = max(found, key=lambda passive: passive.weight * passive.confidence)
            burden += worst.weight
            findings.append(_finding(memo, worst, len(sentences), leading))
    share = burden / len(sentences) if sentences else 0.0
    indicator = ramp(share, _POOR, _GOOD)
    if share <= _PRAISED and words >= WORDS_FOR_A_STRENGTH:
        findings.append(
            Finding(
                "passive-voice.active",
                "active-voice",
                "strength",
                None,
                0.6,
                0.7,
                {"sentences": str(len(sentences))},
            )
        )
    return Reading({"active-voice": settled(indicator, words)}, worst_first(findings, words))


def _finding(memo: Memo, passive: Passive, sentences: int, leading: frozenset[str]) -> Finding:
    first = passive.first
    while first and passive.first - first < _BETWEEN and memo.words[first - 1].lower in leading:
        if not adjacent(memo, first - 1, first):
            break
        first -= 1
    span = Span(memo.words[first].span.start, memo.words[passive.last - 1].span.end)
    return Finding(
        f"passive-voice.{passive.what}",
        "active-voice",
        "opportunity",
        span,
        min(1.0, passive.weight * (0.1 + 2.5 / sentences)),
        passive.confidence,
        {"phrase": memo.quote(span)},
    )
