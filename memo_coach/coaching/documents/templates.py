"""Texts with named places, ``{memo}``, that are checked when they are read and filled without surprises.

``{{`` and ``}}`` stand for the braces themselves. A value is put in as it is: braces within it mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from memo_coach.translations.sentences import Sentence, sentence

_TOKEN = re.compile(r"\{\{|\}\}|\{[a-z_]+\}|[{}]")


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values into the places of a template.

    Raises:
        KeyError: the template has a place without a value.
    """
    return _TOKEN.sub(lambda found: _filled(found[0], values), template)


def placeholders(template: str) -> frozenset[str]:
    """Return the names of a template's places."""
    return frozenset(token[1:-1] for token in _TOKEN.findall(template) if len(token) > 2)


def template_faults(
    template: str, *, required: Collection[str], optional: Collection[str] = ()
) -> Iterator[tuple[int | None, Sentence]]:
    """Yield what is wrong with a template: the place in it (``None`` for the whole) and the reason."""
    known = [*required, *optional]
    for found in _TOKEN.finditer(template):
        token = found[0]
        if len(token) == 1:
            said = sentence("document_faults.brace", sign=repr(token), signs=repr(token * 2))
            yield found.start(), said
        elif len(token) > 2 and token[1:-1] not in known:
            yield found.start(), _unknown(token, known)
    used = placeholders(template)
    for name in required:
        if name not in used:
            yield None, sentence("document_faults.placeholder_missing", name=f"{{{name}}}")


def _filled(token: str, values: Mapping[str, str]) -> str:
    return token[0] if token in ("{{", "}}") else values[token[1:-1]]


def _unknown(token: str, known: Collection[str]) -> Sentence:
    name, close = repr(token), get_close_matches(token[1:-1], known, n=1)
    if close:
        return sentence("document_faults.placeholder_hint", name=name, close=f"'{{{close[0]}}}'")
    if not known:
        return sentence("document_faults.placeholder_none", name=name)
    names = ", ".join(f"{{{each}}}" for each in known)
    return sentence("document_faults.placeholder", name=name, names=names)
