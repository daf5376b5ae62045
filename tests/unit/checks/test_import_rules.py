"""The rule on layers knows every package, and the documents name those that are still to come."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def layers() -> dict[str, bool]:
    """Return the packages that the rule orders, and whether each may be missing."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (rule,) = [contract for contract in contracts if contract["type"] == "layers"]
    named = [name for layer in rule["layers"] for name in layer.split(" : ")]
    return {name.strip("()").removeprefix("memo_coach."): name.startswith("(") for name in named}


def packages() -> set[str]:
    return {path.parent.name for path in (ROOT / "memo_coach").glob("*/__init__.py")}


def test_every_package_has_its_layer() -> None:
    assert packages() <= layers().keys()


def test_what_may_be_missing_is_named_in_the_documents_where_it_is() -> None:
    rows = re.findall(r"^\| (.+) \| not there yet", (ROOT / "docs/architecture.md").read_text("utf-8"), re.M)
    missing = {name for name, may_be_missing in layers().items() if may_be_missing} - packages()
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == missing
