"""A provider of OpenID Connect that says whatever a test has it say, or nothing at all."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "memo-coach"
_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


class HostileProvider:
    """What it says, by the path that is asked."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = _KEY
        self.asked: list[str] = []
        self.form: dict[str, list[str]] = {}
        """What the token was last asked for with."""
        self.one_form = threading.Lock()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.pages: dict[str, Callable[[], bytes]] = {
            "/.well-known/openid-configuration": lambda: json.dumps(self.metadata).encode(),
            "/keys": lambda: json.dumps({"keys": [self.key.as_dict(private=False)]}).encode(),
        }
        self.metadata: dict[str, Any] = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "userinfo_endpoint": f"{issuer}/me",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def settings(self) -> dict[str, str]:
        """Return the variables of an installation whose provider this is."""
        return {"OIDC_ISSUER": self.issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": "s" * 40}

    def answers(self, path: str, answer: dict[str, Any]) -> None:
        """Say something at a path from now on."""
        self.pages[path] = lambda: json.dumps(answer).encode()

    def token(self, claims: dict[str, Any], header: dict[str, Any] | None = None, key: Any = None) -> str:
        """Return a token, well signed unless told otherwise."""
        told = {"alg": "RS256", "kid": "one", **(header or {})}
        return jwt.encode(told, claims, key or self.key, algorithms=[told["alg"]])


@contextlib.contextmanager
def hostile_provider() -> Iterator[HostileProvider]:
    """Yield one, which ends afterwards."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            provider.asked.append(path)
            provider.may_answer.wait()
            answer = provider.pages.get(path)
            with contextlib.suppress(OSError):  # who asked has gone
                self.send_response(404 if answer is None else 200)
                self.end_headers()
                self.wfile.write(b"{}" if answer is None else answer())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            with provider.one_form:
                provider.form = parse_qs(body)
                self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = HostileProvider(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        provider.may_answer.set()
        server.shutdown()
        thread.join()
        server.server_close()
