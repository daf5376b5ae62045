"""The routes that are not pages: health, samples, files, the draft (too long for a socket), remarks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from memo_coach.coaching.rubric.outline import outline_of
from memo_coach.coaching.samples import samples
from memo_coach.services import container
from memo_coach.services.data.import_pieces import Piece
from memo_coach.services.data.import_refusals import PiecesDoNotFit
from memo_coach.services.data.importing import ImportView
from memo_coach.services.errors import NotFound
from memo_coach.services.memos.files import FileForm
from memo_coach.services.views import DraftSaved, DraftView
from memo_coach.translations import text
from memo_coach.web.administration_files import audit_file, usage_file
from memo_coach.web.agreement import agreement
from memo_coach.web.cookies import is_secure, no_cookie_header
from memo_coach.web.download import Download
from memo_coach.web.endpoints import PROBLEMS, Endpoint
from memo_coach.web.errors import Refused

LONGEST_FILE_NAME = 255
RUBRIC_HEADER = "Memo-Rubric"
"""With what assets/editor.js begins an empty page."""
_NEVER_KEPT = {"Cache-Control": "no-store"}
_FORMS: Mapping[str, FileForm] = {"md": "md", "docx": "docx"}
_LONGEST_NUMBER = 10
"""Digits of a version's number, and of how many bytes a file has."""


class DraftToSave(BaseModel):
    """What the editor sends: the text as it is now, and the revision that it was made from."""

    model_config = ConfigDict(strict=True, extra="forbid")

    memo_id: str | None = Field(max_length=64)
    text: str
    rubric: str = Field(max_length=64)
    base_revision: int = Field(ge=0)


class MarkToKeep(BaseModel):
    """What a writer makes of a remark; ``open`` takes back what they made of it before."""

    model_config = ConfigDict(strict=True, extra="forbid")

    state: Literal["open", "done", "declined"]
    reason: str = ""


class Live(Endpoint):
    """Whether the process answers."""

    async def get(self, _request: Request) -> Response:
        """Answer that it does."""
        return JSONResponse({"status": "ok"}, headers=_NEVER_KEPT)


class Ready(Endpoint):
    """Whether everything that is needed is usable."""

    async def get(self, _request: Request) -> Response:
        """Answer 200 where it is, else 503; with each check."""
        report = await container.current().health.ready()
        status = HTTPStatus.OK if report.ok else HTTPStatus.SERVICE_UNAVAILABLE
        content = {
            "status": "ok" if report.ok else "failed",
            "checks": [asdict(check) for check in report.checks],
        }
        return JSONResponse(content, status.value, _NEVER_KEPT)


class Draft(Endpoint):
    """The text that is being written, too long for a socket."""

    async def get(self, request: Request) -> Response:
        """Answer with the draft of ``?memo=ID``, or with the current one; 204 where there is none."""
        drafts, owner = container.current().drafts, _owner(request)
        memo_id = request.query_params.get("memo")
        draft: DraftView | None
        if memo_id:
            draft = await drafts.of_memo(owner, memo_id)
        else:
            draft = await drafts.current(owner)
        return await _empty_page(owner) if draft is None else _answer(draft)

    async def put(self, request: Request) -> Response:
        """Save the draft; answer with its revision. Had another tab saved meanwhile, it is a new memo."""
        owner = _owner(request)
        draft = DraftToSave.model_validate(_json(await request.body()))
        saved = await container.current().drafts.save(
            owner,
            memo_id=draft.memo_id,
            text=draft.text,
            rubric=draft.rubric,
            base_revision=draft.base_revision,
            address=_address(request),
        )
        return _answer(saved)


class Upload(Endpoint):
    """A file that is to be read as the text of a memo. Nothing of it is kept."""

    async def post(self, request: Request) -> Response:
        """Answer with the text of the body, which is the file; ``?name=`` is what its owner calls it."""
        read = await container.current().uploads.read_upload(
            _owner(request),
            request.query_params.get("name", "")[:LONGEST_FILE_NAME],
            await request.body(),
            _address(request),
        )
        left_out = [notice.sentence for notice in read.left_out]
        return JSONResponse({"text": read.text, "left_out": left_out}, headers=_NEVER_KEPT)


class NewDraft(Endpoint):
    """An empty page."""

    async def post(self, request: Request) -> Response:
        """Begin with one; the old draft stays among the memos where it has text."""
        owner = _owner(request)
        await container.current().drafts.start_new(owner)
        return await _empty_page(owner)


class EndOfSession(Endpoint):
    """The end of a browser's session."""

    async def post(self, request: Request) -> Response:
        """Forget this browser: its cookie, and every copy of it, opens nothing any more."""
        services = container.current()
        await services.visitors.end(_owner(request))
        cookie = no_cookie_header(secure=is_secure(services.settings))
        headers = {**_NEVER_KEPT, "Location": "/", "Set-Cookie": cookie}
        return Response(status_code=HTTPStatus.SEE_OTHER, headers=headers)


class Sample(Endpoint):
    """A sample memo to try the coach on."""

    async def get(self, request: Request) -> Response:
        """Answer with it, as JSON."""
        wanted = request.path_params
        language = request.query_params.get("language", "en")
        for found in samples(wanted["rubric"], language):
            if found.quality == wanted["quality"]:
                content = {"title": found.title, "text": found.text}
                return JSONResponse(content, headers={"Cache-Control": "no-cache"})
        raise NotFound


class Outline(Endpoint):
    """An outline to begin a memo with."""

    async def get(self, request: Request) -> Response:
        """Answer with the criteria of a rubric as headings to fill in, as JSON."""
        rubric = container.current().rubrics.get(request.path_params["rubric"])
        outline = outline_of(rubric, request.query_params.get("language", "en"))
        return JSONResponse({"text": outline}, headers={"Cache-Control": "no-cache"})


class EvaluationPdf(Endpoint):
    """An evaluation as a file to take along."""

    async def get(self, request: Request) -> Response:
        """Answer with it; 404 where it is not the session's own, as where there is none."""
        file = await container.current().pdfs.file(_owner(request), request.path_params["evaluation"])
        disposition = f'attachment; filename="{file.name}"'
        headers = {**_NEVER_KEPT, "Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
        return Response(file.content, media_type="application/pdf", headers=headers)


class Remark(Endpoint):
    """What the writer made of one remark. The same may be sent again, as after a lost connection."""

    async def put(self, request: Request) -> Response:
        """Keep it; 404 where the evaluation is not the session's own, as where there is none."""
        owner = _owner(request)
        mark = MarkToKeep.model_validate(_json(await request.body()))
        wanted = request.path_params
        await container.current().review.mark(
            owner, wanted["evaluation"], wanted["comment"], mark.state, mark.reason, address=_address(request)
        )
        return _done()


class MutedKind(Endpoint):
    """A kind of remark that the writer does not want to see. The same may be sent again."""

    async def put(self, request: Request) -> Response:
        """Mute it."""
        review = container.current().review
        await review.mute(_owner(request), request.path_params["kind"], address=_address(request))
        return _done()

    async def delete(self, request: Request) -> Response:
        """Let it be made again."""
        await container.current().review.unmute(_owner(request), request.path_params["kind"])
        return _done()


class Word(Endpoint):
    """A word of the writer's glossary. The same may be sent again."""

    async def put(self, request: Request) -> Response:
        """Add it."""
        review = container.current().review
        await review.add_word(_owner(request), request.path_params["word"], address=_address(request))
        return _done()

    async def delete(self, request: Request) -> Response:
        """Remove it."""
        await container.current().review.remove_word(_owner(request), request.path_params["word"])
        return _done()


def _bytes(request: Request, name: str) -> int:
    value = request.query_params.get(name, "")
    if not (value.isascii() and value.isdecimal() and len(value) <= _LONGEST_NUMBER):
        raise PiecesDoNotFit
    return int(value)


def _done() -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=_NEVER_KEPT)


class MemoVersionFile(Endpoint):
    """A version of a memo as a file to take along: ``.md`` or ``.docx``."""

    async def get(self, request: Request) -> Response:
        """Answer with it; 404 where it is not the session's own, as where there is none."""
        wanted = request.path_params
        number, form = wanted["number"], wanted["form"]
        if form not in _FORMS or not number.isdecimal() or len(number) > _LONGEST_NUMBER:
            raise NotFound
        file = await container.current().memo_files.file(
            _owner(request), wanted["memo"], int(number), _FORMS[form]
        )
        disposition = f'attachment; filename="{file.name}"'
        headers = {**_NEVER_KEPT, "Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
        return Response(file.content, media_type=file.media_type, headers=headers)


class Export(Endpoint):
    """All that is the session's own, to take along."""

    async def get(self, request: Request) -> Response:
        """Answer with a zip file that is sent while it is made."""
        pieces = await container.current().exports.export(_owner(request))
        headers = {
            **_NEVER_KEPT,
            "Content-Disposition": 'attachment; filename="memo-coach-export.zip"',
            "X-Content-Type-Options": "nosniff",
        }
        return Download(pieces, media_type="application/zip", headers=headers)


class UsageFile(Endpoint):
    """Usage day by day, for administrators."""

    async def get(self, request: Request) -> Response:
        """Answer with a CSV file."""
        return await usage_file(request)


class AuditFile(Endpoint):
    """The audit log, for administrators."""

    async def get(self, request: Request) -> Response:
        """Answer with a CSV file that is sent while it is made."""
        return await audit_file(request)


class Agreement(Endpoint):
    """How far a coach agrees with graded memos, for administrators."""

    async def post(self, request: Request) -> Response:
        """Answer in lines of JSON that are sent while the memos are judged."""
        return await agreement(request)


class Import(Endpoint):
    """What was taken along, brought back."""

    async def post(self, request: Request) -> Response:
        """Add what is in the file that is the body; answer with how many memos were added, and a sentence.

        A larger file comes in pieces, ``?start=`` in the file of ``?whole=`` bytes: each but the last is
        answered with 204, and may be sent again after 429.
        """
        imports, owner, address = container.current().imports, _owner(request), _address(request)
        body = await request.body()
        done: ImportView | None
        if "start" in request.query_params:
            start, whole = (_bytes(request, name) for name in ("start", "whole"))
            done = await imports.import_piece(owner, Piece(body, start, whole), address=address)
        else:
            done = await imports.import_file(owner, body, address=address)
        if done is None:
            return _done()
        parts = [text("import.added", count=done.added)]
        if done.known:
            parts.append(text("import.known", count=done.known))
        content = {"added": done.added, "known": done.known, "message": " ".join(parts)}
        return JSONResponse(content, headers=_NEVER_KEPT)


def _json(body: bytes) -> object:
    """Read JSON as browsers write it: half of a surrogate pair is a character, too.

    Pydantic's own reader would refuse a memo in which an emoji was cut in two, again and again.
    """
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def _owner(request: Request) -> str:
    owner: str | None = request.scope.get("state", {}).get("owner")
    if owner is None:
        raise Refused
    return owner


def _address(request: Request) -> str:
    """Return where the request comes from, as :mod:`.middleware.client_address` found it."""
    return "unknown" if request.client is None else request.client.host


def _answer(draft: DraftView | DraftSaved) -> Response:
    return JSONResponse({**asdict(draft), "saved": draft.saved.isoformat()}, headers=_NEVER_KEPT)


async def _empty_page(owner: str) -> Response:
    """Answer for a memo that nothing is written of yet: 204, and the rubric that its writer prefers."""
    rubric = (await container.current().preferences.of_owner(owner)).rubric
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={**_NEVER_KEPT, RUBRIC_HEADER: rubric})


ROUTES = (
    Route("/health/live", Live, middleware=[PROBLEMS]),
    Route("/health/ready", Ready, middleware=[PROBLEMS]),
    Route("/draft", Draft, middleware=[PROBLEMS]),
    Route("/uploads", Upload, middleware=[PROBLEMS]),
    Route("/draft/new", NewDraft, middleware=[PROBLEMS]),
    Route("/session/end", EndOfSession, middleware=[PROBLEMS]),
    Route("/evaluations/{evaluation}/pdf", EvaluationPdf, middleware=[PROBLEMS]),
    Route("/evaluations/{evaluation}/remarks/{comment}", Remark, middleware=[PROBLEMS]),
    Route("/muted/{kind}", MutedKind, middleware=[PROBLEMS]),
    Route("/glossary/{word:path}", Word, middleware=[PROBLEMS]),
    Route("/memos/{memo}/versions/{number}.{form}", MemoVersionFile, middleware=[PROBLEMS]),
    Route("/export", Export, middleware=[PROBLEMS]),
    Route("/import", Import, middleware=[PROBLEMS]),
    Route("/admin/usage.csv", UsageFile, middleware=[PROBLEMS]),
    Route("/admin/audit.csv", AuditFile, middleware=[PROBLEMS]),
    Route("/admin/agreement", Agreement, middleware=[PROBLEMS]),
    Route("/outlines/{rubric}", Outline, middleware=[PROBLEMS]),
    Route("/samples/{rubric}/{quality}", Sample, middleware=[PROBLEMS]),
)


class RoutesMiddleware:
    """Answers these routes and leaves all else to the application behind."""

    def __init__(self, app: ASGIApp, routes: Sequence[Route] = ROUTES) -> None:
        self._app = app
        self._router = Router(routes, redirect_slashes=False, default=app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on: sockets, and the start and end of the application, too."""
        await (self._router if scope["type"] == "http" else self._app)(scope, receive, send)
