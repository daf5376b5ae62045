"""``prompt.yaml``: what a model is told, as templates with named parts in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from memo_coach.coaching.documents.document import read_document, shipped_text, version_of
from memo_coach.coaching.documents.document_reader import DocumentReader
from memo_coach.coaching.documents.faults import Fault, Place, at
from memo_coach.coaching.documents.templates import template_faults
from memo_coach.coaching.documents.yaml_documents import Node
from memo_coach.coaching.rubric.model import LocalisedText, localised

LONGEST_PART = 12_000
"""Characters of one part of a prompt in one language."""

PLACEHOLDERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "language_name": (),
        "role": (),
        "task": ("language",),
        "scoring": (),
        "comments": (),
        "rubric": ("name", "description", "criteria"),
        "criterion": ("id", "name", "weight", "description", "guidance"),
        "organisation": ("reader", "organisation", "conventions"),
        "frameworks": ("frameworks",),
        "format": ("criterion_id",),
        "memo_channel": ("opening", "closing"),
        "evaluation": ("memo", "language"),
        "first_reading": ("reading",),
        "repair": ("memo", "language", "wanted", "faults"),
        "repair_criteria": ("criteria",),
        "repair_no_criteria": (),
        "repair_overall": (),
        "repair_no_overall": (),
        "repair_faults": ("faults",),
        "chat_role": (),
        "chat": ("language",),
        "chat_memo": ("memo",),
        "chat_version": ("number", "memo"),
        "chat_feedback": ("feedback",),
        "chat_about": ("about", "question"),
        "chat_cut": (),
        "chat_left_out": (),
    }
)
"""The parts of the document and the placeholders that each must have, and only those."""

_WHERE = Place("prompts")
_PARTS, _FAULTS = Place("parts"), Place("faults")


@dataclass(frozen=True, slots=True)
class PromptDocument:
    """A complete and checked prompt document."""

    version: str
    parts: Mapping[str, LocalisedText]
    """A template for each name of :data:`PLACEHOLDERS`."""
    faults: Mapping[str, LocalisedText]
    """What a model is told of a fault in its answer, by the fault's code."""

    def part(self, name: str, language: str) -> str:
        """Return a part in a language, or in English where it has no text in that language."""
        return localised(self.parts[name], language)


def load_prompt(text: str, *, source: str) -> PromptDocument:
    """Read a prompt document.

    Args:
        text: the YAML.
        source: what to call the document in messages, such as its file name.

    Raises:
        BrokenDocument: the document has faults, among them an unknown or missing placeholder.
    """

    def read(root: Node, reader: DocumentReader) -> PromptDocument:
        entries = reader.mapping(root, _WHERE, ("parts", "faults"))
        return PromptDocument(
            version=version_of(text),
            parts=_parts(entries.get("parts"), root, reader, text.splitlines()),
            faults=_faults(entries.get("faults"), reader),
        )

    return read_document(text, source=source, read=read)


@cache
def shipped_prompt() -> PromptDocument:
    """Return the prompts that come with the product; read once."""
    return load_prompt(shipped_text("prompt.yaml"), source="prompt.yaml")


def _parts(
    node: Node | None, root: Node, reader: DocumentReader, lines: list[str]
) -> dict[str, LocalisedText]:
    if node is None:
        reader.fault(root, _WHERE, "missing", key="'parts'")
        return {}
    entries = reader.mapping(node, _WHERE.part("parts"), tuple(PLACEHOLDERS))
    parts: dict[str, LocalisedText] = {}
    for name in PLACEHOLDERS if node.entries is not None else ():
        parts[name] = reader.localised(entries, name, node, _PARTS, longest=LONGEST_PART)
        for language, template in parts[name].items():
            value = (entries[name].entries or {})[language]
            for start, reason in template_faults(template, required=PLACEHOLDERS[name]):
                line = value.line if start is None else _line_of(template, start, value.line, lines)
                reader.faults.append(Fault(line, at(Place("part", repr(name), language), reason)))
    return parts


def _faults(node: Node | None, reader: DocumentReader) -> dict[str, LocalisedText]:
    if node is None or node.is_empty:
        return {}
    entries = reader.mapping(node, _WHERE.part("faults"), None)
    return {code: reader.localised(entries, code, node, _FAULTS) for code in entries}


def _line_of(template: str, start: int, first: int, lines: list[str]) -> int:
    """Return the document's line of a place in a text, or the text's first where folding has hidden it."""
    ends = template.find("\n", start)
    content = template[template.rfind("\n", 0, start) + 1 : ends if ends >= 0 else len(template)].strip()
    last = first + template.count("\n") + 1
    for number in range(first, min(last, len(lines)) + 1):
        if content in lines[number - 1]:
            return number
    return first
