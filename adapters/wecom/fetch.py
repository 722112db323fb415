"""Downloading what a person sent: WeCom keeps it for three days."""

from __future__ import annotations

from pathlib import Path

import aiohttp

from adapters.common import incoming
from adapters.common.files import disposition_name
from adapters.wecom.client import WecomClient
from adapters.wecom.errors import Refused
from bot.contracts.adapter import Fetched
from bot.contracts.errors import FetchFailed
from bot.contracts.message import Attachment
from config.locales import t

GONE = 40007  # media_id unknown, or older than three days


async def fetch(client: WecomClient, attachment: Attachment, folder: Path, limit: int) -> Fetched:
    """Download into `folder`; nothing stays there when it fails. Raises FetchFailed."""
    if not attachment.reference:
        raise incoming.nothing()

    async def save(response: aiohttp.ClientResponse, path: Path) -> str:
        await incoming.save(response, path, limit)
        return disposition_name(response.headers.get("Content-Disposition", ""))

    async def download(path: Path) -> str:
        try:
            return await client.download(attachment.reference, lambda response: save(response, path))
        except Refused as error:
            if error.errcode == GONE:
                raise FetchFailed(t("wecom.fetch.gone")) from None
            raise

    return await incoming.fetched(folder, attachment.name, download)
