"""Sending a file: ask for an address, put the bytes there, share the file in the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.common.files import safe_name
from adapters.common.outgoing import inside, missing
from adapters.common.recent import Recent
from adapters.slack.client import SlackClient
from adapters.slack.errors import Refused
from adapters.slack.places import Place
from bot.contracts.adapter import Parcel, Receipt
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from config.locales import t

LARGEST = 1024**3  # bytes that Slack takes
REMEMBERED = 256


class Uploads:
    """Remembers which parcel became which file, so that a repeat in the same process is not shown twice."""

    def __init__(self, client: SlackClient, data: Path) -> None:
        self._client = client
        self._data = data
        self._files: Recent[str, str] = Recent(REMEMBERED)

    async def send(self, parcel: Parcel, where: Place) -> Receipt:
        """Make the parcel's three calls. Raises TemporaryFailure or PermanentFailure."""
        about = parcel.payload["file"]
        name = safe_name(str(about["name"]))
        file_id = self._files.get(parcel.id, "")
        if file_id and await self._is_shared(file_id):
            return Receipt(file_id, t("slack.send.arrived"))
        if not file_id:
            file_id = await self._uploaded(inside(self._data, str(about["path"])), name)
            self._files[parcel.id] = file_id
        # Slack takes a person's id for messages, but wants the direct messages' channel for files.
        channel = await self._client.direct(where.channel) if where.is_person else where.channel
        body: dict[str, Any] = {"files": [{"id": file_id, "title": name}], "channel_id": channel}
        await self._complete(parcel.id, {**body, "thread_ts": where.thread} if where.thread else body)
        return Receipt(file_id)

    async def _complete(self, parcel_id: str, body: Mapping[str, Any]) -> None:
        try:
            await self._client.call("files.completeUploadExternal", body)
        except Refused:
            self._files.pop(parcel_id, None)  # Slack doesn't keep what isn't shared: a replay uploads it anew
            raise

    async def _uploaded(self, path: Path, name: str) -> str:
        try:
            size = (await asyncio.to_thread(path.stat)).st_size
        except OSError:
            raise missing(name) from None
        if not 0 < size <= LARGEST:
            raise PermanentFailure(t("slack.send.file_size", name=name, size=f"{size / 1024**2:.3g} MB"))
        asked = {"filename": name, "length": size}
        answer = await self._client.call("files.getUploadURLExternal", asked, form=True)
        url, file_id = str(answer.get("upload_url", "")), str(answer.get("file_id", ""))
        if not url or not file_id:
            raise TemporaryFailure(t("slack.errors.odd_answer", method="files.getUploadURLExternal", status=200))
        await self._client.upload(url, path)
        return file_id

    async def _is_shared(self, file_id: str) -> bool:
        try:
            answer = await self._client.call("files.info", {"file": file_id}, form=True)
        except Refused:
            return False
        file = answer.get("file")
        return isinstance(file, Mapping) and bool(file.get("shares"))
