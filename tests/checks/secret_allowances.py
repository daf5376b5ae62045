"""What looks like a secret and is none: read from ``allowed_secrets.yaml``, each with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import yaml


class AllowanceError(Exception):
    """The list cannot be used. ``str(error)`` says which entry and why."""


@dataclass(frozen=True)
class Allowance:
    """One value, or one kind of file, that may look like a secret."""

    path: str
    """A pattern with ``*``, matched against the whole path."""
    fingerprint: str
    """SHA-1 of the value as the scan prints it."""
    reason: str


@dataclass
class Allowances:
    """The whole list, and which of its entries were of use."""

    entries: tuple[Allowance, ...] = ()
    _used: set[Allowance] = field(default_factory=set)

    @classmethod
    def read(cls, file: Path) -> Allowances:
        """Read the list; a file that is not there allows nothing.

        Raises:
            AllowanceError: an entry lacks its path, fingerprint or reason.
        """
        if not file.is_file():
            return cls()
        entries = []
        for number, entry in enumerate(yaml.safe_load(file.read_text(encoding="utf-8")) or [], start=1):
            fields = {name: str(entry.get(name, "")).strip() for name in ("path", "fingerprint", "reason")}
            if not all(fields.values()) or set(entry) != set(fields):
                raise AllowanceError(
                    f"{file}: entry {number} needs a path, a fingerprint and a reason, only."
                )
            entries.append(Allowance(**fields))
        return cls(tuple(entries))

    def allow(self, path: str, fingerprint: str) -> bool:
        """Whether a value may stand in a file, and remember that the entry was of use."""
        matching = [
            entry
            for entry in self.entries
            if entry.fingerprint == fingerprint and fnmatchcase(path, entry.path)
        ]
        self._used.update(matching)
        return bool(matching)

    def unused(self) -> Iterator[str]:
        """Yield the entries that allowed nothing."""
        for entry in self.entries:
            if entry not in self._used:
                yield f"{entry.path} {entry.fingerprint}"
