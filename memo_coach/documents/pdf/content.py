"""What the template gets: the labels and every text of a document, as values that JSON has.

Everything is a string that can be drawn, a number or a list of those. Nothing here is ever read as markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from memo_coach.coaching.evaluation import HIGHEST_SCORE, LOWEST_SCORE, Comment, CriterionScore
from memo_coach.coaching.rubric.model import localised
from memo_coach.documents.pdf.characters import FALLBACK_FAMILIES, Characters, described, script_of
from memo_coach.documents.pdf.memo_blocks import MemoBlock, Passage, Remark, memo_blocks
from memo_coach.documents.pdf.report import EarlierEvaluation, Report
from memo_coach.documents.pdf.wording import Wording, wording_for

LONGEST_QUOTE = 120
"""Characters of a passage that are quoted beside the remark on it; all of it is marked in the memo."""
LONGEST_RUNNING = 80
"""Characters of the title at the head of each page."""
LONGEST_WHOLE = 1_500
"""Characters of a remark that is kept on one page; a longer one may go on on the next."""
MOST_LINES = 100
"""Lines of a passage that are set as lines. Of one with more the lines are run together, parted by ``¶``."""
_LINE_ENDS = re.compile(r"\s*\n\s*")
MOST_NAMED = 12
"""Characters without a letter shape that are named."""


def content_of(report: Report, *, strict: bool = False) -> dict[str, Any]:
    """Return all that the template shows of an evaluation.

    With ``strict`` only what European languages are written with is kept, as
    :class:`~memo_coach.documents.pdf.characters.Characters` has it.
    """
    return _Content(report, strict=strict).document()


def numbered(comments: Iterable[Comment]) -> list[Remark]:
    """Return the comments with their numbers: on the memo as a whole first, then in the order of the text."""
    ordered = sorted(
        comments, key=lambda comment: (comment.start is not None, comment.start or 0, comment.id)
    )
    return [Remark(number, comment) for number, comment in enumerate(ordered, start=1)]


class _Content:
    def __init__(self, report: Report, *, strict: bool) -> None:
        self._report = report
        self._wording: Wording = wording_for(report.language)
        self._characters = Characters(strict=strict)
        self._remarks = numbered(report.comments)
        self._runs_on = False

    def document(self) -> dict[str, Any]:
        wording, report = self._wording, self._report
        title = self._line(report.title)
        content = {
            "language": wording.language,
            "fallbacks": list(FALLBACK_FAMILIES),
            "labels": dict(wording.texts["labels"]),
            "product": wording.text("product"),
            "title": wording.text("title", title=title),
            "running": _shortened(wording.text("title", title=title), LONGEST_RUNNING),
            "heading": self._words(wording.text("heading", title=title)),
            "description": wording.text("description", title=title),
            "facts": self._facts(),
            "overall": self._overall(),
            "criteria": [self._criterion(criterion) for criterion in report.criteria],
            "progress": [self._earlier(line) for line in report.progress],
            "memo": [
                self._block(block) for block in memo_blocks(report.text, report.language, self._remarks)
            ],
            "remarks": [self._remark(remark) for remark in self._remarks],
        }
        # What has no letter shape is known when all else has been looked at.
        return {**content, "about": self._about()}

    def _facts(self) -> list[str]:
        wording, report = self._wording, self._report
        facts = [wording.text("facts.rubric", name=self._line(self._rubric()))]
        if report.version is not None:
            facts.append(wording.text("facts.version", number=wording.number(report.version)))
        facts.append(wording.count("words", report.words))
        if report.created is not None:
            facts.append(wording.date(report.created))
        facts.append(wording.text("facts.coach", name=self._judge(report.provenance.model)))
        return facts

    def _overall(self) -> dict[str, Any]:
        overall, wording = self._report.overall, self._wording
        notices = list(overall.notices)
        if self._report.second_score is not None:
            notices.append(wording.text("second", score=wording.score(self._report.second_score)))
        if self._report.removed_characters:
            notices.insert(0, wording.count("removed", self._report.removed_characters))
        return {
            "score": "–" if overall.score is None else wording.score(overall.score),
            "summary": self._words(overall.summary),
            "strengths": [self._words(text) for text in overall.strengths],
            "opportunities": [self._words(text) for text in overall.opportunities],
            "notices": [self._words(text) for text in notices],
        }

    def _criterion(self, criterion: CriterionScore) -> dict[str, Any]:
        wording, score = self._wording, criterion.score
        weight = wording.percent(criterion.weight)
        if abs(criterion.effective_weight - criterion.weight) >= 0.05:
            weight = wording.text(
                "shared", weight=weight, effective=wording.percent(criterion.effective_weight)
            )
        stood_in = self._report.provenance.kind == "llm" and criterion.coach == "builtin"
        share = 0.0 if score is None else (score - LOWEST_SCORE) / (HIGHEST_SCORE - LOWEST_SCORE)
        return {
            "name": self._words(criterion.name),
            "weight": weight,
            "score": wording.score(score),
            "share": min(1.0, max(0.0, share)),
            "justification": self._words(criterion.justification),
            "judge": wording.text("stood_in") if stood_in else "",
        }

    def _earlier(self, line: EarlierEvaluation) -> dict[str, Any]:
        wording = self._wording
        return {
            "version": wording.number(line.version),
            "date": wording.date(line.created),
            "rubric": self._line(localised(line.rubric, wording.language)),
            "coach": self._judge(line.model),
            "score": wording.score(line.score),
            "current": line.current,
        }

    def _block(self, block: MemoBlock) -> dict[str, Any]:
        if block.kind == "table":
            cells = [self._passage(passage) for passage in block.passages]
            rows = [cells[at : at + block.columns] for at in range(0, len(cells), block.columns)]
            return {"kind": "table", "columns": block.columns, "head": rows[0], "rows": rows[1:]}
        if block.kind == "list":
            items = [
                {**self._passage(passage), "marker": self._line(marker), "depth": depth}
                for passage, marker, depth in zip(block.passages, block.markers, block.depths, strict=True)
            ]
            return {"kind": "list", "items": items, "tight": all(len(item["segments"]) < 4 for item in items)}
        if block.kind == "header":
            return {"kind": "header", "lines": [self._passage(passage) for passage in block.passages]}
        return {"kind": block.kind, "level": block.level, **self._passage(block.passages[0])}

    def _passage(self, passage: Passage) -> dict[str, Any]:
        lines = sum(segment.text.count("\n") for segment in passage.segments)
        runs_on = lines > MOST_LINES
        self._runs_on = self._runs_on or runs_on
        segments = [
            {
                "text": self._shown(_LINE_ENDS.sub(" ¶ ", segment.text) if runs_on else segment.text),
                "kind": segment.kind,
                "strong": segment.strong,
                "marks": [_mark(remark) for remark in segment.ends],
            }
            for segment in passage.segments
        ]
        script = script_of(self._report.text[passage.span.start : passage.span.end])
        return {
            "segments": segments,
            "language": None if script is None else script.language,
            "rtl": script is not None and script.is_right_to_left,
        }

    def _remark(self, remark: Remark) -> dict[str, Any]:
        comment, wording = remark.comment, self._wording
        names = {criterion.id: criterion.name for criterion in self._report.criteria}
        quote = None
        if comment.start is not None:
            words = " ".join((comment.quote or "").replace("**", "").strip(" #|\n").split())
            words = _shortened(words, LONGEST_QUOTE)
            quote = self._words(f"“{words}”" if wording.language == "en" else f"«{words}»")
        length = sum(map(len, (comment.comment, comment.suggestion or "", *comment.questions)))
        return {
            **_mark(remark),
            "whole": length <= LONGEST_WHOLE,
            "title": wording.text(comment.kind, number=wording.number(remark.number)),
            "criterion": self._line(names.get(comment.criterion, comment.criterion)),
            "quote": quote,
            "comment": self._words(comment.comment),
            "questions": [self._words(question) for question in comment.questions],
            "suggestion": self._words(comment.suggestion) if comment.suggestion else None,
        }

    def _about(self) -> list[Any]:
        wording, report, provenance = self._wording, self._report, self._report.provenance
        values = {"rubric": self._line(self._rubric()), "rubric_version": self._line(report.rubric_version)}
        if report.created is None:
            lines = [wording.text("about.made_now", **values)]
        else:
            lines = [wording.text("about.made", date=wording.date(report.created), **values)]
        lines.append(wording.text("about.coach", name=self._judge(provenance.model)))
        if provenance.fallback_from:
            lines.append(wording.text("about.fallback", name=self._line(provenance.fallback_from)))
        if provenance.cached:
            lines.append(wording.text("about.cached"))
        lines.append(wording.text("about.reads"))
        if self._runs_on:
            lines.append(wording.text("about.runs_on"))
        missing = self._characters.missing
        if missing:
            names = ", ".join(described(character) for character, _count in missing.most_common(MOST_NAMED))
            more = ", …" if len(missing) > MOST_NAMED else ""
            lines.append(wording.count("missing", missing.total(), characters=f"{names}{more}"))
        return lines

    def _rubric(self) -> str:
        return localised(self._report.rubric, self._wording.language)

    def _judge(self, model: str | None) -> str:
        return self._wording.text("builtin") if model is None else self._line(model)

    def _shown(self, text: str) -> str:
        return self._characters.shown(text)

    def _line(self, text: str) -> str:
        return self._shown(" ".join(text.split()))

    def _words(self, text: str) -> str | dict[str, Any]:
        """Return a paragraph; with its language and direction where they are not the document's."""
        script = script_of(text)
        shown = self._shown(text)
        if script is None:
            return shown
        return {"text": shown, "language": script.language, "rtl": script.is_right_to_left}


def _shortened(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _mark(remark: Remark) -> dict[str, str]:
    return {"number": str(remark.number), "kind": remark.comment.kind}
