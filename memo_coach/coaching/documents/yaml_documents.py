"""A YAML document as a tree of nodes that know their line, read defensively.

Documents are edited by people in a browser, so each fault comes with its line; and because a document is
input, anchors and aliases (with which a small text grows without end), deep nesting, duplicate keys and
documents beyond 256 KiB are refused rather than read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

LARGEST_DOCUMENT = 256 * 1024
"""Bytes in UTF-8."""
DEEPEST_NESTING = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and in which line of the document (1 is the first)."""

    line: int
    reason: str


class UnreadableDocument(Exception):
    """The text is no YAML that we read; ``fault`` says where and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


@dataclass(slots=True)
class Node:
    """A value of the document with the line where it begins: a scalar, a list or a mapping."""

    line: int
    scalar: str | None = None
    quoted: bool = False
    """Whether a scalar stood in quotes or a block, and so is text whatever it looks like."""
    items: list[Node] | None = None
    entries: dict[str, Node] | None = None
    key_lines: dict[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written here."""
        return self.scalar is not None and not self.quoted and self.scalar in ("", "~", "null")

    @property
    def kind(self) -> str:
        """Name what this is, for a message."""
        if self.items is not None:
            return "a list"
        return "a mapping" if self.entries is not None else "a text"


def read_yaml(text: str) -> tuple[Node, list[Fault]]:
    """Read a document into nodes, with the duplicate keys as faults.

    Raises:
        UnreadableDocument: the text is too large, no YAML, empty, nested too deep, or uses anchors.
    """
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_DOCUMENT:
        raise UnreadableDocument(Fault(1, f"the document is larger than {LARGEST_DOCUMENT // 1024} KiB"))
    for number, line in enumerate(text.splitlines(), 1):
        indentation = line[: len(line) - len(line.lstrip())]
        if "\t" in indentation:
            raise UnreadableDocument(Fault(number, "a tab indents this line; YAML wants spaces"))
    import yaml  # noqa: PLC0415 - reading a rubric is the only need for it, and its import is slow

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    faults: list[Fault] = []
    try:
        root = _Builder(faults).build(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = error.problem or error.context or "the YAML cannot be read"
        where = mark.line + 1 if mark else 1
        raise UnreadableDocument(Fault(where, f"this is not YAML: {reason}")) from error
    except (yaml.YAMLError, UnicodeEncodeError, ValueError) as error:
        first_line = str(error).partition("\n")[0]
        raise UnreadableDocument(Fault(1, f"this is not YAML: {first_line}")) from error
    if root is None or root.is_empty:
        raise UnreadableDocument(Fault(1, "the document is empty"))
    return root, faults


class _Builder:
    """Builds nodes from YAML events without recursion, so that no nesting can exhaust the stack."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        self.root: Node | None = None
        self.open: list[Node] = []
        self.pending_keys: list[str | None] = []

    def build(self, events: Iterator[object]) -> Node | None:
        for event in events:
            name = type(event).__name__
            line = event.start_mark.line + 1  # type: ignore[attr-defined]
            if name == "AliasEvent" or getattr(event, "anchor", None):
                raise UnreadableDocument(Fault(line, "anchors (&) and aliases (*) are not used here"))
            if getattr(event, "tag", None) not in (None, "!"):
                raise UnreadableDocument(Fault(line, "tags (!) are not used here"))
            if name == "DocumentStartEvent" and self.root is not None:
                raise UnreadableDocument(Fault(line, "a second document begins here; one is the most"))
            if name == "ScalarEvent":
                self._add_scalar(event, line)
            elif name in ("MappingStartEvent", "SequenceStartEvent"):
                self._enter(Node(line, entries={}) if name[0] == "M" else Node(line, items=[]))
            elif name in ("MappingEndEvent", "SequenceEndEvent"):
                self.open.pop()
                self.pending_keys.pop()
        return self.root

    def _add_scalar(self, event: object, line: int) -> None:
        value: str = event.value  # type: ignore[attr-defined]
        if self.open and self.open[-1].entries is not None and self.pending_keys[-1] is None:
            self._take_key(value, line)
            return
        quoted = bool(event.style)  # type: ignore[attr-defined]
        self._attach(Node(line, scalar=value, quoted=quoted))

    def _take_key(self, key: str, line: int) -> None:
        mapping = self.open[-1]
        if key in mapping.key_lines:
            self.faults.append(
                Fault(line, f"the key {key!r} stands here twice (first in line {mapping.key_lines[key]})")
            )
        mapping.key_lines[key] = line
        self.pending_keys[-1] = key

    def _enter(self, node: Node) -> None:
        if self.open and self.open[-1].entries is not None and self.pending_keys[-1] is None:
            raise UnreadableDocument(Fault(node.line, "a list or mapping cannot be a key"))
        self._attach(node)
        self.open.append(node)
        self.pending_keys.append(None)
        if len(self.open) > DEEPEST_NESTING:
            raise UnreadableDocument(Fault(node.line, f"nested deeper than {DEEPEST_NESTING} levels"))

    def _attach(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if parent.items is not None:
            parent.items.append(node)
        elif parent.entries is not None:
            key = self.pending_keys[-1]
            if key is not None:
                parent.entries.setdefault(key, node)
            self.pending_keys[-1] = None
