"""Files that members send: encrypted, behind links that live five minutes."""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.emulators.common.clock import Clock

LIFETIME = timedelta(minutes=5)
BLOCK = 32


@dataclass(frozen=True)
class StoredFile:
    """One encrypted file."""

    filename: str
    sealed: bytes
    at: datetime


class Files:
    """Routes under /files."""

    def __init__(self, clock: Clock, aes_key: str) -> None:
        self._clock = clock
        self._shared = base64.b64decode(aes_key + "=")  # EncodingAESKey: used when links carry no key of their own
        self._files: dict[str, StoredFile] = {}

    def put(self, filename: str, content: bytes, base_url: str, *, own_key: bool) -> dict[str, str]:
        """Keep a file; its link as it stands in a callback, with an aeskey on the long connection."""
        key = os.urandom(32) if own_key else self._shared
        name = secrets.token_urlsafe(24)
        self._files[name] = StoredFile(filename, seal(content, key), self._clock.now())
        link = {"url": f"{base_url}/files/{name}"}
        return {**link, "aeskey": base64.b64encode(key).decode().rstrip("=")} if own_key else link

    async def serve(self, request: web.Request) -> web.Response:
        """The encrypted bytes; 404 when the link has expired."""
        stored = self._files.get(request.match_info["name"])
        if stored is None or self._clock.now() - stored.at >= LIFETIME:
            raise web.HTTPNotFound
        disposition = f"attachment; filename*=UTF-8''{quote(stored.filename)}"
        headers = {"Content-Disposition": disposition}
        return web.Response(body=stored.sealed, content_type="application/octet-stream", headers=headers)


def seal(content: bytes, key: bytes) -> bytes:
    """AES-256-CBC with the key's first 16 bytes as the vector, padded by PKCS#7 to blocks of 32."""
    missing = BLOCK - len(content) % BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return encryptor.update(content + bytes([missing]) * missing) + encryptor.finalize()
