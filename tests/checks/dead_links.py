"""Find links in the project's Markdown that lead nowhere: missing files, missing headings.

Run as ``python -m tests.checks.dead_links``. Links to other sites are not followed: a check must not depend
on them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[2]
_LINK = re.compile(
    r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE
)
_CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


def documents() -> Iterator[Path]:
    """Yield the Markdown files that people read: those at the root and under ``docs``."""
    yield from sorted(ROOT.glob("*.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))


def anchor(heading: str) -> str:
    """Return the anchor of a heading as code hosts make it: lower case, words joined by hyphens."""
    plain = re.sub(r"[`*_]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", plain))


def dead_links(document: Path) -> Iterator[str]:
    """Yield each link of a document that leads nowhere, as ``file: link: reason``."""
    text = _CODE.sub("", document.read_text(encoding="utf-8"))
    for match in _LINK.finditer(text):
        link = match[1] or match[2]
        if re.match(r"[a-z][a-z+.-]*:|//", link):
            continue
        path, _, fragment = unquote(link).partition("#")
        target = (
            (ROOT / path.lstrip("/") if path.startswith("/") else document.parent / path)
            if path
            else document
        )
        if not target.exists():
            yield f"{document.relative_to(ROOT)}: {link}: there is no such file"
        elif fragment and target.suffix == ".md":
            prose = _CODE.sub("", target.read_text(encoding="utf-8")) if "`" not in fragment else ""
            headings = {anchor(heading) for heading in _HEADING.findall(target.read_text(encoding="utf-8"))}
            if fragment not in headings and f'id="{fragment}"' not in prose:
                yield f"{document.relative_to(ROOT)}: {link}: there is no such heading"


def main() -> int:
    """Print each dead link; give 1 where there is one."""
    found = [fault for document in documents() for fault in dead_links(document)]
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
