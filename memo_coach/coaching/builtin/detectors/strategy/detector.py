"""The strategic link: which named goal of the organisation the proposal serves, and how."""

from __future__ import annotations

import re
from collections.abc import Sequence

from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.analysis.signs import part_earned
from memo_coach.coaching.builtin.analysis.terms import Term, TermReader
from memo_coach.coaching.builtin.findings import Finding, Reading, detector
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span

KINDS = ("strategy.missing", "strategy.generic", "strategy.linked")

_LISTS = ("strategy_goal", "strategy_weak_goal", "strategy_owner", "strategy_link", "strategy_other")
_GENERIC = 0.3
"""A link to "our strategy": true of anything, so it tells the reader little."""
_NAMED = 0.3
"""Added where the goal can be looked up: a year, a number, or a proper name."""
_CONTENT = 0.4
"""Added where the sentence says what the goal is ("to cut energy use by 20%")."""
_ENOUGH_AIMS, _AIMS = 8, 0.5
"""Sentences on aims and on whom they benefit, and what they earn: an aim, but not one that is on record."""
_LINK_REACH = 12
_NAME_REACH = 7
_YEAR = re.compile(r"20[0-9]{2}")
_LEAST_CONTENT = 3
"""Words after "goal of" that say something: "of halving customer churn" has three."""


class _Reader:
    """Scores each sentence that ties the proposal to a goal."""

    def __init__(self, memo: Memo, lexicon: Lexicon) -> None:
        self.memo = memo
        self.facts: MemoFacts = facts_of(memo, lexicon)
        self.terms = TermReader.of(lexicon, _LISTS).read(memo)
        self._others = lexicon.words("strategy_other")
        self._plans = lexicon.words("strategy_plan")
        self.promises = lexicon.words("strategy_promise")

    def links(self) -> list[tuple[float, Span]]:
        """Return the worth (0 to 1) of each sentence that links, with its span."""
        found = []
        for sentence in self.memo.sentences:
            terms = self.terms.of(sentence)
            goals = [term for term in terms if "strategy_goal" in term.lists]
            if goals and self.facts.is_evidence(sentence):
                value = self._worth(sentence, terms, goals)
                if value:
                    found.append((value, sentence.span))
        return found

    def _worth(self, sentence: Sentence, terms: Sequence[Term], goals: Sequence[Term]) -> float:
        links = [term for term in terms if "strategy_link" in term.lists]
        owners = [term for term in terms if "strategy_owner" in term.lists]
        best = 0.0
        for goal in goals:
            plan = self._is_named_plan(goal)
            if self._belongs_elsewhere(goal) or not (plan or any(_near(goal, link) for link in links)):
                continue
            named = plan or self._is_named(sentence, goal)
            owned = any(abs(owner.first - goal.first) <= 5 for owner in owners)
            if "strategy_weak_goal" in goal.lists and not plan:
                served = any(0 <= goal.first - link.last <= _LINK_REACH for link in links)
                if not owned or not served:
                    continue
            content = self._has_content(sentence, goal)
            best = max(best, _GENERIC + _NAMED * named + _CONTENT * content)
        return best

    def _belongs_elsewhere(self, goal: Term) -> bool:
        """Whether it is a pricing strategy or the project's own goal rather than the organisation's."""
        around = (
            self.memo.words[max(0, goal.first - 1) : goal.first] + self.memo.words[goal.last : goal.last + 1]
        )
        return any(word.lower in self._others for word in around)

    def _is_named_plan(self, goal: Term) -> bool:
        """Whether it is "Strategy 2030" or "goal 3 of the Valdeoca Plan 2030": a plan with its year."""
        words = self.memo.words[goal.first : goal.last + _NAME_REACH]
        for position, word in enumerate(words):
            if word.lower in self._plans and self.memo.text[word.span.start].isupper():
                return any(_YEAR.match(after.lower) for after in words[position + 1 : position + 4])
        return False

    def _is_named(self, sentence: Sentence, goal: Term) -> bool:
        """Accept a year or number near the goal, or a capital ("Plan Estratégico")."""
        words = self.memo.words[
            max(sentence.first_word, goal.first - 6) : min(sentence.last_word, goal.last + 6)
        ]
        if any(word.lower[0].isdigit() for word in words):
            return True
        first = self.memo.words[goal.first].span.start
        return goal.first > sentence.first_word and self.memo.text[first].isupper()

    def _has_content(self, sentence: Sentence, goal: Term) -> bool:
        """Accept words after "of", "to" or a colon that say what the goal is, or a figure."""
        after = self.memo.words[goal.last : sentence.last_word]
        colon = ":" in self.memo.text[goal.span.end : sentence.span.end]
        for position, word in enumerate(after[:8]):
            if word.lower in self.promises and len(after) - position - 1 >= _LEAST_CONTENT:
                return True
        figures = [figure for figure in self.facts.figures_in(sentence.span) if figure.kind != "plain"]
        return bool(figures) or (colon and len(after) >= _LEAST_CONTENT)


def _near(goal: Term, link: Term) -> bool:
    return goal is link or -_LINK_REACH <= link.first - goal.last <= _LINK_REACH


@detector(
    "strategy",
    indicators=("strategic-link",),
    source="HM Treasury, Guide to Developing the Project Business Case (2018): the strategic case",
)
def read_strategy(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read whether the proposal is tied to a goal that the organisation has set itself."""
    reader = _Reader(memo, lexicon)
    links = reader.links()
    aims = part_earned(memo, lexicon, "sign_aim", enough=_ENOUGH_AIMS, at_most=_AIMS)
    if not links:
        return Reading(
            {"strategic-link": aims},
            (Finding("strategy.missing", "strategic-link", "opportunity", None, 1.0 - aims, 0.75),),
        )
    value, span = max(links, key=lambda link: (link[0], -link[1].start))
    if value >= _GENERIC + _NAMED:
        # A second sentence says more of the same goal; it adds a little, never the whole.
        value = min(1.0, value + 0.1 * (len(links) - 1))
        return Reading(
            {"strategic-link": value},
            (Finding("strategy.linked", "strategic-link", "strength", span, value, 0.75),),
        )
    value = max(value, aims)
    return Reading(
        {"strategic-link": value},
        (Finding("strategy.generic", "strategic-link", "opportunity", span, 1.0 - value, 0.75),),
    )
