"""Parcels from processes that don't have the connection to the one that has it, as JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from adapters.common.recent import Recent
from adapters.wecom_bot.ports import Relay
from bot.contracts.adapter import Parcel, Receipt
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from bot.contracts.reply import Address
from config.locales import t

REMEMBERED = 512
AGAIN = 1.0  # seconds until serving is tried again when the relay fails

Send = Callable[[Parcel], Awaitable[Receipt]]

log = structlog.get_logger(__name__)


class Exchange:
    """Both ends."""

    def __init__(self, relay: Relay, send: Send) -> None:
        self._relay = relay
        self._send = send
        self._work: Recent[str, asyncio.Task[dict[str, Any]]] = Recent(REMEMBERED)

    async def ask(self, parcel: Parcel) -> Receipt:
        """Have the holder send it. Raises TemporaryFailure or PermanentFailure."""
        try:
            result = await self._relay.ask(parcel.id, _packed(parcel))
        except TimeoutError:
            raise TemporaryFailure(t("wecom_bot.send.no_holder")) from None
        return _unpacked(result)

    async def serve(self) -> None:
        """Send what others ask, until cancelled."""
        while True:
            try:
                await self._relay.serve(self.handle)
            except Exception:
                log.exception("wecom_bot.relay_failed")
            await asyncio.sleep(AGAIN)

    async def handle(self, parcel_id: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Send it and tell how it went; asked again about what is under way or was sent, the same answer."""
        work = self._work.get(parcel_id)
        if work is None or (work.done() and (work.cancelled() or work.result().get("outcome") != "sent")):
            work = asyncio.create_task(self._result(payload))
        self._work[parcel_id] = work
        return await asyncio.shield(work)

    async def _result(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        try:
            receipt = await self._send(_parcel(payload))
        except TemporaryFailure as error:
            return {"outcome": "temporary", "message": str(error), "retry_after": error.retry_after}
        except PermanentFailure as error:
            return {"outcome": "permanent", "message": str(error)}
        except Exception as error:
            log.exception("wecom_bot.relayed_parcel_failed")
            return {"outcome": "temporary", "message": type(error).__name__, "retry_after": None}
        return {"outcome": "sent", "reference": receipt.reference, "note": receipt.note}


def _packed(parcel: Parcel) -> dict[str, Any]:
    return {
        "id": parcel.id,
        "channel": parcel.to.channel,
        "conversation": parcel.to.conversation,
        "payload": dict(parcel.payload),
        "attempt": parcel.attempt,
        "repeats": parcel.repeats,
        "answers": parcel.answers,
    }


def _parcel(packed: Mapping[str, Any]) -> Parcel:
    return Parcel(
        id=str(packed["id"]),
        to=Address(str(packed["channel"]), str(packed["conversation"])),
        payload=packed["payload"],
        attempt=int(packed["attempt"]),
        repeats=bool(packed["repeats"]),
        answers=str(packed["answers"]),
    )


def _unpacked(result: Mapping[str, Any]) -> Receipt:
    outcome, message = result.get("outcome"), str(result.get("message", ""))
    if outcome == "sent":
        return Receipt(reference=str(result.get("reference", "")), note=str(result.get("note", "")))
    if outcome == "permanent":
        raise PermanentFailure(message)
    raise TemporaryFailure(message, retry_after=result.get("retry_after"))
