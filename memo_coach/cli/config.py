"""``memo-coach config``: the configuration documents, by the same service that the pages use."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from memo_coach.cli.agree import agree
from memo_coach.cli.database import on_database, refuse_missing
from memo_coach.cli.output import say
from memo_coach.cli.problems import Problem, settings_or_problem, shown
from memo_coach.cli.reading import read_text
from memo_coach.translations import text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from memo_coach.coaching.documents.faults import Fault
    from memo_coach.services.accounts.principal import Actor
    from memo_coach.services.administration.documents import DocumentService
    from memo_coach.storage.engine.database import Database

Answer = TypeVar("Answer")

_document = click.argument("name", metavar="DOCUMENT")
_note = click.option("--note", default="", metavar="TEXT")
_base = click.option("--base", type=click.IntRange(0), metavar="NUMBER")


@click.group()
def config() -> None:
    """Look after the configuration documents."""


config.add_command(agree)


@config.command()
@_document
@click.option("--version", "number", type=click.IntRange(0), metavar="NUMBER")
def show(name: str, number: int | None) -> None:
    """Print a document as it holds, or one of its versions."""

    async def work(documents: DocumentService) -> str:
        if number is not None:
            return await documents.text(name, number)
        return (await documents.current(name)).text

    say(_with_documents(work).removesuffix("\n"))


@config.command(name="set")
@_document
@click.argument("file", metavar="FILE")
@_note
@_base
def save(name: str, file: str, note: str, base: int | None) -> None:
    """Save FILE as the document."""
    content = read_text(file)

    async def work(documents: DocumentService) -> int:
        begun = (await documents.current(name)).summary.version if base is None else base
        return await documents.save(_actor(), name, content, base=begun, note=note)

    say(text("documents.saved", version=_with_documents(work)))


@config.command()
@_document
def history(name: str) -> None:
    """List the versions of a document, the newest first."""

    async def work(documents: DocumentService) -> list[str]:
        return [
            f"{each.version}  {'–' if each.moment is None else f'{each.moment:%Y-%m-%d %H:%M}'}"
            f"  {each.author or '–'}  {each.note}".rstrip()
            for each in await documents.versions(name)
        ]

    for line in _with_documents(work):
        say(line)


@config.command()
@_document
@click.argument("number", type=click.IntRange(0), metavar="NUMBER")
@_note
@_base
def rollback(name: str, number: int, note: str, base: int | None) -> None:
    """Make an earlier version of a document hold again, as a new one."""

    async def work(documents: DocumentService) -> int:
        begun = (await documents.current(name)).summary.version if base is None else base
        return await documents.roll_back(_actor(), name, to=number, base=begun, note=note)

    say(text("documents.saved", version=_with_documents(work)))


@config.command()
@click.argument("name", metavar="DOCUMENT", required=False)
@click.argument("file", metavar="FILE", required=False)
def check(name: str | None, file: str | None) -> int:
    """Say whether FILE could be saved as the document, or whether all that is stored can be read."""
    if name is not None and file is not None:
        return _checked_file(name, file)
    if name is not None:
        raise click.UsageError(text("documents.which_file"))

    async def work(documents: DocumentService) -> list[str]:
        from memo_coach.services.administration.documents_health import broken_sentence  # noqa: PLC0415

        lines = [line.broken for line in await documents.list()]
        return [broken_sentence(broken).spoken() for broken in lines if broken is not None]

    wrong = _with_documents(work)
    for sentence in wrong or [text("documents.all_read")]:
        say(sentence)
    return 1 if wrong else 0


def _checked_file(name: str, file: str) -> int:
    from memo_coach.services.administration.document_kinds import FaultyDocument, is_name, read  # noqa: PLC0415

    if not is_name(name):
        raise Problem(text("documents.unknown", document=shown(name)))
    try:
        read(name, read_text(file))
    except FaultyDocument as error:
        _say_faults(shown(file), error.faults)
        return 1
    say(text("documents.no_fault"))
    return 0


def _say_faults(source: str, faults: Sequence[Fault]) -> None:
    for fault in faults:
        say(f"{source}:{fault.line}: {fault.reason.spoken()}")


def _actor() -> Actor:
    import getpass  # noqa: PLC0415 - only where something is changed

    from memo_coach.services.accounts.principal import Actor  # noqa: PLC0415

    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "?"  # a container's user has no name
    return Actor(name=text("documents.at_the_command_line", user=user))


def _with_documents(work: Callable[[DocumentService], Awaitable[Answer]]) -> Answer:
    from memo_coach.services.administration.errors import DocumentRefused  # noqa: PLC0415 - when it is asked for
    from memo_coach.services.errors import ServiceError  # noqa: PLC0415

    directory = settings_or_problem().data_dir

    async def on_documents(database: Database) -> Answer:
        from memo_coach.services.administration.documents import DocumentService  # noqa: PLC0415
        from memo_coach.services.administration.documents_in_force import DocumentsInForce  # noqa: PLC0415
        from memo_coach.services.unit_of_work import UnitOfWork  # noqa: PLC0415
        from memo_coach.storage.engine import schema  # noqa: PLC0415

        refuse_missing(database)
        schema.refuse_unusable(await schema.status(database))
        return await work(DocumentService(UnitOfWork(database, directory), DocumentsInForce(database)))

    try:
        return on_database(on_documents)
    except DocumentRefused as refused:
        _say_faults("-", refused.faults)
        raise Problem(refused.message) from refused
    except ServiceError as error:
        raise Problem(error.message) from error
