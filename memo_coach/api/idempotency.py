"""``Idempotency-Key``: a request that may be sent again without being done again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Header, Request
from pydantic import Field

from memo_coach.api.answers import Absent
from memo_coach.api.askers import Asker
from memo_coach.services import container
from memo_coach.services.usage.idempotency import Result

Key = Annotated[
    Annotated[str, Field(pattern=r"^[!-~]{1,255}$")] | Absent,
    Header(
        alias="Idempotency-Key",
        description="Any text of your own making. Sent again within a day with the same request, it is not"
        " done again, and the answer is made of what came of it the first time.",
    ),
]


async def once(
    request: Request,
    asker: Asker,
    key: str | None,
    act: Callable[[], Awaitable[Result]],
    *,
    content: bytes | None = None,
) -> Result:
    """Do what was asked, or return what came of the same request with the same key.

    ``content`` is what it brought, where that was not the body as it is.
    """
    body = content if content is not None else await request.body() if key is not None else b""
    asked = b"\0".join((request.method.encode(), request.url.path.encode(), body))
    return await container.current().idempotency.once(asker.owner, key, asked, act)
