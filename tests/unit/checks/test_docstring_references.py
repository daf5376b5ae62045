"""What a docstring points at is there: a module that was moved, or a class with a new name, is found here."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = re.compile(r":(?:mod|class|func|meth|data|attr|exc):`~?([\w.]+)`")


def references() -> Iterator[tuple[str, str]]:
    """Yield each reference with the module that it stands in."""
    for path in sorted((ROOT / "memo_coach").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for name in dict.fromkeys(REFERENCE.findall(path.read_text("utf-8"))):
            yield module, name


def places_of(module: str, name: str) -> Iterator[str]:
    """Yield the full names that a reference may stand for."""
    spec = importlib.util.find_spec(module)
    assert spec is not None, "it is one of ours"
    package = module if spec.submodule_search_locations else module.rpartition(".")[0]
    if name.startswith("."):
        yield package + name
    elif name.startswith("memo_coach."):
        yield name
    else:
        yield f"{module}.{name}"
        # A method is called by its name alone within its class.
        yield from (f"{module}.{each}.{name}" for each in vars(importlib.import_module(module)))
        yield name  # of the standard library, or of another one


def is_there(full_name: str) -> bool:
    """Whether a dotted name leads to a module or to something within one."""
    parts = full_name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for part in parts[length:]:
            annotated = getattr(found, "__annotations__", {})
            if not hasattr(found, part) and part not in annotated:
                return False
            found = getattr(found, part, None)
        return True
    return False


@pytest.mark.parametrize(("module", "name"), list(references()))
def test_a_docstring_points_at_what_is_there(module: str, name: str) -> None:
    assert any(is_there(place) for place in places_of(module, name)), f"{module} points at {name}"


def test_what_is_not_there_is_found() -> None:
    assert not is_there("memo_coach.coaching.no_such_module")
    assert not is_there("memo_coach.coaching.coach.NoSuchClass")
    assert is_there("memo_coach.coaching.coach.Coach.evaluate")
