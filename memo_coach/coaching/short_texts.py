"""Up to which length a text is short: what computes on it need not be waited for elsewhere."""

from __future__ import annotations

SHORT = 6_000
"""Characters; reading so many takes some milliseconds on one core."""
