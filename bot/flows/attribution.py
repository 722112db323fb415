"""Every night all journeys are estimated anew and the result is kept, so that a change can be explained (B6)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.contracts import Clock
from bot.contracts.person import OPERATOR
from bot.flows.persist import persistently
from skills.attribution.changes import figures
from skills.attribution.desk import Desk
from skills.attribution.question import usual
from storage.warehouse import Warehouse


class AttributionFlow:
    """The nightly estimate, and a fresh copy after every load."""

    def __init__(self, desk: Desk, warehouse: Warehouse, clock: Clock) -> None:
        self._desk, self._warehouse, self._clock = desk, warehouse, clock

    async def nightly(self, slot: datetime) -> None:
        """Of the whole company, as it is usually asked. Done twice, there is one estimate: that of the slot."""
        if not await self._desk.database.read(lambda store: store.loop.count("touch")):
            return  # no journeys yet: a copy would be made for nothing
        await self._warehouse.refresh()
        now = self._clock.now()
        found = await self._desk.find(OPERATOR, usual(self._desk.settings), now)
        if not found.answer.counts.conversions:
            return
        kept = figures(found.answer)
        settings = self._settings()
        await persistently(
            lambda: self._desk.database.write(lambda store: store.attribution.add_run(slot, settings, kept))
        )

    async def loaded(self, _loaded: object) -> None:
        """After a load: what changed is in the figures from now on. Unchanged rows cost nothing."""
        await self._warehouse.ready()

    def _settings(self) -> dict[str, Any]:
        """What decides the numbers: of estimates with other settings nothing is compared."""
        settings = self._desk.settings
        question = asdict(usual(settings)) | {"removed": []}
        chosen = {name: getattr(settings, name) for name in ("reentry", "lookback_from", "half_life_hours", "order")}
        return question | chosen | {"direct": list(self._desk.channels.direct)}
