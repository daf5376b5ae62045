"""The asker: who that is, all that is theirs, and the end of it."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response
from typing_extensions import TypedDict

from memo_coach.api.answers import unless_known
from memo_coach.api.askers import Reader, Writer
from memo_coach.api.problems import problems, readable
from memo_coach.services import container
from memo_coach.services.accounts.tokens import TokenScope, TokenView
from memo_coach.services.data.deletion import NothingToDelete
from memo_coach.web.download import Download

router = APIRouter(prefix="/me", tags=["me"])


class TokenDocument(TypedDict):
    """The token that the request came with."""

    id: str
    name: str
    scopes: list[TokenScope]
    expires: str


class ChoicesDocument(TypedDict):
    """What a memo is judged by where nothing is chosen."""

    rubric: str
    coach: str


class AskerDocument(TypedDict):
    """Who asks."""

    known_by: Literal["token", "session"]
    token: TokenDocument | None
    administrator: bool
    preferences: ChoicesDocument


@router.get("", response_model=AskerDocument, responses=readable())
async def get_me(request: Request, asker: Reader) -> Response:
    """Say who asks, and what they may."""
    chosen = await container.current().preferences.of_owner(asker.owner)
    found = AskerDocument(
        known_by="session" if asker.token is None else "token",
        token=None if asker.token is None else _token(asker.token),
        administrator=asker.is_administrator,
        preferences={"rubric": chosen.rubric, "coach": chosen.coach},
    )
    return unless_known(request, found)


def _token(token: TokenView) -> TokenDocument:
    return TokenDocument(
        id=token.token_id, name=token.name, scopes=list(token.scopes), expires=token.expires.isoformat()
    )


@router.get(
    "/export",
    response_class=Response,
    responses={
        **problems(),
        200: {
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            "description": "The file, sent while it is made.",
        },
    },
)
async def export(asker: Reader) -> Response:
    """Take along all that is the asker's, as a zip file that can be imported again."""
    pieces = await container.current().exports.export(asker.owner)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="memo-coach-export.zip"',
    }
    return Download(pieces, media_type="application/zip", headers=headers)


@router.delete("", status_code=HTTPStatus.NO_CONTENT, responses=problems())
async def delete_me(asker: Writer) -> Response:
    """Delete all that is the asker's: memos, evaluations, conversations, choices and tokens, this one too."""
    with suppress(NothingToDelete):  # which is what was asked for
        await container.current().deletions.delete_all(asker.owner)
    return Response(status_code=HTTPStatus.NO_CONTENT)
