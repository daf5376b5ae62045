"""HTML that is made here, not by the framework: what :func:`element` did not make is escaped."""

from __future__ import annotations

from html import escape
from typing import Final

_EMPTY: Final = frozenset({"input", "link", "meta"})


class Html(str):
    """Markup that needs no escaping."""

    __slots__ = ()


def element(tag: str, /, *children: str, **attributes: str | bool | None) -> Html:
    """Return an element; ``class_`` and ``data_x`` are written ``class`` and ``data-x``.

    An attribute that is ``True`` has no value, one that is ``False`` or ``None`` is left out.
    """
    written = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        attribute = key.rstrip("_").replace("_", "-")
        written.append(f" {attribute}" if value is True else f' {attribute}="{escape(value)}"')
    start = f"<{tag}{''.join(written)}>"
    if tag in _EMPTY:
        return Html(start)
    return Html(f"{start}{joined(*children)}</{tag}>")


def joined(*children: str) -> Html:
    """Return pieces one after the other, those that are not markup escaped."""
    return Html("".join(each if isinstance(each, Html) else escape(each, quote=False) for each in children))
