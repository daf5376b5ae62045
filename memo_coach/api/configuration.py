"""The configuration documents, for administrators: read, checked, saved, rolled back, as on their pages.

Of two who change the same document at once, the second is refused: what a change was made from is named by
``If-Match``, which is the tag that the document was read with.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import Response
from typing_extensions import TypedDict

from memo_coach.api import answers
from memo_coach.api.answers import Absent, unless_known, unless_tagged
from memo_coach.api.askers import Administrator
from memo_coach.api.evaluation_documents import ROOT
from memo_coach.api.problems import Unconditional, problems, readable
from memo_coach.coaching.documents.yaml_documents import LARGEST_DOCUMENT
from memo_coach.services import container
from memo_coach.services.administration.document_kinds import address_part, digest_of, name_in_address
from memo_coach.services.administration.documents import (
    LONGEST_NOTE,
    SHOWN_AT_ONCE,
    DocumentSummary,
    DocumentView,
    VersionLine,
)
from memo_coach.services.administration.errors import DocumentConflict
from memo_coach.translations import text

_MOST_FAULTS: Final = 200
_HIGHEST: Final = 10**9

router = APIRouter(prefix="/config", tags=["config"])

Document = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9-]{1,80}$",
        description="`frameworks`, `context`, `prompt`, `llm`, `auth`, or `rubric--` and a rubric's id;"
        " `rubric` alone is the investment memo's.",
        examples=["context", "rubric--investment-memo"],
    ),
]
Number = Annotated[int, Path(ge=0, le=_HIGHEST)]
IfMatch = Annotated[
    Annotated[str, Field(pattern=r"^[!-~][ -~]{0,199}$")] | Absent,
    Header(
        alias="If-Match",
        description="The `ETag` that the document was read with, `*` for whichever holds.",
    ),
]


def _integer(value: object) -> object:
    """Return a number that JSON has with a fraction of zero as the whole number that it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class TextToCheck(BaseModel):
    """The text of a document."""

    model_config = ConfigDict(strict=True, extra="forbid")

    text: str = Field(max_length=LARGEST_DOCUMENT, description="YAML.")


class TextToSave(TextToCheck):
    """The text of a document that is to hold from now on."""

    note: str = Field(default="", max_length=LONGEST_NOTE, description="What was changed, and why.")


class VersionToTake(BaseModel):
    """The version whose text is to hold again."""

    model_config = ConfigDict(strict=True, extra="forbid")

    to: Annotated[int, BeforeValidator(_integer)] = Field(
        ge=0, le=_HIGHEST, description="0 is what came with the product."
    )
    note: str = Field(default="", max_length=LONGEST_NOTE, description="Why.")


class ConfigLinks(TypedDict):
    """Where there is more about a document."""

    self: str
    versions: str


class ConfigLine(TypedDict):
    """A document in the list. As it was shipped it has version 0, nobody's name and no time."""

    name: str
    version: int
    author: str | None
    saved: str | None
    retired: bool
    """Of a rubric: whether it is offered to nobody any more."""
    broken: bool
    """Whether its version cannot be read, so that an earlier one holds in its place."""
    links: ConfigLinks


class ConfigsDocument(TypedDict):
    """All documents, the rubrics first."""

    items: list[ConfigLine]


class ConfigDocument(TypedDict):
    """A document as it should hold, or one of its versions."""

    name: str
    version: int
    text: str
    links: ConfigLinks


class ConfigVersionLine(TypedDict):
    """A version of a document."""

    version: int
    author: str | None
    saved: str | None
    note: str
    rolled_back_from: int | None
    retired: bool


class ConfigVersionsDocument(TypedDict):
    """Some versions of a document, the newest first."""

    items: list[ConfigVersionLine]
    next: int | None
    """As `before`, for those that are older."""


class FaultInText(TypedDict):
    """What is wrong in a line; 1 is the first."""

    line: int
    reason: str


class CheckedDocument(TypedDict):
    """What is wrong in a text, in the order of its lines."""

    valid: bool
    faults: list[FaultInText]


class SavedDocument(TypedDict):
    """Which version of a document holds now."""

    name: str
    version: int
    links: ConfigLinks


_TAGGED: Final = {"ETag": {"schema": {"type": "string"}, "description": "Of the version that holds."}}
CHANGED: Final = {
    **problems(404, 412, 413, 428),
    200: {"model": SavedDocument, "description": "It holds from the next evaluation on.", "headers": _TAGGED},
}


@router.get("", response_model=ConfigsDocument, responses=readable())
async def list_documents(request: Request, _asker: Administrator) -> Response:
    """List the documents by which everything is judged, the rubrics first."""
    lines = await container.current().documents.list()
    return unless_known(request, ConfigsDocument(items=[_line(line) for line in lines]))


@router.get("/{document}", response_model=ConfigDocument, responses=readable(404))
async def get_document(request: Request, _asker: Administrator, document: Document) -> Response:
    """Return a document as it should hold. Its `ETag` is what a change of it names by `If-Match`."""
    view = await container.current().documents.current(name_in_address(document))
    return unless_tagged(request, _whole(view), _tag(view.summary.version, view.text))


@router.put("/{document}", response_model=SavedDocument, responses=CHANGED)
async def save_document(
    asker: Administrator, document: Document, wanted: TextToSave, made_from: IfMatch = None
) -> Response:
    """Save a document, where it has no fault and nobody saved meanwhile. It serves the next evaluation."""
    name = name_in_address(document)
    base = await held_version(name, made_from)
    saved = await container.current().documents.save(
        asker.actor, name, wanted.text, base=base, note=wanted.note
    )
    return await saved_document(name, saved)


@router.post("/{document}/validate", response_model=CheckedDocument, responses=problems(404, 413))
async def check_document(_asker: Administrator, document: Document, wanted: TextToCheck) -> Response:
    """Say what is wrong in a text, which is not saved."""
    faults = await container.current().documents.validate(name_in_address(document), wanted.text)
    found = CheckedDocument(
        valid=not faults,
        faults=[{"line": fault.line, "reason": fault.reason.spoken()} for fault in faults[:_MOST_FAULTS]],
    )
    return answers.document(found)


@router.get("/{document}/versions", response_model=ConfigVersionsDocument, responses=readable(404))
async def list_document_versions(
    request: Request,
    _asker: Administrator,
    document: Document,
    before: Annotated[
        Annotated[int, Field(ge=1, le=_HIGHEST)] | Absent,
        Query(description="Only those older than this version: `next`."),
    ] = None,
) -> Response:
    """List the versions of a document, the newest first, twenty at a time."""
    lines = await container.current().documents.versions(name_in_address(document), before=before)
    more = len(lines) == SHOWN_AT_ONCE and lines[-1].version > 0
    found = ConfigVersionsDocument(
        items=[_version(line) for line in lines], next=lines[-1].version if more else None
    )
    return unless_known(request, found)


@router.get("/{document}/versions/{version}", response_model=ConfigDocument, responses=readable(404))
async def get_document_version(
    request: Request, _asker: Administrator, document: Document, version: Number
) -> Response:
    """Return one version of a document; 0 is what came with the product."""
    name = name_in_address(document)
    found = await container.current().documents.text(name, version)
    return unless_known(request, ConfigDocument(name=name, version=version, text=found, links=_links(name)))


@router.post("/{document}/rollback", response_model=SavedDocument, responses=CHANGED)
async def roll_back_document(
    asker: Administrator, document: Document, wanted: VersionToTake, made_from: IfMatch = None
) -> Response:
    """Make the text of an earlier version hold again, as a new version."""
    name = name_in_address(document)
    base = await held_version(name, made_from)
    saved = await container.current().documents.roll_back(
        asker.actor, name, to=wanted.to, base=base, note=wanted.note
    )
    return await saved_document(name, saved)


async def held_version(name: str, made_from: str | None) -> int:
    """Return the version that a change was made from, where it holds still.

    Raises:
        Unconditional: it does not say what it was made from.
        DocumentConflict: something else holds.
        UnknownDocument: there is no such document.
    """
    if made_from is None:
        raise Unconditional(text("api.if_match"))
    view = await container.current().documents.current(name)
    tags = {each.strip() for each in made_from.split(",")}
    if not tags & {"*", _tag(view.summary.version, view.text)}:
        author = view.summary.author or text("product.name")
        raise DocumentConflict(author=author, version=view.summary.version)
    return view.summary.version


def _tag(version: int, document: str) -> str:
    """Return the tag of a document; of version 0 there is another text in another release."""
    return f'"{version}.{digest_of(document)}"'


async def saved_document(name: str, version: int, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Answer with the version of a document that holds now, its tag and, where it is new, its address."""
    saved = SavedDocument(name=name, version=version, links=_links(name))
    headers = {"ETag": _tag(version, await container.current().documents.text(name, version))}
    if status is HTTPStatus.CREATED:
        headers["Location"] = saved["links"]["self"]
    return answers.document(saved, status=status, headers=headers)


def _whole(view: DocumentView) -> ConfigDocument:
    summary = view.summary
    return ConfigDocument(
        name=summary.name, version=summary.version, text=view.text, links=_links(summary.name)
    )


def _line(line: DocumentSummary) -> ConfigLine:
    return ConfigLine(
        name=line.name,
        version=line.version,
        author=line.author or None,
        saved=_moment(line.moment),
        retired=line.is_retired,
        broken=line.broken is not None,
        links=_links(line.name),
    )


def _version(line: VersionLine) -> ConfigVersionLine:
    return ConfigVersionLine(
        version=line.version,
        author=line.author or None,
        saved=_moment(line.moment),
        note=line.note,
        rolled_back_from=line.rolled_back_from,
        retired=line.is_retired,
    )


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _links(name: str) -> ConfigLinks:
    own = f"{ROOT}/config/{address_part(name)}"
    return ConfigLinks(self=own, versions=f"{own}/versions")
