"""``memo-coach eval``: measure a coach on documents that a person has annotated. Nothing is stored."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from memo_coach.cli.output import print_json, print_report, say
from memo_coach.cli.problems import DependencyFailed, Problem, settings_or_problem

if TYPE_CHECKING:
    from memo_coach.cli.annotated_folder import AnnotatedFolder
    from memo_coach.cli.measuring import Cost, Measured, Measuring
    from memo_coach.coaching.measure.annotated import AnnotatedDocument

MOST_RUNS = 20
_MOST_FAULTS = 20
"""Of one document, that are shown."""


@click.command("eval")
@click.argument("folder", metavar="FOLDER")
@click.option(
    "--coach",
    "coaches",
    metavar="KIND",
    multiple=True,
    default=("builtin",),
    show_default="builtin",
)
@click.option("--runs", type=click.IntRange(1, MOST_RUNS), default=1, show_default=True, metavar="NUMBER")
@click.option("--set", "collection", metavar="NAME")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--yes", is_flag=True)
def measure(
    folder: str, *, coaches: tuple[str, ...], runs: int, collection: str | None, form: str, yes: bool
) -> None:
    """Measure a coach on the annotated documents in FOLDER: NAME.json beside NAME.md.

    Documents with faults are told and left out, and the status is 1; it is 3 where a model gave no answer.
    """
    from memo_coach.cli import measure_report  # noqa: PLC0415
    from memo_coach.cli.annotated_folder import read_folder  # noqa: PLC0415

    kinds = _kinds(coaches)
    read = read_folder(folder, collection)
    _tell_faults(read)
    if not read.documents:
        raise Problem("No document is without faults.")
    measured = [_measured(read.documents, kind, runs, yes=yes) for kind in kinds]
    if form == "json":
        print_json(measure_report.as_json(measured, read, collection))
    else:
        print_report(measure_report.as_text(measured))
    _complain(read, measured)


def _kinds(coaches: Sequence[str]) -> list[str]:
    from memo_coach.services.coaches.service import BUILTIN, MODEL  # noqa: PLC0415

    kinds = list(dict.fromkeys(coaches))
    for kind in kinds:
        if kind not in (BUILTIN, MODEL):
            raise Problem(f"There is no coach “{kind}” here. The coaches are: {BUILTIN}, {MODEL}.")
    return kinds


def _measured(documents: Sequence[AnnotatedDocument], kind: str, runs: int, *, yes: bool) -> Measured:
    import asyncio  # noqa: PLC0415 - which the other commands do without

    from memo_coach.cli.measuring import Measuring  # noqa: PLC0415
    from memo_coach.services.coaches.service import BUILTIN  # noqa: PLC0415

    if kind == BUILTIN:
        return asyncio.run(Measuring(documents, runs, _each_tenth).of_builtin())
    return _model_measured(Measuring(documents, runs, _each), yes=yes)


def _model_measured(measuring: Measuring, *, yes: bool) -> Measured:
    import asyncio  # noqa: PLC0415 - as above

    from memo_coach.coaching.llm.model import ModelFailure  # noqa: PLC0415
    from memo_coach.services.errors import ServiceError  # noqa: PLC0415
    from memo_coach.storage.engine.sqlite_file import DatabaseUnusable  # noqa: PLC0415

    settings = settings_or_problem()
    try:
        return asyncio.run(measuring.of_model(settings, lambda cost: _confirm(cost, yes=yes)))
    except ServiceError as error:
        raise Problem(str(error)) from error
    except (DatabaseUnusable, ModelFailure) as error:
        raise DependencyFailed(str(error)) from error


def _confirm(cost: Cost, *, yes: bool) -> None:
    say(
        f"{cost.answers:,} answers of {cost.model}: about {cost.prompt_tokens:,} tokens to read, "
        f"at most {cost.usd:.4f} USD (twice that if every answer has to be mended).",
        err=True,
    )
    if cost.usd > cost.budget_usd:
        say(
            f"The budget of a day is {cost.budget_usd:.2f} USD (LLM_DAILY_BUDGET_USD): "
            "documents for which nothing is left will fail.",
            err=True,
        )
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to confirm this on. Say --yes if it may cost that.")
    if not click.confirm("Ask it?", err=True):
        raise Problem("Nothing was asked.")


def _each(number: int, total: int, document: AnnotatedDocument) -> None:
    say(f"{number} of {total}: {document.name}", err=True)


def _each_tenth(number: int, total: int, document: AnnotatedDocument) -> None:
    if number % max(1, total // 10) == 0:
        _each(number, total, document)


def _tell_faults(read: AnnotatedFolder) -> None:
    for faults in read.left_out.values():
        for fault in faults[:_MOST_FAULTS]:
            say(fault, err=True)
        if len(faults) > _MOST_FAULTS:
            say(f"… and {len(faults) - _MOST_FAULTS} more", err=True)


def _complain(read: AnnotatedFolder, measured: Sequence[Measured]) -> None:
    failed = [each for one in measured for each in one.failed]
    for each in failed:
        say(f"{each.document}, run {each.run}: {' '.join(each.reason.split())}", err=True)
    unanswered = sum(each.by_model for each in failed)
    if unanswered:
        raise DependencyFailed(
            f"The model gave no usable answer {unanswered} times; the figures leave that out."
        )
    left_out = len(read.left_out) + len({each.document for each in failed})
    if left_out:
        total = len(read.left_out) + len(read.documents)
        raise Problem(f"{left_out} of {total} documents could not be used; the figures leave them out.")
