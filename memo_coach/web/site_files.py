"""The files that the browser gets as they are, and their addresses."""

from __future__ import annotations

import hashlib
from pathlib import Path

ASSETS = Path(__file__).parent.parent.parent / "assets"


def asset(name: str) -> str:
    """Return the address of a file in ``assets/``. It changes with the file, so it may be kept for good."""
    digest = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()
    return f"/{name}?v={digest[:10]}"
