"""Typed reading of a document's nodes: whatever is not as it should be becomes a fault with its line."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from difflib import get_close_matches

from memo_coach.coaching.documents.faults import Fault, Place, at
from memo_coach.coaching.documents.yaml_documents import Node
from memo_coach.translations.sentences import sentence

_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+){0,12}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
LONGEST_TEXT = 2_000
"""Characters of one text in a document."""


class DocumentReader:
    """Reads nodes as texts, numbers, lists and mappings. A value with a fault reads as a harmless default."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def fault(self, node: Node, where: Place | None, key: str, /, **values: str) -> None:
        """Note a fault at the line of a node; ``key`` is the end of the key of what is said of it."""
        self.fault_at(node.line, where, key, **values)

    def fault_at(self, line: int, where: Place | None, key: str, /, **values: str) -> None:
        """Note a fault at a line."""
        reason = sentence(f"document_faults.{key}", **values)
        self.faults.append(Fault(line, reason if where is None else at(where, reason)))

    def mapping(self, node: Node, where: Place, keys: Sequence[str] | None) -> dict[str, Node]:
        """Read a mapping; with ``keys``, any other key is a fault."""
        if node.entries is None:
            self.fault(node, where, "mapping_wanted", kind=node.kind)
            return {}
        for key in node.entries if keys is not None else ():
            if keys is not None and key not in keys:
                self._unknown_key(node.key_lines[key], where, key, keys)
        return node.entries

    def _unknown_key(self, line: int, where: Place, key: str, keys: Sequence[str]) -> None:
        close = get_close_matches(key, keys, n=1)
        if close:
            self.fault_at(line, where, "unknown_key_hint", key=repr(key), close=repr(close[0]))
        else:
            self.fault_at(line, where, "unknown_key", key=repr(key), keys=", ".join(keys))

    def list(self, node: Node, where: Place) -> list[Node]:
        """Read a list."""
        if node.items is None:
            self.fault(node, where, "list_wanted", kind=node.kind)
            return []
        return node.items

    def text(self, node: Node | None, where: Place, key: str | Place, *, longest: int = LONGEST_TEXT) -> str:
        """Read a text that is not empty; a missing node reads as an empty one without a fault."""
        if node is None:
            return ""
        if node.scalar is None:
            self.fault(node, where, "text_wanted", key=_quoted(key), kind=node.kind)
            return ""
        value = node.scalar.strip()
        if not value or node.is_empty:
            self.fault(node, where, "is_empty", key=_quoted(key))
            return ""
        if len(value) > longest:
            self.fault(node, where, "too_long", key=_quoted(key), length=str(len(value)), most=str(longest))
        return value

    def identifier(self, entries: dict[str, Node], parent: Node, where: Place, key: str = "id") -> str:
        """Read an id: lower-case letters, digits and single hyphens, at most 60 characters."""
        node = entries.get(key)
        if node is None:
            self.fault(parent, where, "missing", key=repr(key))
            return ""
        value = self.text(node, where, key)
        if value and (len(value) > 60 or not _IDENTIFIER.fullmatch(value)):
            self.fault(node, where, "no_identifier", key=repr(key), value=repr(value))
        return value

    def number(
        self,
        node: Node | None,
        where: Place,
        key: str | Place,
        lowest: float,
        highest: float,
        *,
        default: float = 0.0,
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
            self.fault(node, where, "no_number", key=_word(key), value=shown)
            return default
        if not lowest <= value <= highest:
            self.fault(
                node,
                where,
                "out_of_range",
                key=_word(key),
                lowest=f"{lowest:g}",
                highest=f"{highest:g}",
                value=f"{value:g}",
            )
            return default
        return value

    def whole(
        self, node: Node | None, where: Place, key: str, lowest: int, highest: int, *, default: int
    ) -> int:
        """Read a whole number from ``lowest`` to ``highest``; a missing node reads as the default."""
        value = self.number(node, where, key, lowest, highest, default=default)
        if node is not None and value != int(value):
            self.fault(node, where, "no_whole", key=_word(key), value=f"{value:g}")
        return int(value)

    def boolean(self, node: Node | None, where: Place, key: str) -> bool:
        """Read ``true`` or ``false``; a missing node reads as false."""
        if node is None:
            return False
        if node.quoted or node.scalar not in ("true", "false"):
            self.fault(node, where, "no_boolean", key=repr(key))
        return node.scalar == "true"

    def localised(
        self, entries: dict[str, Node], key: str, parent: Node, where: Place, *, longest: int = LONGEST_TEXT
    ) -> dict[str, str]:
        """Read a text for each language; English must be there."""
        node = entries.get(key)
        if node is None:
            self.fault(parent, where, "missing", key=repr(key))
            return {}
        texts: dict[str, str] = {}
        for language, value in self.mapping(node, where.part(repr(key)), None).items():
            if not _LANGUAGE.fullmatch(language):
                self.fault(value, where.part(repr(key)), "no_language", language=repr(language))
            texts[language] = self.text(value, where.part(key), language, longest=longest)
        if node.entries is not None and "en" not in texts:
            self.fault(node, where, "no_english", key=repr(key))
        return texts


def _word(key: str | Place) -> str:
    """Return what a value is called: by the document's own word, or by words of ours."""
    return key if isinstance(key, str) else key.said()


def _quoted(key: str | Place) -> str:
    return repr(key) if isinstance(key, str) else sentence("document_faults.quoted", name=key.said())
