"""What the conversation knows of one evaluation, ready to be put into sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from memo_coach.coaching.builtin.chat.vocabulary import said
from memo_coach.coaching.builtin.phrasing import shortened
from memo_coach.coaching.documents.frameworks import Framework
from memo_coach.coaching.evaluation import HIGHEST_SCORE, Comment, CommentKind, CriterionScore, Evaluation
from memo_coach.coaching.rubric.model import Criterion, LocalisedText, Rubric, localised

GOOD = 4.0
"""What a criterion can be brought to with reason; a 5 is rare."""
LONGEST_QUOTE = 110
"""Characters of the memo within a sentence of ours."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """An evaluation with its rubric and the frameworks, in the language of the answer."""

    language: str
    evaluation: Evaluation
    memo_text: str
    rubric: Rubric
    frameworks: tuple[Framework, ...]

    def say(self, name: str, /, **values: str) -> str:
        """Return one of the conversation's sentences."""
        return said(self.language, name, **values)

    def in_words(self, text: LocalisedText) -> str:
        """Return a text of the rubric or of a framework."""
        return localised(text, self.language).strip()

    def number(self, value: float | None, otherwise: str = "–") -> str:
        """Write a score or a gain as the language does, with one decimal."""
        return otherwise if value is None else self._marked(f"{value:.1f}")

    def percent(self, value: float) -> str:
        """Write a share in percent, without decimals that say nothing."""
        return self._marked(f"{round(value, 1):g}")

    def _marked(self, text: str) -> str:
        return text.replace(".", ",") if self.language == "es" else text

    def criterion(self, criterion_id: str) -> Criterion | None:
        """Find a criterion of the rubric."""
        return self.rubric.criterion(criterion_id)

    def name(self, criterion_id: str) -> str:
        """Name a criterion; one that the rubric no longer has keeps the name that it was judged under."""
        found = self.criterion(criterion_id)
        if found is not None:
            return self.in_words(found.name)
        judged = self.judged(criterion_id)
        return criterion_id if judged is None else judged.name

    def judged(self, criterion_id: str) -> CriterionScore | None:
        """Find the judgement on a criterion."""
        return next((each for each in self.evaluation.criteria if each.id == criterion_id), None)

    def scored(self) -> list[tuple[float, CriterionScore]]:
        """Return the criteria that have a score, with it, in the order of the rubric."""
        return [(each.score, each) for each in self.evaluation.criteria if each.score is not None]

    def by_gain(self) -> list[CriterionScore]:
        """Return the criteria with a score below 5, those first where most is to be won overall."""
        open_ones = [each for score, each in self.scored() if score < HIGHEST_SCORE]
        return sorted(open_ones, key=lambda each: -gain(each, HIGHEST_SCORE))

    def comments(self, kind: CommentKind | None = None, criterion: str | None = None) -> list[Comment]:
        """Return the comments of a kind and on a criterion, those first that matter most."""
        found = [
            each
            for each in self.evaluation.comments
            if kind in (None, each.kind) and criterion in (None, each.criterion)
        ]
        return sorted(found, key=lambda each: (each.kind == "strength", each.rank))

    def noticed(self, comment: Comment) -> str:
        """Say what a comment notices, at its passage where it has one."""
        if comment.kind == "strength":
            return self.say("well", comment=comment.comment)
        if comment.quote:
            return self.say("noticed-at", quote=quoted(comment.quote), comment=comment.comment)
        return self.say("noticed", comment=comment.comment)

    def reason_line(self, judged: CriterionScore) -> str:
        """Say a criterion's score and its reason in a line."""
        return self.say(
            "reason-line",
            criterion=self.name(judged.id),
            score=self.number(judged.score),
            reason=judged.justification,
        )

    def guidance(self, criterion_id: str, level: int) -> str:
        """Say what a memo of a level looks like on a criterion, or nothing where the rubric does not."""
        found = self.criterion(criterion_id)
        return self.in_words(found.guidance[level]) if found is not None and level in found.guidance else ""


def gain(judged: CriterionScore, to: float) -> float:
    """Return how many points of the overall score it is worth to bring a criterion to a score."""
    return 0.0 if judged.score is None else max(0.0, to - judged.score) * judged.effective_weight / 100


def quoted(text: str, longest: int = LONGEST_QUOTE) -> str:
    """Return a passage on one line, cut where it is long."""
    return shortened(text, longest)


def first_sentence(text: str) -> str:
    """Cut a text after its first sentence."""
    head, stop, _ = text.partition(". ")
    return head + "." if stop else text


def listed(lines: Sequence[str]) -> str:
    """Return lines as a list."""
    return "\n".join(f"- {' '.join(line.split())}" for line in lines if line.strip())
