"""Where a line on what to change leads: to the remark that says more of it, or to those on its criterion.

A model's lines are words of its own, which name neither. A line is about a remark where it is its first
sentence, where it quotes its passage, or where most of what it says is said there, too; and about a criterion
that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from memo_coach.coaching.builtin.justifications import first_sentence
from memo_coach.coaching.evaluation import Comment, CriterionScore
from memo_coach.services.review.identity import normalised

_WORD: Final = re.compile(r"\w{4,}")
_STEM: Final = 5
"""Letters by which “risk owners” and “risks' owner” are the same."""
_LEAST_SHARED: Final = 0.6
"""Of a line's words those that a remark must have: half of any two sentences on memos is the same words."""
_LEAST_WORDS: Final = 3
_QUOTED: Final = re.compile(r"[“\"«]([^“”\"«»]{8,300})[”\"»]")


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a line leads; nowhere where neither is known."""

    remark: str = ""
    criterion: str = ""


def destinations(
    lines: Sequence[str], comments: Iterable[Comment], criteria: Iterable[CriterionScore]
) -> list[Destination]:
    """Return for each line on what to change where it leads."""
    opportunities = sorted(
        (each for each in comments if each.kind == "opportunity"), key=lambda each: each.rank
    )
    # The built-in coach's lines are its first remarks, one of each kind.
    first = [each for each in opportunities if each.priority > 0][: len(lines)]
    if lines and len({each.finding for each in first if each.finding}) == len(lines):
        return [Destination(each.id, each.criterion) for each in first]
    commented = {each.criterion for each in opportunities}
    named = {each.id: _stems(each.name) for each in criteria if each.id in commented}
    return [_destination(line, opportunities, named) for line in lines]


def _destination(line: str, opportunities: Sequence[Comment], named: dict[str, set[str]]) -> Destination:
    for is_about in (_is_its_sentence, _quotes, _says_the_same):
        found = next((each for each in opportunities if is_about(line, each)), None)
        if found is not None:
            return Destination(found.id, found.criterion)
    said = _stems(line)
    likely = [(len(name & said) / len(name), key) for key, name in named.items() if name & said]
    share, criterion = max(likely, default=(0.0, ""), key=lambda each: each[0])
    return Destination(criterion=criterion) if share > 0.5 else Destination()


def _is_its_sentence(line: str, comment: Comment) -> bool:
    return normalised(line) in {normalised(comment.comment), normalised(first_sentence(comment.comment))}


def _quotes(line: str, comment: Comment) -> bool:
    passage = normalised(comment.quote or "")
    return any(normalised(quote) in passage for quote in _QUOTED.findall(line))


def _says_the_same(line: str, comment: Comment) -> bool:
    said = _stems(line)
    shared = said & _stems(" ".join((comment.comment, comment.suggestion or "", *comment.questions)))
    return len(shared) >= max(_LEAST_WORDS, _LEAST_SHARED * len(said))


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(normalised(text))}
