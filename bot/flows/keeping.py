"""Files that come with messages: fetched at once, and told what they are."""

from __future__ import annotations

import asyncio
from hashlib import file_digest
from pathlib import Path

import structlog

from bot.contracts import Attachment
from bot.contracts.errors import FetchFailed, TemporaryFailure
from bot.flows.mail import is_mail, is_outlook
from bot.flows.persist import persistently
from bot.flows.turn import House, Turn
from config.locales import t
from skills.recordings.names import is_recording
from storage.repositories.files import FileRecord

LISTENING = "recordings"  # the skill that gets recordings
MEGABYTE = 1024 * 1024

log = structlog.get_logger(__name__)


async def kept(turn: Turn, house: House, number: int) -> str:
    """Keep the file of this number; what to say about it. "" for a recording: the skill says it."""
    attachment = turn.message.attachments[number]
    try:
        record = await _fetch(turn, house, attachment, number)
    except (FetchFailed, TemporaryFailure, OSError) as error:  # OSError: no room on our side
        log.warning("attachment lost", message=turn.message.id, error=str(error))
        # what the system says of its disk names folders of ours
        reason = t("xiaoce.file_no_room", turn.language) if isinstance(error, OSError) else str(error)
        return t("xiaoce.file_failed", turn.language, name=attachment.name or attachment.kind, reason=reason)
    await persistently(lambda: house.database.write(lambda store: store.files.add(record)))
    if LISTENING in house.skills and is_recording(record):
        return ""
    if house.read_mail is not None and is_mail(record):
        told = await house.read_mail(record, turn.viewer, turn.message.text, turn.language)
        return t("email.in_group", turn.language) if turn.message.in_group else told  # others read there (D9)
    if is_outlook(record):
        return t("email.outlook", turn.language, name=record.name)
    size = f"{record.size / MEGABYTE:.1f} MB" if record.size >= MEGABYTE else f"{max(1, record.size // 1024)} KB"
    return t("xiaoce.file_kept", turn.language, name=record.name, size=size)


async def _fetch(turn: Turn, house: House, attachment: Attachment, number: int) -> FileRecord:
    adapter, folder = house.adapters[turn.message.channel], house.data / "files"
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    fetched = await adapter.fetch(attachment, folder, house.file_limit)
    return FileRecord(
        id=f"{turn.message.id}#{number}",
        message_id=turn.message.id,
        person_id=turn.viewer.id,
        name=fetched.name,
        path=str(fetched.path.relative_to(house.data)),
        sha256=await asyncio.to_thread(_sha256, fetched.path),
        media_type=fetched.media_type,
        size=fetched.size,
        at=turn.now,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
