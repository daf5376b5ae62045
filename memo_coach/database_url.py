"""The address of the database, as an operator writes it, checked and in the form that SQLAlchemy reads.

No fault repeats any part of the value: it may be a password that was put in the wrong place.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

from memo_coach.translations.sentences import Sentence, sentence

SQLITE = "sqlite+aiosqlite"
"""As operators may have written it; the driver is the standard library's (:mod:`.storage.engine`)."""
POSTGRES = "postgresql+psycopg"
POSTGRES_EXAMPLE = "postgresql://memo_coach:password@db.example.org:5432/memo_coach?sslmode=verify-full"

_SCHEMES = {
    "sqlite": SQLITE,
    SQLITE: SQLITE,
    "postgresql": POSTGRES,
    "postgres": POSTGRES,
    POSTGRES: POSTGRES,
}
_OPTIONS = frozenset(
    {
        "application_name", "channel_binding", "connect_timeout", "gssencmode", "host", "port", "sslcert",
        "sslkey", "sslmode", "sslrootcert", "target_session_attrs",
    }
)  # fmt: skip
"""Those of Postgres's own that may be given. ``host`` is for a socket's directory."""
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class DatabaseUrlFault(ValueError):
    """What is wrong with the address, without any secret that is in it."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)


def read_database_url(value: str) -> str:
    """Return the address in its one form; the path of a file is absolute.

    Raises:
        DatabaseUrlFault: it cannot be used.
    """
    scheme, separator, rest = value.partition("://")
    if not separator:
        # The value is not repeated: what looks like no URL may be a password put in the wrong variable.
        raise DatabaseUrlFault(sentence("setting_faults.no_database_url"))
    driver = _SCHEMES.get(scheme)
    if driver is None:
        raise DatabaseUrlFault(sentence("setting_faults.no_database_scheme"))
    return f"{SQLITE}:///{_file(rest)}" if driver == SQLITE else f"{POSTGRES}://{_server(rest)}"


def sqlite_path(url: str) -> Path | None:
    """Return the file of an SQLite database, ``None`` for any other."""
    scheme, _, path = url.partition(":///")
    return Path(path) if scheme == SQLITE else None


def _file(rest: str) -> Path:
    name = rest.partition("?")[0]
    if not name.startswith("/") or name in {"/", "/:memory:"}:
        raise DatabaseUrlFault(sentence("setting_faults.no_database_file"))
    if "?" in rest:
        raise DatabaseUrlFault(sentence("setting_faults.sqlite_options"))
    return Path(name[1:]).expanduser().resolve()


def _server(rest: str) -> str:
    try:
        parts = urlsplit(f"//{rest}")
        _ = parts.port
    except ValueError:
        raise DatabaseUrlFault(sentence("setting_faults.escape_host")) from None
    _check_server(parts)
    _check_options(parts)
    return rest


def _check_server(parts: SplitResult) -> None:
    if parts.fragment or "#" in parts.path or parts.netloc.count("@") > 1:
        raise DatabaseUrlFault(sentence("setting_faults.escape_password"))
    if _BROKEN_ESCAPE.search(parts.netloc) or any(character.isspace() for character in parts.netloc):
        raise DatabaseUrlFault(sentence("setting_faults.escape_user"))
    name = parts.path.removeprefix("/")
    if not re.fullmatch(r"[\w.\-$]+", name):
        raise DatabaseUrlFault(sentence("setting_faults.no_database_name"))


def _check_options(parts: SplitResult) -> None:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(set(options) - _OPTIONS)
    if unknown:
        # Not named: after a '?' in a password that was not escaped, this would be a part of it.
        raise DatabaseUrlFault(sentence("setting_faults.other_options", known=", ".join(sorted(_OPTIONS))))
    if "sslmode" in options and options["sslmode"] not in _SSL_MODES:
        raise DatabaseUrlFault(sentence("setting_faults.sslmode", known=", ".join(_SSL_MODES)))
    if not options.get("connect_timeout", "1").isdigit() or not options.get("port", "1").isdigit():
        raise DatabaseUrlFault(sentence("setting_faults.no_whole_numbers"))
    if not parts.hostname and "host" not in options:
        raise DatabaseUrlFault(sentence("setting_faults.no_host"))
