"""Refuse the address of any package or image registry in the repository.

Run as ``python -m tests.checks.registry_hosts``. Where packages and images come from is the operator's choice
(a mirror, a cache, an air-gapped copy), and each client has its own setting for it: an address written here
would overrule that choice. The hosts are put together from parts, or this file would be the first finding.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from tests.checks.repository import ROOT, files

_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("ghcr", "io"),
        ("quay", "io"),
        ("gcr", "io"),
        ("pkg", "dev"),
        ("lscr", "io"),
        ("mcr", "microsoft", "com"),
        ("azurecr", "io"),
        ("public", "ecr", "aws"),
        ("registry", "k8s", "io"),
        ("registry", "gitlab", "com"),
        ("hub", "docker", "com"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("npm", "pkg", "github", "com"),
        ("pypi", "org"),
        ("pypi", "python", "org"),
        ("files", "python" + "hosted", "org"),
        ("registry", "terraform", "io"),
        ("registry", "opentofu", "org"),
        ("releases", "hashicorp", "com"),
        ("galaxy", "ansible", "com"),
        ("proxy", "golang", "org"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("download", "docker", "com"),
    )
)
# Debian's package of the engine bears the registry's name: there it is a registry only as part of an address.
_DOCKER = r"(?:[a-z0-9-]+\.)+docker\.io\b|(?:(?<=//)|(?<![\w./-]))docker\.io(?=[/:][\w-])"
_ADDRESS = re.compile(
    rf"(?<![\w-])(?:{'|'.join(re.escape(host) for host in _HOSTS)})(?![\w-]|\.[a-z])|{_DOCKER}", re.IGNORECASE
)


def addresses(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line, counted from 1, and the host of each registry's address in a text."""
    for number, line in enumerate(text.splitlines(), start=1):
        for match in _ADDRESS.finditer(line):
            yield number, match[0]


def main() -> int:
    """Print each address with its place; give 1 where there is one. Binary files are read too."""
    found = [
        f"{path}:{number}: {host}: no registry's address is written here\n"
        for path in files()
        for number, host in addresses((ROOT / path).read_text(encoding="utf-8", errors="replace"))
    ]
    sys.stdout.writelines(found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
