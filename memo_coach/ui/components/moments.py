"""Moments as the reader's own clock and manner show them."""

from __future__ import annotations

import reflex as rx


def in_local_time(moment: rx.Var[str], manner: str = "timeStyle: 'short', ") -> rx.Var[str]:
    """Return the moment in the reader's own time zone and manner, worked out in the browser.

    ``manner`` is what Intl.DateTimeFormat is asked for beside the date.
    """
    spoken = (
        f"new Date({moment!s}).toLocaleString(document.documentElement.lang, {{{manner}dateStyle: 'long'}})"
    )
    return rx.Var(spoken, _var_type=str, _var_data=moment._get_all_var_data())  # noqa: SLF001 - its only way
