"""Characters that a terminal or a log viewer obeys instead of showing them.

These are the controls of ASCII and of Latin-1 (C0, DEL, C1), which begin escape codes; the marks of
direction, which show a line in another order than it has; and line and paragraph separators. Tab and line
feed are kept.
"""

from __future__ import annotations

import re

REPLACEMENT = "\ufffd"
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def without_controls(text: str) -> str:
    """Return a text as it may be printed: a replacement shows where such a character was."""
    return text if text.isprintable() else _CONTROLS.sub(REPLACEMENT, text)


def escaped_controls(json: str) -> str:
    r"""Return JSON that says the same without them: they stand in strings only, as ``\u001b``."""
    return json if json.isprintable() else _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", json)
