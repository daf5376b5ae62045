"""The measure of coaches as tables for a terminal, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median

from memo_coach.cli.annotated_folder import AnnotatedFolder
from memo_coach.cli.measuring import Measured
from memo_coach.coaching.control_characters import without_controls
from memo_coach.coaching.measure.figures import HEADLINES, Figures, Measure, Spread, spread_of
from memo_coach.translations import number, text

TABLES: Sequence[tuple[str, Sequence[tuple[str, str, int]]]] = (
    (
        "measuring.first_five",
        (
            ("measuring.wrong", "false", 1),
            ("measuring.misplaced", "misplaced", 1),
            ("measuring.hit", "hit", 1),
            ("measuring.usual_hit", "hit_of_usual", 1),
        ),
    ),
    (
        "measuring.praise_and_missing",
        (
            ("measuring.praise_real", "strengths_real", 1),
            ("measuring.at_passage", "strengths_at", 1),
            ("measuring.rightly_missing", "missing_precision", 1),
            ("measuring.missing_found", "missing_recall", 1),
        ),
    ),
    (
        "measuring.scores",
        (
            ("measuring.order_of_criteria", "criteria_correlation", 3),
            ("measuring.order_overall", "overall_correlation", 3),
            ("measuring.points_apart", "overall_difference", 2),
        ),
    ),
)
"""Heading; then of each column its heading, the figure and its decimals. Headings are the names of texts."""
_OF_CRITERIA = ("measuring.documents", "measuring.order", "measuring.points_apart")
_OUTCOMES = {
    "right": "measuring.right",
    "false": "measuring.false",
    "overlooked": "measuring.overlooked",
    "quiet": "measuring.quiet",
}
_NONE = "–"


@dataclass(frozen=True, slots=True)
class _Row:
    """Some documents, in each run."""

    name: str
    runs: Sequence[Figures]


def as_text(measured: Sequence[Measured]) -> str:
    """Return the tables, with a line feed at the end. No text in them brings control characters along."""
    lines = [line for each in measured for line in _lines(each)]
    lines.append(text("measuring.explained"))
    return without_controls("\n".join(lines)) + "\n"


def as_json(measured: Sequence[Measured], folder: AnnotatedFolder, collection: str | None) -> str:
    """Return all figures as JSON."""
    document = {
        "set": collection,
        "documents": len(folder.documents),
        "left_out": [{"document": name, "faults": list(faults)} for name, faults in folder.left_out.items()],
        "coaches": [_coach(each) for each in measured],
    }
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _coach(measured: Measured) -> dict[str, object]:
    rows = {row.name: row for row in _rows(measured.runs, "by_kind")}
    languages = {row.name: row for row in _rows(measured.runs, "by_language")}
    return {
        "kind": measured.coach,
        "model": measured.model,
        "figures": _spreads(_whole(measured.runs)),
        "by_kind": {name: _spreads(row) for name, row in rows.items()},
        "by_language": {name: _spreads(row) for name, row in languages.items()},
        "runs": [asdict(run) for run in measured.runs],
        "failed": [
            {"run": each.run, "document": each.document, "reason": each.reason} for each in measured.failed
        ],
        "usage": asdict(measured.usage),
    }


def _spreads(row: _Row) -> dict[str, object]:
    spreads = {name: spread_of(row.runs, name) for name in HEADLINES}
    told = {name: None if spread is None else asdict(spread) for name, spread in spreads.items()}
    return {"documents": [figures.documents for figures in row.runs], **told}


def _whole(runs: Sequence[Measure]) -> _Row:
    return _Row(text("measuring.all"), [run.whole for run in runs])


def _rows(runs: Sequence[Measure], grouping: str) -> list[_Row]:
    names = sorted({name for run in runs for name in getattr(run, grouping)})
    groups = {name: [getattr(run, grouping).get(name) for run in runs] for name in names}
    return [_Row(name, [each for each in found if each is not None]) for name, found in groups.items()]


def _lines(measured: Measured) -> Iterator[str]:
    whole = _whole(measured.runs)
    languages = [
        replace(row, name=text("measuring.of_language", language=row.name))
        for row in _rows(measured.runs, "by_language")
    ]
    rows = [whole, *_rows(measured.runs, "by_kind"), *languages]
    yield _heading(measured)
    yield ""
    for heading, columns in TABLES:
        yield text(heading)
        cells = [[_cell(row.runs, figure, decimals) for _, figure, decimals in columns] for row in rows]
        documents = [_number(median(each.documents for each in row.runs), 0) for row in rows]
        yield from table_lines(
            ["", text("measuring.documents"), *(text(name) for name, _, _ in columns)],
            [[row.name, count, *own] for row, count, own in zip(rows, documents, cells, strict=True)],
        )
        yield ""
    yield from _criteria(whole.runs)
    yield from _missing(whole.runs)


def _heading(measured: Measured) -> str:
    coach = text("measuring.builtin")
    if measured.model is not None:
        coach = text("measuring.asks_model", model=measured.model)
    documents = max((run.whole.documents for run in measured.runs), default=0)
    parts = [
        text("measuring.counted_documents", count=documents),
        text("measuring.counted_runs", count=len(measured.runs)),
    ]
    if measured.failed:
        parts.append(text("measuring.counted_failed", count=len(measured.failed)))
    if measured.model is not None:
        usage = measured.usage
        tokens = usage.prompt_tokens + usage.completion_tokens
        parts.append(text("measuring.used", tokens=number(tokens), usd=number(usage.cost_usd, digits=4)))
    return f"{coach}: {', '.join(parts)}"


def _criteria(runs: Sequence[Figures]) -> Iterator[str]:
    rows = []
    for name in _names(figures.criteria for figures in runs):
        found = [figures.criteria[name] for figures in runs if name in figures.criteria]
        correlations = [each.rank_correlation for each in found if each.rank_correlation is not None]
        rows.append(
            [
                name,
                _number(median(each.documents for each in found), 0),
                _spread_cell(_spread(correlations), 3),
                _spread_cell(_spread([each.mean_difference for each in found]), 2),
            ]
        )
    if rows:
        yield text("measuring.criteria")
        yield from table_lines(["", *map(text, _OF_CRITERIA)], rows)
        yield ""


def _missing(runs: Sequence[Figures]) -> Iterator[str]:
    rows = []
    for name in _names(figures.missing for figures in runs):
        found = [figures.missing[name] for figures in runs if name in figures.missing]
        cells = [
            _spread_cell(_spread([getattr(each, outcome) for each in found]), 0) for outcome in _OUTCOMES
        ]
        rows.append([name, *cells])
    if rows:
        yield text("measuring.missing")
        yield from table_lines(["", *map(text, _OUTCOMES.values())], rows)
        yield ""


def _names(groups: Iterator[Mapping[str, object]]) -> list[str]:
    return sorted({name for group in groups for name in group})


def _cell(runs: Sequence[Figures], figure: str, decimals: int) -> str:
    return _spread_cell(spread_of(runs, figure), decimals)


def _spread(values: Sequence[float]) -> Spread | None:
    return Spread(min(values), median(values), max(values)) if values else None


def _spread_cell(spread: Spread | None, decimals: int) -> str:
    if spread is None:
        return _NONE
    middle = _number(spread.median, decimals)
    if spread.lowest == spread.highest:
        return middle
    return text(
        "measuring.spread",
        median=middle,
        lowest=_number(spread.lowest, decimals),
        highest=_number(spread.highest, decimals),
    )


def _number(value: float, decimals: int) -> str:
    return number(value, digits=decimals)


def table_lines(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table, line by line: the first column to the left, all others to the right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        first, *others = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join([first, *others]).rstrip()
