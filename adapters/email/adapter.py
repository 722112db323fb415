"""The mailbox as `bot.contracts.Adapter`: mails come in, nothing ever goes out (D2)."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from aiohttp import web

from adapters.common.files import media_type, safe_name
from adapters.email.errors import UnusableMail
from adapters.email.mailbox import MailboxReader
from adapters.email.parse import enclosed_file
from adapters.email.ports import EmailPorts
from adapters.email.session import Session
from adapters.email.translate import CHANNEL
from bot.contracts.adapter import Direct, Fetched, Parcel, Payload, Receipt, Receive
from bot.contracts.clock import Clock
from bot.contracts.errors import (
    ConfigurationError,
    FetchFailed,
    IntakeUnavailable,
    PermanentFailure,
    TemporaryFailure,
)
from bot.contracts.message import Attachment, Message
from bot.contracts.reply import Address, Reply
from config.groups.email import Email
from config.locales import t


class EmailAdapter:
    """Reads one mailbox. docs/connect-email.md tells how to connect one."""

    name = CHANNEL
    limit = (1, 1.0)  # never used: nothing is sent
    drafts = False
    unasked = False

    def __init__(self, settings: Email, clock: Clock, ports: EmailPorts) -> None:
        self._settings = settings
        self._ports = ports
        self._reader = MailboxReader(settings, clock, ports)
        self._receive: Receive = _nobody

    def mount(self, app: web.Application, receive: Receive) -> None:
        """Get ready; there are no routes."""
        self._receive = receive

    def render(self, reply: Reply) -> list[Payload]:
        """Nothing: a mail is never answered by the bot (D2)."""
        return []

    async def send(self, parcel: Parcel) -> Receipt:
        """Refuse (D2)."""
        raise PermanentFailure(t("email.never_sends"))

    async def draft(self, to: Address, answers: str, text: str) -> None:
        """Show nothing."""

    async def direct(self, sender: str) -> Direct | None:
        """Nowhere (D2)."""
        return None

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> Fetched:
        """Read the mail again and write the attachment into `folder`. Raises FetchFailed."""
        return await asyncio.to_thread(self._fetched, attachment, folder, limit)

    async def check(self, now: datetime) -> list[str]:
        """Try address, password and folder."""
        try:
            await asyncio.to_thread(self._tried)
        except (ConfigurationError, TemporaryFailure) as error:
            return [str(error)]
        return []

    async def run(self) -> None:
        """Read the mailbox until cancelled."""
        await self._reader.run(self._receive)

    async def close(self) -> None:
        """Cut the line, and let another process read."""
        self._reader.abort()
        if self._reader.reads:
            with suppress(IntakeUnavailable):  # then the right lapses by itself
                await self._ports.give_back()

    def _tried(self) -> None:
        session = Session(self._settings)
        try:
            session.open()
        finally:
            session.close()

    def _fetched(self, attachment: Attachment, folder: Path, limit: int) -> Fetched:
        validity, uid, number = _place(attachment.reference)
        try:
            listed, content = enclosed_file(self._raw(validity, uid), number)
        except (ConfigurationError, TemporaryFailure, UnusableMail) as error:
            raise FetchFailed(str(error)) from None
        if len(content) > limit:
            raise FetchFailed(t("email.fetch.too_large", limit=limit // (1024 * 1024)))
        path = folder / uuid.uuid4().hex
        path.write_bytes(content)
        return Fetched(path=path, name=safe_name(listed.name), media_type=media_type(path), size=len(content))

    def _raw(self, validity: int, uid: int) -> bytes:
        session = Session(self._settings)
        try:
            session.open()
            data = session.raw(uid) if session.validity == validity else None
        finally:
            session.close()
        if data is None:
            raise FetchFailed(t("email.fetch.gone"))
        return data


def _place(reference: str) -> tuple[int, int, int]:
    """UIDVALIDITY, UID and the attachment's number."""
    numbers = reference.split("/")
    if len(numbers) != 3 or not all(number.isascii() and number.isdecimal() for number in numbers):
        raise FetchFailed(t("email.fetch.nothing"))
    return int(numbers[0]), int(numbers[1]), int(numbers[2])


async def _nobody(messages: Sequence[Message]) -> None:
    raise IntakeUnavailable
