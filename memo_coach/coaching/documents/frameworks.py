"""``frameworks.yaml``: ways to think and to order a memo that the coaches and the Help page speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from memo_coach.coaching.documents.document import (
    LANGUAGE,
    read_document,
    shipped_text,
    version_of,
)
from memo_coach.coaching.documents.document_reader import DocumentReader
from memo_coach.coaching.documents.faults import DOCUMENT, Place
from memo_coach.coaching.documents.yaml_documents import Node
from memo_coach.coaching.rubric.model import LocalisedText

MOST_FRAMEWORKS = 20
"""Each stands in every prompt, so their number is bounded."""
LONGEST_IDEA = 600
"""Characters."""
MOST_KEYWORDS = 30
"""For each language."""

_A_FRAMEWORK = Place("a_framework")
_KEYS = ("id", "name", "idea", "caption", "example", "keywords")


@dataclass(frozen=True, slots=True)
class Framework:
    """One way to think, with an example that shows it at work."""

    id: str
    name: LocalisedText
    idea: LocalisedText
    """What it is and what it does for the reader, in two or three sentences."""
    caption: LocalisedText
    """What the example shows."""
    example: LocalisedText
    keywords: Mapping[str, tuple[str, ...]]
    """For each language the words, in lower case, by which a question asks for it."""


@dataclass(frozen=True, slots=True)
class FrameworksDocument:
    """A complete and checked document of frameworks."""

    version: str
    frameworks: tuple[Framework, ...]


def load_frameworks(text: str, *, source: str) -> FrameworksDocument:
    """Read a document of frameworks.

    Args:
        text: the YAML.
        source: what to call the document in messages, such as its file name.

    Raises:
        BrokenDocument: the document has faults.
    """

    def read(root: Node, reader: DocumentReader) -> FrameworksDocument:
        return FrameworksDocument(version=version_of(text), frameworks=_frameworks(root, reader))

    return read_document(text, source=source, read=read)


@cache
def shipped_frameworks() -> FrameworksDocument:
    """Return the frameworks that come with the product; read once."""
    return load_frameworks(shipped_text("frameworks.yaml"), source="frameworks.yaml")


def _frameworks(root: Node, reader: DocumentReader) -> tuple[Framework, ...]:
    entries = reader.mapping(root, DOCUMENT, ("frameworks",))
    node = entries.get("frameworks")
    if node is None:
        reader.fault(root, DOCUMENT, "missing", key="'frameworks'")
        return ()
    items = reader.list(node, DOCUMENT.part("'frameworks'"))
    if len(items) > MOST_FRAMEWORKS:
        reader.fault(node, None, "too_many_frameworks", found=str(len(items)), most=str(MOST_FRAMEWORKS))
    seen: dict[str, int] = {}
    frameworks = []
    for item in items:
        framework = _framework(item, reader)
        if framework.id in seen:
            place = Place("framework", repr(framework.id))
            reader.fault(item, place, "id_taken", line=str(seen[framework.id]))
        if framework.id:
            seen.setdefault(framework.id, item.line)
        frameworks.append(framework)
    return tuple(frameworks)


def _framework(node: Node, reader: DocumentReader) -> Framework:
    entries = reader.mapping(node, _A_FRAMEWORK, _KEYS)
    framework_id = reader.identifier(entries, node, _A_FRAMEWORK)
    where = Place("framework", repr(framework_id)) if framework_id else _A_FRAMEWORK
    return Framework(
        id=framework_id,
        name=reader.localised(entries, "name", node, where, longest=100),
        idea=reader.localised(entries, "idea", node, where, longest=LONGEST_IDEA),
        caption=reader.localised(entries, "caption", node, where, longest=200),
        example=reader.localised(entries, "example", node, where),
        keywords=_keywords(entries.get("keywords"), node, where, reader),
    )


def _keywords(
    node: Node | None, parent: Node, where: Place, reader: DocumentReader
) -> dict[str, tuple[str, ...]]:
    if node is None:
        reader.fault(parent, where, "missing", key="'keywords'")
        return {}
    keywords: dict[str, tuple[str, ...]] = {}
    for language, value in reader.mapping(node, where.part("keywords"), None).items():
        if not LANGUAGE.fullmatch(language):
            reader.fault(value, where.part("keywords"), "no_language", language=repr(language))
        words = reader.list(value, where.holding("keywords", language=repr(language)))
        if len(words) > MOST_KEYWORDS:
            reader.fault(
                value,
                where,
                "too_many_keywords",
                found=str(len(words)),
                language=repr(language),
                most=str(MOST_KEYWORDS),
            )
        keywords[language] = tuple(
            reader.text(word, where.part("keywords"), Place("a_keyword"), longest=60).lower()
            for word in words
        )
    if node.entries is not None and "en" not in keywords:
        reader.fault(node, where, "no_english_words")
    return keywords
