"""Keep what is written about the environment's variables the same as what the settings read.

``python -m tests.checks.environment_docs`` compares docs/operate/environment.md, .env.example and the
production Compose file with the settings; ``--write`` (``make docs``) writes the first two.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic.fields import FieldInfo

from memo_coach.settings import Settings
from memo_coach.settings.variables import is_secret
from tests.checks.repository import ROOT

DOCUMENT = Path("docs") / "operate" / "environment.md"
EXAMPLE = Path(".env.example")
COMPOSE = Path("docker-compose.prod.yml")
_OWN_SERVICES = ("app", "backup")
# Read by the programs that the service's own program starts, or by Python, and not by the settings.
_FOREIGN = ("AWS_", "RESTIC_CACHE_DIR", "HOME", "TZ", "PYTHON", "TMPDIR")

_INTRODUCTION = """\
# Environment variables

Generated from `memo_coach/settings/` by `make docs`; `make check` fails where the two differ.

Every variable has a default that suits a laptop: none is required. A variable of the process's own
environment wins over the file `.env` in the working directory. An empty value counts as none. A wrong value
stops the start with one line that names the variable, its fault and an example.

A variable marked *secret* may also be given as a file: `NAME_FILE` holds the path, and the file's content,
stripped, is the value. Only one of the two may be given.

| variable | what it says | default | example |
|---|---|---|---|
"""

_EXAMPLE_INTRODUCTION = """\
# Copy to .env and change what you need. Every variable has a default that suits a laptop: none is required.
# A variable of the process's own environment wins over this file. An empty value counts as none.
# A secret may also be given as a file: NAME_FILE=/run/secrets/name in the place of NAME=value.
"""


def variables() -> dict[str, FieldInfo]:
    """Return what the settings read, by the names of the variables."""
    return {name.upper(): field for name, field in Settings.model_fields.items()}


def default_of(variable: FieldInfo) -> str:
    """Return the default as it would be written in the environment, empty where there is none of its own."""
    return variable.default if isinstance(variable.default, str) else ""


def example_of(variable: FieldInfo) -> str:
    """Return the example of a value."""
    return str(*variable.examples or ())


def document() -> str:
    """Return the text of the document: one table, a row for each variable."""
    return _INTRODUCTION + "".join(_row(name, variable) for name, variable in variables().items())


def _row(name: str, variable: FieldInfo) -> str:
    names = f"`{name}`, `{name}_FILE` (*secret*)" if is_secret(variable) else f"`{name}`"
    default = f"`{_cell(default_of(variable))}`" if default_of(variable) else "none of its own"
    return (
        f"| {names} | {_cell(variable.description or '')} | {default} | `{_cell(example_of(variable))}` |\n"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def example() -> str:
    """Return the text of ``.env.example``: each variable with its meaning and default, none of them set."""
    return _EXAMPLE_INTRODUCTION + "".join(
        _example_lines(name, variable) for name, variable in variables().items()
    )


def _example_lines(name: str, variable: FieldInfo) -> str:
    lines = ["", f"# {variable.description}"]
    if default_of(variable):
        lines.append(f"# Default: {default_of(variable)}")
    if is_secret(variable):
        lines.append(f"# Or {name}_FILE with a file that holds it.")
    lines.append(f"# {name}={example_of(variable)}")
    return "".join(f"{line}\n" for line in lines)


def unknown_variables(compose: str) -> Iterator[str]:
    """Yield the variables that a Compose file's own services are given and that nothing would read."""
    known = {*variables(), *(f"{name}_FILE" for name, variable in variables().items() if is_secret(variable))}
    services: dict[str, Any] = yaml.safe_load(compose)["services"]
    for service in _OWN_SERVICES:
        given = services[service].get("environment") or {}
        names = given if isinstance(given, dict) else [entry.partition("=")[0] for entry in given]
        yield from (
            f"{service}: {name}" for name in names if name not in known and not name.startswith(_FOREIGN)
        )


def main(arguments: Sequence[str]) -> int:
    """Compare, or write with ``--write``; give 1 where something differs or is unknown."""
    faults = []
    for path, text in ((DOCUMENT, document()), (EXAMPLE, example())):
        if "--write" in arguments:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(text, encoding="utf-8")
        elif not (ROOT / path).is_file() or (ROOT / path).read_text(encoding="utf-8") != text:
            faults.append(f"{path} is not what the settings say: `make docs` writes it again\n")
    compose = (ROOT / COMPOSE).read_text(encoding="utf-8")
    faults += [
        f"{COMPOSE}: {name}: the settings know no such variable\n" for name in unknown_variables(compose)
    ]
    sys.stdout.writelines(faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
