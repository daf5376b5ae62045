"""The way of a memo through the modules, as the documents tell it, is the one that the imports take."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "memo_coach"
MOST_MODULES = 20
_STEP = re.compile(r"^\d+\. `([\w/]+\.py)`: ", re.MULTILINE)


def walk() -> list[str]:
    return _STEP.findall((ROOT / "docs" / "architecture.md").read_text("utf-8"))


def dotted(path: str) -> str:
    return "memo_coach." + path.removesuffix(".py").replace("/", ".")


@cache
def imported_by(path: str) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse((PACKAGE / path).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return frozenset(found)


def test_it_takes_few_modules_from_page_to_page() -> None:
    steps = walk()
    assert len(steps) == len(set(steps)) <= MOST_MODULES
    assert steps[0].startswith("ui/pages/")
    assert steps[-1].startswith("ui/pages/")


def test_each_module_is_reached_from_another_of_them() -> None:
    steps = walk()
    for step in steps[1:-1]:
        assert any(dotted(step) in imported_by(other) for other in steps if other != step), step


def test_the_pages_reach_their_states() -> None:
    steps = walk()
    for page in (steps[0], steps[-1]):
        assert any(dotted(step) in imported_by(page) for step in steps), page
