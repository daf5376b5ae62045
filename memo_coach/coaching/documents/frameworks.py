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
from memo_coach.coaching.documents.yaml_documents import Node
from memo_coach.coaching.rubric.model import LocalisedText

MOST_FRAMEWORKS = 20
"""Each stands in every prompt, so their number is bounded."""
LONGEST_IDEA = 600
"""Characters."""
MOST_KEYWORDS = 30
"""For each language."""

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
    entries = reader.mapping(root, "the document", ("frameworks",))
    node = entries.get("frameworks")
    if node is None:
        reader.fault(root, "the document: 'frameworks' is missing")
        return ()
    items = reader.list(node, "the document: 'frameworks'")
    if len(items) > MOST_FRAMEWORKS:
        reader.fault(node, f"there are {len(items)} frameworks; {MOST_FRAMEWORKS} is the most")
    seen: dict[str, int] = {}
    frameworks = []
    for item in items:
        framework = _framework(item, reader)
        if framework.id in seen:
            first = seen[framework.id]
            reader.fault(item, f"framework {framework.id!r}: the id is taken already (line {first})")
        if framework.id:
            seen.setdefault(framework.id, item.line)
        frameworks.append(framework)
    return tuple(frameworks)


def _framework(node: Node, reader: DocumentReader) -> Framework:
    entries = reader.mapping(node, "a framework", _KEYS)
    framework_id = reader.identifier(entries, node, "a framework")
    where = f"framework {framework_id!r}" if framework_id else "a framework"
    return Framework(
        id=framework_id,
        name=reader.localised(entries, "name", node, where, longest=100),
        idea=reader.localised(entries, "idea", node, where, longest=LONGEST_IDEA),
        caption=reader.localised(entries, "caption", node, where, longest=200),
        example=reader.localised(entries, "example", node, where),
        keywords=_keywords(entries.get("keywords"), node, where, reader),
    )


def _keywords(
    node: Node | None, parent: Node, where: str, reader: DocumentReader
) -> dict[str, tuple[str, ...]]:
    if node is None:
        reader.fault(parent, f"{where}: 'keywords' is missing")
        return {}
    keywords: dict[str, tuple[str, ...]] = {}
    for language, value in reader.mapping(node, f"{where}: keywords", None).items():
        if not LANGUAGE.fullmatch(language):
            reader.fault(value, f"{where}: keywords: {language!r} is no language code such as 'en'")
        words = reader.list(value, f"{where}: the keywords for {language!r}")
        if len(words) > MOST_KEYWORDS:
            reader.fault(
                value, f"{where}: {len(words)} keywords for {language!r}; {MOST_KEYWORDS} is the most"
            )
        keywords[language] = tuple(
            reader.text(word, f"{where}: keywords", "a keyword", longest=60).lower() for word in words
        )
    if node.entries is not None and "en" not in keywords:
        reader.fault(node, f"{where}: 'keywords' has no English words (en)")
    return keywords
