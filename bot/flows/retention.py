"""Deleting what is older than the company wants to keep; every night, in small steps, and on the record (D10)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.contracts import Clock
from bot.flows.persist import persistently
from bot.flows.purge import Forget, PurgeFlow, unlink
from config.groups.operations import Retention
from storage.database import Database
from storage.retention import count_old, delete_old, forget_files, old_files

WIRE = ("open_answers", "errands")  # no history: it goes whatever the company wants to keep
BY_DEFAULT = (
    *WIRE,
    "loads",
    "refused_rows",
    "events",
    "quarantined_events",
    "deadlines",
)  # kinds with a limit that nobody has to set
BATCH = 500  # rows in one transaction: messages that come meanwhile wait for one at most
ACTOR = "retention"

log = structlog.get_logger(__name__)


class RetentionFlow:
    """Looks for what is old, and deletes it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Retention,
        data: Path,
        forget_workflows: Callable[[int], Awaitable[None]] | None = None,
        forget_dialogues: Forget | None = None,
    ) -> None:
        """`forget_workflows(days)` deletes the engine's history; None: there is no engine here.

        `forget_dialogues(ids)` deletes what an index holds of them; None: there is no index.
        """
        self._database, self._clock = database, clock
        self._settings, self._data = settings, data
        self._forget_workflows = forget_workflows
        self._purge = PurgeFlow(database, data, forget_dialogues)

    async def preview(self) -> Mapping[str, int]:
        """How many of each kind would go now; kinds that are kept for ever aren't named."""
        return {kind: await self._count(kind, before) for kind, before in self._limits().items()}

    async def run(self) -> Mapping[str, int]:
        """Delete; how many of each kind went. Cut at any moment, the next run goes on where this one was."""
        gone = {kind: await self._delete(kind, before) for kind, before in self._limits().items()}
        await self._purge.finish()  # also what a revocation had begun when its process was killed
        if self._forget_workflows is not None and self._settings.workflows_days:
            await self._forget_workflows(self._settings.workflows_days)
        if any(gone.values()):
            now = self._clock.now()
            await persistently(
                lambda: self._database.write(lambda store: store.audit.add(ACTOR, "retention.done", "", gone, now))
            )
        log.info("retention", **gone)
        return gone

    def _limits(self) -> dict[str, datetime]:
        """Kind → what is older goes. Cards and memories go with messages: they hold the same words."""
        days = {
            "deliveries": self._settings.deliveries_days,
            "files": self._settings.files_days,
            "messages": self._settings.messages_days,
            "cards": self._settings.messages_days,
            "memories": self._settings.messages_days,
            "audit": self._settings.audit_days,
            "dialogues": self._settings.dialogues_days,
            "usage": self._settings.usage_days,
            "loads": self._settings.loads_days,
            "refused_rows": self._settings.loads_days,
            "events": self._settings.events_days,
            "quarantined_events": self._settings.events_days,
            "deadlines": self._settings.events_days,
            **dict.fromkeys(WIRE, self._settings.wire_days),
        }
        now = self._clock.now()
        return {kind: now - timedelta(days=kept) for kind, kept in days.items() if kept}

    async def _count(self, kind: str, before: datetime) -> int:
        return await self._database.read(lambda store: count_old(store, kind, before))

    async def _delete(self, kind: str, before: datetime) -> int:
        total = 0
        while True:
            count = await self._delete_some(kind, before)
            total += count
            if count < BATCH:
                return total

    async def _delete_some(self, kind: str, before: datetime) -> int:
        if kind == "files":
            return await self._delete_files(before)
        if kind == "dialogues":
            return await self._purge_dialogues(before)
        return await self._delete_rows(kind, before)

    async def _purge_dialogues(self, before: datetime) -> int:
        purged = await persistently(lambda: self._database.write(lambda store: store.purging.older_than(before, BATCH)))
        return len(purged.dialogues)

    async def _delete_rows(self, kind: str, before: datetime) -> int:
        return await persistently(lambda: self._database.write(lambda store: delete_old(store, kind, before, BATCH)))

    async def _delete_files(self, before: datetime) -> int:
        files = await persistently(lambda: self._database.read(lambda store: old_files(store, before, BATCH)))
        await asyncio.to_thread(unlink, self._data, [file.path for file in files])
        ids = [file.id for file in files]
        await persistently(lambda: self._database.write(lambda store: forget_files(store, ids)))
        return len(files)
