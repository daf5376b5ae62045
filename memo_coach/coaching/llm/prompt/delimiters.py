"""The channel in which a model gets what a writer wrote: between two lines that the writer cannot foresee.

Before a text goes in, whatever in it could be taken for the end of the channel, or for a model's own control
words, is broken with a middle dot. That happens only in what is sent: the memo stays as it is, and finding a
model's quotes in it allows for the dot.
"""

from __future__ import annotations

import re
from typing import Literal

Label = Literal["MEMO", "VERSION", "FEEDBACK", "READING"]

_DOT = "·"
_BOUNDARY = re.compile(r"[A-Za-z0-9]{8,64}")
_MARKER = re.compile(r"<<(?=<)|>>(?=>)")
# The words by which local models tell roles apart (ChatML, Llama, Mistral, Gemma). A server that renders a
# conversation as one text before it makes tokens of it reads them in a memo as if they were its own.
_CONTROL = re.compile(
    r"<(?=\|)|\|(?=>)"
    r"|<(?=/?(?:s|bos|eos|start_of_turn|end_of_turn)>)"
    r"|<(?=</?SYS>>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])",
    re.IGNORECASE,
)


def opening(boundary: str, label: Label = "MEMO") -> str:
    """Return the line before a text."""
    return f"<<<{label} boundary={_checked(boundary)}>>>"


def closing(boundary: str, label: Label = "MEMO") -> str:
    """Return the line after a text."""
    return f"<<<END {label} boundary={_checked(boundary)}>>>"


def enclosed(text: str, boundary: str, label: Label = "MEMO") -> str:
    """Put a text between the two lines, made harmless.

    Args:
        text: what a writer, or a model, wrote.
        boundary: 8 to 64 letters and digits that whoever wrote the text cannot have known.
        label: what the text is.

    Raises:
        ValueError: the boundary is none.
    """
    return f"{opening(boundary, label)}\n{harmless(text, boundary)}\n{closing(boundary, label)}"


def harmless(text: str, boundary: str) -> str:
    """Break the boundary, the marks of the channel and control words of models wherever a text has them."""
    checked = _checked(boundary)
    text = _CONTROL.sub(lambda found: found[0] + _DOT, text)
    text = _MARKER.sub(lambda found: found[0] + _DOT, text)
    inside = re.compile(f"{checked[0]}(?={checked[1:]})", re.IGNORECASE)
    return inside.sub(lambda found: found[0] + _DOT, text)


def _checked(boundary: str) -> str:
    if not _BOUNDARY.fullmatch(boundary):
        raise ValueError("a boundary has 8 to 64 letters and digits")
    return boundary
