"""What every answer says about itself: policies, caching, compression, redirects."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from memo_coach.web.middleware.assets import own_path
from tests.live_server import LiveServer
from tests.some import some


def directives(policy: str) -> dict[str, list[str]]:
    """Return a policy's directives with their sources."""
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


@pytest.fixture(scope="module")
def policy(server: LiveServer) -> dict[str, list[str]]:
    with server.client() as client:
        return directives(client.get("/").headers["content-security-policy"])


def test_scripts_come_from_our_files_and_by_hash_only(policy: dict[str, list[str]]) -> None:
    own, *hashes = policy["script-src"]
    assert own == "'self'"
    assert hashes
    assert all(re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", source) for source in hashes)


def test_nothing_is_allowed_that_is_not_named(policy: dict[str, list[str]]) -> None:
    assert policy["default-src"] == ["'none'"]
    for name in ("frame-ancestors", "base-uri", "object-src"):
        assert policy[name] == ["'none'"], name
    assert policy["form-action"] == ["'self'"]
    every_source = {source for sources in policy.values() for source in sources}
    assert not every_source & {"'unsafe-eval'", "*", "http:", "https:", "'strict-dynamic'"}
    assert "'unsafe-inline'" not in policy["script-src"]


def test_every_inline_script_of_every_page_has_its_hash(site: Path, policy: dict[str, list[str]]) -> None:
    pages = list((site / "build" / "client").rglob("*.html"))
    assert len(pages) > 3
    for page in pages:
        # Found in another way than the build finds them, so that both would have to err alike.
        for piece in page.read_text(encoding="utf-8").split("<script")[1:]:
            attributes, _, rest = piece.partition(">")
            if " src=" in attributes:
                continue
            script = rest.partition("</script>")[0].encode()
            expected = f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
            assert expected in policy["script-src"], page


def test_a_page_says_how_it_may_be_used(server: LiveServer) -> None:
    with server.client() as client:
        headers = client.get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "granian" not in str(headers).lower()


def test_every_answer_has_an_id_of_our_making(server: LiveServer) -> None:
    with server.client() as client:
        ids = {client.get("/", headers={"X-Request-ID": "forged"}).headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3
    assert "forged" not in ids


def test_hashed_files_are_kept_and_pages_are_asked_for_anew(server: LiveServer) -> None:
    with server.client() as client:
        page = client.get("/")
        script = re.search(r'"(/assets/[^"]+\.js)"', page.text)
        assert script is not None
        assert page.headers["cache-control"] == "no-cache"
        assert client.get(script[1]).headers["cache-control"] == "public, max-age=31536000, immutable"
        assert client.get("/", headers={"If-None-Match": page.headers["etag"]}).status_code == 304


def test_every_asset_of_the_build_is_immutable(server: LiveServer, site: Path) -> None:
    with server.client() as client:
        for asset in some((site / "build" / "client" / "assets").glob("*.[jc]s*")):
            if asset.suffix in {".js", ".css"}:
                kept = client.head(f"/assets/{asset.name}").headers["cache-control"]
                assert "immutable" in kept, asset.name


@pytest.mark.parametrize(("accepted", "encoding"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)])
@pytest.mark.parametrize("kind", ["page", "script", "style"])
def test_files_come_compressed_as_the_browser_takes_them(
    server: LiveServer, accepted: str, encoding: str | None, kind: str
) -> None:
    with server.client() as client:
        page = client.get("/").text
        pattern = {
            "page": '(/)"',
            "script": r'"(/assets/[^"]+\.js)"',
            "style": r'href="(/styles\.css[^"]*)"',
        }
        found = re.search(pattern[kind], page)
        assert found is not None
        address = "/" if kind == "page" else found[1]
        headers = client.head(address, headers={"Accept-Encoding": accepted}).headers
    assert headers.get("content-encoding") == encoding
    assert "accept-encoding" in headers["vary"].lower()


@pytest.mark.parametrize("path", ["/help", "/memos", "/help/"])
def test_a_page_is_served_without_a_redirect(server: LiveServer, path: str) -> None:
    with server.client() as client:
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/%2e%2e", "/\\evil.example", "/assets"])
def test_no_address_leads_elsewhere(server: LiveServer, path: str) -> None:
    with server.client() as client:
        answer = client.get(f"{server.url}{path}")
    target = answer.headers.get("location", "/")
    assert target.startswith("/")
    assert not target.startswith("//")


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("http://evil.example/a?b=c", "/a?b=c"),
        ("//evil.example/a", "/a"),
        ("/\\evil.example", "/evil.example"),
        ("////evil.example//", "/evil.example//"),
        ("/help/", "/help/"),
    ],
)
def test_a_redirect_keeps_only_its_path(location: str, path: str) -> None:
    assert own_path(location) == path


def test_an_unknown_page_is_a_404_with_our_own_page(server: LiveServer) -> None:
    with server.client() as client:
        answer = client.get("/no/such/page", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_a_page_of_an_evaluation_is_found_whatever_its_id(server: LiveServer) -> None:
    with server.client() as client:
        assert client.get("/feedback/anything", headers={"Accept": "text/html"}).status_code == 200
