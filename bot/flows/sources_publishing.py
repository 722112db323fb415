"""The second half of a load: staged rows become records, all of them in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.contracts.sources import RawRow
from bot.flows.sources_reading import Read, with_notes
from bot.flows.sources_turn import Turn
from knowledge.mapping.mapper import Mapped, Mapper
from knowledge.mapping.rule import Definition
from storage.database import Database
from storage.repositories.loads import Load, Note
from storage.repositories.loop import Written
from storage.repositories.staging import Staged, Verdict
from storage.store import Store

PAGE = 5000  # rows that are mapped, and cleared away, at a time
_FIRST = -(2**31)


@dataclass(slots=True)
class Records:
    """What the mapping made of a load's rows, until they are written."""

    records: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, list[str]] = field(default_factory=dict)  # record id -> keys of its rows
    notes: dict[str, int] = field(default_factory=dict)

    def take(self, rows: Sequence[Staged], mapper: Mapper) -> list[Verdict]:
        """Map some rows; what is said of each."""
        return [self._one(row, mapper) for row in rows]

    def _one(self, row: Staged, mapper: Mapper) -> Verdict:
        if row.reasons:
            return Verdict(row.key, reasons=row.reasons)
        mapped = mapper.apply(RawRow(row.line, row.data))
        if not isinstance(mapped, Mapped):
            return Verdict(row.key, reasons=mapped.reasons)
        self.records.append(mapped.record)
        self.keys.setdefault(mapped.record_id, []).append(row.key)
        for note in mapped.notes:
            self.notes[note] = self.notes.get(note, 0) + 1
        return Verdict(row.key, mapped.record_id)


@dataclass(frozen=True, slots=True)
class Publishing:
    """One load's second half."""

    database: Database
    definition: Definition
    mapper: Mapper
    load: Load
    turn: Turn
    remap: bool

    async def map(self) -> Records:
        """Everything that isn't as it landed; what the mapping says is kept beside the rows."""
        made, after = Records(), _FIRST
        await self.database.write(lambda store: store.staging.unjudge(self.load.id))
        while rows := await self.database.read(self._page(after)):
            verdicts = await asyncio.to_thread(made.take, rows, self.mapper)
            await self.database.write(_judging(self.load.id, verdicts))
            after = rows[-1].n
        return made

    async def publish(self, made: Records, read: Read, at: datetime) -> bool:
        """Make it visible: records, rows, refusals, place, and that it is done. Raises TurnLost.

        Whether refused rows were mended after this load had taken them up: they have to be tried again.
        """
        return await self.database.write(lambda store: self._publish(store, made, read, at))

    def _page(self, after: int) -> Any:
        return lambda store: store.staging.to_map(self.load.id, self.load.source, after, PAGE)

    def _publish(self, store: Store, made: Records, read: Read, at: datetime) -> bool:
        self.turn.assure(store)
        load, source, entity = self.load, self.load.source, self.definition.entity
        now = store.loads.get(load.id)
        if now is None or now.state != "running":
            return False
        written = store.loop.write(entity, made.records)
        store.staging.judge(load.id, _not_kept(written, made))
        before = store.landing.records(source) if self.remap else store.landing.replaced(load.id, source)
        store.landing.land(load.id, source, entity, at)
        if self.remap:
            store.landing.keep_only(load.id, source)
            before -= store.landing.records(source)
        gone = store.landing.forget(entity, before)
        whole = self.definition.origin.kind == "file" and _all_of_it(read)
        if whole:
            store.staging.drop_unseen(load.id)
        store.refusals.settle(load.id, source, at, whole=whole)
        store.refusals.keep(load.id, source, at)
        self._done(store, written, read, at, self._notes(store, made, read, gone))
        return store.refusals.mended_since(load.id, source)

    def _done(self, store: Store, written: Written, read: Read, at: datetime, notes: tuple[Note, ...]) -> None:
        load = self.load
        rejected = store.staging.count(load.id, "refused")
        staged = sum(store.staging.counts(load.id))
        same = max(0, staged - written.added - written.changed - rejected)
        store.loads.noted(load.id, notes)
        store.loads.done(load.id, at, added=written.added, changed=written.changed, unchanged=same, rejected=rejected)
        looked = at if load.mode == "read" and read.is_end else None
        store.sources.arrived(load.source, read.position, load.version, looked)

    def _notes(self, store: Store, made: Records, read: Read, gone: int) -> tuple[Note, ...]:
        came, _ = store.staging.counts(self.load.id)
        more = [Note(note, {"count": number}) for note, number in made.notes.items()]
        if self.definition.origin.kind == "file" and read.rows > came:
            more.append(Note("duplicates", {"count": read.rows - came}))
        if same := sum(len(keys) - 1 for keys in made.keys.values()):
            more.append(Note("same_record", {"count": same}))
        if gone:
            more.append(Note("records_gone", {"count": gone}))
        return with_notes(read.notes, more)


async def clear(database: Database, load_id: int) -> None:
    """Forget a load's staged rows."""
    while await database.write(lambda store: store.staging.clear(load_id, PAGE)):
        pass


def _all_of_it(read: Read) -> bool:
    """Whether this load read a file from its first row to its last."""
    at = (read.position or {}).get("at") or {}
    return read.is_end and 0 < read.rows == at.get("at")


def _judging(load_id: int, verdicts: Sequence[Verdict]) -> Any:
    return lambda store: store.staging.judge(load_id, verdicts)


def _not_kept(written: Written, made: Records) -> list[Verdict]:
    """Rows whose records the database can't hold: a deal of an unknown customer."""
    return [
        Verdict(key, reasons=(reason,)) for id_, reason in written.refused.items() for key in made.keys.get(id_, ())
    ]
