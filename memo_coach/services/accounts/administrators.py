"""Who looks after this installation."""

from __future__ import annotations


async def is_administrator(_owner: str) -> bool:
    """Whether an owner is an administrator. Without accounts nobody is one by their token."""
    return False
