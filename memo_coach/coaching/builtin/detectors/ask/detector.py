"""Look for the ask: what the reader is to decide, how much it commits, by when, and who decides."""

from __future__ import annotations

from dataclasses import dataclass

from memo_coach.coaching.builtin.analysis.figures import numbers_in
from memo_coach.coaching.builtin.analysis.passages import (
    holding,
    holds,
    mentions,
    passages_about,
    place_among,
)
from memo_coach.coaching.builtin.analysis.prose import DateMention, MemoFacts, facts_of
from memo_coach.coaching.builtin.findings import Finding, Reading, detector
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span

KINDS = (
    "ask.verb-missing",
    "ask.oblique",
    "ask.amount-missing",
    "ask.deadline-missing",
    "ask.decider-missing",
    "ask.direct",
    "ask.clear",
)

_NEVER_ASK = frozenset({"quote", "table"})
"""What others wrote asks nothing on the writer's behalf; a row states a step, an option or a figure."""

REAL_ASK = 0.6
"""From this strength on a sentence asks for a decision; below it, it hopes for one."""


_ELSEWHERE = 0.4
"""What an amount or a date is worth that stands in another ask, pages away."""
_TOTAL_ONLY, _A_PART, _MOST_IMPLIED = 0.1, 0.2, 0.65
"""What a labelled total is worth as an amount where nobody asks for it, alone and for each cost beside it."""
_IMPLIED = 0.6
"""And what share of that it is worth as a request."""
_IMPLIED_TIME = 0.3
"""A duration beside the total says for how long the money is, not by when to answer."""
_LEAST_COMMAND = 3
"""Words: "Approve." alone does not say what."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A sentence that asks for a decision, and how plainly: 1 outright, 0.35 by hint."""

    sentence: Sentence
    strength: float


def asks_in(memo: Memo, lexicon: Lexicon) -> tuple[Ask, ...]:
    """Find the sentences that ask for a decision, in order. Made once a memo."""
    facts = facts_of(memo, lexicon)
    return facts.once("asks", lambda: _read_asks(memo, lexicon, facts))


def best_ask(memo: Memo, lexicon: Lexicon) -> Ask | None:
    """Return the plainest ask, the first of several equally plain."""
    return max(asks_in(memo, lexicon), key=lambda ask: ask.strength, default=None)


def _read_asks(memo: Memo, lexicon: Lexicon, facts: MemoFacts) -> tuple[Ask, ...]:
    headed = {
        block.index for passage in passages_about(memo, lexicon, "ask_headings") for block in passage.blocks
    }
    asks: list[Ask] = []
    for sentence in memo.sentences:
        if not facts.is_evidence(sentence) or memo.blocks[sentence.block].kind in _NEVER_ASK:
            continue
        strength = _strength(memo, lexicon, facts, sentence, headed=sentence.block in headed)
        if strength > 0:
            asks.append(Ask(sentence, strength))
    return tuple(asks)


def _strength(memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentence: Sentence, *, headed: bool) -> float:
    """Weigh one sentence.

    An outright opening with a word of deciding, an amount or a decider asks in full (1.0), without any of
    them it may only advise (0.75). A third person or "we propose" asks where a word of deciding follows. A
    command ("Approve …") is an ask under a heading that says so; elsewhere it may be a rule. Hints ("we
    hope you will consider") leave the reader to guess: 0.35.
    """
    by_words = max(
        _of_opening(memo, lexicon, facts, sentence),
        _of_command(memo, lexicon, sentence, headed=headed),
        0.35 if holds(memo, lexicon, sentence, "ask_oblique") else 0.0,
    )
    if by_words > 0 or not holds(memo, lexicon, sentence, "decision_verbs"):
        return by_words
    if holds(memo, lexicon, sentence, "ask_questions"):
        return 0.8
    return _of_third_person(memo, lexicon, facts, sentence, headed=headed)


def _of_opening(memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentence: Sentence) -> float:
    if not facts.is_prose(sentence) or not holds(memo, lexicon, sentence, "ask_openers"):
        return 0.0
    opening = next(lexicon.phrases("ask_openers").find(memo.words, sentence.first_word, sentence.last_word))
    before = memo.words[opening.first - 1].lower if opening.first > sentence.first_word else ""
    if before in lexicon.words("relative_pronouns"):
        return 0.0  # "a token, which we recommend having" advises in passing
    concrete = holds(memo, lexicon, sentence, "decision_verbs") or _decider(memo, lexicon, sentence)
    return 1.0 if concrete or facts.amounts_in(sentence.span) else 0.75


def _of_command(memo: Memo, lexicon: Lexicon, sentence: Sentence, *, headed: bool) -> float:
    commands = lexicon.words("decision_commands")
    words = [
        word.lower
        for word in memo.words[sentence.first_word : min(sentence.first_word + 2, sentence.last_word)]
    ]
    commanded = words[0] in commands or (words[0] == "to" and words[-1] in commands)
    coded = "`" in sentence.text
    if not commanded or coded or sentence.word_count < _LEAST_COMMAND:
        return 0.0
    return 0.95 if headed else REAL_ASK


def _of_third_person(
    memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentence: Sentence, *, headed: bool
) -> float:
    first, last = sentence.first_word, sentence.last_word
    decides = next(lexicon.phrases("decision_verbs").find(memo.words, first, last), None)
    if decides is None or not facts.is_prose(sentence):
        return 0.0
    if next(lexicon.phrases("ask_third_person").find(memo.words, first, decides.first), None) is None:
        return 0.0
    if _decider(memo, lexicon, sentence):
        return 0.95
    if facts.amounts_in(sentence.span):
        return 0.85
    return REAL_ASK if headed else 0.45


def _decider(memo: Memo, lexicon: Lexicon, sentence: Sentence) -> bool:
    return holds(memo, lexicon, sentence, "deciders")


@detector(
    "ask",
    indicators=("ask-verb", "ask-amount", "ask-deadline", "ask-decider"),
    source="US Army Regulation 25-50 on correspondence: put the main point at the beginning; "
    "Barbara Minto, The Pyramid Principle",
)
def read_ask(memo: Memo, lexicon: Lexicon) -> Reading:
    """Look for the sentence that asks, then for the amount, the date and the decider in it or beside it."""
    facts = facts_of(memo, lexicon)
    asks = asks_in(memo, lexicon)
    best = best_ask(memo, lexicon)
    if best is None or best.strength < REAL_ASK:
        return _without_an_ask(memo, lexicon, best)
    main = [
        ask.sentence
        for ask in asks
        if ask.strength == best.strength and ask.sentence.block == best.sentence.block
    ]
    placed = {sentence.span.start for sentence in main}
    # What a later recommendation adds is not in the sentence that will be signed under.
    later = [
        ask.sentence for ask in asks if ask.strength >= REAL_ASK and ask.sentence.span.start not in placed
    ]
    amount = max(_amount(memo, lexicon, facts, sentence) for sentence in main)
    if amount == 0 and any(facts.amounts_in(sentence.span) for sentence in later):
        amount = _ELSEWHERE
    if amount < 0.6 and _subject_has_money(memo, lexicon):
        amount = 0.6
    deadline = max(_deadline(memo, lexicon, facts, sentence) for sentence in main)
    if deadline == 0 and any(date.deadline for sentence in later for date in facts.dates_in(sentence.span)):
        deadline = _ELSEWHERE
    decider = max(_decider_strength(memo, lexicon, sentence) for sentence in [*main, *later])
    span = best.sentence.span
    values = (best.strength, amount, deadline, decider)
    indicators = dict(zip(("ask-verb", "ask-amount", "ask-deadline", "ask-decider"), values, strict=True))
    return Reading(indicators, tuple(_findings(span, *values)))


def _findings(span: Span, strength: float, amount: float, deadline: float, decider: float) -> list[Finding]:
    findings: list[Finding] = []
    # An amount that has to be looked for beside the ask is no fault worth a comment; half a date is.
    if amount < 0.5:
        findings.append(Finding("ask.amount-missing", "ask-amount", "opportunity", span, 1 - amount, 0.75))
    if deadline < 0.5:
        findings.append(
            Finding("ask.deadline-missing", "ask-deadline", "opportunity", span, 1 - deadline, 0.8)
        )
    if decider < 0.5:
        findings.append(Finding("ask.decider-missing", "ask-decider", "opportunity", span, 1 - decider, 0.7))
    if strength >= 0.8 and min(amount, deadline) >= 0.6 and decider >= 0.5:
        findings.append(Finding("ask.clear", "ask-verb", "strength", span, 1.0, 0.9))
    elif strength >= 0.9:
        findings.append(Finding("ask.direct", "ask-verb", "strength", span, 0.5, 0.85))
    return findings


def _without_an_ask(memo: Memo, lexicon: Lexicon, best: Ask | None) -> Reading:
    strength = best.strength if best else 0.0
    subject = memo.header_value("subject")
    if subject and mentions(subject, lexicon, "subject_ask_words"):
        strength = max(strength, 0.3)
    # "Total cost: 12,000" implies a request without making one.
    implied, timed = _implied(memo, lexicon)
    strength = max(strength, _IMPLIED * implied)
    none = {"ask-verb": strength, "ask-amount": implied, "ask-deadline": timed, "ask-decider": 0.0}
    if best is not None:
        finding = Finding("ask.oblique", "ask-verb", "opportunity", best.sentence.span, 1 - strength, 0.75)
        return Reading(none, (finding,))
    place = next((p.place for p in passages_about(memo, lexicon, "ask_headings")), None)
    return Reading(none, (Finding("ask.verb-missing", "ask-verb", "opportunity", place, 1 - strength, 0.8),))


def _implied(memo: Memo, lexicon: Lexicon) -> tuple[float, float]:
    """Return what a labelled total is worth as an amount, and the duration beside it as a date."""
    facts = facts_of(memo, lexicon)
    totals = holding(memo, lexicon, "total_labels")
    total = next((s for s in memo.sentences if s.span.start in totals and facts.amounts_in(s.span)), None)
    if total is None:
        return 0.0, 0.0
    section = memo.blocks[total.block].section
    priced = holding(memo, lexicon, "ask_amount_words")
    parts = {
        memo.blocks[s.block].section
        for s in memo.sentences
        if s.span.start in priced and facts.amounts_in(s.span)
    } - {section}
    units = lexicon.words("time_units")
    beside = [s for s in memo.sentences if memo.blocks[s.block].section == section]
    timed = any(
        facts.dates_in(s.span) or any(figure.unit in units for figure in facts.figures_in(s.span))
        for s in beside
    )
    return min(_MOST_IMPLIED, _TOTAL_ONLY + _A_PART * len(parts)), _IMPLIED_TIME if timed else 0.0


def _subject_has_money(memo: Memo, lexicon: Lexicon) -> bool:
    return any(figure.kind == "money" for figure in numbers_in(memo.header_value("subject"), lexicon))


def _beside(memo: Memo, facts: MemoFacts, sentence: Sentence) -> list[Sentence]:
    """Return the sentence before and the one after within the block, and the list that a colon announces."""
    block = memo.blocks[sentence.block]
    siblings = memo.sentences_of(block)
    at = place_among(siblings, sentence)
    near = [*siblings[max(0, at - 1) : at], *siblings[at + 1 : at + 2]]
    for following in memo.blocks[block.index + 1 : block.index + 6]:
        if following.kind != "list_item":
            break
        near.extend(memo.sentences_of(following)[:1])
    return [other for other in near if facts.is_evidence(other)]


def _amount(memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentence: Sentence) -> float:
    """Weigh the amount: in the asking sentence 1.0, beside it in a sentence about cost 0.7."""
    if facts.amounts_in(sentence.span) or holds(memo, lexicon, sentence, "no_amount_phrases"):
        return 1.0
    if _counts_resources(memo, lexicon, sentence):
        return 1.0
    for other in _beside(memo, facts, sentence):
        about_cost = holds(memo, lexicon, other, "ask_amount_words")
        about_cost = about_cost and not holds(memo, lexicon, other, "gain_words")
        if (facts.amounts_in(other.span) and about_cost) or holds(memo, lexicon, other, "no_amount_phrases"):
            return 0.7
    return 0.0


def _counts_resources(memo: Memo, lexicon: Lexicon, sentence: Sentence) -> bool:
    """Whether people, posts, hours or licences are asked for by number: "two engineers", "40 hours"."""
    units = lexicon.phrases("resource_units")
    numbers = lexicon.words("number_words")
    for match in units.find(memo.words, sentence.first_word, sentence.last_word):
        before = memo.words[max(sentence.first_word, match.first - 3) : match.first]
        if any(word.lower[0].isdigit() or word.lower in numbers for word in before):
            return True
    return False


def _deadline(memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentence: Sentence) -> float:
    """Weigh the date: after "by" or the like 1.0, a bare day 0.8, a bare month 0.5.

    Beside the ask 0.8 of it.
    """
    best = max(map(_date_strength, facts.dates_in(sentence.span)), default=0.0)
    if best >= 0.8:
        return best
    for other in _beside(memo, facts, sentence):
        if holds(memo, lexicon, other, "ask_deadline_words"):
            near = (_date_strength(date) for date in facts.dates_in(other.span) if date.deadline)
            best = max(best, 0.8 * max(near, default=0.0))
    return best


def _date_strength(date: DateMention) -> float:
    if date.kind == "year":
        return 0.4 if date.deadline else 0.2
    if date.deadline:
        return 1.0
    return {"day": 0.8, "relative": 0.4}.get(date.kind, 0.5)


def _decider_strength(memo: Memo, lexicon: Lexicon, sentence: Sentence) -> float:
    """Weigh who decides: a named body or role 1.0.

    "you" where the memo says to whom it goes 0.8, else 0.4.
    """
    if _decider(memo, lexicon, sentence):
        return 1.0
    addressed = bool(memo.header_value("to"))
    if holds(memo, lexicon, sentence, "reader_words"):
        return 0.8 if addressed else 0.4
    return 0.5 if addressed else 0.0
