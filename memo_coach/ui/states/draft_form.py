"""What the form around an editor sends beside the text."""

from __future__ import annotations


def revision_of(sent: object) -> int | None:
    """Read what the hidden field says; anything else than a number is as good as no revision."""
    return (
        int(sent) if isinstance(sent, str) and sent.isascii() and sent.isdigit() and len(sent) < 10 else None
    )
