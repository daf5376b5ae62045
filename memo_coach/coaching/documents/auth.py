"""``auth.yaml``: who may have an account, how they sign in and for how long, which models they may use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from memo_coach.coaching.documents.document import read_document, shipped_text, version_of
from memo_coach.coaching.documents.document_reader import DocumentReader
from memo_coach.coaching.documents.faults import DOCUMENT
from memo_coach.coaching.documents.yaml_documents import Node

NOBODY, ADMINISTRATORS, EVERYBODY = "nobody", "administrators", "everybody"
MOST_DOMAINS = 100
LONGEST_HOURS = 24 * 365

_WHERE = DOCUMENT
ALL, NONE = "all", "none"
MOST_MODELS = 50
_KEYS = ("email_domains", "second_factor", "idle_hours", "longest_hours")
_MODELS = "models"
"""Not in documents that were saved before there was such a choice."""
_ROLES = ("writer", "administrator")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class AuthDocument:
    """A complete and checked document on accounts."""

    version: str
    email_domains: tuple[str, ...]
    """Of the addresses that may have an account, in lower case; empty for any."""
    second_factor: str
    """``nobody``, ``administrators`` or ``everybody``: of whom one is asked."""
    idle_hours: int
    """After so long without use a session ends."""
    longest_hours: int
    """After so long it ends in any case."""
    writers_models: tuple[str, ...] | None = None
    """Of the configured models those that writers may use; ``None`` for all."""
    administrators_models: tuple[str, ...] | None = None

    def models_of(self, is_administrator: bool) -> tuple[str, ...] | None:
        """Return the models that a role may use; ``None`` for all."""
        return self.administrators_models if is_administrator else self.writers_models


def load_auth(text: str, *, source: str) -> AuthDocument:
    """Read a document on accounts.

    Args:
        text: the YAML.
        source: what to call the document in messages, such as its file name.

    Raises:
        BrokenDocument: the document has faults.
    """

    def read(root: Node, reader: DocumentReader) -> AuthDocument:
        entries = reader.mapping(root, _WHERE, (*_KEYS, _MODELS))
        for key in _KEYS if root.entries is not None else ():
            if key not in entries:
                reader.fault(root, _WHERE, "missing", key=repr(key))
        idle, longest = (
            reader.whole(entries.get(key), _WHERE, key, 1, LONGEST_HOURS, default=1)
            for key in ("idle_hours", "longest_hours")
        )
        if "longest_hours" in entries and idle > longest:
            reader.fault(
                entries["longest_hours"], _WHERE, "not_less", larger="longest_hours", smaller="idle_hours"
            )
        writers, administrators = _models(entries.get(_MODELS), reader)
        return AuthDocument(
            version=version_of(text),
            email_domains=_domains(entries.get("email_domains"), reader),
            second_factor=_second_factor(entries.get("second_factor"), reader),
            idle_hours=idle,
            longest_hours=longest,
            writers_models=writers,
            administrators_models=administrators,
        )

    return read_document(text, source=source, read=read)


@cache
def shipped_auth() -> AuthDocument:
    """Return the values that come with the product; read once."""
    return load_auth(shipped_text("auth.yaml"), source="auth.yaml")


def _domains(node: Node | None, reader: DocumentReader) -> tuple[str, ...]:
    if node is None or node.is_empty:
        return ()
    items = reader.list(node, _WHERE.part("'email_domains'"))
    if len(items) > MOST_DOMAINS:
        reader.fault(node, None, "too_many_domains", found=str(len(items)), most=str(MOST_DOMAINS))
    domains = []
    for item in items:
        domain = reader.text(item, _WHERE, "email_domains").lower()
        if domain and not _DOMAIN.fullmatch(domain):
            reader.fault(item, _WHERE, "no_domain", domain=repr(domain))
        domains.append(domain)
    return tuple(dict.fromkeys(domains))


def _models(
    node: Node | None, reader: DocumentReader
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Return the models of writers and of administrators."""
    if node is None or node.is_empty:
        return None, None
    entries = reader.mapping(node, _WHERE.part(repr(_MODELS)), _ROLES)
    writers, administrators = (_models_of_role(entries.get(role), role, reader) for role in _ROLES)
    return writers, administrators


def _models_of_role(node: Node | None, role: str, reader: DocumentReader) -> tuple[str, ...] | None:
    if node is None or node.is_empty:
        return None
    if node.items is None:
        word = reader.text(node, _WHERE.part(repr(_MODELS)), role)
        if word not in (ALL, NONE):
            reader.fault(node, _WHERE, "no_models", role=role, value=repr(word))
        return () if word == NONE else None
    items = reader.list(node, _WHERE.part(repr(role)))
    if len(items) > MOST_MODELS:
        reader.fault(node, None, "too_many_models", found=str(len(items)), most=str(MOST_MODELS))
    names = (reader.text(item, _WHERE.part(repr(_MODELS)), role, longest=200) for item in items)
    return tuple(dict.fromkeys(name for name in names if name))


def _second_factor(node: Node | None, reader: DocumentReader) -> str:
    value = reader.text(node, _WHERE, "second_factor")
    if node is not None and value and value not in (NOBODY, ADMINISTRATORS, EVERYBODY):
        reader.fault(node, _WHERE, "no_factor", value=repr(value))
    return value or NOBODY
