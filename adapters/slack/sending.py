"""Making one call so that a repeat of it is recognised, as far as Slack lets us.

- Messages carry the parcel's id as metadata. Before a repeat, the last day of the conversation is searched for it
  (conversations.history or .replies), so a message whose answer was lost isn't shown twice.
- Updates are the same however often they are made. What can't be changed any more is sent as a new message.
- Files: see `uploads`. After a restart between the attempts a file can show twice.
- Blocks that Slack refuses are logged and said once more as plain text: never swallowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from adapters.slack import blocks
from adapters.slack.client import SlackClient
from adapters.slack.drafts import Drafts
from adapters.slack.errors import BLOCKS, GONE, Refused
from adapters.slack.fields import text_of
from adapters.slack.home import HomeTab
from adapters.slack.places import Place, place
from adapters.slack.render import TEXT
from adapters.slack.repeats import Repeats, marked
from adapters.slack.uploads import Uploads
from bot.contracts.adapter import Parcel, Receipt
from bot.contracts.clock import Clock
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from config.locales import t

log = structlog.get_logger(__name__)


class Sender:
    """Delivers parcels."""

    def __init__(self, client: SlackClient, clock: Clock, data: Path, drafts: Drafts, home: HomeTab) -> None:
        self._client = client
        self._drafts = drafts
        self._home = home
        self._repeats = Repeats(client, clock)
        self._uploads = Uploads(client, data)
        self._told_to_wait: set[str] = set()  # parcels that Slack surely didn't take: nothing to look for

    async def send(self, parcel: Parcel) -> Receipt:
        """Make the parcel's call. Raises TemporaryFailure or PermanentFailure."""
        call, body = parcel.payload.get("call"), parcel.payload.get("body")
        if not isinstance(body, Mapping):
            raise PermanentFailure(t("slack.send.unknown_call", call=call))
        if call == "chat.postMessage":
            return await self._post(parcel, body)
        await self._drafts.withdraw(parcel.answers)  # this parcel can't take the draft's place
        if call == "chat.update":
            return await self._update(parcel, body)
        if call == "views.publish":
            await self._home.publish_with(text_of(body, "user_id"), parcel.payload["card"])
            return Receipt()
        if call == "files.upload":
            return await self._uploads.send(parcel, _addressee(body))
        raise PermanentFailure(t("slack.send.unknown_call", call=call))

    async def _post(self, parcel: Parcel, body: Mapping[str, Any]) -> Receipt:
        where = _addressee(body)
        if self._may_have_arrived(parcel) and (found := await self._repeats.find(parcel.id, where)):
            await self._drafts.forget(parcel.answers)
            return Receipt(found, t("slack.send.arrived"))
        message = marked(body, parcel.id)
        try:
            if finished := await self._drafts.finish(parcel.answers, parcel.to, message, self._call):
                return finished
            return await self._call("chat.postMessage", message)
        except TemporaryFailure as error:
            if error.retry_after is not None:
                self._told_to_wait.add(parcel.id)
            raise

    def _may_have_arrived(self, parcel: Parcel) -> bool:
        told_to_wait = parcel.id in self._told_to_wait
        self._told_to_wait.discard(parcel.id)
        return parcel.attempt > 1 and not told_to_wait

    async def _update(self, parcel: Parcel, body: Mapping[str, Any]) -> Receipt:
        try:
            return await self._call("chat.update", body)
        except Refused as error:
            if error.error not in GONE:
                raise
        new = {name: value for name, value in body.items() if name != "ts"}
        receipt = await self._post(parcel, {**new, **place(parcel.to.conversation).fields()})
        return Receipt(receipt.reference, receipt.note or t("slack.send.instead"))

    async def _call(self, method: str, body: Mapping[str, Any]) -> Receipt:
        """Say it with blocks; when Slack finds fault with them, once more without."""
        try:
            return _receipt(await self._client.call(method, body))
        except Refused as error:
            if error.error not in BLOCKS or not body.get("blocks"):
                raise
            # Kinds only: the words may be a customer's, and Slack's reason points at the block.
            kinds = [block["type"] for block in body["blocks"]]
            log.error("slack.blocks_refused", method=method, error=error.error, why=str(error), kinds=kinds)
            why = error.error
        said = blocks.as_text(body["blocks"], TEXT) or str(body.get("text", ""))
        bare = {name: value for name, value in body.items() if name != "blocks"}
        cleared: dict[str, Any] = {"blocks": []} if method == "chat.update" else {}  # else the old blocks would stay
        answer = await self._client.call(method, {**bare, "text": said, **cleared})
        return Receipt(_receipt(answer).reference, t("slack.send.plain", why=why))


def _addressee(body: Mapping[str, Any]) -> Place:
    where = Place(text_of(body, "channel"), text_of(body, "thread_ts"))
    if not where.channel:
        raise PermanentFailure(t("slack.send.addressee"))
    return where


def _receipt(answer: Mapping[str, Any]) -> Receipt:
    return Receipt(f"{text_of(answer, 'channel')}:{text_of(answer, 'ts')}".strip(":"))
