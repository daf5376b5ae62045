"""The headers that tell a browser what a page of ours may do, on every answer.

Scripts run from our own files and, inline, only those that the build made: their hashes are in the policy.
Neither ``unsafe-inline`` nor ``unsafe-eval`` for scripts. Styles need ``unsafe-inline``: the framework sets
style attributes.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from memo_coach.translations import languages
from memo_coach.web.languages import path_in

_FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
    "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment",
    "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
_NOTHING = "default-src 'none'; frame-ancestors 'none'"
_SERVER = "memo-ai-coach"
"""The server below would name itself; it cannot be told to name nothing."""
SHARED = "/share"
"""The page for who has a link. It is given to one person, and its address is nobody else's to know."""
_OF_SHARED = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def content_security_policy(script_hashes: Sequence[str], public_url: str) -> str:
    """Return the policy. The socket's origin is named too: older Safari does not see it in ``'self'``."""
    parts = urlsplit(public_url)
    socket = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
    directives = {
        "default-src": "'none'",
        "script-src": " ".join(("'self'", *script_hashes)),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": f"'self' {socket}",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


class SecurityHeadersMiddleware:
    """Adds the headers to every answer, and takes away what opens it to other origins."""

    def __init__(
        self, app: ASGIApp, script_hashes: Sequence[str], public_url: str, strict_transport: str
    ) -> None:
        self._app = app
        self._everywhere = {
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "same-origin",
        }
        if public_url.startswith("https://"):
            self._everywhere["Strict-Transport-Security"] = strict_transport
        # A script or a style has no use for a page's policy, and a page fetches a dozen of them.
        self._pages = {
            "Content-Security-Policy": content_security_policy(script_hashes, public_url),
            "X-Frame-Options": "DENY",
            "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        self._others = {"Content-Security-Policy": _NOTHING}
        self._shared = frozenset(
            f"{path_in(language, SHARED)}{end}" for language in languages() for end in ("", "/")
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in [
                    name for name in headers if name.startswith("access-control-") or name == "server"
                ]:
                    del headers[name]
                headers["server"] = _SERVER
                is_page = headers.get("content-type", "text/html").startswith("text/html")
                headers.update(self._everywhere | (self._pages if is_page else self._others))
                if scope["path"] in self._shared:
                    headers.update(_OF_SHARED)
            await send(message)

        await self._app(scope, receive, send_with_headers)
