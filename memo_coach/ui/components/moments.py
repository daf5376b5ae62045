"""Moments as the reader's own clock and manner show them."""

from __future__ import annotations

import reflex as rx


def in_local_time(moment: rx.Var[str]) -> rx.Var[str]:
    """Return the moment in the reader's own time zone and manner, worked out in the browser."""
    manner = "document.documentElement.lang, {dateStyle: 'long', timeStyle: 'short'}"
    spoken = f"new Date({moment!s}).toLocaleString({manner})"
    return rx.Var(spoken, _var_type=str, _var_data=moment._get_all_var_data())  # noqa: SLF001 - its only way
