"""The repository as the checks see it: its root and the files that are or would be part of it.

Needs the standard library and git only, so that both environments can import it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_SNIFFED = 8000


def git(*arguments: str, repository: Path = ROOT) -> bytes:
    """Return what a git command prints. Raises ``CalledProcessError`` where git refuses."""
    return subprocess.run(("git", *arguments), cwd=repository, check=True, stdout=subprocess.PIPE).stdout


def files(repository: Path = ROOT) -> list[str]:
    """Return the paths of all files, tracked or new, that git does not ignore, but symbolic links."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", repository=repository)
    paths = sorted({path for path in listed.decode("utf-8", "surrogateescape").split("\0") if path})
    return [path for path in paths if (repository / path).is_file() and not (repository / path).is_symlink()]


def is_text(content: bytes) -> bool:
    """Tell text from a binary file as git does: text has no NUL near its beginning."""
    return b"\0" not in content[:_SNIFFED]
