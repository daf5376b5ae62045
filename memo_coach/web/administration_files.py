"""What administrators take along as CSV, and how a request says that it is one of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from memo_coach.services import container
from memo_coach.services.accounts.principal import Principal
from memo_coach.services.administration.audit_log import AuditQuestion
from memo_coach.services.administration.usage import usage_as_csv
from memo_coach.translations import text
from memo_coach.web.download import Download
from memo_coach.web.errors import Refused
from memo_coach.web.loopback import is_loopback_host, is_loopback_origin, is_operator
from memo_coach.web.middleware.client_address import DIRECT_PEER, Address

_MEDIA_TYPE: Final = "text/csv; charset=utf-8"


async def usage_file(request: Request) -> Response:
    """Answer with usage day by day, for ``?days=`` days.

    Raises:
        Refused: who asks is no administrator.
        ServiceError: the services cannot answer.
    """
    refuse_others(request)
    asked = request.query_params.get("days", "")
    days = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 3 else 0
    view = await container.current().usage.of_days(days)
    return Response(usage_as_csv(view), media_type=_MEDIA_TYPE, headers=_headers("memo-coach-usage.csv"))


async def audit_file(request: Request) -> Response:
    """Answer with the audit log, as far as ``?action=&actor=&target=`` ask for it.

    Raises:
        Refused: who asks is no administrator.
    """
    refuse_others(request)
    asked = request.query_params
    question = AuditQuestion(asked.get("action", ""), asked.get("actor", ""), asked.get("target", ""))
    pieces = container.current().audit.as_csv(question)
    return Download(pieces, media_type=_MEDIA_TYPE, headers=_headers("memo-coach-audit.csv"))


def refuse_others(request: Request) -> None:
    """Refuse who does not administer: who has not the role, or without accounts is not at the machine.

    Raises:
        Refused: they may not.
    """
    settings = container.current().settings
    if settings.auth_mode == "accounts":
        principal: Principal | None = request.scope.get("state", {}).get("principal")
        may = principal is not None and principal.is_administrator
    else:
        peer: Address | None = request.scope.get(DIRECT_PEER)
        origin = request.headers.get("origin")
        may = (
            peer is not None
            and peer.is_loopback
            and is_operator(peer, settings.operators)
            and is_loopback_host(request.headers.get("host", ""))
            and (origin is None or is_loopback_origin(origin))
        )
    if not may:
        raise Refused(text("problem.not_an_administrator"))


def _headers(name: str) -> Mapping[str, str]:
    return {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
