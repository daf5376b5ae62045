"""The protocol over HTTP: each request has a token and is answered by itself, so no session is kept."""

from __future__ import annotations

import logging

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.types import Receive, Scope, Send

from memo_coach.api.mcp_server.server import mcp_server
from memo_coach.api.mcp_server.tools import ToolAsker
from memo_coach.web.middleware.body_limit import BODY_BYTES_OF
from memo_coach.web.problems import MCP

# It tells of each request, which the server's log does already.
logging.getLogger("mcp").setLevel(logging.WARNING)


async def answer(asker: ToolAsker, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request."""
    manager = StreamableHTTPSessionManager(
        mcp_server(asker), stateless=True, json_response=True, max_request_body_size=BODY_BYTES_OF[MCP]
    )
    async with manager.run():
        await manager.handle_request(scope, receive, send)
