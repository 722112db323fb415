"""Uploads, read as the real server reads them: byte for byte, and only a plain `filename`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from tests.emulators.wecom.errors import ApiError

PLAIN_FILENAME = re.compile(r';\s*filename="((?:[^"\\]|\\.)*)"')
FIELD_NAME = re.compile(r';\s*name="([^"]*)"')
BOUNDARY = re.compile(r'boundary="?([^";,]+)"?')
ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True)
class Upload:
    """The file in a multipart body."""

    filename: str  # exactly as sent: the server does not undo percent-encoding
    content: bytes

    @property
    def name_is_encoded(self) -> bool:
        """Whether members would see percent signs in the name."""
        return bool(ENCODED.search(self.filename)) and unquote(self.filename) != self.filename


def read_upload(content_type: str, body: bytes) -> Upload:
    """The part called `media`; 44001 if there is none, or none with a plain filename."""
    boundary = BOUNDARY.search(content_type)
    if not content_type.startswith("multipart/form-data") or not boundary:
        raise ApiError(44001)
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())[1:]:
        head, _, content = part.partition(b"\r\n\r\n")
        disposition = _disposition(head)
        name = FIELD_NAME.search(disposition)
        if name and name[1] == "media":
            return Upload(_filename(disposition), content)
    raise ApiError(44001)


def _disposition(head: bytes) -> str:
    lines = head.decode(errors="replace").split("\r\n")
    return next((line for line in lines if line.lower().startswith("content-disposition:")), "")


def _filename(disposition: str) -> str:
    match = PLAIN_FILENAME.search(disposition)
    if not match:
        raise ApiError(44001, 'no filename="…"')
    return match[1]
