"""How long browsers may keep files, which page an address has, and that none leads elsewhere.

A file whose name carries a hash of its content is kept for a year; everything else is asked for anew, which
costs a short 304 where nothing changed.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.responses import FileResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from memo_coach.web import earlier_assets
from memo_coach.web.accounts.addresses import TO_PROVIDER
from memo_coach.web.site import STAND_IN

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "no-cache"
A_DAY = "public, max-age=86400"
_VERSION = re.compile(r"v=[0-9a-f]{8,64}")
"""The query that pages put behind a file of ``assets/``: its content's hash."""
_KEPT_A_DAY = re.compile(r".+\.(?:ico|png|svg|webp|jpg|woff2|webmanifest)|/robots\.txt")


def cache_control(path: str, query: str) -> str:
    """Return the ``Cache-Control`` of a successful answer for a file or a page."""
    if earlier_assets.HASHED_NAME.fullmatch(path) or (_VERSION.fullmatch(query) and "." in path):
        return IMMUTABLE
    return A_DAY if _KEPT_A_DAY.fullmatch(path) else REVALIDATED


class AssetsMiddleware:
    """Sets ``Cache-Control`` where nobody did, serves ``/page`` without a redirect, mends redirects.

    An address with an id in it is served with the page that was built for all such. A file that only another
    version's pages know is served from where that version left it.
    """

    def __init__(self, app: ASGIApp, site: Path, earlier: Path | None = None) -> None:
        self._app = app
        self._site = site
        self._earlier = earlier
        pages = (page.parent.relative_to(site).as_posix() for page in site.rglob("index.html"))
        self._pages = frozenset(f"/{page}" for page in pages if page != ".")
        self._with_ids = frozenset(
            page.removesuffix(STAND_IN) for page in self._pages if page.endswith(f"/{STAND_IN}")
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers set."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, query = scope["path"], scope.get("query_string", b"").decode("latin-1")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "location" in headers and path not in TO_PROVIDER:
                    headers["location"] = own_path(headers["location"])
                if "cache-control" not in headers:
                    found = message["status"] in {
                        HTTPStatus.OK,
                        HTTPStatus.NOT_MODIFIED,
                        HTTPStatus.PARTIAL_CONTENT,
                    }
                    headers["Cache-Control"] = cache_control(path, query) if found else "no-store"
            await send(message)

        kept = self._kept(path)
        if kept is not None and scope["method"] in {"GET", "HEAD"}:
            await FileResponse(kept)(scope, receive, send_with_headers)
            return
        page = self._page_of(path)
        if page is not None:
            scope = {**scope, "path": f"{page}/", "raw_path": f"{page}/".encode()}
        await self._app(scope, receive, send_with_headers)

    def _kept(self, path: str) -> Path | None:
        """Return the file of another version that has this address, where this version has none."""
        if self._earlier is None or not path.startswith("/assets/") or (self._site / path[1:]).is_file():
            return None
        return earlier_assets.find(self._earlier, path)

    def _page_of(self, path: str) -> str | None:
        """Return where the page of an address was built, if it has one."""
        if path in self._pages:
            return path
        before, slash, last = path.removesuffix("/").rpartition("/")
        is_one_of_many = last and f"{before}{slash}" in self._with_ids
        return f"{before}{slash}{STAND_IN}" if is_one_of_many else None


def own_path(location: str) -> str:
    """Return a redirect's target without scheme and host, so that it stays here in any case."""
    parts = urlsplit(location)
    path = "/" + parts.path.replace("\\", "/").lstrip("/")
    return f"{path}?{parts.query}" if parts.query else path
