"""Find what looks like a secret in a text, with all detectors of detect-secrets."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import default_settings

# Filters of detect-secrets that pass over whole files by name, or a line by a comment in it. Here nothing is
# passed over but by the allow list, with a reason.
_UNWANTED_FILTERS = (
    "detect_secrets.filters.allowlist.is_line_allowlisted",
    "detect_secrets.filters.heuristic.is_lock_file",
    "detect_secrets.filters.heuristic.is_non_text_file",
    "detect_secrets.filters.heuristic.is_swagger_file",
)
# An address of a network is no secret.
_UNWANTED_DETECTORS = ("IPPublicDetector",)
# The checksums by which lock files pin what is downloaded, and labels the texts that they belong to: long,
# random and public. Only the checksum is taken out, in the exact forms that pip, npm and labels have; the
# rest of the line is read as any other.
_CHECKSUMS = re.compile(
    r"(?<=--hash=sha256:)[0-9a-f]{64}\b"
    r"|(?<=\"sha512-)[A-Za-z0-9+/]{86}==(?=\")"
    r"|(?<=\"sha256\":\")[0-9a-f]{64}(?=\")"
)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}")
# The allow list names values by their hash.
_ALLOWANCES, _FINGERPRINT = "allowed_secrets.yaml", re.compile(r"(?<=fingerprint: )[0-9a-f]{40}\b")

RULES = f"{version('detect-secrets')}-{hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]}"
"""Names the version of detect-secrets and of these rules: what was found under other rules is found anew."""


@dataclass(frozen=True)
class Finding:
    """Something that looks like a secret. The value itself is not kept."""

    kind: str
    """The detector's name for it."""
    fingerprint: str
    """SHA-1 of the value, as detect-secrets writes it."""
    line: int
    """Counted from 1."""


@contextmanager
def detectors() -> Iterator[None]:
    """Set up the detectors for the calls of :func:`findings` inside."""
    with default_settings() as settings:
        settings.disable_filters(*_UNWANTED_FILTERS)
        settings.disable_plugins(*_UNWANTED_DETECTORS)
        yield


def findings(path: str, content: bytes) -> list[Finding]:
    """Return what looks like a secret in a file's content; its path's extension says how it is to be read."""
    text = _CHECKSUMS.sub("", content.decode("utf-8", "replace"))
    if PurePosixPath(path).name == _ALLOWANCES:
        text = _FINGERPRINT.sub("", text)
    suffix = PurePosixPath(path).suffix
    # scan_file reads from disk, and with its whole path decides what a line means: a neutral name is given.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"text{suffix if _EXTENSION.fullmatch(suffix) else ''}"
        file.write_text(text, encoding="utf-8", newline="")
        found = {
            Finding(secret.type, secret.secret_hash, secret.line_number) for secret in scan_file(str(file))
        }
    return sorted(found, key=lambda finding: (finding.line, finding.kind, finding.fingerprint))
