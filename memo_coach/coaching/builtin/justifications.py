"""The coach's reasons: a justification for each criterion, the summary, the lists and the notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from memo_coach.coaching.builtin import phrasing
from memo_coach.coaching.builtin.detectors.coherence.detector import DISORDER
from memo_coach.coaching.builtin.language_files import languages
from memo_coach.coaching.builtin.ranking import TOP, RankedFinding
from memo_coach.coaching.builtin.scoring import (
    LOST,
    SUBSTANCE,
    IndicatorValue,
    ScoredCriterion,
    ScoredMemo,
    ceiling_of,
    one_decimal,
)
from memo_coach.coaching.evaluation import OverallJudgement
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.rubric.model import PatternDetector, Rubric, localised

_PRESUPPOSES = {
    "ask-amount": "ask-verb",
    "ask-deadline": "ask-verb",
    "ask-decider": "ask-verb",
    "options-costs": "options-compared",
    "risks-mitigated": "risks-named",
    "risks-owned": "risks-named",
    "plan-owners": "plan-steps",
    "plan-dates": "plan-steps",
    "headings-informative": "headings-present",
}
"""Where the second is missing, saying that the first is missing too would be idle."""
_GOOD = 3.8
_EXCELLENT = 4.5
_POOR = 2.2
_CLAUSES = 2
_UNNOTICED = 0.03
"""Where no more than this part of the points is lost, that is not worth a notice."""


class Explainer:
    """Puts a judgement into words, for one memo, rubric and language."""

    def __init__(self, memo: Memo, rubric: Rubric, indicators: Mapping[str, float]) -> None:
        self.memo = memo
        self.language = memo.language if memo.language in languages() else "en"
        self.indicators = indicators
        self.patterns = {detector.indicator: detector for detector in rubric.detectors}

    def number(self, value: float) -> str:
        """Write a score as the language does: 3.5, or 3,5 in Spanish."""
        text = f"{value:.1f}"
        return text if self.language == "en" else text.replace(".", ",")

    def name(self, item: ScoredCriterion) -> str:
        """Name a criterion in the memo's language."""
        return localised(item.criterion.name, self.language)

    def justification(self, item: ScoredCriterion, position: int) -> str:
        """Say in one to three sentences what earned a criterion its score and what is missing."""
        if item.score is None:
            return self._sentence("not-judged", weight=f"{item.criterion.weight:g}")
        earned = self._joined(_earned(item), "earned")
        missing = self._joined(_wanting(item), None)
        reasons = [self._weighed(item.score, earned, missing, position)]
        if item.thin:
            reasons.append(self._sentence("thin", ceiling=self._ceiling()))
        elif item.cap is not None:
            reasons.append(localised(item.cap.reason, self.language))
        return " ".join(_capitalised(reason) for reason in reasons)

    def _weighed(self, score: float, earned: str, missing: str, position: int) -> str:
        if not missing:
            return self._sentence("earned", earned=earned)
        if not earned:
            return self._sentence("missing", missing=missing)
        if score < _POOR:
            first, _, second = self._sentence("at-least", earned=earned, missing=missing).partition(". ")
            return f"{first}. {second}"
        name = "nearly" if score >= _GOOD else f"but-{position % 3 + 1}"
        return self._sentence(name, earned=earned, missing=missing)

    def overall(
        self, scored: ScoredMemo, ranked: Sequence[RankedFinding], notices: Sequence[str]
    ) -> OverallJudgement:
        """Return the judgement on the memo as a whole: score, two sentences, lists and notices."""
        strengths = self._lines(item for item in ranked if item.finding.polarity == "strength")
        opportunities = self._lines(item for item in ranked if item.finding.polarity == "opportunity")
        return OverallJudgement(
            score=scored.score,
            summary=self._summary(scored, ranked),
            strengths=strengths,
            opportunities=opportunities,
            notices=(*notices, *self._score_notices(scored, strengths)),
        )

    def _lines(self, ranked: Iterable[RankedFinding]) -> tuple[str, ...]:
        lines: dict[str, None] = {}
        for item in ranked:
            if item.priority <= 0:
                continue
            texts = phrase_of(item, self.patterns, self.language)
            short = texts.strength if item.finding.polarity == "strength" else texts.opportunity
            values, kind = item.finding.values, item.finding.kind
            whole = phrasing.chosen((short,) if short else texts.comment, values, kind)
            lines.setdefault(whole if short else first_sentence(whole))
            if len(lines) == TOP:
                break
        return tuple(lines)

    def _summary(self, scored: ScoredMemo, ranked: Sequence[RankedFinding]) -> str:
        judged = [item for item in scored.criteria if item.score is not None]
        if not judged or scored.score is None:
            return f"{self._sentence('unscored')} {self._sentence('unscored-next')}"
        first = next(
            (one for one in ranked if one.finding.polarity == "opportunity" and one.priority > 0), None
        )
        # What is praised is not what is to be changed first, or the two sentences read as a contradiction.
        others = [item for item in judged if first is None or item.criterion.id != first.criterion]
        good = self._good(others or judged, scored.score)
        return f"{good} {self._first_change(judged, first, scored.score)}"

    def _good(self, judged: Sequence[ScoredCriterion], score: float) -> str:
        best = max(judged, key=lambda item: ((item.score or 0.0) - 1) * (item.effective_weight + 10))
        earned = _earned(best)
        if not earned:
            return self._sentence("good-none", criterion=self.name(best))
        band = "good-high" if score >= _GOOD else "good-middle" if score >= _POOR else "good-low"
        clause = self._joined(earned, "earned")
        return self._sentence(band, criterion=self.name(best), clause=clause)

    def _first_change(
        self, judged: Sequence[ScoredCriterion], first: RankedFinding | None, score: float
    ) -> str:
        """Say what the first of the opportunities says: the criterion, and what it lacks there."""
        item = next((one for one in judged if first and one.criterion.id == first.criterion), None)
        if first is None or item is None:
            return self._without_opportunities(judged)
        concerned = next(
            (
                value
                for value in item.values
                if value.indicator == first.finding.indicator and value.state != "earned"
            ),
            None,
        )
        if concerned is None:
            return self._one_step_further(item, first)
        others = [value for value in _wanting(item) if value is not concerned][: _CLAUSES - 1]
        clause = self._clause(concerned, concerned.state)
        if others:
            clause = self._sentence("and", first=clause, second=self._clause(others[0], others[0].state))
        texts = {"criterion": self.name(item), "clause": clause}
        if score >= _EXCELLENT:
            return self._sentence("improve", **texts)
        section = self._section_of(first)
        if section:
            return self._sentence("change-first-place", section=phrasing.shortened(section), **texts)
        return self._sentence("change-first", **texts)

    def _one_step_further(self, item: ScoredCriterion, first: RankedFinding) -> str:
        """Say what would help where what the first opportunity is about is there already."""
        texts = phrase_of(first, self.patterns, self.language)
        short = texts.opportunity or first_sentence(texts.comment[-1]).rstrip(".")
        clause = phrasing.fill(short, first.finding.values)
        return self._sentence("improve", criterion=self.name(item), clause=clause[:1].lower() + clause[1:])

    def _without_opportunities(self, judged: Sequence[ScoredCriterion]) -> str:
        """Name what lacks most where no detector has anything to point at."""
        item = max(judged, key=lambda item: (5 - (item.score or 0.0)) * item.effective_weight)
        wanting = _wanting(item)
        if not wanting:
            return self._sentence("change-nothing")
        return self._sentence("improve", criterion=self.name(item), clause=self._joined(wanting, None))

    def _section_of(self, ranked: RankedFinding) -> str:
        if ranked.block is None:
            return ""
        return self.memo.sections[self.memo.blocks[ranked.block].section].title.strip(" #*:.")

    def _score_notices(self, scored: ScoredMemo, strengths: Sequence[str]) -> Iterable[str]:
        if scored.thin:
            yield self._sentence("notice-thin", ceiling=self._ceiling())
        yield from self._lost_points()
        if scored.cap is not None:
            yield localised(scored.cap.reason, self.language)
        not_judged = [self.name(item) for item in scored.criteria if item.score is None]
        if not_judged:
            yield self._sentence("notice-not-judged", criteria=", ".join(not_judged))
        judged = [item for item in scored.criteria if item.score is not None]
        if judged and not strengths:
            best = max(judged, key=lambda item: item.score or 0.0)
            yield self._sentence(
                "notice-nearest", criterion=self.name(best), score=self.number(best.score or 0.0)
            )

    def _lost_points(self) -> Iterable[str]:
        """Say why a part of the points of every criterion is lost, one notice for each reason."""
        for name, most in LOST.items():
            lost = most * (1.0 - self.indicators.get(name, 1.0))
            if lost > _UNNOTICED:
                # Order costs so much at most: what costs more are words that make no sentences.
                reason = "order" if name == "coherence" and lost <= DISORDER else name
                yield self._sentence(f"notice-{reason}", part=f"{100 * lost:.0f}")

    def _ceiling(self) -> str:
        return self.number(one_decimal(ceiling_of(self.indicators.get(SUBSTANCE, 1.0))))

    def _joined(self, values: Sequence[IndicatorValue], state: str | None) -> str:
        clauses = [self._clause(value, state or value.state) for value in values[:_CLAUSES]]
        if len(clauses) < _CLAUSES:
            return "".join(clauses)
        return self._sentence("and", first=clauses[0], second=clauses[1])

    def _clause(self, value: IndicatorValue, state: str) -> str:
        texts = phrasing.sentences(self.language)
        pattern = self.patterns.get(value.indicator)
        if pattern is not None:
            name = localised(pattern.name, self.language)
            key = f"flag-{state}" if pattern.flags else state
            return str(texts["patterns"][key]).replace("{name}", name)
        return str(texts["indicators"][value.indicator][state])

    def _sentence(self, name: str, **values: str) -> str:
        text: str = phrasing.sentences(self.language)["sentences"][name]
        # Clauses are our own words and may be long; only the memo's words are cut, where they enter.
        for slot, value in values.items():
            text = text.replace("{" + slot + "}", value)
        return text


def phrase_of(item: RankedFinding, patterns: Mapping[str, PatternDetector], language: str) -> phrasing.Phrase:
    """Return the texts for a finding: from the phrasing files, or from the rubric for a pattern detector."""
    pattern = patterns.get(item.finding.indicator)
    if pattern is None:
        return phrasing.phrase(language, item.finding.kind)
    return phrasing.Phrase(
        comment=(_without_slots(localised(pattern.comment, language)),),
        questions=((_without_slots(localised(pattern.question, language)),),),
        suggestion=(_without_slots(localised(pattern.suggestion, language)),),
    )


def first_sentence(text: str) -> str:
    """Cut a text after its first sentence."""
    head, stop, _ = text.partition(". ")
    return head + "." if stop else text


def _without_slots(text: str) -> str:
    """Keep braces of an administrator's text from being taken for slots."""
    return text.replace("{", "(").replace("}", ")")


def _earned(item: ScoredCriterion) -> list[IndicatorValue]:
    earned = [value for value in item.values if value.state == "earned"]
    return sorted(earned, key=lambda value: -value.share * value.value)


def _wanting(item: ScoredCriterion) -> list[IndicatorValue]:
    absent = {value.indicator for value in item.values if value.state == "missing"}
    wanting = [
        value
        for value in item.values
        if value.state != "earned" and _PRESUPPOSES.get(value.indicator) not in absent
    ]
    return sorted(wanting, key=lambda value: -value.share * (1 - value.value))


def _capitalised(text: str) -> str:
    """Begin each sentence of a text with a capital."""
    sentences = text.split(". ")
    return ". ".join(sentence[:1].upper() + sentence[1:] for sentence in sentences)
