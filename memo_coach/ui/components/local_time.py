"""Moments as the reader's own clock and manner show them."""

from __future__ import annotations

from typing import Final

import reflex as rx

# The page's language as this browser's reader writes it: "en" alone would be American.
_LOCALE: Final = (
    "(navigator.languages.find((each) => each.split('-')[0] === document.documentElement.lang)"
    " || document.documentElement.lang)"
)


def in_local_time(moment: rx.Var[str], manner: str = "timeStyle: 'short', ") -> rx.Var[str]:
    """Return the moment in the reader's own time zone and manner, worked out in the browser.

    ``manner`` is what Intl.DateTimeFormat is asked for beside the date.
    """
    spoken = f"new Date({moment!s}).toLocaleString({_LOCALE}, {{{manner}dateStyle: 'long'}})"
    return rx.Var(spoken, _var_type=str, _var_data=moment._get_all_var_data())  # noqa: SLF001 - its only way
