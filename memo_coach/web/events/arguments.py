"""What an event may carry: arguments of the declared types and lengths, and the page that it comes from.

A state keeps what its handlers put into it, and the page, for as long as its tab lives and a while longer. So
all of it is bounded before anything is kept: a text has :data:`LONGEST_TEXT` characters unless its handler
declares more, and of the page only what our pages send is passed on.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import PydanticUserError, TypeAdapter, ValidationError
from reflex_base.registry import RegisteredEventHandler
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

LONGEST_TEXT = 300
"""Characters: ids, choices and the like have far fewer."""
MOST_ENTRIES = 32
"""Of one list or object."""
DEEPEST = 3
"""Lists and objects in each other; a form is an object in the arguments."""
LARGEST_NUMBER = 2**53
"""Beyond it a browser's numbers are not exact."""

LONGEST_PATH = 300
LONGEST_ADDRESS = 2_000
"""Path, query and fragment together."""

LENGTHS: dict[str, Mapping[str, int]] = {}
"""Full name of a handler → argument, or field of a form in it → characters that it may have."""


class Unfit(Exception):
    """The arguments of an event cannot be taken. The message says why, for the log."""


def checked_size(event_name: str, registered: RegisteredEventHandler, payload: object) -> int:
    """Return how many characters the arguments have.

    Raises:
        Unfit: they are not what the handler takes.
    """
    if not isinstance(payload, dict):
        raise Unfit("no arguments object")
    size = _size(payload, LENGTHS.get(event_name, {}), LONGEST_TEXT, 1)
    parameters = _parameters(registered)
    if not payload.keys() <= parameters.keys():
        raise Unfit("unknown argument")
    for name, (adapter, required) in parameters.items():
        if name not in payload:
            if required:
                raise Unfit(f"argument {name} is missing")
        elif adapter is not None and not _fits(adapter, payload[name]):
            raise Unfit(f"argument {name} is of the wrong type")
    return size


def _size(value: object, lengths: Mapping[str, int], longest: int, depth: int) -> int:
    if isinstance(value, str):
        if len(value) > longest:
            raise Unfit("too long a text")
        return len(value)
    if isinstance(value, dict | list):
        if len(value) > MOST_ENTRIES or depth > DEEPEST:
            raise Unfit("too many values")
        if isinstance(value, list):
            return sum(_size(each, lengths, longest, depth + 1) for each in value)
        entries = value.get(FORM_DATA_ENTRIES_KEY)
        if entries is not None:
            return _size_of_form(value, entries, lengths)
        return sum(_size_of_field(name, each, lengths, depth) for name, each in value.items())
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        raise Unfit("too large a number")
    return 0


def _size_of_field(name: object, value: object, lengths: Mapping[str, int], depth: int) -> int:
    longest = lengths.get(name, LONGEST_TEXT) if isinstance(name, str) else LONGEST_TEXT
    return _size(name, {}, LONGEST_TEXT, depth) + _size(value, lengths, longest, depth + 1)


def _size_of_form(form: dict[str, object], entries: object, lengths: Mapping[str, int]) -> int:
    """Measure a form as pages send it: its fields as pairs, in order, under a name of the framework's."""
    if len(form) > 1 or not isinstance(entries, list) or len(entries) > MOST_ENTRIES:
        raise Unfit("no form")
    if not all(isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) for pair in entries):
        raise Unfit("no form")
    fields = sum(_size_of_field(name, each, lengths, DEEPEST) for name, each in entries)
    return fields + len(FORM_DATA_ENTRIES_KEY)


def characters_in(value: object) -> int:
    """Return how many characters checked arguments have."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(characters_in(name) + characters_in(each) for name, each in value.items())
    return sum(map(characters_in, value)) if isinstance(value, list) else 0


def _fits(adapter: TypeAdapter[Any], value: object) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=512)
def _parameters(registered: RegisteredEventHandler) -> Mapping[str, tuple[TypeAdapter[Any] | None, bool]]:
    """Return a handler's parameters: how to check each, and whether it must be given."""
    function = registered.handler.fn
    hints = typing.get_type_hints(function)
    found: dict[str, tuple[TypeAdapter[Any] | None, bool]] = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
            continue
        required = parameter.default is parameter.empty
        found[parameter.name] = (_adapter(hints.get(parameter.name, Any)), required)
    return found


def _adapter(hint: Any) -> TypeAdapter[Any] | None:  # noqa: ANN401 - a type hint is of no one type
    try:
        return TypeAdapter(hint, config={"strict": True})
    except PydanticUserError:
        # A type with a configuration of its own (a model): the framework builds it, and its faults are
        # raised there.
        return TypeAdapter(dict[str, Any]) if hint is not Any else None


def page_of(router_data: object) -> dict[str, Any]:
    """Return of the page that an event comes from what our pages send, and no more.

    A query that is longer than any of ours is left out, for other sites put much behind the links that lead
    to a page; the page works without.

    Raises:
        Unfit: there is no such page.
    """
    if not isinstance(router_data, dict):
        raise Unfit("no page")
    path = router_data.get("pathname", "")
    address = router_data.get("asPath", path)
    if not isinstance(path, str) or not isinstance(address, str):
        raise Unfit("no page")
    if len(path) > LONGEST_PATH:  # none of ours, and the same to us as any other that there is not
        return {}
    page = {
        "pathname": path,
        "asPath": address if len(address) <= LONGEST_ADDRESS else path,
        "query": _query(router_data.get("query", {})),
    }
    return {key: value for key, value in page.items() if value}


def _query(query: object) -> dict[str, str]:
    if not isinstance(query, dict) or len(query) > MOST_ENTRIES:
        return {}
    return {
        name: value
        for name, value in query.items()
        if isinstance(value, str) and max(len(name), len(value)) <= LONGEST_TEXT
    }
