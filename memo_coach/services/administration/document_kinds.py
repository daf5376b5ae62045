"""The configuration documents that there are: their names, how each is read, and the shipped texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from memo_coach.coaching.documents.auth import AuthDocument, load_auth
from memo_coach.coaching.documents.context import ContextDocument, load_context
from memo_coach.coaching.documents.document import BrokenDocument, shipped_text, version_of
from memo_coach.coaching.documents.faults import RUBRIC as RUBRIC_PLACE
from memo_coach.coaching.documents.faults import Fault, at
from memo_coach.coaching.documents.frameworks import FrameworksDocument, load_frameworks
from memo_coach.coaching.documents.llm import LlmDocument, load_llm
from memo_coach.coaching.documents.prompt import PromptDocument, load_prompt
from memo_coach.coaching.documents.yaml_documents import LARGEST_DOCUMENT
from memo_coach.coaching.errors import BrokenRubric
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.rubric.reader import FOLDER, load_rubric, shipped_rubrics
from memo_coach.translations.sentences import sentence

RUBRIC: Final = "rubric/"
"""What the name of a rubric's document begins with; its id follows."""
SHIPPED_NAMES: Final = ("frameworks", "context", "prompt", "llm", "auth")
"""The documents of which there is one."""

Content = Rubric | AuthDocument | ContextDocument | FrameworksDocument | LlmDocument | PromptDocument

_LOADERS: Mapping[str, Callable[..., Content]] = MappingProxyType(
    {
        "auth": load_auth,
        "context": load_context,
        "frameworks": load_frameworks,
        "llm": load_llm,
        "prompt": load_prompt,
    }
)
_RUBRIC_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+){0,12}")
_LONGEST_ID = 60
_SEPARATOR = "--"
"""Between the parts of a document's name in an address."""
_ANY_RUBRIC = RUBRIC.rstrip("/")
_ID_LINE = re.compile(r"^id:[ \t]*(\S*)", re.MULTILINE)


class FaultyDocument(Exception):
    """A text is no document of its kind. ``faults`` are all that is wrong, in the order of the lines."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.line}: {fault.reason}" for fault in faults))
        self.faults = faults


def is_name(name: str) -> bool:
    """Whether a document may be called so."""
    return name in _LOADERS or (name.startswith(RUBRIC) and is_rubric_id(name.removeprefix(RUBRIC)))


def is_rubric_id(rubric_id: str) -> bool:
    """Whether a rubric may have the id."""
    return len(rubric_id) <= _LONGEST_ID and _RUBRIC_ID.fullmatch(rubric_id) is not None


def address_part(name: str) -> str:
    """Return a document's name as one part of an address: ``rubric--ID`` for a rubric."""
    return name.replace("/", _SEPARATOR)


def name_in_address(part: str) -> str:
    """Return the name of the document that a part of an address stands for.

    ``rubric`` alone is the rubric that comes first where nobody has chosen one.
    """
    if part == _ANY_RUBRIC:
        return f"{RUBRIC}{shipped_rubrics()[0].id}"
    return part.replace(_SEPARATOR, "/", 1)


@cache
def shipped() -> Mapping[str, str]:
    """Return the texts of the documents that come with the product, by their names; read once."""
    rubrics = {f"{RUBRIC}{path.stem}": path.read_text("utf-8") for path in sorted(FOLDER.glob("*.yaml"))}
    return MappingProxyType({**rubrics, **{name: shipped_text(f"{name}.yaml") for name in SHIPPED_NAMES}})


@cache
def shipped_content(name: str) -> Content:
    """Return a document that comes with the product, read once."""
    return read(name, shipped()[name])


def read(name: str, text: str) -> Content:
    """Read a document.

    Raises:
        FaultyDocument: it has faults; all of them.
    """
    if len(text) > LARGEST_DOCUMENT or len(text.encode("utf-8", "surrogatepass")) > LARGEST_DOCUMENT:
        raise FaultyDocument((Fault(1, sentence("document_faults.more_bytes", size=str(LARGEST_DOCUMENT))),))
    if any("\ud800" <= sign <= "\udfff" or sign == "\0" for sign in text):
        raise FaultyDocument((Fault(1, sentence("document_faults.signs")),))
    try:
        if not name.startswith(RUBRIC):
            return _LOADERS[name](text, source="document")
        rubric = load_rubric(text, source="document")
    except (BrokenDocument, BrokenRubric) as error:
        raise FaultyDocument(error.found) from error
    rubric_id = name.removeprefix(RUBRIC)
    if rubric.id != rubric_id:
        reason = at(RUBRIC_PLACE, sentence("document_faults.id_stays", id=repr(rubric_id)))
        raise FaultyDocument((Fault(_line_of_id(text), reason),))
    return rubric


def digest_of(text: str) -> str:
    """Return what evaluations name a document's text by."""
    return version_of(text)


def with_id(text: str, rubric_id: str) -> str:
    """Return a rubric's text with another id."""
    return _ID_LINE.sub(f"id: {rubric_id}", text, count=1)


def _line_of_id(text: str) -> int:
    found = _ID_LINE.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 1
