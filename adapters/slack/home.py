"""The Home tab and the suggested questions of an assistant thread: what a person sees before asking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from adapters.common.text import clean, shorten
from adapters.slack import blocks
from adapters.slack.blocks import Block
from adapters.slack.card import card_blocks
from adapters.slack.client import SlackClient
from adapters.slack.places import Place
from adapters.slack.ports import HomeSource
from bot.contracts.errors import DeliveryFailure
from config.locales import t

PROMPTS, PROMPT = 4, 200

log = structlog.get_logger(__name__)


class HomeTab:
    """Publishes what the source says."""

    def __init__(self, client: SlackClient, source: HomeSource) -> None:
        self._client = client
        self._source = source

    async def publish(self, user: str) -> None:
        """Show a person's Home tab. Never raises: it is shown again when it is next opened."""
        try:
            await self.publish_with(user, {})
        except DeliveryFailure as error:
            log.warning("slack.home_not_published", why=str(error))
        except Exception:
            log.exception("slack.home_failed")

    async def publish_with(self, user: str, changed: Mapping[str, Any]) -> None:
        """Show it with one card changed: {"id", "blocks"}. Raises as SlackClient.call, or as the source."""
        home = await self._source.home(user)
        groups = [changed["blocks"] if card.id == changed.get("id") else card_blocks(card)[0] for card in home.cards]
        shown = _fitting(groups) or blocks.sections(t("slack.home.empty", home.language))
        await self._client.call("views.publish", {"user_id": user, "view": {"type": "home", "blocks": shown}})

    async def suggest(self, where: Place, user: str) -> None:
        """Offer questions in a new assistant thread. Never raises."""
        try:
            prompts = [shorten(clean(prompt).strip(), PROMPT) for prompt in await self._source.prompts(user)]
            offered = [{"title": prompt, "message": prompt} for prompt in prompts if prompt][:PROMPTS]
            if offered and where.thread:
                place = {"channel_id": where.channel, "thread_ts": where.thread}
                await self._client.call("assistant.threads.setSuggestedPrompts", {**place, "prompts": offered})
        except DeliveryFailure as error:
            log.warning("slack.prompts_not_suggested", why=str(error))
        except Exception:
            log.exception("slack.prompts_failed")


def _fitting(groups: Sequence[Sequence[Block]]) -> list[Block]:
    """Whole cards, as many as fit, with a line between them."""
    shown: list[Block] = []
    for group in groups:
        line = [blocks.divider()] if shown else []
        if len(shown) + len(line) + len(group) > blocks.HOME_BLOCKS:
            break
        shown += [*line, *group]
    return shown
