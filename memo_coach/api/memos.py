"""Memos: read from a file, with their versions and what differs between two."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from starlette.responses import Response
from typing_extensions import TypedDict

from memo_coach.api.answers import Absent, Id, PathId, document, unless_known
from memo_coach.api.askers import Asker, Reader, Writer
from memo_coach.api.evaluation_documents import ROOT
from memo_coach.api.idempotency import Key, once
from memo_coach.api.problems import problems, readable
from memo_coach.coaching.memo.difference import RunKind
from memo_coach.services import container
from memo_coach.services.errors import MemoEmpty
from memo_coach.services.usage.idempotency import Result
from memo_coach.translations import text

_LONGEST_NAME: Final = 255
_HIGHEST: Final = 2**31 - 1

router = APIRouter(prefix="/memos", tags=["memos"])


class MemoLinks(TypedDict):
    """Where there is more about a memo."""

    self: str
    versions: str
    evaluations: str


class MemoDocument(TypedDict):
    """A memo with its newest text, be that a draft or a version."""

    id: str
    title: str
    text: str
    rubric: str
    saved: str
    versions: int
    links: MemoLinks


class LeftOutDocument(TypedDict):
    """Something that the file holds and the text does not."""

    kind: str
    count: int
    detail: str


class ReadMemoDocument(TypedDict):
    """A memo that was read from a file. It is a draft until it is judged."""

    id: str
    left_out: list[LeftOutDocument]
    links: MemoLinks


class VersionDocument(TypedDict):
    """A version, as it was handed in."""

    number: int
    words: int
    language: str
    created: str


class VersionsDocument(TypedDict):
    """The versions of a memo, the newest first."""

    items: list[VersionDocument]


class RunDocument(TypedDict):
    """A run of text that both versions have, or one of them."""

    kind: RunKind
    text: str


class DifferenceDocument(TypedDict):
    """What turns a version into another, by words: all runs that are not added make the old text."""

    old: int
    new: int
    runs: list[RunDocument]


_THEN: Final = {
    name: {"operationId": name, "parameters": {"memo": "$response.body#/id"}}
    for name in ("get_memo", "list_versions")
}


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    response_model=ReadMemoDocument,
    responses={
        **problems(409, 413),
        HTTPStatus.CREATED.value: {
            "description": "It is read.",
            "links": _THEN,
            "headers": {"Location": {"schema": {"type": "string"}, "description": "Where it is."}},
        },
    },
)
async def read_memo(
    request: Request,
    asker: Writer,
    file: Annotated[UploadFile, File(description="Text, Markdown, Word (.docx) or PDF.")],
    rubric: Annotated[Id | Absent, Form()] = None,
    key: Key = None,
) -> Response:
    """Read a file as the draft of a new memo. Nothing but the text is kept of it."""
    content = await file.read()
    name = (file.filename or "")[:_LONGEST_NAME]

    async def act() -> Result:
        return await _read(asker, name, content, rubric)

    read = await once(
        request, asker, key, act, content=b"\0".join((name.encode(), (rubric or "").encode(), content))
    )
    made = ReadMemoDocument(id=read["memo"], left_out=read["left_out"], links=_links(read["memo"]))
    return document(made, HTTPStatus.CREATED, {"Location": f"{ROOT}/memos/{read['memo']}"})


async def _read(asker: Asker, name: str, content: bytes, rubric: str | None) -> Result:
    services = container.current()
    read = await services.uploads.read_upload(asker.owner, name, content, asker.address)
    saved = await services.drafts.save(
        asker.owner,
        memo_id=None,
        text=read.text,
        rubric=rubric or (await services.preferences.of_owner(asker.owner)).rubric,
        base_revision=0,
        address=asker.address,
    )
    if not saved.memo_id:
        raise MemoEmpty(text("problem.memo_empty"))
    left_out = [{"kind": each.kind, "count": each.count, "detail": each.sentence} for each in read.left_out]
    return {"memo": saved.memo_id, "left_out": left_out}


@router.get("/{memo}", response_model=MemoDocument, responses=readable(404))
async def get_memo(request: Request, asker: Reader, memo: PathId) -> Response:
    """Return a memo with its newest text."""
    services = container.current()
    draft = await services.drafts.of_memo(asker.owner, memo)
    versions = await services.versions.list(asker.owner, memo)
    found = MemoDocument(
        id=memo,
        title=draft.title,
        text=draft.text,
        rubric=draft.rubric,
        saved=draft.saved.isoformat(),
        versions=len(versions),
        links=_links(memo),
    )
    return unless_known(request, found)


@router.get("/{memo}/versions", response_model=VersionsDocument, responses=readable(404))
async def list_versions(request: Request, asker: Reader, memo: PathId) -> Response:
    """List the versions of a memo, the newest first."""
    versions = await container.current().versions.list(asker.owner, memo)
    listed = VersionsDocument(
        items=[
            {
                "number": each.number,
                "words": each.words,
                "language": each.language,
                "created": each.created.isoformat(),
            }
            for each in versions
        ]
    )
    return unless_known(request, listed)


Number = Annotated[int, Query(ge=1, le=_HIGHEST)]


@router.get("/{memo}/diff", response_model=DifferenceDocument, responses=readable(404))
async def compare_versions(
    request: Request, asker: Reader, memo: PathId, old: Number, new: Number
) -> Response:
    """Tell what differs between two versions of a memo, by words."""
    runs = await container.current().versions.difference(asker.owner, memo, old, new)
    found = DifferenceDocument(old=old, new=new, runs=[{"kind": run.kind, "text": run.text} for run in runs])
    return unless_known(request, found)


def _links(memo: str) -> MemoLinks:
    own = f"{ROOT}/memos/{memo}"
    return MemoLinks(self=own, versions=f"{own}/versions", evaluations=f"{ROOT}/evaluations?memo={memo}")
