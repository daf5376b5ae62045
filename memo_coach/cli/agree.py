"""``memo-coach config agree``: how far the built-in coach agrees with graded memos, as the pages tell it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from memo_coach.cli.output import say
from memo_coach.cli.problems import Problem, shown
from memo_coach.cli.reading import read_text
from memo_coach.translations import number, text
from memo_coach.translations.operating_system import reason_of
from memo_coach.translations.sentences import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memo_coach.coaching.rubric.model import Rubric
    from memo_coach.services.administration.agreement import AgreementView
    from memo_coach.services.administration.graded_memos import GradedMemos, SentFile


@click.command()
@click.argument("name", metavar="DOCUMENT")
@click.argument("folder", metavar="FOLDER")
@click.argument("file", metavar="FILE", required=False)
def agree(name: str, folder: str, file: str | None) -> int:
    """Say how far the built-in coach agrees with the graded memos in a folder."""
    import asyncio  # noqa: PLC0415 - as all that follows: not to print help

    from memo_coach.coaching.measure.grading import FEWEST_MEMOS, FEWEST_RANKED  # noqa: PLC0415
    from memo_coach.services.administration.graded_memos import read_graded_memos  # noqa: PLC0415
    from memo_coach.services.errors import ServiceError  # noqa: PLC0415

    rubrics = _rubrics(name, file)
    try:
        found = asyncio.run(_measured(read_graded_memos(_files(folder)), rubrics))
    except ServiceError as error:
        raise Problem(error.message) from error
    for line in _lines(found, is_typed=len(rubrics) > 1):
        say(line)
    say(text("agreement.explained", memos=number(FEWEST_MEMOS), ranked=number(FEWEST_RANKED)))
    for each in found.left_out:
        say(spoken(each.reason), err=True)
    if found.of_other_rubrics:
        say(text("agreement.of_other_rubrics", count=found.of_other_rubrics), err=True)
    return 1 if found.left_out else 0


def _rubrics(name: str, file: str | None) -> list[Rubric]:
    """Return the rubric in the file, where one is named, and the saved one."""
    from memo_coach.cli.rubrics import documents_here  # noqa: PLC0415
    from memo_coach.coaching.rubric.model import Rubric  # noqa: PLC0415
    from memo_coach.services.administration.document_kinds import (  # noqa: PLC0415
        RUBRIC,
        FaultyDocument,
        is_name,
        read,
    )
    from memo_coach.services.administration.documents_in_force import as_shipped  # noqa: PLC0415

    if not (name.startswith(RUBRIC) and is_name(name)):
        raise Problem(text("documents.unknown", document=shown(name)))
    saved = (documents_here() or as_shipped()).rubric(name.removeprefix(RUBRIC))
    typed: list[Rubric] = []
    if file is not None:
        try:
            content = read(name, read_text(file))
        except FaultyDocument as error:
            first, more = error.faults[0], len(error.faults) - 1
            fault = f"{shown(file)}:{first.line}: {first.reason.spoken()}"
            told = text("command_line.more_faults", count=more, fault=fault) if more else fault
            raise Problem(told) from error
        typed = [content] if isinstance(content, Rubric) else []
    if saved is None and not typed:
        raise Problem(text("documents.unknown", document=shown(name)))
    return typed if saved is None else [*typed, saved]


def _files(folder: str) -> Iterator[SentFile]:
    from memo_coach.cli.annotated_folder import annotations_in  # noqa: PLC0415
    from memo_coach.services.administration.graded_memos import (  # noqa: PLC0415
        LARGEST_GRADES,
        LARGEST_TEXT,
        SentFile,
    )

    for path in annotations_in(Path(folder)):
        for each, most in ((path, LARGEST_GRADES), (path.with_suffix(".md"), LARGEST_TEXT)):
            if not each.is_file():
                continue  # told where the other of the two is looked at
            try:
                with each.open("rb") as opened:
                    content = opened.read(most + 1)
            except OSError as error:
                raise Problem(
                    text(
                        "command_line.cannot_be_read", file=shown(str(each)), reason=spoken(reason_of(error))
                    )
                ) from None
            yield SentFile(each.relative_to(folder).as_posix(), content)


async def _measured(graded: GradedMemos, rubrics: Sequence[Rubric]) -> AgreementView:
    from memo_coach.services.administration.agreement import AgreementService, AgreementView  # noqa: PLC0415
    from memo_coach.services.coaches.service import Coaches  # noqa: PLC0415

    found: AgreementView | None = None
    async for told in AgreementService(Coaches()).measure(graded, rubrics):
        if isinstance(told, AgreementView):
            found = told
    if found is None:
        raise AssertionError("measuring ends with a result")
    return found


def _lines(found: AgreementView, *, is_typed: bool) -> Iterator[str]:
    from memo_coach.cli.measure_report import table_lines  # noqa: PLC0415
    from memo_coach.services.administration.agreement_words import rows_of  # noqa: PLC0415

    captions = ("agreement.as_typed", "agreement.saved") if is_typed else ("agreement.as_saved",)
    header = ["", *(text(f"agreement.{name}") for name in ("memos", "offset", "spread", "order"))]
    for caption, each in zip(captions, found.by_rubric, strict=True):
        yield text(caption, coach=text("agreement.builtin"), count=found.memos)
        yield from table_lines(header, rows_of(each))
        yield ""
