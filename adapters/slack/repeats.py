"""Finding out whether an earlier attempt arrived: Slack has no idempotency key, but keeps metadata with a message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from adapters.slack.client import SlackClient
from adapters.slack.errors import Refused
from adapters.slack.fields import text_of
from adapters.slack.places import Place
from bot.contracts.clock import Clock

EVENT = "xiaoce_parcel"
LOOK_BACK = timedelta(days=1)
PAGE, PAGES = 200, 5

log = structlog.get_logger(__name__)


def marked(body: Mapping[str, Any], parcel_id: str) -> dict[str, Any]:
    """The message with the parcel's id in its metadata."""
    return {**body, "metadata": {"event_type": EVENT, "event_payload": {"id": parcel_id}}}


class Repeats:
    """Looks into the last day of a conversation."""

    def __init__(self, client: SlackClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def find(self, parcel_id: str, where: Place) -> str:
        """The timestamp of the message that carries this parcel; "" when there is none, or we may not look.

        Raises TemporaryFailure: better late than twice.
        """
        try:
            channel = await self._client.direct(where.channel) if where.is_person else where.channel
            return await self._search(parcel_id, Place(channel, where.thread))
        except Refused as error:  # the history's scope is missing: twice is better than never
            log.warning("slack.cannot_look_for_repeats", error=error.error, parcel=parcel_id)
            return ""

    async def _search(self, parcel_id: str, where: Place) -> str:
        oldest = (self._clock.now() - LOOK_BACK).timestamp()
        asked: dict[str, Any] = {
            "channel": where.channel,
            "limit": PAGE,
            "oldest": f"{oldest:.6f}",
            "include_all_metadata": True,
            **({"ts": where.thread} if where.thread else {}),
        }
        method = "conversations.replies" if where.thread else "conversations.history"
        for _ in range(PAGES):
            page = await self._client.call(method, asked, form=True)
            messages = page.get("messages")
            for said in messages if isinstance(messages, list) else []:
                if _parcel_of(said) == parcel_id:
                    return text_of(said, "ts")
            cursor = text_of(page.get("response_metadata"), "next_cursor")
            if not cursor:
                break
            asked = {**asked, "cursor": cursor}
        return ""


def _parcel_of(said: Any) -> str:
    metadata = said.get("metadata") if isinstance(said, dict) else None
    ours = text_of(metadata, "event_type") == EVENT
    return text_of(metadata.get("event_payload"), "id") if ours and isinstance(metadata, dict) else ""
