"""Browsers in which an account was signed in to before, known by a cookie that we have signed.

They have a count of failures of their own, so that whoever guesses keeps nobody out of the browser that they
use, not even from the same network (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). A cookie
opens nothing: it says for which account it is, since when, and which browser's. Without the installation's
key nobody makes one, and to get one takes signing in.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

LIFETIME: Final = timedelta(days=180)
"""After the last time that one signed in there."""
_TIME_BYTES: Final = 5
_NAME_BYTES: Final = 16
_LONGEST: Final = 128


class KnownDevices:
    """Makes the cookies, and knows them again."""

    def __init__(self, key: bytes, now: Callable[[], datetime]) -> None:
        """``key`` is the installation's own."""
        self._key = key
        self._now = now

    def new(self, user_id: str) -> str:
        """Return the cookie for a browser in which an account has just been signed in to."""
        seconds = int(self._now().timestamp()).to_bytes(_TIME_BYTES)
        said = seconds + secrets.token_bytes(_NAME_BYTES)
        return base64.urlsafe_b64encode(said + self._signature(user_id, said)).decode().rstrip("=")

    def name_in(self, cookie: str | None, user_id: str) -> str | None:
        """Return what a browser is called by, where its cookie is one of ours for an account."""
        if cookie is None or len(cookie) > _LONGEST:
            return None
        try:
            read = base64.b64decode(cookie + "=" * (-len(cookie) % 4), altchars=b"-_", validate=True)
        except ValueError:
            return None
        said, signature = read[: _TIME_BYTES + _NAME_BYTES], read[_TIME_BYTES + _NAME_BYTES :]
        if not hmac.compare_digest(signature, self._signature(user_id, said)):
            return None
        made = datetime.fromtimestamp(int.from_bytes(said[:_TIME_BYTES]), UTC)
        return said[_TIME_BYTES:].hex() if self._now() - made < LIFETIME else None

    def _signature(self, user_id: str, said: bytes) -> bytes:
        return hmac.digest(self._key, b"memo-coach device\0" + user_id.encode() + b"\0" + said, "sha256")
