"""A device that keeps passkeys, in software: it answers pages as a browser with a security key does."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One passkey on a device."""

    origin: str
    verifies: bool = True
    """Whether it makes sure of the person, by a finger or a PIN."""
    count: int = 0
    """How often it was used."""
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def register(self, options: str) -> str:
        """Make the passkey that a page asks for."""
        asked = json.loads(options)
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(asked["rp"]["id"], is_new=True)}
        return self._answer(
            clientDataJSON=self._client(asked, "webauthn.create"),
            attestationObject=cbor2.dumps(attestation),
        )

    def sign(self, options: str) -> str:
        """Sign what a page asks."""
        asked = json.loads(options)
        self.count += 1
        data, client = self._data(asked["rpId"]), self._client(asked, "webauthn.get")
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _client(self, asked: dict[str, Any], kind: str) -> bytes:
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": self.origin}).encode()

    def _data(self, host: str, *, is_new: bool = False) -> bytes:
        flags = PRESENT | (VERIFIED if self.verifies else 0) | (ATTESTED if is_new else 0)
        data = hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")
        if not is_new:
            return data
        numbers = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        length = len(self.credential).to_bytes(2, "big")
        return data + bytes(16) + length + self.credential + cbor2.dumps(key)

    def _answer(self, **response: bytes) -> str:
        name = bytes_to_base64url(self.credential)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {each: bytes_to_base64url(value) for each, value in response.items()},
            }
        )
