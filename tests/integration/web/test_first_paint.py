"""What the first paint needs stands in the pages; the framework's scripts come after it."""

from __future__ import annotations

import gzip
import json
import re
from http import HTTPStatus
from pathlib import Path

import pytest

from memo_coach.server.build import inline_script_hashes
from memo_coach.server.first_paint import painted_first
from memo_coach.translations import languages, speaking, text
from memo_coach.web.errors import BuildFailed
from memo_coach.web.languages import language_of_path
from memo_coach.web.site import STAND_IN
from tests.live_server import ROOT, LiveServer
from tests.some import some

PAGE = """\
<html><head><link as="style" href="/assets/global-abc.css" rel="preload"/>\
<link rel="modulepreload" href="/assets/entry-abc.js"/><link rel="modulepreload" href="/assets/root-abc.js"/>\
<link rel="modulepreload" href="/assets/context-abc.js"/>\
<link rel="modulepreload" href="/assets/react-abc.js"/>\
<script>framework()</script><script src="/theme.js?v=1"></script>\
<link href="/styles.css?v=1" rel="stylesheet"/>\
<script defer="" src="/editor.js?v=1"></script>\
<link href="/assets/global-abc.css" rel="stylesheet" type="text/css"/></head><body><p>Text.</p>\
<script type="module" async="">import "/assets/manifest-abc.js";
import * as route0 from "/assets/root-abc.js";

  window.__reactRouterRouteModules = {"root":route0};

import("/assets/entry-abc.js");</script></body></html>"""
FILES = {
    "/theme.js?v=1": "choose()",
    "/styles.css?v=1": "p { color: red }",
    "/assets/global-abc.css": "@layer base;",
    "/assets/entry-abc.js": 'import{a as b}from"./react-abc.js";start()',
    "/assets/root-abc.js": 'import{a as b}from"./react-abc.js";import{c}from"./context-abc.js";export{d}',
    "/assets/context-abc.js": 'import"./react-abc.js";export{c}',
    "/assets/react-abc.js": "export{a}",
}


def pages_of(site: Path) -> dict[str, str]:
    client = site / "build/client"
    return {str(page.relative_to(client)): page.read_text() for page in client.rglob("*.html")}


def head_of(page: str) -> str:
    return page.partition("</head>")[0]


def test_nothing_that_a_page_fetches_stands_before_its_first_paint(site: Path) -> None:
    pages = pages_of(site)
    assert len(pages) >= 8
    for name, page in pages.items():
        sheets = re.findall(r'<link [^>]*rel="stylesheet"[^>]*>', page)
        assert sheets, name
        assert all(' disabled=""' in sheet for sheet in sheets), name
        scripts = re.findall(r"<script [^>]*src=[^>]*>", page)
        # A page that scripts have to fill first fetches them at once, none of them before what it has.
        at_once = " defer=" if name in ("404.html", "__spa-fallback.html") else 'type="text/plain"'
        assert all(at_once in each or 'type="text/plain"' in each for each in scripts), name


def test_a_page_with_text_names_no_script_to_be_fetched_early(site: Path) -> None:
    pages = pages_of(site)
    for name in ("index.html", "help.html", "memos.html", "debug.html", "feedback/_/index.html"):
        assert 'modulepreload" href' not in pages[name], name
        assert "first-contentful-paint" in pages[name], name
    # One that scripts have to fill first has nothing to wait for.
    assert 'modulepreload" href' in pages["__spa-fallback.html"]
    assert "first-contentful-paint" not in pages["__spa-fallback.html"]


def test_every_route_has_a_page_with_words_in_each_language(site: Path) -> None:
    pages, routes = pages_of(site), json.loads((site / "routes.json").read_text())
    names = {route: re.sub(r"\[\w+\]", STAND_IN, route) for route in some(routes) if route != "404"}
    assert len({name for name in names.values() if name.endswith(STAND_IN)}) == 6 * len(languages())
    for route, name in names.items():
        page = pages["index.html" if route == "index" else f"{name}/index.html"]
        language = language_of_path(f"/{route}")
        assert f'<html lang="{language}"' in page, route
        with speaking(language):
            assert re.search(rf"<title>[^<]+ · {text('product.name')}</title>", page), route
            assert text("menu.help") in page, route
        assert re.search(r"<main .*<h1.*</main>", page, re.DOTALL), route
        assert "first-contentful-paint" in page, route
        if STAND_IN in name:
            assert re.search(r'<main .*role="status"[^>]*>[^<]+ ?…<.*</main>', page, re.DOTALL), route


@pytest.mark.parametrize("path", ["/feedback/", "/es/details/", "/versions/"])
def test_an_address_with_an_id_in_it_has_the_page_of_all_such(server: LiveServer, path: str) -> None:
    with server.client() as client:
        found = [client.get(f"{path}{end}") for end in (STAND_IN, "0123456789ab", "0123456789ab/", "%C3%B1")]
        assert {answer.status_code for answer in found} == {HTTPStatus.OK}
        assert len({answer.text for answer in found}) == 1
        assert client.get(f"{path}a/b").status_code == HTTPStatus.NOT_FOUND
        assert client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_every_page_has_its_style_and_its_theme_within(site: Path) -> None:
    style = (ROOT / "assets/styles.css").read_text()
    theme = (site / "build/client/theme.js").read_text()
    for name, page in some(pages_of(site).items()):
        assert f"<style>{style}</style>" in head_of(page), name
        assert head_of(page).endswith(f"<script>{theme}</script>"), name


def test_the_policy_names_the_scripts_as_they_are_in_the_pages(site: Path) -> None:
    noted = json.loads((site / "script-hashes.json").read_text())
    assert sorted(noted) == sorted(inline_script_hashes(site))


def test_what_is_sent_compressed_is_the_page(site: Path) -> None:
    client = site / "build/client"
    for page in some(client.rglob("*.html")):
        assert gzip.decompress(page.with_name(f"{page.name}.gz").read_bytes()) == page.read_bytes()
        compressed = page.with_name(f"{page.name}.br")
        assert compressed.stat().st_mtime_ns >= page.stat().st_mtime_ns


def test_the_framework_finds_its_elements_in_their_order() -> None:
    page = painted_first(PAGE, FILES.__getitem__)
    kept = re.sub(r"<style>.*?</style>|<script>choose\(\)</script>", "", head_of(page))
    kept = re.sub(r' (disabled=""|media="not all"|type="text/plain")', "", kept)
    kept = kept.replace('<script src="/editor', '<script defer="" src="/editor')
    assert kept == re.sub(r'<link rel="modulepreload"[^>]*>', "", head_of(PAGE))


def test_the_scripts_of_a_page_start_in_their_order() -> None:
    page = painted_first(PAGE, FILES.__getitem__)
    start = page[page.index("await import(") :]
    addresses = re.findall(r'import\("([^"]+)"\)', start)
    assert addresses == ["/assets/manifest-abc.js", "/assets/root-abc.js", "/assets/entry-abc.js"]
    preloads = [
        "/assets/entry-abc.js",
        "/assets/root-abc.js",
        "/assets/context-abc.js",
        "/assets/react-abc.js",
    ]
    assert f"for (const address of {json.dumps(preloads)})" in page
    assert 'for (const address of ["/editor.js?v=1"])' in page


def test_what_modules_share_is_evaluated_one_by_one_before_them(site: Path) -> None:
    page = painted_first(PAGE, FILES.__getitem__)
    one_by_one = (
        'for (const address of ["/assets/react-abc.js", "/assets/context-abc.js"]) await import(address);'
    )
    assert one_by_one in page
    assert page.index(one_by_one) < page.index('import("/assets/root-abc.js")')
    # The framework's own bundles name what they need in the form that is looked for.
    written = pages_of(site)["index.html"]
    first, *later = json.loads(some(re.findall(r"address of (\[[^]]*\])\) await import", written))[0])
    assert "/assets/errorBoundaries-" in first
    assert [each for each in later if "/assets/context-" in each]


@pytest.mark.parametrize(
    "changed",
    [
        ('rel="stylesheet"', 'rel="other"'),
        ('rel="preload"', 'rel="other"'),
        ("/theme.js", "/other.js"),
        ('rel="modulepreload"', 'rel="other"'),
        ('defer=""', 'async=""'),
        ("import * as route0", "import route0"),
    ],
)
def test_another_form_of_the_frameworks_pages_fails_the_build(changed: tuple[str, str]) -> None:
    with pytest.raises(BuildFailed, match="first_paint"):
        painted_first(PAGE.replace(*changed), FILES.__getitem__)


@pytest.mark.parametrize("address", ["/styles.css?v=1", "/theme.js?v=1"])
def test_a_file_that_would_close_its_element_fails_the_build(address: str) -> None:
    files = {**FILES, address: "</style></SCRIPT >"}
    with pytest.raises(BuildFailed, match="closes"):
        painted_first(PAGE, files.__getitem__)
