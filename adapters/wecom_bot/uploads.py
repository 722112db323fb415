"""Files over the connection: begin, pieces of 512 KB, end; then a media_id, which lives three days."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.common.files import safe_name
from adapters.common.outgoing import inside, missing
from adapters.wecom_bot.connection import Connection
from adapters.wecom_bot.errors import raise_for
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from config.locales import t

PIECE = 512 * 1024
MEGABYTE = 1024 * 1024
LEAST, MOST = 5, 20 * MEGABYTE
PATIENCE = 15.0  # seconds for the answer to one piece
# How a file is sent: kind, types, most bytes. What fits nowhere goes as "file".
_KINDS = (
    ("image", ("image/jpeg", "image/png", "image/gif"), 10 * MEGABYTE),
    ("voice", ("audio/amr",), 2 * MEGABYTE),
    ("video", ("video/mp4",), 10 * MEGABYTE),
)


class Uploads:
    """Uploads from the data folder."""

    def __init__(self, data: Path) -> None:
        self._data = data

    async def upload(self, connection: Connection, file: Mapping[str, Any]) -> dict[str, Any]:
        """The body that shows the file. Raises TemporaryFailure or PermanentFailure."""
        name = safe_name(str(file.get("name", "")))
        content, md5 = await asyncio.to_thread(self._read, str(file.get("path", "")), name)
        kind = _kind(str(file.get("media_type", "")), len(content))
        pieces = [content[start : start + PIECE] for start in range(0, len(content), PIECE)]
        about = {
            "type": kind,
            "filename": name,
            "total_size": len(content),
            "total_chunks": len(pieces),
            "md5": md5,
        }
        upload_id = await _said(connection, "aibot_upload_media_init", about, "upload_id")
        for number, piece in enumerate(pieces):
            data = base64.b64encode(piece).decode()
            part = {"upload_id": upload_id, "chunk_index": number, "base64_data": data}
            await _said(connection, "aibot_upload_media_chunk", part)
        media_id = await _said(connection, "aibot_upload_media_finish", {"upload_id": upload_id}, "media_id")
        return {"msgtype": kind, kind: {"media_id": media_id}}

    def _read(self, relative: str, name: str) -> tuple[bytes, str]:
        """The file and its MD5."""
        path = inside(self._data, relative)
        try:
            size = path.stat().st_size
            if not LEAST <= size <= MOST:
                shown = f"{size / MEGABYTE:.3g} MB"
                raise PermanentFailure(t("wecom_bot.send.file_size", name=name, size=shown))
            content = path.read_bytes()
        except OSError:
            raise missing(name) from None
        return content, hashlib.md5(content, usedforsecurity=False).hexdigest()


async def _said(connection: Connection, cmd: str, body: Mapping[str, Any], wanted: str = "") -> str:
    answer = await connection.ask(cmd, body, patience=PATIENCE)
    raise_for(answer)
    found = answer.get("body")
    value = str(found.get(wanted, "")) if isinstance(found, Mapping) else ""
    if wanted and not value:
        raise TemporaryFailure(t("wecom_bot.send.no_answer"))
    return value


def _kind(media_type: str, size: int) -> str:
    for kind, types, most in _KINDS:
        if media_type in types and size <= most:
            return kind
    return "file"
