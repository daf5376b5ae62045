"""What the API offers: its OpenAPI description, and that as a page. In English, as programmers read it.

The page is made here and needs no script, so it is under the same Content-Security-Policy as all pages and
loads nothing from anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from memo_coach.api.answers import tagged

router = APIRouter(include_in_schema=False)

_STYLE: Final = """
:root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif; }
body { max-width: 52rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.8rem; } h2 { margin-top: 2.6rem; } h3 { margin: 0; font-size: 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
pre { overflow-x: auto; padding: .8rem 1rem; border: 1px solid #8886; border-radius: 6px; }
article { margin-top: 1.6rem; padding-top: 1rem; border-top: 1px solid #8886; }
.method { display: inline-block; min-width: 4.2rem; font-weight: 700; }
dt { margin-top: .5rem; } dd { margin-inline-start: 1.2rem; }
nav ul { columns: 15rem; padding-inline-start: 1.1rem; }
summary { cursor: pointer; min-height: 24px; } a { color: inherit; }
"""
_WHO: Final = (
    "<p>A program asks with <code>Authorization: Bearer mct_…</code>, a token made under “Settings” or by"
    " <code>memo-coach tokens add</code>. The same as a file:"
    ' <a href="/api/openapi.json">OpenAPI 3.1</a>.</p>'
)
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_DEEPEST: Final = 12


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """Return the description (OpenAPI 3.1)."""
    headers = {"Cache-Control": "no-cache"}
    return tagged(request, Response(_described(request), media_type="application/json", headers=headers))


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Return the description as a page."""
    return tagged(request, HTMLResponse(_page(_described(request)), headers={"Cache-Control": "no-cache"}))


def _described(request: Request) -> str:
    return json.dumps(request.app.openapi(), ensure_ascii=False, separators=(",", ":"))


@cache
def _page(described: str) -> str:
    schema = json.loads(described)
    operations = [
        (method, path, schema["paths"][path][method])
        for path in schema["paths"]
        for method in _METHODS
        if method in schema["paths"][path]
    ]
    parts = schema["components"]["schemas"]
    body = "".join(
        (
            f"<h1>{escape(schema['info']['title'])}: the API</h1>",
            f"<p>{escape(schema['info']['description'])}</p>",
            _WHO,
            "<nav aria-label='Operations'><ul>",
            *(
                f'<li><a href="#{escape(each["operationId"])}">{escape(each["summary"])}</a></li>'
                for _, _, each in operations
            ),
            "</ul></nav>",
            *(_operation(method, path, each) for method, path, each in operations),
            "<h2>Documents</h2>",
            *(_document(name, parts[name]) for name in sorted(parts)),
        )
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Memo AI Coach: the API</title><style>{_STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    parameters = [*operation.get("parameters", ()), *_body(operation.get("requestBody", {}))]
    answers = operation["responses"].items()
    return "".join(
        (
            f'<article id="{escape(operation["operationId"])}">',
            f'<h3><span class="method">{method.upper()}</span> <code>{escape(path)}</code></h3>',
            f"<p>{escape(operation.get('description', ''))}</p>",
            "<dl>" if parameters else "",
            *map(_parameter, parameters),
            "</dl>" if parameters else "",
            "<details><summary>Answers</summary><dl>",
            *(
                f"<dt><code>{escape(status)}</code></dt><dd>{escape(answer.get('description', ''))}"
                f"{_shown(_content(answer))}</dd>"
                for status, answer in answers
            ),
            "</dl></details></article>",
        )
    )


def _parameter(parameter: Mapping[str, Any]) -> str:
    needed = ", required" if parameter.get("required") else ""
    told = parameter.get("description") or parameter.get("schema", {}).get("description", "")
    return (
        f"<dt><code>{escape(parameter['name'])}</code> ({escape(parameter['in'])}{needed}):"
        f" {_type(parameter.get('schema', {}))}</dt><dd>{escape(told)}</dd>"
    )


def _body(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for media_type, content in body.get("content", {}).items():
        yield {"name": media_type, "in": "body", "required": True, "schema": content.get("schema", {})}


def _content(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    schema: Mapping[str, Any] = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _shown(schema: Mapping[str, Any]) -> str:
    return f" {_type(schema)}" if schema else ""


def _document(name: str, schema: Mapping[str, Any]) -> str:
    needed = set(schema.get("required", ()))
    lines = (
        f"<dt><code>{escape(field)}</code>{'' if field in needed else ' (optional)'}: {_type(part)}</dt>"
        f"<dd>{escape(part.get('description', ''))}</dd>"
        for field, part in schema.get("properties", {}).items()
    )
    told = escape(schema.get("description", ""))
    heading = f"<h3>{escape(name)}</h3><p>{told}</p>"
    return f'<article id="{escape(name)}">{heading}<dl>{"".join(lines)}</dl></article>'


def _type(schema: Mapping[str, Any], depth: int = 0) -> str:
    """Return a type in words, with a link to what it is made of."""
    if depth > _DEEPEST:
        return "…"
    if reference := schema.get("$ref"):
        name = escape(str(reference).rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if choices := schema.get("anyOf"):
        return " or ".join(_type(each, depth + 1) for each in choices)
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if values:
        return " or ".join(f"<code>{escape(str(each))}</code>" for each in values)
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}), depth + 1)}"
    return escape(str(schema.get("type", "any")))
