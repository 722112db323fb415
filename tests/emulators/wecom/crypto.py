"""The callback's encryption, written from the protocol alone so that it checks what others wrote.

plaintext = 16 random bytes + length of the message (4 bytes, big-endian) + message + receiveid,
padded by PKCS#7 to blocks of 32 bytes, AES-256-CBC, the key's first 16 bytes as the vector.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # the protocol pads to 32 bytes, though AES blocks have 16


class CryptoError(Exception):
    """What came cannot be read with this token, key and receiveid."""


class CallbackCrypto:
    """Encrypts, decrypts and signs for one app."""

    def __init__(self, token: str, aes_key: str, receive_id: str) -> None:
        self.token = token
        self.receive_id = receive_id
        self._key = base64.b64decode(aes_key + "=")
        if len(self._key) != 32:
            raise ValueError("EncodingAESKey must be 43 characters of base64")

    def encrypt(self, message: str | bytes, receive_id: str | None = None) -> str:
        """The message as base64 text; `receive_id` replaces the right one when a test wants it wrong."""
        content = message.encode() if isinstance(message, str) else message
        owner = (self.receive_id if receive_id is None else receive_id).encode()
        plain = os.urandom(16) + struct.pack(">I", len(content)) + content + owner
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(_pad(plain)) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str) -> str:
        """The message inside; CryptoError if it isn't ours."""
        try:
            decryptor = self._cipher().decryptor()
            plain = _unpad(decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize())
            length = struct.unpack(">I", plain[16:20])[0]
            content, owner = plain[20 : 20 + length].decode(), plain[20 + length :].decode()
        except (ValueError, struct.error, IndexError) as error:
            raise CryptoError(f"cannot decrypt: {error}") from error
        if owner != self.receive_id:
            raise CryptoError(f"receiveid is {owner!r}, not {self.receive_id!r}")
        return content

    def sign(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """msg_signature: SHA-1 over the sorted token, timestamp, nonce and ciphertext."""
        joined = "".join(sorted((self.token, timestamp, nonce, encrypted)))
        return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()

    def verify(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> bool:
        """Whether the signature is right."""
        return hmac.compare_digest(signature, self.sign(timestamp, nonce, encrypted))

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))


def _pad(data: bytes) -> bytes:
    missing = BLOCK - len(data) % BLOCK
    return data + bytes([missing]) * missing


def _unpad(data: bytes) -> bytes:
    missing = data[-1]
    if not 1 <= missing <= BLOCK or data[-missing:] != bytes([missing]) * missing:
        raise ValueError("bad padding")
    return data[:-missing]
