"""A device with a passkey, in software: answers a site's challenges as a browser passes them on.

After "Web Authentication" (W3C), sections 6.1 (authenticator data) and 5.8.1 (client data).
"""

import base64
import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

ORIGIN = "http://localhost"

_PRESENT, _VERIFIED, _MAY_SYNC, _HAS_KEY = 0x01, 0x04, 0x08, 0x40


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Authenticator:
    """One passkey. What a test changes in an answer is given by name: ``origin``, ``challenge``, ``verified``."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.handle = b""
        self.count = 0

    def create(self, options: dict[str, Any], *, origin: str = ORIGIN, challenge: str = "") -> str:
        """The answer to a site that wants a passkey made."""
        self.handle = base64.urlsafe_b64decode(options["user"]["id"] + "==")
        numbers = self.key.public_key().public_numbers()
        public = encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        known = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        data = self._data(options["rp"]["id"], _PRESENT | _VERIFIED | _MAY_SYNC | _HAS_KEY) + known
        return self._answer(
            clientDataJSON=self._client("webauthn.create", challenge or options["challenge"], origin),
            attestationObject=encode_cbor({"fmt": "none", "attStmt": {}, "authData": data}),
        )

    def get(self, options: dict[str, Any], *, origin: str = ORIGIN, challenge: str = "", verified: bool = True) -> str:
        """The answer to a site that wants the passkey shown; *verified*: the device recognized its owner."""
        client = self._client("webauthn.get", challenge or options["challenge"], origin)
        data = self._data(options["rpId"], _PRESENT | _MAY_SYNC | (_VERIFIED if verified else 0))
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=self.handle)

    def _data(self, site: str, flags: int) -> bytes:
        self.count += 1
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()

    def _answer(self, **parts: bytes) -> str:
        response = {name: _text(part) for name, part in parts.items()}
        return json.dumps({"id": _text(self.id), "rawId": _text(self.id), "type": "public-key", "response": response})
