"""Downloading what a person sent: with the bearer, and from Slack's own addresses only."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

import aiohttp

from adapters.common import incoming
from adapters.slack.client import SlackClient
from adapters.slack.events import EXTERNAL
from adapters.slack.fields import text_of
from bot.contracts.adapter import Fetched
from bot.contracts.errors import FetchFailed, TemporaryFailure
from bot.contracts.message import Attachment
from config.locales import t

REDIRECTS = 3


async def fetch(client: SlackClient, attachment: Attachment, folder: Path, limit: int) -> Fetched:
    """Download into `folder`; nothing stays there when it fails. Raises FetchFailed."""
    if not attachment.reference:
        raise incoming.nothing()
    if attachment.reference.startswith(EXTERNAL):
        raise FetchFailed(t("slack.fetch.elsewhere"))
    if attachment.size is not None and attachment.size > limit:
        raise incoming.too_large(limit)

    async def download(path: Path) -> str:
        await _download(client, await _address(client, attachment.reference), path, limit)
        return ""  # the message told the name

    return await incoming.fetched(folder, attachment.name, download)


async def _address(client: SlackClient, reference: str) -> str:
    """Where the file lies. Slack leaves the address out of files from other workspaces: then it is asked."""
    if "://" in reference:
        return reference
    answer = await client.call("files.info", {"file": reference}, form=True)
    file = answer.get("file")
    return text_of(file, "url_private_download") or text_of(file, "url_private")


async def _download(client: SlackClient, url: str, path: Path, limit: int) -> None:
    for _ in range(REDIRECTS + 1):
        if not client.is_slack(url):
            raise FetchFailed(t("slack.fetch.strange"))
        async with client.download(url) as response:
            if response.status in (301, 302, 303, 307, 308):
                url = urljoin(url, response.headers.get("Location", ""))
                continue
            _check(response)
            return await incoming.save(response, path, limit)
    raise FetchFailed(t("slack.fetch.refused"))


def _check(response: aiohttp.ClientResponse) -> None:
    if response.status >= 500 or response.status == 429:
        raise TemporaryFailure(t("slack.errors.odd_answer", method="download", status=response.status))
    if response.status != 200:
        raise incoming.failed(f"HTTP {response.status}")
    # Without the right to a file Slack gives 200 and a sign-in page; a person's own .html comes as an attachment.
    disposition = response.headers.get("Content-Disposition", "")
    if response.content_type == "text/html" and not disposition.lower().startswith("attachment"):
        raise FetchFailed(t("slack.fetch.refused"))
