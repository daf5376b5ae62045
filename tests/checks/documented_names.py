"""Find commands and paths in the documents that do not exist: make targets, memo-coach commands, files.

Run as ``python -m tests.checks.documented_names``. Only code is read: prose may say "make sure".
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from memo_coach.cli import commands
from tests.checks.dead_links import documents
from tests.checks.repository import ROOT, files

_CODE = re.compile(
    r"^(?P<fence>```|~~~)[^\n]*\n(?P<fenced>.*?)^(?P=fence)"
    r"|^(?: {4}|\t)(?P<indented>[^\n]*)"
    r"|`(?P<span>[^`\n]+)`",
    re.MULTILINE | re.DOTALL,
)
_MAKE = re.compile(r"(?<![\w/.-])make(?P<words>(?:[ \t]+[\w./=-]+)*)")
# A command of the program, not the name of an image, a unit, a host or a Compose project.
_PROGRAM = re.compile(
    r"(?P<before>(?:^|\S+[ \t]+|/bin/))memo-coach(?P<words>(?:[ \t]+[^\s|;&)#<>]+)+)", re.MULTILINE
)
_NAMES_OTHERS = re.compile(
    r"-[\w-]+|ssh|scp|start|stop|restart|status|cd|rm|is-active|enable|disable", re.ASCII
)
_PATH = re.compile(r"(?<![\w./:@$~-])[\w.-]+(?:/[\w.*<>{},-]*)+")
_ASSIGNMENT = re.compile(r"\w+=")


def code(text: str) -> Iterator[str]:
    """Yield each piece of code in a Markdown text: blocks fenced or indented, and spans."""
    for match in _CODE.finditer(text):
        yield next(part for part in (match["fenced"], match["indented"], match["span"]) if part is not None)


def targets() -> set[str]:
    """Return the targets of the Makefile."""
    return set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def unknown_targets(piece: str) -> Iterator[str]:
    """Yield each ``make …`` in a piece of code whose target there is not."""
    for match in _MAKE.finditer(piece):
        words = [word for word in match["words"].split() if not _ASSIGNMENT.match(word)]
        if words and not words[0].startswith("-") and words[0] not in targets():
            yield f"make {words[0]}"


def unknown_commands(piece: str) -> Iterator[str]:
    """Yield each ``memo-coach …`` in a piece of code whose command or option there is not."""
    for match in _PROGRAM.finditer(piece):
        if not _NAMES_OTHERS.fullmatch(match["before"].strip()):
            unknown = _unknown_word(match["words"].split())
            if unknown is not None:
                yield f"memo-coach {unknown}"


def _unknown_word(words: list[str]) -> str | None:
    command: click.Command = commands
    path: list[str] = []
    for word in words:
        if word.startswith("--"):
            name = word.partition("=")[0]
            if name not in {"--help", *(option for each in command.params for option in each.opts)}:
                return " ".join([*path, name])
        elif isinstance(command, click.Group) and not word.startswith("-"):
            inner = command.commands.get(word)
            if inner is None:
                return " ".join([*path, word])
            command, path = inner, [*path, word]
    return None


def missing_paths(piece: str, folders: set[str]) -> Iterator[str]:
    """Yield each path in a piece of code that begins in one of the repository's folders and leads nowhere.

    ``*``, ``<name>`` and capitals such as ``NAME`` stand for anything. A path that git ignores is made by
    whoever follows the document.
    """
    for match in _PATH.finditer(piece):
        path = match[0].rstrip(".,")
        if path.partition("/")[0] not in folders:
            continue
        patterns = [re.sub(r"<[^>]*>|\b[A-Z]{2,}\b", "*", each).rstrip("/") for each in _alternatives(path)]
        for pattern in patterns:
            if not (ROOT / pattern).exists() and not any(ROOT.glob(pattern)) and not _is_ignored(pattern):
                yield pattern


def _alternatives(path: str) -> list[str]:
    match = re.search(r"\{([^{}]*)\}", path)
    if match is None:
        return [path]
    return [
        whole
        for choice in match[1].split(",")
        for whole in _alternatives(path[: match.start()] + choice + path[match.end() :])
    ]


def _is_ignored(path: str) -> bool:
    return (
        subprocess.run(("git", "check-ignore", "--quiet", "--", path), cwd=ROOT, check=False).returncode == 0
    )


def faults(document: Path, folders: set[str]) -> Iterator[str]:
    """Yield each command or path in a document that does not exist, as ``file: name: reason``."""
    for piece in code(document.read_text(encoding="utf-8")):
        for name in unknown_targets(piece):
            yield f"{document.relative_to(ROOT)}: {name}: the Makefile has no such target"
        for name in unknown_commands(piece):
            yield f"{document.relative_to(ROOT)}: {name}: the program has no such command or option"
        for name in missing_paths(piece, folders):
            yield f"{document.relative_to(ROOT)}: {name}: there is no such path"


def main() -> int:
    """Print each fault; give 1 where there is one."""
    folders = {path.partition("/")[0] for path in files() if "/" in path}
    found = sorted({fault for document in documents() for fault in faults(document, folders)})
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
