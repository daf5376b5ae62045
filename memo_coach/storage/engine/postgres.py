"""How this program speaks to Postgres: its connections' settings, and its errors in sentences.

Every connection has time limits of its own, so that neither a lock nor a network that swallows packets holds
a task for ever. Sentences name the server, and never the password.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

from sqlalchemy.engine import URL, make_url

from memo_coach.storage.engine.sqlite_file import DatabaseUnusable

OLDEST_VERSION = 14
"""The oldest that Postgres's makers still repaired when this was written, and that is tested here."""
LONGEST_STATEMENT_SECONDS = 30.0
LONGEST_IDLE_SECONDS = 60
"""For a transaction that does nothing: its task hangs, and it must not keep locks."""
POOL = {
    "pool_size": 5,
    "max_overflow": 10,
    # A page that waits longer for a connection is better told so.
    "pool_timeout": 10,
    # A restarted server is noticed before a statement is lost on a dead connection, not by it.
    "pool_pre_ping": True,
    "pool_recycle": 1800,
}
_NOT_REACHED = "The database server{at} cannot be reached: {reason}."


@dataclass(frozen=True, slots=True)
class _Known:
    """A message of the server or the driver, and what it means."""

    pattern: str
    sentence: str
    """``{at}`` is the server's address, ``{role}`` and ``{name}`` are the user and the database."""


_SILENT = "server closed the connection|connection is (closed|lost)|consuming input failed|reset by peer"
_NAMELESS = "resolve|Name or service not known|nodename nor servname|No address associated"

_KNOWN = tuple(
    _Known(pattern, sentence)
    for pattern, sentence in (
        ("password authentication failed", "The database server{at} refused the password{role}."),
        ("no password supplied", "The database server{at} wants a password{role}; DATABASE_URL has none."),
        ("role .* does not exist", "The database server{at} refused the user{role}: there is none."),
        ("database .* does not exist", "The database server{at} has no database{name}. Create it first."),
        ("no pg_hba.conf entry", "The database server{at} lets nobody in from here; see its pg_hba.conf."),
        ("permission denied", "The database server{at} denies a right that is needed{role}."),
        ("too many (clients|conn)|connection slots", "The database server{at} has no connection left."),
        ("starting up|not yet accepting", "The database server{at} is starting. Try again in a moment."),
        ("shutting down|terminating connection", "The database server{at} is shutting down."),
        ("server does not support SSL", "The database server{at} speaks no TLS, and sslmode asks for it."),
        ("certificate", "The certificate of the database server{at} is not one that sslmode accepts."),
        ("Connection refused", _NOT_REACHED.replace("{reason}", "nothing listens there")),
        ("No such file or directory", _NOT_REACHED.replace("{reason}", "there is no such socket")),
        (_NAMELESS, _NOT_REACHED.replace("{reason}", "its name is not known")),
        ("timeout expired|timed out", _NOT_REACHED.replace("{reason}", "it does not answer in time")),
        ("No route to host|unreachable", _NOT_REACHED.replace("{reason}", "there is no way to it")),
        (_SILENT, "The database server{at} closed the connection."),
        ("lock timeout", "The database stays locked by another program."),
        ("statement timeout", "The database server{at} took too long for an answer."),
        ("read-only transaction", "The database server{at} takes no changes: it is set to read only."),
        ("No space left|could not extend file", "The disk of the database server is full."),
    )
)


def connection_arguments(url: str, patience: float, longest_statement: float) -> dict[str, Any]:
    """Return the driver's arguments; what the URL says itself wins.

    ``patience`` is for how many seconds a lock is waited for, ``longest_statement`` for how many a statement
    may run, 0 for any time.
    """
    limits = {
        "lock_timeout": f"{patience * 1000:.0f}",
        "statement_timeout": f"{longest_statement * 1000:.0f}",
        "idle_in_transaction_session_timeout": f"{LONGEST_IDLE_SECONDS * 1000 if longest_statement else 0}",
        "timezone": "UTC",
    }
    arguments: dict[str, Any] = {
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        "connect_timeout": max(2, math.ceil(min(patience, 10))),
        "application_name": "memo-coach",
        "client_encoding": "utf8",
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
        # Plans kept for each connection would break when another process migrates the tables.
        "prepare_threshold": None,
    }
    said = make_url(url).query
    return {name: value for name, value in arguments.items() if name not in said}


def refuse_unfit_server(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's, in its adapter
    """Look at a server when a connection to it was opened; for SQLAlchemy's ``connect``.

    Raises:
        DatabaseUnusable: it is too old, or keeps its text in another encoding than UTF-8.
    """
    info = connection.driver_connection.info if hasattr(connection, "driver_connection") else connection.info
    major = info.server_version // 10_000
    if major < OLDEST_VERSION:
        raise DatabaseUnusable(
            f"The database server is Postgres {major}; at least Postgres {OLDEST_VERSION} is needed."
        )
    encoding = info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise DatabaseUnusable(
            f"The database keeps its text in the encoding {encoding}, not in UTF8. Make it anew:"
            " CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."
        )


def sentence(fault: BaseException | None, url: str, verb: str, *, public: bool = False) -> str:
    """Say what a fault of the driver means; a ``public`` sentence names neither the server nor its users."""
    address = make_url(url)
    text = without_password(str(fault), address)
    for known in _KNOWN:
        if re.search(known.pattern, text, re.IGNORECASE):
            return known.sentence.format(**_names(address, public=public))
    if public:
        return f"The database cannot be {verb}."
    first_line = next(iter(text.splitlines()), "").strip().rstrip(".")
    return f"The database cannot be {verb}: {first_line or type(fault).__name__}."


def without_password(text: str, address: URL) -> str:
    """Take the password out of a text, however it is written there."""
    password = str(address.password or "")
    for secret in (password, quote(password, safe=""), quote_plus(password)):
        if secret:
            text = text.replace(secret, "***")
    return text


def place(address: URL) -> str:
    """Say where a server is: host and port, or the directory of its socket."""
    query = address.query
    host = address.host or query.get("host") or "its local socket"
    port = address.port or query.get("port")
    host = ",".join(host) if isinstance(host, tuple) else host
    return f"{host}:{port}" if port and not str(host).startswith("/") else str(host)


def _names(address: URL, *, public: bool) -> dict[str, str]:
    if public:
        return {"at": "", "role": "", "name": ""}
    return {
        "at": f" at {place(address)}",
        "role": f" of user {address.username}" if address.username else "",
        "name": f" named {address.database}",
    }
