"""Groups that are only written to, by their webhook (群机器人): reports and nudges, no questions.

Webhooks recognise no repeats, so after a lost answer a message can be seen twice. Their cards have no buttons: WeCom
has nowhere to send a press.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.common import incoming
from adapters.common.language import language
from adapters.common.text import clean
from adapters.common.wecom.card import shows_everything, template_card
from adapters.common.wecom.markdown import has_formatting, is_web, safe_links, to_wecom
from adapters.common.wecom.split import numbered
from adapters.common.wecom.words import whole_text, with_citations
from adapters.wecom_bot.client import HttpClient
from bot.contracts.adapter import Direct, Fetched, Parcel, Payload, Receipt, Receive
from bot.contracts.card import Card
from bot.contracts.errors import PermanentFailure
from bot.contracts.message import Attachment
from bot.contracts.reply import Address, Reply
from config.groups.wecom_bot import WecomGroups
from config.locales import t

CHANNEL = "wecom_group"
TEXT_BYTES, MARKDOWN_BYTES = 2048, 4096
# What only markdown_v2 shows; older phones show it as plain text, so it is used for these alone.
_RICH = re.compile(r"(?m)^\s*\|.*\|\s*\n\s*\|?\s*:?-{2,}|^\s*```")


class WecomGroupAdapter:
    """Address("wecom_group", name): the name is a key of settings.groups."""

    name = CHANNEL
    limit = (20, 60.0)
    drafts = False
    unasked = True

    def __init__(self, settings: WecomGroups, public_url: str) -> None:
        """`public_url` is the console's address, for links."""
        self._settings = settings
        self._public_url = public_url.rstrip("/")
        self._client = HttpClient()

    def mount(self, app: web.Application, receive: Receive) -> None:
        """Nothing: nobody answers to a webhook."""

    def render(self, reply: Reply) -> list[Payload]:
        """The calls that say the reply. Pure."""
        card = _card(reply.card, self._public_url) if reply.card else []
        files = "\n".join(self._instead_of(file.name, reply) for file in reply.files)
        return [*_texts(with_citations(reply)), *card, *_texts(files)]

    async def send(self, parcel: Parcel) -> Receipt:
        """Make one call. Raises TemporaryFailure (45009: beyond 20 a minute) or PermanentFailure."""
        key = self._settings.groups.get(parcel.to.conversation)
        if key is None:
            raise PermanentFailure(t("wecom_bot.send.no_group", name=parcel.to.conversation))
        url = f"{self._settings.base_url}/cgi-bin/webhook/send?key={key.get_secret_value()}"
        await self._client.post(url, parcel.payload)
        return Receipt()

    async def draft(self, to: Address, answers: str, text: str) -> None:
        """Nothing: there is nothing to answer here."""

    async def direct(self, sender: str) -> Direct | None:
        """None: a webhook knows its group only."""
        return None

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> Fetched:
        """Raises FetchFailed: nothing comes from a webhook."""
        raise incoming.nothing()

    async def check(self, now: datetime) -> list[str]:
        """Nothing that could be tried without writing into the group; the keys' form is checked at start."""
        return []

    async def run(self) -> None:
        """Nothing to keep open."""

    async def close(self) -> None:
        """Give the sockets back."""
        await self._client.close()

    def _instead_of(self, name: str, reply: Reply) -> str:
        lang = language(reply.text)
        if is_web(self._public_url):
            return t("wecom_bot.file.group", lang, name=name, url=self._public_url)
        return t("wecom_bot.file.group_plain", lang, name=name)


def _texts(text: str) -> list[Payload]:
    words = clean(text).strip()
    if _RICH.search(words):
        return [_said("markdown_v2", part) for part in numbered(safe_links(words), MARKDOWN_BYTES)]
    shown = to_wecom(words).strip()
    if has_formatting(shown):
        return [_said("markdown", part) for part in numbered(shown, MARKDOWN_BYTES)]
    return [_said("text", part) for part in numbered(shown, TEXT_BYTES)]


def _card(card: Card, console: str) -> list[Payload]:
    """An open card without buttons; as words where there is no page to lead to or the card has no room for all."""
    links = tuple(action for action in card.actions if action.url)
    still = replace(card, actions=links, sections=(), unfolded=True)
    drawn: dict[str, Any] | None = template_card(still, console)
    if drawn is None:
        return _texts(whole_text(card))
    shown: Payload = {"msgtype": "template_card", "template_card": drawn}
    return [shown] if not card.sections and shows_everything(still) else [shown, *_texts(whole_text(card))]


def _said(kind: str, content: str) -> Payload:
    return {"msgtype": kind, kind: {"content": content}}
