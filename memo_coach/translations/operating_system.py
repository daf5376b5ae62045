"""What the operating system says of a failure, in the language that is spoken. Its own words are English."""

from __future__ import annotations

import errno
import socket
from typing import Final

from memo_coach.translations.sentences import Sentence

_TOLD: Final = frozenset(
    {
        *("EACCES", "EADDRINUSE", "EADDRNOTAVAIL", "EBUSY", "ECONNREFUSED", "ECONNRESET", "EDQUOT", "EEXIST"),
        *("EHOSTUNREACH", "EINVAL", "EIO", "EISDIR", "ELOOP", "EMFILE", "ENAMETOOLONG", "ENETUNREACH"),
        *(
            "ENODEV",
            "ENOENT",
            "ENOEXEC",
            "ENOMEM",
            "ENOSPC",
            "ENOTDIR",
            "ENOTEMPTY",
            "ENXIO",
            "EPERM",
            "EPIPE",
        ),
        *("EROFS", "ESTALE", "ETIMEDOUT", "ETXTBSY", "EXDEV"),
    }
)
"""The failures that have words of their own, by the names of their numbers (POSIX)."""


def reason_of(error: Exception, *, english: str = "") -> Sentence:
    """Return why something could not be read, written or reached.

    Args:
        error: what was raised.
        english: its English form, where that is more than the system's own words.
    """
    own = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return Sentence(english or own, *_told(error))


def _told(error: Exception) -> tuple[str, dict[str, str]]:
    if isinstance(error, UnicodeError):
        return "operating_system.not_utf8", {}
    if isinstance(error, socket.gaierror):
        return "operating_system.no_such_host", {}
    if isinstance(error, TimeoutError) and error.errno is None:
        return "operating_system.ETIMEDOUT", {}
    number = error.errno if isinstance(error, OSError) else None
    name = errno.errorcode.get(number or 0, "")
    if name in _TOLD:
        return f"operating_system.{name}", {}
    if name:
        return "operating_system.numbered", {"name": name}
    return "operating_system.unknown", {}
