"""Secrets of authenticator apps as they are stored: encrypted, each for its own account.

The key comes of the installation's: what is read of one table alone, by whatever flaw, opens nothing.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import Final

_NONCE_BYTES: Final = 12


class Sealing:
    """Encrypts and decrypts with AES-256-GCM."""

    def __init__(self, installation_key: bytes) -> None:
        self._key = hmac.digest(installation_key, b"memo-coach authenticator secrets", "sha256")

    def sealed(self, secret: str, user_id: str) -> str:
        """Return a secret as it is stored for an account."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - when it is needed

        nonce = secrets.token_bytes(_NONCE_BYTES)
        encrypted = AESGCM(self._key).encrypt(nonce, secret.encode("ascii"), user_id.encode())
        return base64.b64encode(nonce + encrypted).decode("ascii")

    def opened(self, sealed: str, user_id: str) -> str | None:
        """Return the secret; ``None`` for what was not sealed here, or for another account."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        try:
            stored = base64.b64decode(sealed, validate=True)
            nonce, encrypted = stored[:_NONCE_BYTES], stored[_NONCE_BYTES:]
            return AESGCM(self._key).decrypt(nonce, encrypted, user_id.encode()).decode("ascii")
        except (ValueError, InvalidTag):
            return None
