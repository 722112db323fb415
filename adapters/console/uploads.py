"""Uploads: streamed to a file of ours, then fetched like any platform's attachment."""

from __future__ import annotations

import asyncio
import json
import shutil
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import structlog
from aiohttp import web

from adapters.common.files import safe_name
from adapters.console import body
from adapters.console.door import Door, Visitor, refusal
from adapters.console.limits import Pace, Rate, too_many
from adapters.console.names import SNIFF_BYTES, is_program, sniff, suffix_of
from adapters.console.translate import Unreadable
from bot.contracts import Attachment, Fetched
from bot.contracts.errors import FetchFailed, XiaoceError
from config.locales import t

log = structlog.get_logger(__name__)
CHUNK = 256 * 1024  # bytes
KEPT = timedelta(hours=72)  # an upload that nothing fetched in this time was never sent


class TooLarge(XiaoceError):
    """The file is larger than this installation takes."""


class Program(XiaoceError):
    """The file is a program, whatever its name says; they are not taken."""


class Empty(XiaoceError):
    """The file has no content."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What is known about an upload, kept beside it."""

    id: str
    owner: str  # Person.id; nobody else can send it
    name: str
    media_type: str
    size: int  # bytes


class Uploads:
    """The uploads folder. Names of clients never become paths."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self.limit = limit  # bytes

    async def save(self, chunks: AsyncIterator[bytes], name: str, owner: str) -> Upload:
        """Store a stream. Raises TooLarge, Program or Empty as soon as it shows; nothing of it stays then."""
        upload_id, shown = str(uuid.uuid4()), safe_name(name)
        part = self._folder / f"{upload_id}.part"
        try:
            size = await self._write(part, chunks)
            upload = await asyncio.to_thread(self._finish, part, upload_id, shown, owner, size)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)
        return upload

    async def attachments(self, ids: Sequence[str], owner: str) -> list[Attachment]:
        """What a message says about its files. Raises Unreadable when one isn't there or isn't the owner's."""
        return [_attachment(await asyncio.to_thread(self._known, one, owner)) for one in ids]

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> Fetched:
        """Move an upload into `folder`; asked again, it finds it there. Raises FetchFailed."""
        return await asyncio.to_thread(self._fetch, attachment, folder, limit)

    def sweep(self, now: datetime) -> int:
        """Delete uploads that were never sent; returns how many files went."""
        before = (now - KEPT).timestamp()
        old = [path for path in self._folder.glob("*") if path.is_file() and path.stat().st_mtime < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    async def _write(self, part: Path, chunks: AsyncIterator[bytes]) -> int:
        size = 0
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        with await asyncio.to_thread(part.open, "wb") as file:
            async for chunk in chunks:
                if not size and is_program(chunk):
                    raise Program
                size += len(chunk)
                if size > self.limit:
                    raise TooLarge
                await asyncio.to_thread(file.write, chunk)
        if not size:
            raise Empty
        return size

    def _finish(self, part: Path, upload_id: str, name: str, owner: str, size: int) -> Upload:
        head = _head(part)
        if is_program(head):  # its first bytes came one by one
            raise Program
        upload = Upload(upload_id, owner, name, sniff(head, name), size)
        part.rename(self._folder / upload_id)
        self._note(upload_id).write_text(json.dumps(asdict(upload)), encoding="utf-8")
        return upload

    def _known(self, upload_id: str, owner: str) -> Upload:
        try:
            upload = Upload(**json.loads(self._note(upload_id).read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise Unreadable("console.error.upload_gone") from error
        if upload.owner != owner:
            raise Unreadable("console.error.upload_gone")
        return upload

    def _note(self, upload_id: str) -> Path:
        return self._folder / f"{upload_id}.json"

    def _fetch(self, attachment: Attachment, folder: Path, limit: int) -> Fetched:
        upload_id = _checked(attachment.reference)
        name = safe_name(attachment.name)
        source, target = self._folder / upload_id, folder / f"{upload_id}{suffix_of(name)}"
        if not target.exists():
            _move(source, target, limit)
        # The note stays until the sweep: a browser that repeats its message still finds the upload.
        return Fetched(target, name, sniff(_head(target), name), target.stat().st_size)


class UploadPages:
    """The call that takes a file."""

    def __init__(self, uploads: Uploads, door: Door, pace: Pace, volume: Rate) -> None:
        self._uploads = uploads
        self._door = door
        self._pace = pace
        self._volume = volume  # bytes of one person

    def routes(self) -> list[web.RouteDef]:
        """What this part answers."""
        return [web.post("/chat/uploads", self._door.call(self.receive, self._pace))]

    async def receive(self, request: web.Request, visitor: Visitor) -> web.Response:
        """The body is the file, ?name= what the sender calls it. Too large is refused before it's read."""
        if (request.content_length or 0) > self._uploads.limit:
            return self._too_large(visitor)
        # Who doesn't say how much comes is taken to send all that is allowed.
        if wait := self._volume.take(visitor.person.id, request.content_length or self._uploads.limit):
            raise too_many(wait)
        try:
            chunks = body.stream(request, CHUNK)
            upload = await self._uploads.save(chunks, request.query.get("name", ""), visitor.person.id)
        except TooLarge:
            return self._too_large(visitor)
        except Program:
            return refusal(415, t("console.error.program", visitor.language))
        except Empty:
            return refusal(400, t("console.error.empty_file", visitor.language))
        except OSError:
            log.exception("console.upload_failed")
            return refusal(507, t("console.error.disk", visitor.language))
        return web.json_response({"id": upload.id, "name": upload.name, "size": upload.size}, status=201)

    def _too_large(self, visitor: Visitor) -> web.Response:
        megabytes = self._uploads.limit // 1024**2
        return refusal(413, t("console.error.too_large", visitor.language, limit=megabytes))


def _attachment(upload: Upload) -> Attachment:
    return Attachment(_kind(upload.media_type), upload.id, upload.name, upload.media_type, upload.size)


def _kind(media_type: str) -> Literal["image", "voice", "video", "file"]:
    kinds: dict[str, Literal["image", "voice", "video"]] = {
        "image": "image",
        "audio": "voice",
        "video": "video",
    }
    return kinds.get(media_type.partition("/")[0], "file")


def _checked(reference: str) -> str:
    try:
        return str(uuid.UUID(reference))
    except ValueError as error:
        raise FetchFailed(t("console.error.upload_gone")) from error


def _move(source: Path, target: Path, limit: int) -> None:
    if not source.exists():
        raise FetchFailed(t("console.error.upload_gone"))
    if source.stat().st_size > limit:
        raise FetchFailed(t("console.error.too_large", limit=limit // 1024**2))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, target)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(SNIFF_BYTES)
