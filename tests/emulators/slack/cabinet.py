"""Files: uploaded in three steps by the app, in one by people."""

from __future__ import annotations

import mimetypes
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.emulators.common.clock import Clock
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.rooms import Room

MAX_BYTES = 1024 * 1024 * 1024
_ODD = re.compile(r"[^a-z0-9.\-]+")


@dataclass
class StoredFile:
    """One file; `content` is None until it was uploaded."""

    id: str
    name: str
    length: int
    user: str
    created: datetime
    title: str = ""
    content: bytes | None = None
    done: bool = False  # completed, so that people may see it
    key: str = ""  # of the upload address
    shares: dict[str, dict[str, list[dict[str, str]]]] = field(default_factory=dict)  # public or private, channel

    @property
    def mimetype(self) -> str:
        """As Slack guesses it from the name."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def share(self, room: Room, ts: str) -> None:
        """A message shows it."""
        places = self.shares.setdefault("public" if room.kind == "channel" else "private", {})
        places.setdefault(room.id, []).append({"ts": ts})

    def as_json(self, base_url: str, team: str) -> dict[str, Any]:
        """The file object."""
        private = f"{base_url}/files-pri/{team}-{self.id}/{_slug(self.name)}"
        kind = self.name.rpartition(".")[2].lower() if "." in self.name else "binary"
        return {
            "id": self.id,
            "created": int(self.created.timestamp()),
            "timestamp": int(self.created.timestamp()),
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": kind,
            "pretty_type": kind.upper(),
            "user": self.user,
            "user_team": team,
            "editable": False,
            "size": self.length,
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": False,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": private,
            "url_private_download": private.replace(f"{self.id}/", f"{self.id}/download/"),
            "permalink": f"{base_url}/files/{self.user}/{self.id}/{_slug(self.name)}",
            "is_starred": False,
            "has_rich_preview": False,
            "file_access": "visible",
            "shares": self.shares,
        }


class Cabinet:
    """All files of the workspace."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._files: dict[str, StoredFile] = {}

    def reserve(self, user: str, name: str, length: int) -> StoredFile:
        """Step one: a place and an address for the bytes."""
        file = self._new(user, name, length)
        file.key = secrets.token_urlsafe(32)
        return file

    def put(self, user: str, name: str, content: bytes) -> StoredFile:
        """A file that a person has sent."""
        file = self._new(user, name, len(content))
        file.content, file.done = content, True
        return file

    def fill(self, key: str, content: bytes) -> StoredFile:
        """Step two: the bytes, exactly as many as were announced."""
        file = next((file for file in self._files.values() if file.key == key and file.content is None), None)
        if file is None:
            raise SlackError("file_not_found")
        if len(content) != file.length:
            raise SlackError("invalid_length")
        file.content = content
        return file

    def complete(self, ident: str, title: str) -> StoredFile:
        """Step three: the file is real."""
        file = self._files.get(ident)
        if file is None or file.content is None or file.done:
            raise SlackError("file_not_found")
        file.title, file.done = title, True
        return file

    def get(self, ident: str) -> StoredFile:
        """A file that is done; raise file_not_found."""
        file = self._files.get(ident)
        if file is None or not file.done:
            raise SlackError("file_not_found")
        return file

    def _new(self, user: str, name: str, length: int) -> StoredFile:
        file = StoredFile(f"F{secrets.token_hex(5).upper()}", name, length, user, self._clock.now())
        self._files[file.id] = file
        return file


def _slug(name: str) -> str:
    """A name as it stands in addresses."""
    return _ODD.sub("_", name.lower()).strip("._") or "file"
