"""``memo-coach evaluate``: judge a file with a coach, and print it. Nothing is stored."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from memo_coach.cli.output import print_bytes, print_json, print_report, say
from memo_coach.cli.problems import DependencyFailed, Problem, settings_or_problem, shown
from memo_coach.cli.reading import read_memo, read_text
from memo_coach.coaching.control_characters import escaped_controls
from memo_coach.translations import text
from memo_coach.translations.operating_system import reason_of
from memo_coach.translations.sentences import spoken

if TYPE_CHECKING:
    from memo_coach.cli.judgement import FileJudgement
    from memo_coach.coaching.rubric.model import Rubric


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--rubric", "rubric_id", metavar="ID")
@click.option("--rubric-file", metavar="PATH")
@click.option("--coach", metavar="KIND")
@click.option("--language", metavar="CODE")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "pdf"]), default="text", show_default=True
)
@click.option("--output", metavar="PATH")
def evaluate(
    file: str,
    *,
    rubric_id: str | None,
    rubric_file: str | None,
    coach: str | None,
    language: str | None,
    form: str,
    output: str | None,
) -> None:
    """Judge the memo in a file."""
    if rubric_id and rubric_file:
        raise click.UsageError(text("command_line.two_rubrics"))
    if form == "pdf" and output in (None, "-") and sys.stdout.isatty():
        raise click.UsageError(text("command_line.pdf_on_terminal"))
    memo = read_memo(file)
    rubric = _rubric(rubric_id, rubric_file)
    judgement = _judged(memo, rubric, coach=coach, language=language)
    if not rubric_id and not rubric_file:
        _propose(judgement, rubric)
    if form == "pdf":
        _write_pdf(judgement, output)
    elif output is None or output == "-":
        _print(judgement, form)
    else:
        _write(judgement, form, output)
    if judgement.coach != judgement.provenance.kind:
        raise DependencyFailed(text("command_line.builtin_instead"))


def _propose(judgement: FileJudgement, rubric: Rubric) -> None:
    """Say which rubric the memo asks for, where none was named and it is another one."""
    from memo_coach.coaching.builtin.rubric_proposal import proposed_rubric  # noqa: PLC0415
    from memo_coach.coaching.memo.parser import parse_memo  # noqa: PLC0415

    proposed = proposed_rubric(parse_memo(judgement.text, judgement.metadata.language), rubric)
    if proposed is not None:
        say(text("command_line.proposed", rubric=proposed.id), err=True)


def _rubric(rubric_id: str | None, rubric_file: str | None) -> Rubric:
    from memo_coach.coaching.errors import BrokenRubric  # noqa: PLC0415
    from memo_coach.coaching.rubric.reader import load_rubric  # noqa: PLC0415

    if not rubric_file:
        return _offered_rubric(rubric_id)
    try:
        return load_rubric(read_text(rubric_file), source=shown(rubric_file))
    except BrokenRubric as error:
        first, more = error.faults[0].spoken(), len(error.faults) - 1
        raise Problem(text("command_line.more_faults", count=more, fault=first) if more else first) from error


def _offered_rubric(rubric_id: str | None) -> Rubric:
    from memo_coach.cli.rubrics import rubrics_here  # noqa: PLC0415

    rubrics = rubrics_here()
    for rubric in rubrics:
        if rubric_id in (None, rubric.id):
            return rubric
    known = ", ".join(rubric.id for rubric in rubrics)
    raise Problem(text("problem.unknown_rubric", rubric=shown(rubric_id or ""), known=known))


def _judged(memo: str, rubric: Rubric, *, coach: str | None, language: str | None) -> FileJudgement:
    from memo_coach.cli.judgement import judge  # noqa: PLC0415
    from memo_coach.coaching.errors import CoachingError  # noqa: PLC0415
    from memo_coach.services.errors import LanguageNotRead, ServiceError, UnknownLanguage  # noqa: PLC0415
    from memo_coach.storage.engine.sqlite_file import DatabaseUnusable  # noqa: PLC0415

    settings = None if coach == "builtin" else settings_or_problem()
    try:
        return judge(memo, rubric, coach=coach, language=language, settings=settings)
    except DatabaseUnusable as error:
        raise DependencyFailed(spoken(error)) from error
    except UnknownLanguage as error:
        raise click.BadParameter(error.message, param_hint="--language") from error
    except LanguageNotRead as error:
        # The coach's own error says it in each language that it reads: the writer may know one of them only.
        raise Problem(text("command_line.language_by_option", sentence=error.__cause__ or error)) from error
    except (ServiceError, CoachingError) as error:
        raise Problem(spoken(error)) from error


def _rendered(judgement: FileJudgement, form: str, **style: Any) -> str:  # noqa: ANN401 - passed on
    if form == "json":
        from memo_coach.cli.judgement import as_json  # noqa: PLC0415

        return as_json(judgement)
    from memo_coach.cli.report import as_text  # noqa: PLC0415

    return as_text(judgement, **style)


def _print(judgement: FileJudgement, form: str) -> None:
    from memo_coach.cli.report import style_of  # noqa: PLC0415

    content = _rendered(judgement, form, style=style_of(sys.stdout))
    if form == "json":
        print_json(content)
    else:
        print_report(content)


def _write_pdf(judgement: FileJudgement, output: str | None) -> None:
    from memo_coach.cli.pdf import as_pdf  # noqa: PLC0415
    from memo_coach.documents.writing_process import DocumentNotWritten  # noqa: PLC0415

    try:
        content = as_pdf(judgement)
    except DocumentNotWritten as error:
        raise DependencyFailed(text("command_line.pdf_not_made", reason=error)) from error
    if output is None or output == "-":
        print_bytes(content)
    else:
        _write_bytes(content, output)


def _write(judgement: FileJudgement, form: str, output: str) -> None:
    content = _rendered(judgement, form)
    _write_bytes((escaped_controls(content) if form == "json" else content).encode("utf-8"), output)


def _write_bytes(content: bytes, output: str) -> None:
    try:
        Path(output).write_bytes(content)
    except (OSError, ValueError) as error:
        reason = spoken(reason_of(error))
        raise Problem(text("command_line.cannot_be_written", file=shown(output), reason=reason)) from None
