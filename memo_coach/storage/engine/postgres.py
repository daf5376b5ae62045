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
from memo_coach.translations import sentences
from memo_coach.translations.sentences import Sentence

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


@dataclass(frozen=True, slots=True)
class _Known:
    """A message of the server or the driver, and what it means."""

    pattern: str
    sentence: str
    """The name of a text. ``{at}`` is the server's address, ``{role}`` and ``{name}`` are the user and the
    database."""
    reason: str | None = None
    """The name of the text for ``{reason}``."""


_SILENT = "server closed the connection|connection is (closed|lost)|consuming input failed|reset by peer"
_NAMELESS = "resolve|Name or service not known|nodename nor servname|No address associated"

_KNOWN = tuple(
    _Known(pattern, *said)
    for pattern, *said in (
        ("password authentication failed", "database.wrong_password"),
        ("no password supplied", "database.no_password"),
        ("role .* does not exist", "database.no_user"),
        ("database .* does not exist", "database.no_database"),
        ("no pg_hba.conf entry", "database.lets_nobody_in"),
        ("permission denied", "database.denies_a_right"),
        ("too many (clients|conn)|connection slots", "database.no_connection_left"),
        ("starting up|not yet accepting", "database.starting"),
        ("shutting down|terminating connection", "database.shutting_down"),
        ("server does not support SSL", "database.no_tls"),
        ("certificate", "database.certificate"),
        ("Connection refused", "database.not_reached", "database.nothing_listens"),
        ("No such file or directory", "database.not_reached", "database.no_socket"),
        (_NAMELESS, "database.not_reached", "database.unknown_name"),
        ("timeout expired|timed out", "database.not_reached", "database.no_answer_in_time"),
        ("No route to host|unreachable", "database.not_reached", "database.no_way"),
        (_SILENT, "database.closed_connection"),
        ("lock timeout", "database.stays_locked"),
        ("statement timeout", "database.too_slow"),
        ("read-only transaction", "database.takes_no_changes"),
        ("No space left|could not extend file", "database.full_disk"),
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
            sentences.sentence("database.old_server", version=major, oldest=OLDEST_VERSION)
        )
    encoding = info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise DatabaseUnusable(sentences.sentence("database.other_encoding", encoding=encoding))


def sentence(fault: BaseException | None, url: str, verb: str, *, public: bool = False) -> Sentence:
    """Say what a fault of the driver means; a ``public`` sentence names neither the server nor its users."""
    address = make_url(url)
    text = without_password(str(fault), address)
    for known in _KNOWN:
        if re.search(known.pattern, text, re.IGNORECASE):
            reason = sentences.sentence(known.reason) if known.reason else ""
            return sentences.sentence(known.sentence, reason=reason, **_names(address, public=public))
    what = sentences.sentence(f"database.{verb}")
    if public:
        return sentences.sentence("database.unusable", verb=what)
    first_line = next(iter(text.splitlines()), "").strip().rstrip(".")
    reason = first_line or type(fault).__name__
    return sentences.sentence("database.unusable_because", verb=what, reason=reason)


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
    host = address.host or query.get("host") or sentences.sentence("database.local_socket")
    port = address.port or query.get("port")
    host = ",".join(host) if isinstance(host, tuple) else host
    return f"{host}:{port}" if port and not str(host).startswith("/") else str(host)


def _names(address: URL, *, public: bool) -> dict[str, str | Sentence]:
    if public:
        return {"at": "", "role": "", "name": ""}
    return {
        "at": sentences.sentence("database.at", place=place(address)),
        "role": sentences.sentence("database.of_user", user=address.username) if address.username else "",
        "name": sentences.sentence("database.named", name=address.database),
    }
