"""The chat archive as `bot.contracts.Adapter`: what people wrote comes in, nothing ever goes out (D2)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from aiohttp import web

from adapters.common.child import ChildLost
from adapters.wecom_archive.client import SdkClient
from adapters.wecom_archive.keys import KeyRing
from adapters.wecom_archive.ports import ArchivePorts
from adapters.wecom_archive.reader import ArchiveReader
from bot.contracts.adapter import Direct, Fetched, Parcel, Payload, Receipt, Receive
from bot.contracts.clock import Clock
from bot.contracts.errors import (
    ConfigurationError,
    DeliveryFailure,
    FetchFailed,
    IntakeUnavailable,
    PermanentFailure,
    XiaoceError,
)
from bot.contracts.message import Attachment
from bot.contracts.reply import Address, Reply
from config.groups.wecom_archive import WecomArchive
from config.languages import operator_language
from config.locales import t

CHANNEL = "wecom_archive"


class WecomArchiveAdapter:
    """Pulls one company's archive. docs/connect-wecom-archive.md tells how to connect it."""

    name = CHANNEL
    limit = (1, 1.0)  # never used: nothing is sent
    drafts = False
    unasked = False

    def __init__(self, settings: WecomArchive, corp_id: str, clock: Clock, ports: ArchivePorts) -> None:
        self._settings = settings
        self._ports = ports
        self._sdk = SdkClient(settings, corp_id)
        self._reader = ArchiveReader(settings, clock, ports, self._sdk)

    def mount(self, app: web.Application, receive: Receive) -> None:
        """Nothing: messages are pulled, and enter by `ports.archive` together with the place in the archive."""

    def render(self, reply: Reply) -> list[Payload]:
        """Nothing: the archive only listens (D2)."""
        return []

    async def send(self, parcel: Parcel) -> Receipt:
        """Refuse (D2)."""
        raise PermanentFailure(t("wecom_archive.never_sends"))

    async def draft(self, to: Address, answers: str, text: str) -> None:
        """Show nothing."""

    async def direct(self, sender: str) -> Direct | None:
        """Nowhere (D2)."""
        return None

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> Fetched:
        """Refuse: what comes in has no attachments."""
        raise FetchFailed(t("wecom_archive.no_files"))

    async def check(self, now: datetime) -> list[str]:
        """Try library, secret, keys, list of rooms and the right to ask who agreed."""
        return [*await self._library_faults(), *await self._key_faults(now), *await self._agreement_faults()]

    async def run(self) -> None:
        """Pull until cancelled."""
        await self._reader.run()

    async def close(self) -> None:
        """End the child, and let another process pull."""
        await self._sdk.close()
        await self._ports.hang_up()
        with suppress(IntakeUnavailable):  # then the right lapses by itself
            await self._ports.give_back()

    async def _library_faults(self) -> list[str]:
        try:
            await self._sdk.sign_in()
        except ChildLost:
            return [t("wecom_archive.died", operator_language(), library=self._settings.library)]
        except (ConfigurationError, DeliveryFailure) as error:
            return [str(error)]
        finally:
            await self._sdk.close()
        return []

    async def _key_faults(self, now: datetime) -> list[str]:
        try:
            versions = KeyRing(self._settings.keys_folder).versions()
            place = await self._ports.archive.place()
        except XiaoceError as error:
            return [str(error)]
        if not versions:
            return [t("wecom_archive.keys.none", operator_language(), folder=self._settings.keys_folder)]
        return [self._reader.missed(place.gap, now)] if place.gap else []

    async def _agreement_faults(self) -> list[str]:
        faults = await self._ports.archive.faults()
        try:
            await self._ports.ask("msgaudit/get_permit_user_list", {})
        except DeliveryFailure as error:
            faults.append(t("wecom_archive.cannot_ask", operator_language(), why=error))
        return faults
