"""Find links in the project's Markdown that lead nowhere: missing files, missing headings.

Run as ``python -m tests.checks.dead_links``. Links to other sites are not followed: a check must not depend
on them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_HTML_LINK = re.compile(r"\b(?:href|src)\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
_HTML_ANCHOR = re.compile(r"\b(?:id|name)\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)


def documents() -> Iterator[Path]:
    """Yield the Markdown files that people read: those at the root and under ``docs``."""
    yield from sorted(ROOT.glob("*.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))


def anchor(heading: str) -> str:
    """Return the anchor of a heading's text as code hosts make it: lower case, words joined by hyphens."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.lower()))


@cache
def _tokens(document: Path) -> tuple[Token, ...]:
    """Read a document as CommonMark, what stands within its lines after each of them."""
    blocks = MarkdownIt("commonmark").parse(document.read_text(encoding="utf-8"))
    return tuple(token for block in blocks for token in (block, *(block.children or ())))


def links(document: Path) -> Iterator[str]:
    """Yield where a document's links and images lead, those in HTML included."""
    for token in _tokens(document):
        if token.type in {"link_open", "image"}:
            yield str(token.attrs.get("href") or token.attrs.get("src") or "")
        elif token.type in {"html_block", "html_inline"}:
            yield from _HTML_LINK.findall(token.content)


@cache
def anchors(document: Path) -> frozenset[str]:
    """Return the names by which places of a document can be reached."""
    tokens, found = _tokens(document), set[str]()
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            found.add(anchor("".join(each.content for each in following.children or ())))
        elif token.type in {"html_block", "html_inline"}:
            found.update(_HTML_ANCHOR.findall(token.content))
    return frozenset(found)


def dead_links(document: Path) -> Iterator[str]:
    """Yield each link of a document that leads nowhere, as ``file: link: reason``."""
    for link in links(document):
        if _ELSEWHERE.match(link):
            continue
        path, _, fragment = unquote(link).partition("#")
        beside = ROOT / path.lstrip("/") if path.startswith("/") else document.parent / path
        target = beside if path else document
        if not target.exists():
            yield f"{document.relative_to(ROOT)}: {link}: there is no such file"
        elif fragment and target.suffix == ".md" and fragment not in anchors(target):
            yield f"{document.relative_to(ROOT)}: {link}: there is no such heading"


def main() -> int:
    """Print each dead link; give 1 where there is one."""
    found = [fault for document in documents() for fault in dead_links(document)]
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
