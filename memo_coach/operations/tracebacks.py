"""What may be told of an exception: its class, where it arose, and the same of those behind it.

Never its message, its arguments or what variables held: the message of a database error quotes the values
that were bound, those of others quote their input, and either may be somebody's memo.
"""

from __future__ import annotations

import site
import sysconfig
import traceback
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

MOST_FRAMES = 40
"""Of one exception. A driver's frames are many, and what called it is further out than the innermost few."""
MOST_EXCEPTIONS = 8
"""Of one chain, with those in groups."""
_INNERMOST = 25
SHORTEST_MESSAGE = 4
"""Characters. What is shorter stands in other words by chance."""

_FOLDERS = (Path(__file__).parents[2], *map(Path, site.getsitepackages()), Path(sysconfig.get_path("stdlib")))
_ROOTS = sorted(
    {f"{form}/" for folder in _FOLDERS for form in (folder, folder.resolve())}, key=len, reverse=True
)


class Frame(NamedTuple):
    """Where a function was when an exception passed through it."""

    file: str
    """Without the folder of the installation."""
    line: int | None
    function: str


def chain_of(error: BaseException) -> list[BaseException]:
    """Return an exception and those behind it, the outermost first, as many as are told."""
    return list(islice(_chain(error), MOST_EXCEPTIONS))


def traceback_without_values(error: BaseException) -> str:
    """Describe an exception and those behind it, the outermost first, each from its innermost frame outwards.

    For each: ``module.Class at file:line function, file:line function, …``.
    """
    return " ← ".join(_described(each) for each in chain_of(error))


def messages_of(error: BaseException) -> list[str]:
    """Return what an exception and those behind it say, the longest first: text that must not be told."""
    found = set()
    for each in chain_of(error):
        found |= {_said(each), *(one for one in each.args if isinstance(one, str))}
    return sorted((one for one in found if len(one) >= SHORTEST_MESSAGE), key=len, reverse=True)


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an exception that cannot even be told has nothing to be left out
        return ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    ahead: list[BaseException] = [error]
    while ahead:
        current = ahead.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            ahead.extend(current.exceptions)
        # Also what ``from None`` hides from a person: an operator wants to know where it began.
        behind = current.__cause__ or current.__context__
        if behind is not None:
            ahead.append(behind)


def _described(error: BaseException) -> str:
    places = _places(error)
    return f"{class_of(error)} at {', '.join(places)}" if places else class_of(error)


def class_of(error: BaseException) -> str:
    """Return an exception's class, with its module where it is no built-in one."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def frames_of(error: BaseException) -> list[Frame]:
    """Return where an exception passed through, the innermost last, at most :data:`MOST_FRAMES` of them."""
    return _frames(error)[-MOST_FRAMES:]


def _frames(error: BaseException) -> list[Frame]:
    # Lines of source are not looked up: that reads files, and they are not told.
    frames = traceback.StackSummary.extract(
        traceback.walk_tb(error.__traceback__), lookup_lines=False, capture_locals=False
    )
    return [Frame(_short(frame.filename), frame.lineno, frame.name) for frame in frames]


def _places(error: BaseException) -> list[str]:
    places = [f"{frame.file}:{frame.line} {frame.function}" for frame in reversed(_frames(error))]
    if len(places) <= MOST_FRAMES:
        return places
    outermost = MOST_FRAMES - _INNERMOST
    return [*places[:_INNERMOST], f"{len(places) - MOST_FRAMES} more", *places[-outermost:]]


def _short(filename: str) -> str:
    """Return a file's name without the folder of the installation."""
    for root in _ROOTS:
        if filename.startswith(root):
            return filename.removeprefix(root)
    return filename
