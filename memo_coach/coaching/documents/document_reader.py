"""Typed reading of a document's nodes: whatever is not as it should be becomes a fault with its line."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from difflib import get_close_matches

from memo_coach.coaching.documents.yaml_documents import Fault, Node

_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+){0,12}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
LONGEST_TEXT = 2_000
"""Characters of one text in a document."""


class DocumentReader:
    """Reads nodes as texts, numbers, lists and mappings. A value with a fault reads as a harmless default."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def fault(self, node: Node, reason: str) -> None:
        """Note a fault at the line of a node."""
        self.faults.append(Fault(node.line, reason))

    def mapping(self, node: Node, where: str, keys: Sequence[str] | None) -> dict[str, Node]:
        """Read a mapping; with ``keys``, any other key is a fault."""
        if node.entries is None:
            self.fault(node, f"{where}: a mapping (key: value) belongs here, not {node.kind}")
            return {}
        for key in node.entries if keys is not None else ():
            if keys is not None and key not in keys:
                close = get_close_matches(key, keys, n=1)
                hint = f" (did you mean {close[0]!r}?)" if close else f"; the keys are {', '.join(keys)}"
                self.faults.append(Fault(node.key_lines[key], f"{where}: unknown key {key!r}{hint}"))
        return node.entries

    def list(self, node: Node, where: str) -> list[Node]:
        """Read a list."""
        if node.items is None:
            self.fault(node, f"{where}: a list (lines that begin with '-') belongs here, not {node.kind}")
            return []
        return node.items

    def text(self, node: Node | None, where: str, key: str, *, longest: int = LONGEST_TEXT) -> str:
        """Read a text that is not empty; a missing node reads as an empty one without a fault."""
        if node is None:
            return ""
        if node.scalar is None:
            self.fault(node, f"{where}: {key!r} must be a text, not {node.kind}")
            return ""
        value = node.scalar.strip()
        if not value or node.is_empty:
            self.fault(node, f"{where}: {key!r} is empty")
            return ""
        if len(value) > longest:
            self.fault(node, f"{where}: {key!r} has {len(value)} characters; {longest} is the most")
        return value

    def identifier(self, entries: dict[str, Node], parent: Node, where: str, key: str = "id") -> str:
        """Read an id: lower-case letters, digits and single hyphens, at most 60 characters."""
        node = entries.get(key)
        if node is None:
            self.fault(parent, f"{where}: {key!r} is missing")
            return ""
        value = self.text(node, where, key)
        if value and (len(value) > 60 or not _IDENTIFIER.fullmatch(value)):
            self.fault(node, f"{where}: {key!r} must be lower-case words joined by hyphens, not {value!r}")
        return value

    def number(
        self, node: Node | None, where: str, key: str, lowest: float, highest: float, *, default: float = 0.0
    ) -> float:
        """Read a number from ``lowest`` to ``highest``; a missing node reads as the default."""
        if node is None:
            return default
        try:
            value = float(node.scalar) if node.scalar is not None and not node.quoted else math.nan
        except ValueError:
            value = math.nan
        if math.isnan(value):
            shown = repr(node.scalar) if node.scalar is not None else node.kind
            self.fault(node, f"{where}: {key} must be a number, not {shown}")
            return default
        if not lowest <= value <= highest:
            self.fault(node, f"{where}: {key} must lie between {lowest:g} and {highest:g}, not {value:g}")
            return default
        return value

    def whole(
        self, node: Node | None, where: str, key: str, lowest: int, highest: int, *, default: int
    ) -> int:
        """Read a whole number from ``lowest`` to ``highest``; a missing node reads as the default."""
        value = self.number(node, where, key, lowest, highest, default=default)
        if node is not None and value != int(value):
            self.fault(node, f"{where}: {key} must be a whole number, not {value:g}")
        return int(value)

    def boolean(self, node: Node | None, where: str, key: str) -> bool:
        """Read ``true`` or ``false``; a missing node reads as false."""
        if node is None:
            return False
        if node.quoted or node.scalar not in ("true", "false"):
            self.fault(node, f"{where}: {key!r} must be true or false")
        return node.scalar == "true"

    def localised(
        self, entries: dict[str, Node], key: str, parent: Node, where: str, *, longest: int = LONGEST_TEXT
    ) -> dict[str, str]:
        """Read a text for each language; English must be there."""
        node = entries.get(key)
        if node is None:
            self.fault(parent, f"{where}: {key!r} is missing")
            return {}
        texts: dict[str, str] = {}
        for language, value in self.mapping(node, f"{where}: {key!r}", None).items():
            if not _LANGUAGE.fullmatch(language):
                self.fault(value, f"{where}: {key!r}: {language!r} is no language code such as 'en'")
            texts[language] = self.text(value, f"{where}: {key}", language, longest=longest)
        if node.entries is not None and "en" not in texts:
            self.fault(node, f"{where}: {key!r} has no English text (en)")
        return texts
