"""``memo-coach eval``: measure a coach on documents that a person has annotated. Nothing is stored."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from memo_coach.cli.output import print_json, print_report, say
from memo_coach.cli.problems import DependencyFailed, Problem, settings_or_problem
from memo_coach.translations import ENGLISH, current_language, number, text
from memo_coach.translations.sentences import spoken

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
    """Measure a coach on the annotated documents in a folder."""
    from memo_coach.cli import measure_report  # noqa: PLC0415
    from memo_coach.cli.annotated_folder import read_folder  # noqa: PLC0415
    from memo_coach.cli.measuring import Measuring  # noqa: PLC0415
    from memo_coach.cli.rubrics import rubrics_here  # noqa: PLC0415

    kinds = _kinds(coaches)
    rubrics = rubrics_here()
    read = read_folder(folder, collection, rubrics)
    _tell_faults(read)
    if not read.documents:
        raise Problem(text("measuring.all_faulty"))
    # JSON is the same in every language.
    reasons_in = ENGLISH if form == "json" else current_language()
    measuring = Measuring(read.documents, {each.id: each for each in rubrics}, runs, reasons_in)
    measured = [_measured(measuring, kind, yes=yes) for kind in kinds]
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
            raise Problem(text("problem.unknown_coach", coach=kind, known=f"{BUILTIN}, {MODEL}"))
    return kinds


def _measured(measuring: Measuring, kind: str, *, yes: bool) -> Measured:
    import asyncio  # noqa: PLC0415 - which the other commands do without

    from memo_coach.services.coaches.service import BUILTIN  # noqa: PLC0415

    if kind == BUILTIN:
        return asyncio.run(measuring.of_builtin(_each_tenth))
    return _model_measured(measuring, yes=yes)


def _model_measured(measuring: Measuring, *, yes: bool) -> Measured:
    import asyncio  # noqa: PLC0415 - as above

    from memo_coach.coaching.llm.model import ModelFailure  # noqa: PLC0415
    from memo_coach.services.errors import ServiceError  # noqa: PLC0415
    from memo_coach.storage.engine.sqlite_file import DatabaseUnusable  # noqa: PLC0415

    settings = settings_or_problem()
    try:
        return asyncio.run(measuring.of_model(settings, _each, lambda cost: _confirm(cost, yes=yes)))
    except ServiceError as error:
        raise Problem(spoken(error)) from error
    except (DatabaseUnusable, ModelFailure) as error:
        raise DependencyFailed(_failure(error)) from error


def _failure(error: Exception) -> str:
    from memo_coach.coaching.llm.model import ModelFailure  # noqa: PLC0415

    if isinstance(error, ModelFailure):
        return text("measuring.no_model", reason=error)
    return spoken(error)


def _confirm(cost: Cost, *, yes: bool) -> None:
    say(
        text(
            "measuring.cost",
            count=cost.answers,
            model=cost.model,
            tokens=number(cost.prompt_tokens),
            usd=number(cost.usd, digits=4),
        ),
        err=True,
    )
    if cost.usd > cost.budget_usd:
        say(text("measuring.over_budget", usd=number(cost.budget_usd, digits=2)), err=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError(text("measuring.no_terminal"))
    answer = click.prompt(text("measuring.ask"), default="", show_default=False, err=True)
    if answer.strip().casefold() not in text("measuring.words_for_yes").split():
        raise Problem(text("measuring.nothing_asked"))


def _each(place: int, total: int, document: AnnotatedDocument) -> None:
    say(text("measuring.each", place=number(place), total=number(total), document=document.name), err=True)


def _each_tenth(place: int, total: int, document: AnnotatedDocument) -> None:
    if place % max(1, total // 10) == 0:
        _each(place, total, document)


def _tell_faults(read: AnnotatedFolder) -> None:
    for faults in read.left_out.values():
        for fault in faults[:_MOST_FAULTS]:
            say(spoken(fault), err=True)
        if len(faults) > _MOST_FAULTS:
            say(text("measuring.more_faults", count=len(faults) - _MOST_FAULTS), err=True)


def _complain(read: AnnotatedFolder, measured: Sequence[Measured]) -> None:
    failed = [each for one in measured for each in one.failed]
    for each in failed:
        say(
            text(
                "measuring.failed",
                document=each.document,
                run=each.run,
                reason=" ".join(each.reason.split()),
            ),
            err=True,
        )
    unanswered = sum(each.by_model for each in failed)
    if unanswered:
        raise DependencyFailed(text("measuring.unanswered", count=unanswered))
    left_out = len(read.left_out) + len({each.document for each in failed})
    if left_out:
        total = len(read.left_out) + len(read.documents)
        raise Problem(text("measuring.left_out", count=left_out, total=number(total)))
