"""How large the headers of a request may be: the first process reads this one limit, and loads no other."""

from __future__ import annotations

HEADER_BYTES = 32_768
"""Names and values together, as sent."""
