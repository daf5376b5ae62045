"""Policies: whom the rules bind, what they must do, from when, who grants exceptions, and whom to ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.analysis.terms import Term, TermReader, Terms
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span

_NAMES = ("scope", "rules", "effective", "exceptions", "contact")
KINDS = (
    *(f"policy.{name}-missing" for name in _NAMES),
    *(f"policy.{name}-clear" for name in _NAMES),
    "policy.rules-weak",
    "policy.exceptions-undecided",
)

_LISTS = (
    "policy_scope",
    "policy_whom",
    "policy_must",
    "policy_may",
    "policy_weak",
    "policy_effective",
    "policy_review",
    "policy_exception",
    "policy_whom_to_ask",
    "policy_contact",
)
_RULES = 4
"""Distinct sentences of duty that make a policy: below four it is rather an announcement."""
_ACTOR_REACH, _NEAR = 8, 2
"""Words between the actor and "must", and between the actor and "may", which often only means "perhaps"."""
_NO_ACTOR = 0.4
_MOST_WEAK = 2
_DECIDED_WITHIN = 3
"""Sentences, from the one that names an exception, in which the reader learns who decides."""
_ADDRESS = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{2,30}|https?://|(?:\+?[0-9][0-9 ()-]{5,18}[0-9])|\bext\.? ?[0-9]{2,6}"
)


@dataclass
class _Seen:
    best: dict[str, tuple[float, Span]] = field(default_factory=dict)
    rules: list[Span] = field(default_factory=list)
    duties: float = 0.0
    weak: list[Sentence] = field(default_factory=list)
    reviewed: bool = False

    def keep(self, name: str, value: float, span: Span) -> None:
        if value > self.best.get(name, (0.0, span))[0]:
            self.best[name] = (value, span)


class _Reader:
    """Walks the sentences once."""

    def __init__(self, memo: Memo, lexicon: Lexicon) -> None:
        self.memo = memo
        self.facts: MemoFacts = facts_of(memo, lexicon)
        self.terms: Terms = TermReader.of(lexicon, _LISTS).read(memo)
        self._subjects = lexicon.words("subject_pronouns")
        self.seen = _Seen()

    def read(self) -> _Seen:
        for index, sentence in enumerate(self.memo.sentences):
            terms = self.terms.of(sentence)
            if not terms:
                continue
            self._contact(sentence)
            if not self.facts.is_evidence(sentence):
                continue
            names = frozenset().union(*(term.lists for term in terms))
            self._effective(sentence, terms, names)
            if self.memo.blocks[sentence.block].kind != "table":
                self._scope(sentence, names)
                self._rule(sentence, terms)
                self._exception(index, sentence, names)
        return self.seen

    def _scope(self, sentence: Sentence, names: frozenset[str]) -> None:
        """Score 1.0 where the sentence says who or what is bound, 0.4 where it only speaks of scope."""
        if "policy_scope" in names:
            self.seen.keep("scope", 1.0 if "policy_whom" in names else 0.4, sentence.span)

    def _rule(self, sentence: Sentence, terms: Sequence[Term]) -> None:
        """Count a duty by whether it says whose it is: "receipts must be kept" leaves out who keeps them."""
        if sentence.text.rstrip().endswith("?"):
            return
        worth = max((self._worth(sentence, duty, terms) for duty in terms), default=0.0)
        if worth:
            self.seen.rules.append(sentence.span)
            self.seen.duties += worth
        elif any("policy_weak" in term.lists for term in terms):
            self.seen.weak.append(sentence)

    def _worth(self, sentence: Sentence, duty: Term, terms: Sequence[Term]) -> float:
        must = "policy_must" in duty.lists
        if not must and "policy_may" not in duty.lists:
            return 0.0
        reach = _ACTOR_REACH if must else _NEAR
        named = any("policy_whom" in term.lists and 0 <= duty.first - term.last <= reach for term in terms)
        start = duty.span.start
        owned = any(
            owner.end <= start and len(self.memo.text[owner.end : start].split()) <= reach
            for owner in self.facts.owners_in(sentence)
        )
        if named or owned:
            return 1.0
        return _NO_ACTOR if must and duty.first > sentence.first_word else 0.0

    def _effective(self, sentence: Sentence, terms: Iterable[Term], names: frozenset[str]) -> None:
        dates = [date for date in self.facts.dates_in(sentence.span) if date.kind != "weekday"]
        if not dates:
            return
        if any(
            "policy_effective" in term.lists and -2 <= dates[0].span.start - term.span.end <= 40
            for term in terms
        ):
            self.seen.keep("effective", 0.8, sentence.span)
        if "policy_review" in names:
            self.seen.reviewed = True
            self.seen.keep("effective", 0.4, sentence.span)

    def _exception(self, index: int, sentence: Sentence, names: frozenset[str]) -> None:
        """Score 1.0 where someone decides on the exception, 0.5 where it is only named."""
        place = self.memo.blocks[sentence.block].section
        under = self.terms.in_heading(self.memo.sections[place].heading, "policy_exception")
        if "policy_exception" not in names and not under:
            return
        near = [
            other
            for other in self.memo.sentences[index : index + _DECIDED_WITHIN]
            if self.memo.blocks[other.block].section == place
        ]
        decided = any(self._decides(other) for other in near)
        self.seen.keep("exceptions", 1.0 if decided else 0.5, sentence.span)

    def _decides(self, sentence: Sentence) -> bool:
        named = self.facts.owners_in(sentence) or self.terms.named(sentence, "policy_whom")
        return bool(named) and bool(self.terms.named(sentence, "policy_whom_to_ask", "policy_may"))

    def _contact(self, sentence: Sentence) -> None:
        """Score 1.0 for a name with an address or number, 0.6 for a person or team to ask.

        "Questions: Mei Tan, extension 4471" has no verb and needs none.
        """
        asked = self.terms.named(sentence, "policy_contact")
        if all(self._is_told(term) for term in asked):
            return
        if self.terms.named(sentence, "policy_must"):
            return  # a rule that tells somebody to call somebody
        if _ADDRESS.search(sentence.text):
            self.seen.keep("contact", 1.0, sentence.span)
        elif self.facts.is_evidence(sentence) and self.facts.owners_in(sentence):
            self.seen.keep("contact", 0.6, sentence.span)

    def _is_told(self, term: Term) -> bool:
        """Whether it is "We ask the committee", which is no invitation to the reader."""
        return term.first > 0 and self.memo.words[term.first - 1].lower in self._subjects


def _simple(name: str, seen: _Seen) -> tuple[float, list[Finding]]:
    value, span = seen.best.get(name, (0.0, None))
    if name == "effective" and seen.reviewed and value >= 0.8:
        value = 1.0
    indicator = f"policy-{name}"
    if value >= 0.6:
        return value, [Finding(f"policy.{name}-clear", indicator, "strength", span, value, 0.75)]
    kind = "policy.exceptions-undecided" if name == "exceptions" and value else f"policy.{name}-missing"
    return value, [Finding(kind, indicator, "opportunity", span, 1.0 - value, 0.7)]


def _rules(seen: _Seen) -> tuple[float, list[Finding]]:
    """Score duties by their number, and take off what is only advised: "should" leaves it open."""
    duties, weak = seen.duties, len(seen.weak)
    share = duties / (duties + weak) if duties else 0.0
    value = ramp(duties, 0, _RULES) * (0.5 + 0.5 * share)
    findings = [
        Finding("policy.rules-weak", "policy-rules", "opportunity", sentence.span, 0.3, 0.6)
        for sentence in seen.weak[:_MOST_WEAK]
    ]
    if value >= 0.6:
        findings.append(Finding("policy.rules-clear", "policy-rules", "strength", seen.rules[0], value, 0.75))
    else:
        place = seen.rules[0] if seen.rules else None
        findings.append(
            Finding("policy.rules-missing", "policy-rules", "opportunity", place, 1.0 - value, 0.7)
        )
    return value, findings


@detector(
    "policy",
    indicators=tuple(f"policy-{name}" for name in _NAMES),
    source="US Federal Plain Language Guidelines (2011): use “must” to indicate requirements; "
    "ISO/IEC Directives, Part 2 (2021), clause 7, on shall, should and may",
)
def read_policy(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read whether a reader of the policy knows what to do, from when, and whom to ask."""
    seen = _Reader(memo, lexicon).read()
    values: dict[str, float] = {}
    findings: list[Finding] = []
    for name in _NAMES:
        values[f"policy-{name}"], found = _rules(seen) if name == "rules" else _simple(name, seen)
        findings.extend(found)
    return Reading(values, tuple(findings))
