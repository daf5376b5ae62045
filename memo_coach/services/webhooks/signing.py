"""How what is sent is signed, so that its receiver knows that it is from here (Standard Webhooks 1.0)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final

PREFIX: Final = "whsec_"


class WebhookSecrets:
    """The secrets of the webhooks.

    None is kept: each is made of its webhook's salt and a secret of the installation, as it was the first
    time. Who reads the table of webhooks can sign nothing.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, webhook_id: str, salt: str) -> bytes:
        """Return the secret of a webhook."""
        made_of = f"memo-coach webhook\0{webhook_id}\0{salt}".encode()
        return hmac.new(self._key, made_of, hashlib.sha256).digest()

    def shown(self, webhook_id: str, salt: str) -> str:
        """Return it in the form in which its owner gives it to the receiver."""
        return PREFIX + base64.b64encode(self.of(webhook_id, salt)).decode("ascii")


def signed_headers(secret: bytes, message_id: str, moment: datetime, body: bytes) -> Mapping[str, str]:
    """Return the headers that say what is sent, when, and that it is from here."""
    timestamp = str(int(moment.timestamp()))
    content = b".".join((message_id.encode("ascii"), timestamp.encode("ascii"), body))
    signature = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode("ascii")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }
