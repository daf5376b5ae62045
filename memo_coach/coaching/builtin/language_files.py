"""The YAML files of the built-in coach: in each folder one a language, with its words and its sentences.

``words`` are the lists that detectors look up, ``findings`` the texts for each kind of finding, and
``indicators`` the clauses that a justification is built from; the files beside the coach itself have
``sentences`` and ``patterns`` too. A file is read when its language is first needed, once in a process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages that the coach reads and writes."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def files_of(language: str) -> Iterator[Path]:
    """Yield the files of a language: the coach's own, that of the analysis, and one for each detector."""
    yield FOLDER / f"{language}.yaml"
    yield FOLDER / "analysis" / f"{language}.yaml"
    yield from sorted((FOLDER / "detectors").glob(f"*/{language}.yaml"))


def merged(language: str, part: str) -> Mapping[str, Any]:
    """Return what all files of a language have under a key, such as ``words``.

    Raises:
        ValueError: two files define the same name.
    """
    found: dict[str, Any] = {}
    for path in files_of(language):
        entries = content_of(path).get(part, {})
        twice = found.keys() & entries.keys()
        if twice:
            raise ValueError(f"{path}: {sorted(twice)} in {part!r} is defined twice")
        found.update(entries)
    return found


@cache
def content_of(path: Path) -> Mapping[str, Any]:
    """Return the content of a file."""
    import yaml  # noqa: PLC0415 - its import is slow, and only the first evaluation needs it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content: Mapping[str, Any] = yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506 - a safe loader
    return content
