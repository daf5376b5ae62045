"""An evaluation as text for a terminal: as wide as the window, and in colour where that is wanted."""

from __future__ import annotations

import os
import shutil
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

from memo_coach.cli.judgement import FileJudgement
from memo_coach.cli.output import shown_values
from memo_coach.coaching.evaluation import Comment, CriterionScore
from memo_coach.coaching.rubric.model import localised
from memo_coach.translations import current_language, number
from memo_coach.translations import text as said

WIDEST = 96
NARROWEST = 40
_BAR = 20
_LONGEST_QUOTE = 160


@dataclass(frozen=True, slots=True)
class Style:
    """How wide, and whether in colour."""

    width: int = 80
    colour: bool = False

    def strong(self, text: str) -> str:
        """Return the text in bold."""
        return self._painted("1", text)

    def faint(self, text: str) -> str:
        """Return the text dimmed."""
        return self._painted("2", text)

    def scored(self, score: float | None, text: str) -> str:
        """Return the text in the colour of a score: red below 2.5, yellow below 3.5, green above."""
        if score is None:
            return self.faint(text)
        return self._painted("31" if score < 2.5 else "33" if score < 3.5 else "32", text)

    def _painted(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text


def style_of(stream: TextIO) -> Style:
    """Return the style for a stream: colour on a terminal, unless NO_COLOR (no-color.org) or TERM=dumb."""
    terminal = stream.isatty()
    columns = shutil.get_terminal_size((80, 24)).columns if terminal else 80
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Style(max(NARROWEST, min(WIDEST, columns)), colour)


def as_text(judgement: FileJudgement, style: Style | None = None) -> str:
    """Return the report, with a line feed at its end. No text in it brings control characters along."""
    return "\n".join(_lines(shown_values(judgement), style or Style())) + "\n"


def _lines(judgement: FileJudgement, style: Style) -> Iterator[str]:
    glance, overall = judgement.metadata, judgement.overall
    name = localised(judgement.rubric.name, current_language())
    coach = judgement.provenance.model or said("report.builtin")
    yield from _wrapped(glance.title, style, paint=style.strong)
    yield from _wrapped(
        f"{name} · {glance.language} · {said('report.words', count=glance.words)} · {coach}",
        style,
        paint=style.faint,
    )
    yield ""
    heading = style.strong(said("report.overall"))
    yield f"{heading}  {_score(overall.score, style)}  {_bar(overall.score, style)}"
    yield from _wrapped(overall.summary, style)
    for notice in overall.notices:
        yield from _wrapped(notice, style, first="! ")
    yield from _list(said("report.works"), overall.strengths, style, mark="+ ")
    yield from _list(said("report.opportunities"), overall.opportunities, style)
    yield from _heading(said("report.criteria"), style)
    for criterion in judgement.criteria:
        yield from _criterion(criterion, style)
    if judgement.comments:
        yield from _heading(said("report.comments"), style)
        names = {criterion.id: criterion.name for criterion in judgement.criteria}
        for comment in judgement.comments:
            yield from _comment(
                comment, names.get(comment.criterion, comment.criterion), judgement.text, style
            )


def _heading(text: str, style: Style) -> Iterator[str]:
    yield ""
    yield style.strong(text)


def _list(heading: str, items: Iterable[str], style: Style, mark: str | None = None) -> Iterator[str]:
    for place, item in enumerate(items, 1):
        if place == 1:
            yield from _heading(heading, style)
        yield from _wrapped(item, style, first=mark or f"{place}. ")


def _criterion(criterion: CriterionScore, style: Style) -> Iterator[str]:
    weight = f"{number(criterion.weight)} %"
    yield f"{_score(criterion.score, style)}  {_bar(criterion.score, style)}  {criterion.name}, {weight}"
    yield from _wrapped(criterion.justification, style, indent="     ")


def _comment(comment: Comment, criterion: str, text: str, style: Style) -> Iterator[str]:
    place = said("report.whole_memo")
    if comment.start is not None:
        place = said("report.line", line=number(text.count("\n", 0, comment.start) + 1))
    mark = "+" if comment.kind == "strength" else "•"
    yield f"{mark} {style.strong(criterion)} {style.faint('· ' + place)}"
    if comment.quote:
        quote = " ".join(comment.quote.split())
        quote = quote if len(quote) <= _LONGEST_QUOTE else quote[: _LONGEST_QUOTE - 1].rstrip() + "…"
        yield from _wrapped(said("report.quote", quote=quote), style, indent="  ", paint=style.faint)
    yield from _wrapped(comment.comment, style, indent="  ")
    for question in comment.questions:
        yield from _wrapped(question, style, first="? ", indent="  ")
    if comment.suggestion:
        yield from _wrapped(comment.suggestion, style, first="→ ", indent="  ")
    yield ""


def _score(score: float | None, style: Style) -> str:
    return style.scored(score, " – " if score is None else number(score, digits=1))


def _bar(score: float | None, style: Style) -> str:
    filled = 0 if score is None else round(_BAR * (score - 1) / 4)
    return style.scored(score, "█" * filled) + style.faint("·" * (_BAR - filled))


def _wrapped(
    text: str, style: Style, *, first: str = "", indent: str = "", paint: Callable[[str], str] = str
) -> Iterator[str]:
    lines = textwrap.wrap(
        text,
        style.width,
        initial_indent=indent + first,
        subsequent_indent=indent + " " * len(first),
        break_on_hyphens=False,
    )
    yield from map(paint, lines)
