"""Which kind of address a request asks for, in a word: figures are counted by it, and paths have no end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from memo_coach.web.accounts.addresses import page_of

_BY_FIRST_PART: Final[Mapping[str, str]] = MappingProxyType(
    {
        "api": "api",
        "mcp": "mcp",
        "assets": "file",
        "draft": "draft",
        "uploads": "upload",
        "export": "data",
        "import": "data",
        "evaluations": "evaluation",
        "muted": "remark",
        "glossary": "remark",
        "memos": "memo",
        "session": "account",
        "login": "account",
        "sign-out": "account",
        "welcome": "account",
        "take-along": "account",
        "second-step": "account",
        "sign-in-methods": "account",
        "admin": "administration",
        "outlines": "sample",
        "samples": "sample",
        "health": "health",
        "_event": "socket",
        "ping": "health",
        "_health": "health",
        "metrics": "metrics",
    }
)
_FILE: Final = re.compile(r"\.[a-z0-9]{2,12}$")
PAGE: Final = "page"
ROUTE_CLASSES: Final = frozenset({*_BY_FIRST_PART.values(), "file", PAGE})


def route_class(path: str) -> str:
    """Return the kind of address that a path is, in any language; what is none of them counts as a page."""
    first = page_of(path)[1:].partition("/")[0]
    found = _BY_FIRST_PART.get(first)
    if found is not None:
        return found
    return "file" if _FILE.search(path) else PAGE
