"""The protocol as a process: a client starts it, and speaks with it over standard input and output."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from anyio import BrokenResourceError
from mcp.server.stdio import stdio_server

from memo_coach.api.mcp_server.server import mcp_server
from memo_coach.api.mcp_server.tools import ToolAsker
from memo_coach.services import clock, container
from memo_coach.services.accounts.tokens import SCOPES
from memo_coach.services.container import Services
from memo_coach.services.errors import ServiceError
from memo_coach.settings import Settings
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.translations import text

FindAsker = Callable[[Services], Awaitable[ToolAsker]]
_SECRET: Final = "command-line-visitor"  # noqa: S105 - the name of the secret


class AskerUnknown(ServiceError):
    """Nobody is known by whose name or token the tools were to be used."""


async def serve(settings: Settings, find_asker: FindAsker) -> None:
    """Open the services, and answer until the client closes its end.

    Raises:
        AskerUnknown: there is nobody to ask for.
        DatabaseUnusable: the database cannot be opened or migrated.
    """
    services = await container.open_services(settings)
    try:
        server = mcp_server(await find_asker(services))
        async with stdio_server() as (incoming, outgoing):
            with suppress(BrokenResourceError):  # the client is gone
                await server.run(incoming, outgoing, server.create_initialization_options())
    finally:
        await container.close_services(services)


async def by_owner(services: Services, owner: str) -> ToolAsker:
    """Return who is known by an id, for the operator, who may ask for everybody.

    Raises:
        AskerUnknown: nobody is.
    """
    async with services.database.read() as session:
        if not await VisitorRepository(session).exists(owner):
            raise AskerUnknown(text("visitors.unknown"))
    return ToolAsker(owner, frozenset(SCOPES))


async def by_token(services: Services, token: str) -> ToolAsker:
    """Return who is known by an access token.

    Raises:
        AskerUnknown: it opens nothing.
    """
    holder = await services.tokens.recognise(token)
    if holder is None:
        raise AskerUnknown(text("mcp.token_opens_nothing"))
    return ToolAsker(holder.owner, frozenset(holder.token.scopes))


async def by_machine(services: Services) -> ToolAsker:
    """Return the command line's own visitor, whom there is where everybody may write.

    Raises:
        AskerUnknown: here people have accounts.
    """
    if services.settings.auth_mode != "open":
        raise AskerUnknown(text("mcp.in_whose_name"))
    async with services.database.write() as session:
        visitors = VisitorRepository(session)
        kept = await visitors.installation_secret(_SECRET, secrets.token_urlsafe(32))
        owner = hashlib.sha256(b"memo-coach command line\0" + kept.encode("ascii")).hexdigest()
        await visitors.lock_or_create(owner, clock.now())
    return ToolAsker(owner, frozenset(SCOPES), opens_pages=False)
