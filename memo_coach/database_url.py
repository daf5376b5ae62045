"""The address of the database, as an operator writes it, checked and in the form that SQLAlchemy reads.

No fault repeats any part of the value: it may be a password that was put in the wrong place.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

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


def read_database_url(value: str) -> str:
    """Return the address in its one form; the path of a file is absolute.

    Raises:
        DatabaseUrlFault: it cannot be used.
    """
    scheme, separator, rest = value.partition("://")
    if not separator:
        # The value is not repeated: what looks like no URL may be a password put in the wrong variable.
        raise DatabaseUrlFault("it is not a database URL")
    driver = _SCHEMES.get(scheme)
    if driver is None:
        raise DatabaseUrlFault("its scheme is neither sqlite nor postgresql")
    return f"{SQLITE}:///{_file(rest)}" if driver == SQLITE else f"{POSTGRES}://{_server(rest)}"


def sqlite_path(url: str) -> Path | None:
    """Return the file of an SQLite database, ``None`` for any other."""
    scheme, _, path = url.partition(":///")
    return Path(path) if scheme == SQLITE else None


def _file(rest: str) -> Path:
    name = rest.partition("?")[0]
    if not name.startswith("/") or name in {"/", "/:memory:"}:
        raise DatabaseUrlFault("it names no database file")
    if "?" in rest:
        raise DatabaseUrlFault("an SQLite database takes no options after '?'")
    return Path(name[1:]).expanduser().resolve()


def _server(rest: str) -> str:
    try:
        parts = urlsplit(f"//{rest}")
        _ = parts.port
    except ValueError:
        raise DatabaseUrlFault(
            "its host or port cannot be read; characters such as / ? # @ : % in a password are written as"
            " %2F %3F %23 %40 %3A %25"
        ) from None
    _check_server(parts)
    _check_options(parts)
    return rest


def _check_server(parts: SplitResult) -> None:
    if parts.fragment or "#" in parts.path or parts.netloc.count("@") > 1:
        raise DatabaseUrlFault("its password has a character that must be escaped: # is %23, @ is %40")
    if _BROKEN_ESCAPE.search(parts.netloc) or any(character.isspace() for character in parts.netloc):
        raise DatabaseUrlFault("its user or password has a character that must be escaped: % is %25")
    name = parts.path.removeprefix("/")
    if not re.fullmatch(r"[\w.\-$]+", name):
        raise DatabaseUrlFault("it must end with the name of one database after the host")


def _check_options(parts: SplitResult) -> None:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(set(options) - _OPTIONS)
    if unknown:
        # Not named: after a '?' in a password that was not escaped, this would be a part of it.
        raise DatabaseUrlFault(f"it takes no options after '?' but {', '.join(sorted(_OPTIONS))}")
    if "sslmode" in options and options["sslmode"] not in _SSL_MODES:
        raise DatabaseUrlFault(f"its sslmode is not one of {', '.join(_SSL_MODES)}")
    if not options.get("connect_timeout", "1").isdigit() or not options.get("port", "1").isdigit():
        raise DatabaseUrlFault("its port and connect_timeout must be whole numbers")
    if not parts.hostname and "host" not in options:
        raise DatabaseUrlFault("it names no host")
