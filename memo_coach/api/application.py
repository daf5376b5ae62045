"""The API put together: its resources, what it refuses with, and its description."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.routing import Route

from memo_coach import __version__
from memo_coach.api import (
    chat,
    configuration,
    configured_rubrics,
    debugging,
    documentation,
    evaluations,
    me,
    memos,
    progress,
    rubrics,
    webhooks,
)
from memo_coach.api.askers import SECURITY
from memo_coach.api.evaluation_documents import ROOT
from memo_coach.api.mcp_server.endpoint import McpEndpoint
from memo_coach.api.problems import ProblemDocument, handle_problems
from memo_coach.web.problems import API, MCP

_RESOURCES = (
    evaluations,
    chat,
    memos,
    progress,
    rubrics,
    webhooks,
    me,
    configuration,
    configured_rubrics,
    debugging,
)
_DESCRIPTION = """What a demanding senior reader would say of a memo, for programs: by the same rules and
limits as the pages. Texts for people are in the language of `Accept-Language`."""


class _Described(FastAPI):
    """An application whose description has the problems that every route may answer with."""

    def openapi(self) -> dict[str, object]:
        """Return the description."""
        if self.openapi_schema is None:
            described = super().openapi()
            schema = TypeAdapter(ProblemDocument).json_schema(ref_template="#/components/schemas/{model}")
            schemas = described.setdefault("components", {}).setdefault("schemas", {})
            schemas.update(schema.pop("$defs", {}))
            schemas["Problem"] = schema
        return self.openapi_schema or {}


def _name(route: APIRoute) -> str:
    return route.name


@cache
def application() -> FastAPI:
    """Return the API as an ASGI application: ``/api`` and what is below it, and ``/mcp``."""
    made = _Described(
        title="Memo AI Coach",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_name,
        separate_input_output_schemas=False,
    )
    resources = APIRouter(prefix=ROOT, dependencies=SECURITY)
    for resource in _RESOURCES:
        resources.include_router(resource.router)
    made.include_router(resources)
    made.include_router(documentation.router, prefix=API)
    made.router.routes.append(Route(MCP, McpEndpoint(), include_in_schema=False))
    handle_problems(made)
    return made
