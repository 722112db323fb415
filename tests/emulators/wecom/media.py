"""Uploaded files: what may be uploaded, and for how long it stays."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.emulators.common.clock import Clock
from tests.emulators.wecom.errors import ApiError

LIFETIME = timedelta(days=3)
MIN_BYTES = 5  # a file must be longer than this
MEGABYTE = 1024 * 1024
AMR_HEAD = b"#!AMR\n"
AMR_FRAME_BYTES = (12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0)  # by mode, without the mode byte
AMR_FRAME_SECONDS = 0.02
MAX_VOICE_SECONDS = 60
SIZE_LIMITS = {  # type -> (bytes, error when larger)
    "image": (10 * MEGABYTE, 40009),
    "voice": (2 * MEGABYTE, 40010),
    "video": (10 * MEGABYTE, 40011),
    "file": (20 * MEGABYTE, 40006),
}
CONTENT_TYPES = {"image": "image/jpeg", "voice": "audio/amr", "video": "video/mp4"}


@dataclass(frozen=True)
class Media:
    """One stored file."""

    media_id: str
    kind: str  # image, voice, video or file
    filename: str
    content: bytes
    created_at: datetime

    @property
    def content_type(self) -> str:
        """The MIME type it is served with."""
        if self.content.startswith(b"\x89PNG"):
            return "image/png"
        return CONTENT_TYPES.get(self.kind, "application/octet-stream")


class MediaStore:
    """Temporary files, each living three days."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._media: dict[str, Media] = {}

    def upload(self, kind: str, filename: str, content: bytes) -> Media:
        """Check and keep a file that the app uploads."""
        check_upload(kind, content)
        return self.put(kind, filename, content)

    def put(self, kind: str, filename: str, content: bytes) -> Media:
        """Keep a file that a member sent: the phone has its own limits, the API's don't apply."""
        media = Media(secrets.token_urlsafe(36), kind, filename, content, self._clock.now())
        self._media[media.media_id] = media
        return media

    def get(self, media_id: str) -> Media:
        """The file, while it lives; 40007 afterwards."""
        media = self._media.get(media_id)
        if media is None or self._clock.now() - media.created_at >= LIFETIME:
            raise ApiError(40007)
        return media

    def require(self, media_id: str, kind: str) -> Media:
        """The file, if it was uploaded as what the message says it is."""
        media = self.get(media_id)
        if media.kind != kind:
            raise ApiError(40007, f"uploaded as {media.kind}, used as {kind}")
        return media


def check_upload(kind: str, content: bytes) -> None:
    """Refuse what is too small, too large, of the wrong format or too long."""
    if kind not in SIZE_LIMITS:
        raise ApiError(40005)
    if not content:
        raise ApiError(44001)
    if len(content) <= MIN_BYTES:
        raise ApiError(40006)
    limit, errcode = SIZE_LIMITS[kind]
    if len(content) > limit:
        raise ApiError(errcode)
    _check_format(kind, content)


def _check_format(kind: str, content: bytes) -> None:
    if kind == "image" and not content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise ApiError(40004, "an image is jpg or png")
    if kind == "video" and content[4:8] != b"ftyp":
        raise ApiError(40004, "a video is mp4")
    if kind == "voice":
        if not content.startswith(AMR_HEAD):
            raise ApiError(301017, "a voice is AMR")
        if amr_seconds(content) > MAX_VOICE_SECONDS:
            raise ApiError(45007)


def amr_seconds(content: bytes) -> float:
    """The length of a narrow-band AMR file, from its frames of 20 ms."""
    position, frames = len(AMR_HEAD), 0
    while position < len(content):
        position += 1 + AMR_FRAME_BYTES[content[position] >> 3 & 0x0F]
        frames += 1
    return frames * AMR_FRAME_SECONDS
