"""``memo-coach evaluate``: judge a file with a coach, and print it. Nothing is stored."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from memo_coach.cli.output import print_bytes, print_json, print_report
from memo_coach.cli.problems import DependencyFailed, Problem, settings_or_problem, shown
from memo_coach.cli.reading import read_memo, read_text
from memo_coach.coaching.control_characters import escaped_controls

if TYPE_CHECKING:
    from memo_coach.cli.judgement import FileJudgement
    from memo_coach.coaching.rubric.model import Rubric


@click.command()
@click.argument("file")
@click.option("--rubric", "rubric_id", metavar="ID", help="The rubric to judge by. Default: the first one.")
@click.option("--rubric-file", metavar="PATH", help="A rubric of your own, as a YAML file.")
@click.option(
    "--coach", metavar="KIND", help="Who judges: builtin or llm. Default: llm where a model is configured."
)
@click.option("--language", metavar="CODE", help="The memo's language. Default: as it is written.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "pdf"]), default="text", show_default=True
)
@click.option("--output", metavar="PATH", help="Where to write. Default: standard output.")
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
    """Judge the memo in FILE: text, Markdown, Word (.docx) or PDF. - is standard input.

    Where a model was asked and did not answer, the built-in coach's judgement is printed and the status is 3.
    """
    if rubric_id and rubric_file:
        raise click.UsageError("--rubric and --rubric-file cannot both be given.")
    if form == "pdf" and output in (None, "-") and sys.stdout.isatty():
        raise click.UsageError("A PDF is no text for a terminal. Name a file: --output PATH.")
    text = read_memo(file)
    judgement = _judged(text, _rubric(rubric_id, rubric_file), coach=coach, language=language)
    if form == "pdf":
        _write_pdf(judgement, output)
    elif output is None or output == "-":
        _print(judgement, form)
    else:
        _write(judgement, form, output)
    if judgement.coach != judgement.provenance.kind:
        raise DependencyFailed("The model gave no usable answer; the built-in coach judged instead.")


def _rubric(rubric_id: str | None, rubric_file: str | None) -> Rubric:
    from memo_coach.coaching.errors import BrokenRubric, UnknownRubric  # noqa: PLC0415
    from memo_coach.coaching.rubric.reader import (  # noqa: PLC0415
        load_rubric,
        shipped_rubric,
        shipped_rubrics,
    )

    try:
        if rubric_file:
            return load_rubric(read_text(rubric_file), source=shown(rubric_file))
        return shipped_rubric(rubric_id) if rubric_id else shipped_rubrics()[0]
    except UnknownRubric as error:
        raise Problem(str(error)) from error
    except BrokenRubric as error:
        more = len(error.faults) - 1
        others = f" (and {more} more {'fault' if more == 1 else 'faults'})" if more else ""
        raise Problem(f"{error.faults[0]}{others}") from error


def _judged(text: str, rubric: Rubric, *, coach: str | None, language: str | None) -> FileJudgement:
    from memo_coach.cli.judgement import judge  # noqa: PLC0415
    from memo_coach.coaching.errors import CoachingError  # noqa: PLC0415
    from memo_coach.services.errors import LanguageNotRead, ServiceError, UnknownLanguage  # noqa: PLC0415
    from memo_coach.storage.engine.sqlite_file import DatabaseUnusable  # noqa: PLC0415

    settings = None if coach == "builtin" else settings_or_problem()
    try:
        return judge(text, rubric, coach=coach, language=language, settings=settings)
    except DatabaseUnusable as error:
        raise DependencyFailed(str(error)) from error
    except UnknownLanguage as error:
        raise click.BadParameter(error.message, param_hint="--language") from error
    except LanguageNotRead as error:
        # The coach's own error says it in each language that it reads: the writer may know one of them only.
        raise Problem(f"{error.__cause__ or error} (With --language en or --language es.)") from error
    except (ServiceError, CoachingError) as error:
        raise Problem(str(error)) from error


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
    from memo_coach.documents.pdf.process import PdfFailed  # noqa: PLC0415

    try:
        content = as_pdf(judgement)
    except PdfFailed as error:
        raise DependencyFailed(f"The PDF could not be made ({error}).") from error
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
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Problem(f"{shown(output)} cannot be written: {reason}.") from None
