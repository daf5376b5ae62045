"""Text as a database can keep it: the one place where both databases are made to agree on it.

Postgres refuses U+0000, and no database can encode half a surrogate pair. Memos are rid of both when they
come in (:mod:`memo_coach.coaching.memo.text`); ids that somebody made up and the words of a model
are not. Such a character becomes U+FFFD, one for one, so that positions in the text stay true. It happens to
every value of every statement: what is looked for is changed in the same way as what is stored.
"""

from __future__ import annotations

import re
from typing import Any

REPLACEMENT = "\ufffd"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """Return a text as both databases can keep it."""
    return text if _is_storable(text) else _UNSTORABLE.sub(REPLACEMENT, text)


def storable_parameters(
    _connection: object,
    _cursor: object,
    statement: str,
    parameters: Any,  # noqa: ANN401 - a tuple, a dictionary, or a list of them: as the driver wants it
    _context: object,
    _executemany: bool,
) -> tuple[str, Any]:
    """Make every text among a statement's values storable; for SQLAlchemy's ``before_cursor_execute``."""
    return statement, storable_values(parameters)


def storable_values(values: Any) -> Any:  # noqa: ANN401 - a tuple, a dictionary, or a list of them
    """Make every text among a statement's values storable."""
    if isinstance(values, dict):
        return {name: _storable_value(value) for name, value in values.items()}
    return [_storable_value(value) for value in values]


def _storable_value(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return storable(value)
    return storable_values(value) if isinstance(value, list | tuple | dict) else value


def _is_storable(text: str) -> bool:
    # This runs for each value of each statement. Encoding is many times faster than looking by expression.
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
