"""A YAML document as a tree of nodes that know their line, read defensively.

Documents are edited by people in a browser, so each fault comes with its line; and because a document is
input, anchors and aliases (with which a small text grows without end), deep nesting, duplicate keys and
documents beyond 256 KiB are refused rather than read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from memo_coach.coaching.documents.faults import Fault
from memo_coach.translations.library_words import library_words
from memo_coach.translations.sentences import Sentence, sentence

LARGEST_DOCUMENT = 256 * 1024
"""Bytes in UTF-8."""
DEEPEST_NESTING = 20


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
    def kind(self) -> Sentence:
        """Name what this is, for a message."""
        if self.items is not None:
            return sentence("document_faults.kind_list")
        return sentence(
            "document_faults.kind_mapping" if self.entries is not None else "document_faults.kind_text"
        )


def read_yaml(text: str) -> tuple[Node, list[Fault]]:
    """Read a document into nodes, with the duplicate keys as faults.

    Raises:
        UnreadableDocument: the text is too large, no YAML, empty, nested too deep, or uses anchors.
    """
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_DOCUMENT:
        raise _unreadable(1, "larger", size=str(LARGEST_DOCUMENT // 1024))
    for number, line in enumerate(text.splitlines(), 1):
        indentation = line[: len(line) - len(line.lstrip())]
        if "\t" in indentation:
            raise _unreadable(number, "tab")
    import yaml  # noqa: PLC0415 - reading a rubric is the only need for it, and its import is slow

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    faults: list[Fault] = []
    try:
        root = _Builder(faults).build(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = error.problem or error.context or "the YAML cannot be read"
        where = mark.line + 1 if mark else 1
        raise _unreadable(where, "no_yaml", reason=library_words("yaml_words", reason)) from error
    except (yaml.YAMLError, UnicodeEncodeError, ValueError) as error:
        first_line = str(error).partition("\n")[0]
        raise _unreadable(1, "no_yaml", reason=library_words("yaml_words", first_line)) from error
    if root is None or root.is_empty:
        raise _unreadable(1, "document_empty")
    return root, faults


def _unreadable(line: int, key: str, /, **values: str) -> UnreadableDocument:
    return UnreadableDocument(Fault(line, sentence(f"document_faults.{key}", **values)))


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
                raise _unreadable(line, "anchors")
            if getattr(event, "tag", None) not in (None, "!"):
                raise _unreadable(line, "tags")
            if name == "DocumentStartEvent" and self.root is not None:
                raise _unreadable(line, "second_document")
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
            first = str(mapping.key_lines[key])
            self.faults.append(Fault(line, sentence("document_faults.key_twice", key=repr(key), line=first)))
        mapping.key_lines[key] = line
        self.pending_keys[-1] = key

    def _enter(self, node: Node) -> None:
        if self.open and self.open[-1].entries is not None and self.pending_keys[-1] is None:
            raise _unreadable(node.line, "key_no_text")
        self._attach(node)
        self.open.append(node)
        self.pending_keys.append(None)
        if len(self.open) > DEEPEST_NESTING:
            raise _unreadable(node.line, "nested", levels=str(DEEPEST_NESTING))

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
