"""Events of systems that can only write into a table: read each minute, accepted by the same way as all others (C1).

The position is kept after the events: a crash between the two reads the same rows again, and (source, id) makes them
duplicates. For the same reason the last rows are always read again: a row with a lower number may be committed later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from adapters.webhooks import strict_json
from adapters.webhooks.translate import Item, item_of
from bot.contracts import Clock
from bot.contracts.errors import SourceRefused, SourceUnavailable
from bot.contracts.sources import Batch, Origin, RawRow, Reader
from bot.flows.business_event import EventFlow
from bot.flows.event_systems import PREFIX, SystemRegistry
from bot.flows.persist import persistently
from config.languages import operator_language
from config.locales import t
from knowledge.events.systems import System, Watch
from storage.database import Database
from storage.repositories.systems import WatchState

AGAIN_ROWS, AGAIN_TIME = 200, timedelta(minutes=10)  # read once more, by the kind of the column that grows
_LONGEST_FAULT = 500

log = structlog.get_logger(__name__)


class WatchFlow:
    """Reads what is new of every watched table."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        flow: EventFlow,
        registry: SystemRegistry,
        reader: Reader,
        zone: ZoneInfo,
    ) -> None:
        """`reader`: of databases, with the secrets of `events.secrets`. `zone`: of times that say none."""
        self._database, self._clock, self._flow, self._registry = database, clock, flow, registry
        self._reader, self._zone, self._at_work = reader, zone, asyncio.Lock()

    async def look(self, _slot: datetime) -> None:
        """Every table once. One that can't be read doesn't keep the others waiting."""
        if self._at_work.locked():
            return
        async with self._at_work:
            for system in (await self._registry.current()).values():
                for watch in system.watches:
                    await self.read(system, watch)

    async def read(self, system: System, watch: Watch) -> WatchState:
        """What came since the last time; how far that was, and what is wrong with it."""
        try:
            state = await self._read(system, watch, await self._former(system, watch))
        except Exception as error:  # whatever is wrong with one table, the others are read
            fault = self._fault(system, watch, error)
            state = replace(await self._former(system, watch), fault=fault)  # as far as it came before that
        await self._keep(state)
        return state

    async def _former(self, system: System, watch: Watch) -> WatchState:
        found = await persistently(
            lambda: self._database.read(lambda store: store.systems.watch(system.name, watch.name))
        )
        return found or WatchState(system.name, watch.name, {}, None)

    def _fault(self, system: System, watch: Watch, error: Exception) -> str:
        if isinstance(error, SourceUnavailable | SourceRefused):
            log.warning("a watched table can't be read", system=system.name, table=watch.name, reason=str(error))
            return str(error)[:_LONGEST_FAULT]
        log.error("reading a watched table failed", system=system.name, table=watch.name, exc_info=error)
        return t("events.watch.ours", operator_language(), kind=type(error).__name__)

    async def _read(self, system: System, watch: Watch, state: WatchState) -> WatchState:
        if self._registry.secrets.put_in(watch.database) is None:
            variable = watch.database.strip("${}").upper()
            raise SourceRefused(t("events.check.missing", operator_language(), variable=f"{PREFIX}{variable}"))
        options = {"url": watch.database, "table": watch.table, "cursor": watch.after}
        origin = Origin("database", options | ({"schema": watch.schema} if watch.schema else {}))
        batches: Iterator[Batch] = await asyncio.to_thread(self._reader.read, origin, again(state.position) or None)
        fault = ""
        while (batch := await asyncio.to_thread(next, batches, None)) is not None:
            fault = await self._accept(system, watch, batch.rows) or fault
            if batch.goes_on and batch.position:
                state = replace(state, position=batch.position)
                await self._keep(state)
        return replace(state, read_at=self._clock.now(), fault=fault)

    async def _accept(self, system: System, watch: Watch, rows: Sequence[RawRow]) -> str:
        """The first row that is no event, in words."""
        now = self._clock.now()
        items = [(row, item_of(envelope(row.data, watch, system, self._zone), now)) for row in rows]
        good = [(item.event, item.envelope) for _, item in items if item.event]
        if good:
            events, envelopes = [event for event, _ in good], [one for _, one in good]
            await persistently(lambda: self._flow.accept(events, system, raw=envelopes))
        return next((_told(row, item) for row, item in items if item.event is None), "")

    async def _keep(self, state: WatchState) -> None:
        await persistently(lambda: self._database.write(lambda store: store.systems.arrived(state)))


def envelope(row: Mapping[str, Any], watch: Watch, system: System, zone: ZoneInfo) -> dict[str, Any]:
    """A row as a CloudEvent. What isn't there is left out: the door's rules say then what is missing."""
    columns = [watch.id, *(one for one in (watch.type, watch.time, watch.subject, watch.data_json) if one)]
    missing = [name for name in (*columns, *watch.data.values()) if name not in row]
    if missing:
        said = t("events.watch.no_column", operator_language(), columns="、".join(missing), found="、".join(row))
        raise SourceRefused(said)
    found: dict[str, Any] = {
        "specversion": "1.0",
        "id": _text(row[watch.id]),
        "source": watch.source or system.sources[0],
        "type": watch.fixed_type or _text(row[watch.type]),
        "data": _data(row, watch),
    }
    if watch.time and row[watch.time] is not None:
        found["time"] = _moment(row[watch.time], zone)
    if watch.subject and row[watch.subject] is not None:
        found["subject"] = _text(row[watch.subject])
    return found


def again(position: Mapping[str, Any]) -> dict[str, Any]:
    """A little before where reading ended."""
    last = position.get("cursor")
    if isinstance(last, int) and not isinstance(last, bool):
        return {**position, "cursor": last - AGAIN_ROWS, "ended": True}
    try:
        at = datetime.fromisoformat(last) if isinstance(last, str) else None
    except ValueError:
        at = None
    if at is None:
        return dict(position)
    return {**position, "cursor": (at - AGAIN_TIME).isoformat(), "ended": True}


def _data(row: Mapping[str, Any], watch: Watch) -> Any:
    if not watch.data_json:
        return {name: row[column] for name, column in watch.data.items() if row[column] is not None}
    said = row[watch.data_json]
    if not isinstance(said, str):
        return said
    try:
        value = strict_json.read(said.encode())
    except ValueError:
        return said  # no type has such data: it goes into quarantine, as it is
    return said if strict_json.fault_in(value) else value


def _moment(value: Any, zone: ZoneInfo) -> Any:
    """RFC 3339. Databases keep times without a zone; they are meant as the company's."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if value > 1e11 else value
        try:
            return datetime.fromtimestamp(seconds, UTC).isoformat()
        except (ValueError, OverflowError, OSError):
            return str(value)
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _told(row: RawRow, item: Item) -> str:
    reason = t(f"events.door.{item.problem}.error", operator_language(), **item.details)
    return t("events.watch.row", operator_language(), line=row.line, reason=reason)
