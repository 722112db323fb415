"""Uploads over the long connection: init, pieces of 512 KB in any order, finish."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.emulators.wecom.cards import refuse
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.media import SIZE_LIMITS
from tests.emulators.wecom.schema import Fields, Number, Text
from tests.emulators.wecom_bot.replies import Payload
from tests.emulators.wecom_bot.world import BotWorld

SESSION = timedelta(minutes=30)
PIECE_BYTES, MOST_PIECES, NAME_BYTES = 512 * 1024, 100, 256
INIT = Fields(
    {
        "type": Text(required=True, choices=tuple(SIZE_LIMITS)),
        "filename": Text(required=True, max_bytes=NAME_BYTES),
        "total_size": Number(required=True, low=5),
        "total_chunks": Number(required=True, low=1, high=MOST_PIECES),
        "md5": Text(),
    }
)
CHUNK = Fields(
    {
        "upload_id": Text(required=True),
        "chunk_index": Number(required=True, low=0),
        "base64_data": Text(required=True),
    }
)
FINISH = Fields({"upload_id": Text(required=True)})


@dataclass
class Upload:
    """One file on its way."""

    told: Payload
    begun: datetime
    pieces: dict[int, bytes] = field(default_factory=dict)


class Uploads:
    """The three commands."""

    def __init__(self, world: BotWorld) -> None:
        self._world = world
        self._open: dict[str, Upload] = {}

    def init(self, body: Payload) -> Payload:
        """aibot_upload_media_init."""
        refuse(INIT.check(body, ""), self._world.record)
        limit, errcode = SIZE_LIMITS[body["type"]]
        if body["total_size"] > limit:
            raise ApiError(errcode)
        upload_id = secrets.token_urlsafe(18)
        self._open[upload_id] = Upload(body, self._world.clock.now())
        return {"upload_id": upload_id}

    def chunk(self, body: Payload) -> Payload:
        """aibot_upload_media_chunk; the same piece again is ignored."""
        refuse(CHUNK.check(body, ""), self._world.record)
        upload, index = self._find(body["upload_id"]), body["chunk_index"]
        try:
            piece = base64.b64decode(body["base64_data"], validate=True)
        except binascii.Error as error:
            raise ApiError(40058, "base64_data") from error
        if len(piece) > PIECE_BYTES or index >= upload.told["total_chunks"]:
            raise ApiError(40058, f"piece {index} has {len(piece)} bytes")
        upload.pieces.setdefault(index, piece)
        return {}

    def finish(self, body: Payload) -> Payload:
        """aibot_upload_media_finish: the media_id, if every piece is there and the whole is what was told."""
        refuse(FINISH.check(body, ""), self._world.record)
        upload = self._find(body["upload_id"])
        content, told = b"".join(piece for _, piece in sorted(upload.pieces.items())), upload.told
        if len(upload.pieces) != told["total_chunks"] or len(content) != told["total_size"]:
            raise ApiError(40058, "pieces are missing")
        if told.get("md5") not in (None, hashlib.md5(content, usedforsecurity=False).hexdigest()):
            raise ApiError(40058, "md5 does not match")
        media = self._world.media.upload(told["type"], told["filename"], content)
        del self._open[body["upload_id"]]
        return {"type": media.kind, "media_id": media.media_id, "created_at": int(media.created_at.timestamp())}

    def _find(self, upload_id: str) -> Upload:
        upload = self._open.get(upload_id)
        if upload is None or self._world.clock.now() - upload.begun >= SESSION:
            raise ApiError(40058, "upload_id unknown, finished or older than 30 minutes")
        return upload
