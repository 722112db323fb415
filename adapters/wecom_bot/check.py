"""What is wrong with the bot's settings or connection: one sentence per fault, with its remedy."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp

from adapters.common.address import is_private
from adapters.wecom_bot.client import HttpClient
from adapters.wecom_bot.link import Link
from bot.contracts.errors import ConfigurationError
from config.groups.wecom_bot import WecomBot
from config.locales import t

PATIENCE = 10.0  # seconds


def callback_faults(settings: WecomBot, public_url: str, crypto: Callable[[], object]) -> list[str]:
    """Key and address. Only WeCom itself can try the rest, when 保存 is pressed."""
    found = []
    try:
        crypto()
    except ConfigurationError as error:
        found.append(str(error))
    if is_private(public_url) and not is_private(settings.ws_url):  # else it is an emulator beside us
        found.append(t("wecom_bot.check.public_url", url=public_url + settings.callback_path))
    return found


async def socket_faults(client: HttpClient, settings: WecomBot, link: Link) -> list[str]:
    """Whether the address answers. BotID and secret can't be tried: subscribing would end the connection in use."""
    if link.connection is not None:
        return []
    if link.fault:
        return [link.fault]
    try:
        timeout = aiohttp.ClientWSTimeout(ws_close=PATIENCE)
        async with client.session.ws_connect(settings.ws_url, timeout=timeout):
            return []
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return [t("wecom_bot.check.unreachable", url=settings.ws_url, why=type(error).__name__)]
