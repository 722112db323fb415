"""Loading sources: each load reads what is new, maps it, and makes it visible in one transaction.

A load is a row, a job of the engine, and staged rows beside both. Killed anywhere it goes on from the last batch; the
source being away, it goes on at the same place later; done twice, it finds nothing new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from adapters.sources.adapter import SourceReaders
from bot.contracts import Clock
from bot.contracts.errors import ConfigurationError, SourceRefused, SourceUnavailable
from bot.flows.engine import Engine, Job
from bot.flows.sources_after import After, Aftermath
from bot.flows.sources_definitions import definition_of, unknown_source
from bot.flows.sources_due import AWAY, due_sources
from bot.flows.sources_publishing import Publishing, clear
from bot.flows.sources_reading import Read, Reading, fingerprint, with_notes
from bot.flows.sources_turn import Turn
from config.groups.sources import Sources as Limits
from knowledge.mapping.entities import load_entities
from knowledge.mapping.mapper import Mapper
from knowledge.mapping.rule import Definition
from storage.database import Database
from storage.repositories.loads import Load, Mode, Note
from storage.repositories.sources import SourceVersion
from storage.store import Store

KIND = "load"  # of jobs
Tell = Callable[[int], None]

log = structlog.get_logger(__name__)


class SourcesFlow:
    """Loads by the clock, on demand, and again after a failure."""

    def __init__(
        self,
        database: Database,
        engine: Engine | None,
        clock: Clock,
        readers: SourceReaders,
        limits: Limits,
        zone: str,
        after: Sequence[After] = (),
    ) -> None:
        """`engine`: None for a command, which loads by itself. `after`: called after a load, at least once."""
        self._database, self._engine, self._clock = database, engine, clock
        self._readers, self._limits, self._zone = readers, limits, ZoneInfo(zone)
        self._aftermath = Aftermath(database, clock, self._zone, after)

    async def begin(self, source: str, mode: Mode = "read") -> int:
        """Begin a load, or take up the one that is under way or was interrupted; the engine does it. Its number.

        `replay`: nothing is read; what was refused is tried again. Raises BadInput for an unknown source.
        """
        return await self._database.write(lambda store: self._begin(store, source, mode))

    async def run(self, source: str, mode: Mode = "read", tell: Tell = lambda _rows: None) -> Load:
        """The same here and now, beside whatever server runs; how it ended. Goes on until the source has no more."""
        while True:
            load = await self.load(str(await self.begin(source, mode)), tell)
            if load.state != "done" or (load.mode == mode and not _is_cut(load)):
                return load

    async def load(self, subject: str, tell: Tell = lambda _rows: None) -> Load:
        """The job: do one load to its end."""
        load, again = await self._load(int(subject)), False
        if load.state == "running":
            async with Turn(self._database, load.source) as turn:
                load = await self._load(load.id)  # it may have been done while we waited
                if load.state == "running":
                    again = await self._work(load, turn, tell)
        load = await self._load(load.id)
        if load.state == "done":
            await self._tell(load)
        if again:
            await self._retry(load.source)
        return await self._load(load.id)

    async def tick(self, _slot: datetime) -> None:
        """Every minute: what is due, what was left lying, and whom nobody has told."""
        now = self._clock.now()
        for source in await self._database.read(lambda store: due_sources(store, now)):
            await self.begin(source)
        for load in await self._database.read(lambda store: store.loads.running()):
            await self._database.write(partial(self._take_up, load=load))
        for load in await self._database.read(lambda store: store.loads.untold()):
            await self._tell(load)

    def _begin(self, store: Store, source: str, mode: Mode) -> int:
        current = store.sources.current(source)
        if current is None:
            raise unknown_source(store, source)
        latest = store.loads.latest(source)
        if latest and latest.state == "running":
            self._enqueue(store, latest)
            return latest.id
        if latest and _can_go_on(store, latest, current) and mode == latest.mode:
            store.loads.reopen(latest.id)
            store.loads.noted(latest.id, [note for note in latest.notes if note != AWAY])
            self._enqueue(store, latest)
            return latest.id
        state = store.sources.state(source)
        load_id = store.loads.begin(source, current.version, mode, state.position, self._clock.now())
        if begun := store.loads.get(load_id):
            self._enqueue(store, begun)
        return load_id

    def _enqueue(self, store: Store, load: Load) -> None:
        if self._engine is not None:
            key = f"load:{load.source}:{load.id}:{self._clock.now().isoformat()}"
            self._engine.enqueue(store, Job(KIND, key, str(load.id), partition=load.source))

    def _take_up(self, store: Store, load: Load) -> None:
        """A command that was killed leaves a load behind; once an hour is enough to look after what may be at work."""
        if self._engine is not None:
            key = f"load:{load.source}:{load.id}:{self._clock.now():%Y%m%d%H}"
            self._engine.enqueue(store, Job(KIND, key, str(load.id), partition=load.source))

    async def _work(self, load: Load, turn: Turn, tell: Tell) -> bool:
        """Read, map, publish; a source that fails ends the load, with words for its owner. Whether somebody mended
        rows meanwhile, which this load hadn't seen."""
        mended = False
        try:
            version = await self._database.read(lambda store: store.sources.version(load.source, load.version))
            definition = definition_of(version)
            read, mended = await self._publish(load, definition, turn, tell)
        except SourceUnavailable as error:
            await self._fail(load, str(error), AWAY)
        except (SourceRefused, ConfigurationError) as error:
            await self._fail(load, str(error))
            await clear(self._database, load.id)
        else:
            await clear(self._database, load.id)
            if not read.is_end and self._engine is not None:
                await self.begin(load.source)
                mended = False  # the next one sees them
        return mended

    async def _publish(self, load: Load, definition: Definition, turn: Turn, tell: Tell) -> tuple[Read, bool]:
        state, stale = await self._database.read(
            lambda store: (store.sources.state(load.source), [one for one in store.staging.loads() if one != load.id])
        )
        await self._forget(stale)
        remap = state.mapped_version not in (0, load.version)
        if load.position and load.position.get("origin") != fingerprint(definition.origin):
            load = replace(load, position=None)  # it reads elsewhere now: from the beginning
        today = self._clock.now().astimezone(self._zone).date()
        mapper = Mapper(definition, load_entities(), self._zone, today)
        reading = Reading(
            self._database,
            self._readers,
            definition,
            mapper,
            load,
            remap,
            self._limits.seconds,
            self._limits.load_rows,
            tell,
        )
        if not load.read:
            await reading.prepare()
        unread = Read(load.position, load.read, tuple(load.notes), is_end=True)
        read = unread if load.mode == "replay" else await reading.read()
        if not read.is_end:
            read = Read(read.position, read.rows, with_notes(read.notes, (Note("goes_on"),)), is_end=False)
        publishing = Publishing(self._database, definition, mapper, load, turn, remap)
        made = await publishing.map()
        return read, await publishing.publish(made, read, self._clock.now())

    async def _forget(self, loads: Sequence[int]) -> None:
        """Staged rows of loads that ended; those of one under way, or that can go on, stay."""
        for load_id in loads:
            load = await self._database.read(lambda store, one=load_id: store.loads.get(one))  # type: ignore[misc]  # bound now
            newer = await self._database.read(lambda store, one=load: one and store.loads.latest(one.source))  # type: ignore[misc]  # bound now
            if load is None or load.state == "done" or (newer and newer.id != load.id):
                await clear(self._database, load_id)

    async def _fail(self, load: Load, fault: str, *notes: Note) -> None:
        now = self._clock.now()

        def fail(store: Store) -> None:
            current = store.loads.get(load.id) or load
            store.loads.noted(load.id, with_notes(tuple(current.notes), notes))
            store.loads.failed(load.id, now, fault)

        await self._database.write(fail)
        tell = log.warning if self._engine is not None else log.debug  # a command says it to whoever typed it
        tell("load failed", source=load.source, load=load.id, fault=fault)

    async def _tell(self, load: Load) -> None:
        """Those who look at what is new; then sources whose refused rows may pass now."""
        for source in await self._aftermath.tell(load):
            await self._retry(source)
        await self._aftermath.told(load)

    async def _retry(self, source: str) -> None:
        if await self._database.read(lambda store: store.sources.current(source)) is None:
            return
        await (self.begin(source, "replay") if self._engine else self.run(source, "replay"))

    async def _load(self, load_id: int) -> Load:
        load = await self._database.read(lambda store: store.loads.get(load_id))
        if load is None:
            raise KeyError(load_id)
        return load


def _can_go_on(store: Store, load: Load, current: SourceVersion) -> bool:
    """Whether what an interrupted load has staged is still good."""
    away = load.state == "failed" and AWAY in load.notes
    return away and load.read > 0 and load.version == current.version and not store.staging.is_empty(load.id)


def _is_cut(load: Load) -> bool:
    return any(note.note == "goes_on" for note in load.notes)
