"""Text as a database can keep it: the one place where both databases are made to agree on it.

Postgres refuses U+0000, and no database can encode half a surrogate pair. Memos are rid of both when they
come in (:func:`memo_coach.coaching.text.normalise_text`); ids that somebody made up and the words of a model
are not. Such a character becomes U+FFFD, one for one, so that positions in the text stay true. It happens to
every value of every statement: what is looked for is changed in the same way as what is stored.
"""

from __future__ import annotations

import re
from typing import Any

REPLACEMENT = "\ufffd"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """Give a text as both databases can keep it."""
    return text if text.isascii() and "\0" not in text else _UNSTORABLE.sub(REPLACEMENT, text)


def storable_parameters(
    _connection: object,
    _cursor: object,
    statement: str,
    parameters: Any,  # noqa: ANN401 - a tuple, a dictionary, or a list of them: as the driver wants it
    _context: object,
    _executemany: bool,
) -> tuple[str, Any]:
    """Make every text among a statement's values storable; for SQLAlchemy's ``before_cursor_execute``."""
    return statement, _storable_values(parameters)


def _storable_values(values: Any) -> Any:  # noqa: ANN401
    if isinstance(values, str):
        return storable(values)
    if isinstance(values, dict):
        return {name: _storable_values(value) for name, value in values.items()}
    if isinstance(values, list | tuple):
        return type(values)(_storable_values(value) for value in values)
    return values
