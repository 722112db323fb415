"""Making one call so that a repeat of it is recognised, as far as WeCom can recognise it.

What is prevented, and what can't be:
- Cards carry the parcel's id as task_id. WeCom refuses a second one (42014), so a card never shows twice.
- Text, markdown and files carry enable_duplicate_check: within half an hour WeCom drops the same request. So a repeat
  after a lost answer isn't seen twice. A parcel that says the same on purpose (`repeats`) goes out unchecked the
  first time; its own repeat is checked, because a sentence missing that was read minutes ago is better than three.
- A repeat that comes later than half an hour, or to a group chat (appchat/send has no check), can show twice.
- A card's update uses up its response_code. When WeCom refuses it, the card is sent as a new one, except when an
  attempt of ours got no answer within the last hour: then that one used the code, so the update had arrived. After a
  restart in between, the person sees the changed card and a new one; nothing is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.common.failures import Unanswered
from adapters.common.files import safe_name
from adapters.common.outgoing import inside, missing
from adapters.common.recent import Recent
from adapters.common.wecom.pace import LIMITS, Pace
from adapters.wecom.client import WecomClient
from adapters.wecom.errors import NOT_THE_CARD, Refused
from bot.contracts.adapter import Parcel, Receipt
from bot.contracts.clock import Clock
from bot.contracts.errors import PermanentFailure
from config.locales import t

DUPLICATE_WINDOW = 1800  # seconds; WeCom allows at most four hours, but longer would drop honest repetitions
TASK_TAKEN = 42014
MEDIA_LIFE = timedelta(hours=70)  # media ids live three days; some hours are left for the message to be sent
MEGABYTE = 1024 * 1024
# How a file is sent: kind, types, most bytes. What fits nowhere goes as "file", up to 20 MB.
_KINDS = (
    ("image", ("image/jpeg", "image/png"), 10 * MEGABYTE),
    ("voice", ("audio/amr",), 2 * MEGABYTE),
    ("video", ("video/mp4",), 10 * MEGABYTE),
)
FILE_LIMIT, FILE_LEAST = 20 * MEGABYTE, 6
REMEMBERED = 256
UNSURE = timedelta(hours=1)  # covers the retries; a replay days later is sent as a new card


class Sender:
    """Delivers parcels. Remembers only what spares a second upload or a second card; nothing that must survive."""

    def __init__(self, client: WecomClient, clock: Clock, data: Path) -> None:
        self._client = client
        self._clock = clock
        self._data = data
        self._pace = Pace(LIMITS[1:])  # the minute is kept by the delivery list (`WecomAdapter.limit`)
        self._media: Recent[tuple[str, int, int, str], tuple[str, datetime]] = Recent(REMEMBERED)
        self._unsure: Recent[str, datetime] = Recent(REMEMBERED)  # parcels whose update got no answer

    async def send(self, parcel: Parcel) -> Receipt:
        """Make the parcel's call. Raises TemporaryFailure or PermanentFailure."""
        call, body = parcel.payload.get("call"), parcel.payload.get("body")
        if not isinstance(body, Mapping):
            raise PermanentFailure(t("wecom.send.unknown_call", call=call))
        if call in ("message/send", "appchat/send"):
            return await self._message(parcel, call, body)
        if call == "update_template_card":
            return await self._update(parcel, body)
        if call == "media+send":
            return await self._file(parcel, body)
        raise PermanentFailure(t("wecom.send.unknown_call", call=call))

    async def _message(self, parcel: Parcel, call: str, body: Mapping[str, Any]) -> Receipt:
        _check_addressee(body)
        marked = _marked(parcel, call, body)
        if call == "message/send":
            self._pace.spend(parcel.to.conversation, self._clock.now())
        try:
            answer = await self._client.post(call, marked)
        except Refused as error:
            if error.errcode == TASK_TAKEN and "template_card" in marked:
                return Receipt(note=t("wecom.send.arrived"))  # the id is ours alone, so it was this very card
            raise
        return _receipt(answer, str(body.get("touser", "")))

    async def _update(self, parcel: Parcel, body: Mapping[str, Any]) -> Receipt:
        try:
            await self._client.post("message/update_template_card", body)
        except Unanswered:
            self._unsure[parcel.id] = self._clock.now()
            raise
        except Refused as error:
            # Which errcode a used or expired response_code gives is not documented, so all others may be that.
            if error.errcode in NOT_THE_CARD:
                raise
            if self._may_have_updated(parcel):
                return Receipt(note=t("wecom.send.updated"))
            return await self._instead(parcel, body)
        return Receipt()

    def _may_have_updated(self, parcel: Parcel) -> bool:
        since = self._unsure.get(parcel.id)
        return since is not None and self._clock.now() - since < UNSURE

    async def _instead(self, parcel: Parcel, body: Mapping[str, Any]) -> Receipt:
        """A new card where the old one can no longer be changed (72 hours, or changed before)."""
        card = {name: value for name, value in body["template_card"].items() if name != "replace_text"}
        message = {
            "touser": "|".join(body["userids"]),
            "agentid": body["agentid"],
            "msgtype": "template_card",
            "template_card": card,  # a new card has no greyed buttons: WeCom knows them in updates only
        }
        receipt = await self._message(parcel, "message/send", message)
        return Receipt(receipt.reference, receipt.note or t("wecom.send.instead"))

    async def _file(self, parcel: Parcel, body: Mapping[str, Any]) -> Receipt:
        _check_addressee(body)
        about = parcel.payload["file"]
        path = inside(self._data, str(about["path"]))
        kind, media_id = await self._uploaded(path, safe_name(str(about["name"])), str(about["media_type"]))
        message = {**body, "msgtype": kind, kind: {"media_id": media_id}}
        return await self._message(parcel, str(parcel.payload["send"]), message)

    async def _uploaded(self, path: Path, name: str, media_type: str) -> tuple[str, str]:
        """Kind and media_id. A repeat finds the same media_id, so that WeCom sees that it is the same request."""
        try:
            facts = await asyncio.to_thread(path.stat)
        except OSError:
            raise missing(name) from None
        kind = _kind(name, media_type, facts.st_size)
        key = (str(path), facts.st_mtime_ns, facts.st_size, kind)
        media_id, until = self._media.get(key, ("", self._clock.now()))
        if not media_id or until <= self._clock.now():
            media_id = await self._client.upload(kind, path, name, media_type)
            self._media[key] = (media_id, self._clock.now() + MEDIA_LIFE)
        return kind, media_id


def _marked(parcel: Parcel, call: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with what lets WeCom recognise a repeat."""
    if call != "message/send":
        return dict(body)
    marked = {
        **body,
        "enable_duplicate_check": 0 if parcel.repeats and parcel.attempt <= 1 else 1,
        "duplicate_check_interval": DUPLICATE_WINDOW,
    }
    if "template_card" in body:
        marked["template_card"] = {**body["template_card"], "task_id": parcel.id}
    return marked


def _check_addressee(body: Mapping[str, Any]) -> None:
    """One person or one group. "@all" or a list would tell many what was meant for one."""
    to = str(body.get("touser", body.get("chatid", "")))
    if not to or "|" in to or to.lower() == "@all":
        raise PermanentFailure(t("wecom.send.addressee"))


def _receipt(answer: Mapping[str, Any], touser: str) -> Receipt:
    """What was sent; PermanentFailure when nobody got it although errcode is 0."""
    missed = [
        user for field in ("invaliduser", "unlicenseduser") for user in str(answer.get(field) or "").split("|") if user
    ]
    # WeCom gives the ids back in lower case.
    if touser and touser.lower() in {user.lower() for user in missed}:
        raise PermanentFailure(t("wecom.errors.e81013"))
    note = t("wecom.send.partly", users="、".join(missed)) if missed else ""
    return Receipt(reference=str(answer.get("msgid", "")), note=note)


def _kind(name: str, media_type: str, size: int) -> str:
    if not FILE_LEAST <= size <= FILE_LIMIT:
        raise PermanentFailure(t("wecom.send.file_size", name=name, size=f"{size / MEGABYTE:.3g} MB"))
    for kind, types, limit in _KINDS:
        if media_type in types and size <= limit:
            return kind
    return "file"
