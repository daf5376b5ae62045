"""Rewrite the built pages so that a browser paints them before it fetches the framework's scripts.

The framework's pages name their style sheet behind 130 KiB of scripts that are fetched at once, so that on
a slow line the text waits for all of them. After this, what the first paint needs stands in the page itself:
the style sheets, and the script that chooses light or dark. All other scripts come after that paint.

When the framework takes over, it looks for the elements that it would have rendered, by name, address and
relation, in their order. So they stay, and are kept from fetching: a style sheet by ``disabled``, a script by
a type that is none. What is put into the head stands where the framework passes it over: a style anywhere,
a script behind the last of its own. A test in a real browser watches that nothing is rendered anew.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from memo_coach.translations import languages
from memo_coach.translations.sentences import sentence
from memo_coach.web.errors import BuildFailed

_STYLE_SHEET = re.compile(r'<link (?=[^>]*\brel="stylesheet")[^>]*?\bhref="(?P<address>/[^"]+)"[^>]*?/>')
_STYLE_PRELOAD = re.compile(r'<link (?=[^>]*\bas="style")(?=[^>]*\brel="preload")[^>]*?/>')
_THEME = re.compile(r'<script src="(?P<address>/theme\.js\?[^"]*)"></script>(?P<rest>.*?)</head>', re.DOTALL)
_OWN_SCRIPT = re.compile(r'<script async="" src="/[^"]+"></script>')
_DEFERRED = re.compile(r'<script defer="" src="(?P<address>/[^"]+)"></script>')
_LANGUAGE = re.compile(r'<html lang="[a-z]+"')
_MODULE_PRELOAD = re.compile(r'<link rel="modulepreload" href="(?P<address>/[^"]+)"/>')
_START = re.compile(
    r'<script type="module" async="">'
    r'import "(?P<manifest>[^"]+)";\n'
    r'(?P<routes>(?:import \* as route\d+ from "[^"]+";\n)+)\s*'
    r"(?P<modules>window\.__reactRouterRouteModules = \{[^}]*\};)\s*"
    r'import\("(?P<entry>[^"]+)"\);</script>'
)
_IMPORTED = re.compile(r'\b(?:from|import)"\./(?P<name>[^"]+)"')
_IS_EMPTY = '"isSpaMode":true'
"""In the page for addresses that lead nowhere."""
_ROUTE = re.compile(r'import \* as (?P<name>route\d+) from "(?P<address>[^"]+)";')

# Browsers that keep their timings to themselves are given a second. A tab in the background is
# not painted at all.
_AFTER_THE_FIRST_PAINT = """\
await new Promise((painted) => {
  const inTwoFrames = () => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(painted)));
  // What was painted first may have been a half of the page.
  const whole = () => document.readyState !== "loading" && inTwoFrames();
  const look = (seen) => {
    if (!seen.getEntriesByName("first-contentful-paint").length) return;
    document.addEventListener("readystatechange", whole);
    whole();
  };
  new PerformanceObserver(look).observe({ type: "paint", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(painted, 1000)));
  const unseen = () => document.hidden && painted();
  document.addEventListener("visibilitychange", unseen);
  unseen();
});
for (const address of %s) {
  const script = document.createElement("script");
  document.head.append(Object.assign(script, { async: false, src: address }));
}
for (const address of %s) {
  const link = document.createElement("link");
  document.head.append(Object.assign(link, { rel: "modulepreload", href: address }));
}
await import("%s");
for (const address of %s) await import(address);
"""

_COMPRESSED = {".br": "brotli", ".gz": "gzip"}


def painted_first(page: str, content_of: Callable[[str], str]) -> str:
    """Return a page that can be painted without fetching anything, and fetches scripts afterwards.

    One that scripts have yet to fill has nothing to wait for: it fetches them at once.

    ``content_of`` gives the text of one of our files by its address in the page.

    Raises:
        BuildFailed: the page is not of the form that this was written for.
    """
    page = _replaced(_STYLE_SHEET, page, lambda found: _style_within(found, content_of), least=2)
    page = _replaced(_STYLE_PRELOAD, page, lambda found: f'{found[0].removesuffix("/>")} media="not all"/>')
    page = _replaced(_THEME, page, lambda found: _theme_within(found, content_of))
    if _IS_EMPTY in page:
        return page
    ours = [found["address"] for found in _DEFERRED.finditer(page)]
    page = _replaced(_DEFERRED, page, lambda found: _not_fetched(found["address"]))
    # What one page alone needs the framework puts in again when it takes the page over.
    page = _OWN_SCRIPT.sub("", page)
    modules = [found["address"] for found in _MODULE_PRELOAD.finditer(page)]
    page = _replaced(_MODULE_PRELOAD, page, lambda _: "")
    ordered = _in_order_of_evaluation(modules, content_of)
    return _replaced(_START, page, lambda found: _start_after_paint(found, ours, modules, ordered))


def in_its_language(page: str, folder: str) -> str:
    """Return a page that says its language, by the folder that it lies in.

    The framework says the same one on every page. Taking over, it leaves the attribute as it finds it.

    Raises:
        BuildFailed: the page does not say any language.
    """
    if folder not in languages():
        return page
    return _replaced(_LANGUAGE, page, lambda _: f'<html lang="{folder}"')


def _not_fetched(address: str) -> str:
    return f'<script src="{address}" type="text/plain"></script>'


def _replaced(
    pattern: re.Pattern[str], page: str, replacement: Callable[[re.Match[str]], str], *, least: int = 1
) -> str:
    page, count = pattern.subn(replacement, page)
    if count < least:
        raise BuildFailed(sentence("building.pages_changed", pattern=pattern.pattern[:60], times=str(count)))
    return page


def _style_within(found: re.Match[str], content_of: Callable[[str], str]) -> str:
    style = _within("style", content_of(found["address"]))
    return f'<style>{style}</style>{found[0].removesuffix("/>")} disabled=""/>'


def _theme_within(found: re.Match[str], content_of: Callable[[str], str]) -> str:
    text = _within("script", content_of(found["address"]))
    return f"{_not_fetched(found['address'])}{found['rest']}<script>{text}</script></head>"


def _within(element: str, text: str) -> str:
    if f"</{element}" in text.lower():
        raise BuildFailed(sentence("building.element_closed", element=element))
    return text


def _in_order_of_evaluation(modules: list[str], content_of: Callable[[str], str]) -> list[str]:
    """Return the modules, each after those that it imports."""
    ordered: list[str] = []
    seen: set[str] = set()

    def visit(module: str) -> None:
        if module in seen or module not in modules:
            return
        seen.add(module)
        folder = module.rpartition("/")[0]
        for imported in _IMPORTED.finditer(content_of(module)):
            visit(f"{folder}/{imported['name']}")
        ordered.append(module)

    for module in modules:
        visit(module)
    return ordered


def _start_after_paint(found: re.Match[str], ours: list[str], modules: list[str], ordered: list[str]) -> str:
    addresses = {route["name"]: route["address"] for route in _ROUTE.finditer(found["routes"])}
    routes = "".join(f'const {name} = await import("{address}");\n' for name, address in addresses.items())
    # A module that is imported with all that it needs is evaluated in one piece with it: that holds a slow
    # phone up.
    later = {found["manifest"], *addresses.values(), found["entry"]}
    shared = [module for module in ordered if module not in later]
    start = _AFTER_THE_FIRST_PAINT % (
        json.dumps(ours), json.dumps(modules), found["manifest"], json.dumps(shared)
    )  # fmt: skip
    return (
        f'<script type="module" async="">{start}{routes}{found["modules"]}\n'
        f'await import("{found["entry"]}");</script>'
    )


def paint_first(client: Path, node: Path, compressor: Path) -> None:
    """Rewrite all pages of a built site, and compress them anew.

    ``compressor`` is the framework's own script that compressed them first.

    Raises:
        BuildFailed: a page is not of the form that this was written for, or cannot be compressed.
    """

    def content_of(address: str) -> str:
        return (client / address.partition("?")[0].lstrip("/")).read_text(encoding="utf-8")

    with tempfile.TemporaryDirectory(dir=client.parent) as folder:
        pages = Path(folder)
        formats: set[str] = set()
        for page in client.rglob("*.html"):
            rewritten = painted_first(page.read_text(encoding="utf-8"), content_of)
            rewritten = in_its_language(rewritten, Path(page.relative_to(client).parts[0]).stem)
            page.write_text(rewritten, encoding="utf-8")
            copy = pages / page.relative_to(client)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(rewritten, encoding="utf-8")
            formats |= {suffix for suffix in _COMPRESSED if page.with_name(page.name + suffix).is_file()}
        finished = subprocess.run(  # noqa: S603 - the framework's script, no input of anyone's
            [str(node), str(compressor), str(pages), *(_COMPRESSED[suffix] for suffix in sorted(formats))],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if finished.returncode != 0:
            raise BuildFailed(sentence("building.not_compressed", reason=finished.stderr.strip()[-400:]))
        for suffix in formats:
            for compressed in pages.rglob(f"*.html{suffix}"):
                shutil.copy2(compressed, client / compressed.relative_to(pages))
