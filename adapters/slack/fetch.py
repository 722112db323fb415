"""Downloading what a person sent, within a limit, under a name of ours."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from urllib.parse import urljoin

import aiohttp

from adapters.common.files import media_type, safe_name
from adapters.slack.client import SlackClient
from adapters.slack.events import EXTERNAL
from adapters.slack.fields import text_of
from bot.contracts.adapter import Fetched
from bot.contracts.errors import FetchFailed, PermanentFailure, TemporaryFailure
from bot.contracts.message import Attachment
from config.locales import t

CHUNK = 64 * 1024
WAITS = (1.0, 4.0)  # seconds before the second and third try when Slack is busy or the line breaks
REDIRECTS = 3


async def fetch(client: SlackClient, attachment: Attachment, folder: Path, limit: int) -> Fetched:
    """Download into `folder`; nothing stays there when it fails. Raises FetchFailed."""
    if not attachment.reference:
        raise FetchFailed(t("slack.fetch.nothing"))
    if attachment.reference.startswith(EXTERNAL):
        raise FetchFailed(t("slack.fetch.elsewhere"))
    if attachment.size is not None and attachment.size > limit:
        raise FetchFailed(_too_large(limit))
    path = folder / uuid.uuid4().hex
    try:
        await _with_patience(client, attachment.reference, path, limit)
        found = await asyncio.to_thread(media_type, path)
        size = (await asyncio.to_thread(path.stat)).st_size
    except BaseException:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise
    return Fetched(path=path, name=safe_name(attachment.name), media_type=found, size=size)


async def _with_patience(client: SlackClient, reference: str, path: Path, limit: int) -> None:
    for wait in (*WAITS, None):
        try:
            return await _once(client, await _address(client, reference), path, limit)
        except TemporaryFailure as error:
            if wait is None:
                raise FetchFailed(t("slack.fetch.failed", why=str(error))) from None
            await asyncio.sleep(wait)
        except PermanentFailure as error:
            raise FetchFailed(t("slack.fetch.failed", why=str(error))) from None
    raise AssertionError("the last wait is None")  # for the type checker


async def _address(client: SlackClient, reference: str) -> str:
    """Where the file lies. Slack leaves the address out of files from other workspaces: then it is asked."""
    if "://" in reference:
        return reference
    answer = await client.call("files.info", {"file": reference}, form=True)
    file = answer.get("file")
    return text_of(file, "url_private_download") or text_of(file, "url_private")


async def _once(client: SlackClient, url: str, path: Path, limit: int) -> None:
    for _ in range(REDIRECTS + 1):
        if not client.is_slack(url):
            raise FetchFailed(t("slack.fetch.strange"))
        async with client.download(url) as response:
            if response.status in (301, 302, 303, 307, 308):
                url = urljoin(url, response.headers.get("Location", ""))
                continue
            _check(response, limit)
            return await _write(response, path, limit)
    raise FetchFailed(t("slack.fetch.refused"))


def _check(response: aiohttp.ClientResponse, limit: int) -> None:
    if response.status >= 500 or response.status == 429:
        raise TemporaryFailure(t("slack.errors.odd_answer", method="download", status=response.status))
    if response.status != 200:
        raise FetchFailed(t("slack.fetch.failed", why=f"HTTP {response.status}"))
    # Without the right to a file Slack gives 200 and a sign-in page; a person's own .html comes as an attachment.
    disposition = response.headers.get("Content-Disposition", "")
    if response.content_type == "text/html" and not disposition.lower().startswith("attachment"):
        raise FetchFailed(t("slack.fetch.refused"))
    if (response.content_length or 0) > limit:
        raise FetchFailed(_too_large(limit))


async def _write(response: aiohttp.ClientResponse, path: Path, limit: int) -> None:
    file = await asyncio.to_thread(path.open, "wb")
    try:
        total = 0
        async for chunk in response.content.iter_chunked(CHUNK):
            total += len(chunk)
            if total > limit:
                raise FetchFailed(_too_large(limit))
            await asyncio.to_thread(file.write, chunk)
        if not total:
            raise FetchFailed(t("slack.fetch.nothing"))
    finally:
        await asyncio.to_thread(file.close)


def _too_large(limit: int) -> str:
    return t("slack.fetch.too_large", limit=f"{limit / 1_048_576:.3g} MB")
