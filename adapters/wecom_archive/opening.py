"""Unwrapping and decrypting what was pulled: each message is opened, rejected, or waits for a key."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from adapters.common.child import ChildLost
from adapters.wecom_archive.client import SdkClient
from adapters.wecom_archive.errors import Refused
from adapters.wecom_archive.keys import BadSeal, KeyRing, NoKey
from adapters.wecom_archive.ports import Opened, Rejected
from adapters.wecom_archive.translate import Sealed

TRIES = 2  # of one message

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Batch:
    """What became of the messages of one pull."""

    opened: list[Opened] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    missing: list[Sealed] = field(default_factory=list)  # no key


class Opener:
    """Private keys are used here; the child gets single messages' keys."""

    def __init__(self, sdk: SdkClient, ring: KeyRing) -> None:
        self._sdk, self._ring = sdk, ring

    async def open_all(self, sealed: Sequence[Sealed]) -> Batch:
        """Every message of a pull. Raises ConfigurationError or TemporaryFailure when the child can't sign in again."""
        keys = await asyncio.to_thread(lambda: [self._unwrapped(one) for one in sealed])
        batch = Batch()
        for one, key in zip(sealed, keys, strict=True):
            if isinstance(key, NoKey):
                batch.missing.append(one)
            elif isinstance(key, BadSeal):
                batch.rejected.append(Rejected(one.seq, one.id, "seal"))
            else:
                await self._open(one, key, batch)
        return batch

    def _unwrapped(self, one: Sealed) -> str | NoKey | BadSeal:
        try:
            return self._ring.unwrap(one.version, one.key)
        except (NoKey, BadSeal) as error:
            return error

    async def _open(self, one: Sealed, key: str, batch: Batch) -> None:
        """Try twice: what the library refuses or dies over is passed over, and noted."""
        reason = ""
        for _ in range(TRIES):
            try:
                batch.opened.append(Opened(one.seq, await self._sdk.open(key, one.content)))
            except Refused as error:
                reason = str(error.code)
            except ChildLost:
                reason = "died"
            else:
                return
        batch.rejected.append(Rejected(one.seq, one.id, reason))
        log.warning("wecom_archive.rejected", seq=one.seq, message=one.id, reason=reason)
