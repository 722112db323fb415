"""What the two ways to the bot have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypedDict

from tests.emulators.wecom.envelope import Tamper
from tests.emulators.wecom.poster import Delivery
from tests.emulators.wecom_bot.exchanges import Exchange


class BotHow(TypedDict, total=False):
    """How a callback is sent, if not in the usual way."""

    chat: str  # chatid of the group in which the member writes; the bot is mentioned by itself
    quote: Mapping[str, Any]  # the message that the member answers to, as a body of its own
    msgid: str  # instead of a fresh one
    retries: int  # re-sends when no 200 comes; HTTP: 3 unless tampered with
    copies: int  # so many at the same moment
    deadline: float  # seconds to wait for an answer (HTTP)
    tamper: Tamper | None  # send it wrong (HTTP)


class Wire(Protocol):
    """A way to the bot."""

    base_url: str
    own_keys: bool  # whether the link of each file brings a key of its own

    async def deliver(self, exchange: Exchange, how: BotHow) -> Delivery:
        """Bring one callback to the bot."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...
