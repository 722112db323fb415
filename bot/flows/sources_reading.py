"""The first half of a load: from a reader into staged rows, batch by batch, each with the place to go on from."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import count
from typing import Any

from adapters.sources.adapter import SourceReaders
from adapters.sources.options import is_tabular
from bot.contracts.errors import SourceRefused
from bot.contracts.sources import Batch, Origin, RawRow
from bot.flows.sources_guard import batches
from config.languages import operator_language
from config.locales import t
from knowledge.mapping.mapper import Mapper
from knowledge.mapping.rule import Definition
from storage.database import Database
from storage.reasons import Reason
from storage.repositories.landing import Landed
from storage.repositories.loads import Load, Note
from storage.repositories.refusals import Refusal
from storage.repositories.staging import Staged
from storage.store import Store
from storage.tables.sources import NO_KEY

BEFORE = -(2**31) + 1  # numbers of rows that are tried again lie below those of rows that are read
_SHOWN = 30  # names in a sentence
_NOTES = 50  # of one load


@dataclass(frozen=True, slots=True)
class Read:
    """How far a load came."""

    position: Any  # as it is kept
    rows: int
    notes: tuple[Note, ...]
    is_end: bool  # of the source: else another load goes on


@dataclass(frozen=True, slots=True)
class Reading:
    """One load's reading. `tell` hears how many rows there are."""

    database: Database
    readers: SourceReaders
    definition: Definition
    mapper: Mapper
    load: Load
    remap: bool
    seconds: float
    most: int
    tell: Callable[[int], None]

    async def prepare(self) -> None:
        """Stage what is tried again: open refusals, and everything that landed when the mapping is another."""
        numbers = count(BEFORE)
        if self.remap:
            after = ""
            while landed := await self._landed(after):
                rows = [_landed_again(row, self.mapper, next(numbers)) for row in landed]
                await self._stage(rows)
                after = landed[-1].key
        refused = await self.database.read(lambda store: store.refusals.open(self.load.source))
        for start in range(0, len(refused), _PAGE):
            await self._stage([_refused_again(one, next(numbers)) for one in refused[start : start + _PAGE]])

    async def read(self) -> Read:
        """All that is new, or as much of it as one load may hold. Raises SourceUnavailable, SourceRefused."""
        position, rows, notes = self.load.position, self.load.read, tuple(self.load.notes)
        origin = Origin(
            self.definition.origin.kind, {**self.definition.origin.options, "expects": self.definition.columns}
        )
        former = await self.database.read(lambda store: store.landing.page(self.load.source, limit=1))
        known = set(former[0].data) if former else set()
        at, before, goes_on = (position or {}).get("at"), rows, True
        async for batch in batches(lambda: self.readers.read(origin, at), self.seconds):
            if batch.rows and goes_on and rows - before >= self.most:
                return Read(position, rows, notes, is_end=False)
            if batch.anew and rows:
                await self._forget()
                rows, before = 0, 0
            goes_on = batch.goes_on
            if batch.rows:
                notes = with_notes(notes, self._checked(batch.rows, known))
            notes = with_notes(notes, (Note(note, dict(details)) for note, details in batch.notes))
            staged = await asyncio.to_thread(_staged, batch, self.mapper, rows)
            rows += len(batch.rows)
            position = {"origin": fingerprint(self.definition.origin), "at": batch.position}
            await self._keep(staged, position, rows, notes)
            self.tell(rows)
        return Read(position, rows, notes, is_end=True)

    def _checked(self, rows: Sequence[RawRow], known: set[str]) -> Iterable[Note]:
        """Raises SourceRefused when columns that the mapping reads are gone; a note about new ones."""
        there = columns_of(self.definition, rows)
        new = sorted(there - known - set(self.definition.columns)) if known else []
        return (Note("new_columns", {"columns": "、".join(new[:_SHOWN])}),) if new else ()

    async def _forget(self) -> None:
        """What this load has read: none of it was published, and its file is another one now."""

        def forget(store: Store) -> None:
            store.staging.clear(self.load.id)
            store.loads.went_on(self.load.id, None, 0)

        await self.database.write(forget)
        await self.prepare()

    async def _landed(self, after: str) -> list[Landed]:
        return await self.database.read(lambda store: store.landing.page(self.load.source, after, _PAGE))

    async def _stage(self, rows: Sequence[Staged]) -> None:
        await self.database.write(lambda store: store.staging.put(self.load.id, rows))

    async def _keep(self, rows: Sequence[Staged], position: Any, read: int, notes: tuple[Note, ...]) -> None:
        def keep(store: Store) -> None:
            store.staging.put(self.load.id, rows)
            store.loads.went_on(self.load.id, position, read)
            if notes != tuple(self.load.notes):
                store.loads.noted(self.load.id, notes)

        await self.database.write(keep)


_PAGE = 2000


def fingerprint(origin: Origin) -> str:
    """Of where rows come from: the place to go on from means nothing elsewhere."""
    return _digest({"kind": origin.kind, "options": origin.options})


def with_notes(notes: tuple[Note, ...], more: Iterable[Note]) -> tuple[Note, ...]:
    """Each once, the last ones of very many: a folder may have thousands of files with something wrong."""
    return tuple({(note.note, str(note.details)): note for note in (*notes, *more)}.values())[-_NOTES:]


def digest_of(row: RawRow) -> str:
    """Of a row as it came."""
    return _digest({"data": row.data, "problem": row.problem} if row.problem else row.data)


def key_of(row: RawRow, mapper: Mapper) -> str:
    """What identifies a row; where it doesn't say, its content does."""
    key = "" if row.problem else mapper.key(row)
    return key or NO_KEY + digest_of(row)


def _digest(data: Any) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _staged(batch: Batch, mapper: Mapper, before: int) -> list[Staged]:
    return [_staged_row(row, mapper, number) for number, row in enumerate(batch.rows, before + 1)]


def _staged_row(row: RawRow, mapper: Mapper, number: int) -> Staged:
    why = (Reason("", "", row.problem, row.details),) if row.problem else ()
    return Staged(key_of(row, mapper), number, row.line, row.place, row.data, digest_of(row), reasons=why)


def _landed_again(row: Landed, mapper: Mapper, number: int) -> Staged:
    key = key_of(RawRow(row.line, row.data), mapper)
    return Staged(key, number, row.line, row.place, row.data, row.digest, again=True)


def _refused_again(one: Refusal, number: int) -> Staged:
    """What couldn't be split stays so until somebody mends it; everything else the mapping looks at again."""
    why = () if one.is_split else tuple(one.reasons)
    return Staged(one.key, number, one.line, one.place, one.data, one.digest, again=True, reasons=why)


def columns_of(definition: Definition, rows: Sequence[RawRow]) -> set[str]:
    """The columns of a table; none where each row has its own. Raises SourceRefused when the mapping reads others."""
    there = next((set(row.data) for row in rows if not row.problem), None)
    if there is None or not is_tabular(definition.origin):
        return set()
    missing = [name for name in definition.columns if name not in there and not _nested(name, rows)]
    if missing:
        raise SourceRefused(_missing(missing, there, rows[0].place))
    return there


def _nested(name: str, rows: Sequence[RawRow]) -> bool:
    """Whether a name is a path into an object of some row."""
    head = name.split(".", maxsplit=1)[0]
    return head != name and any(isinstance(row.data.get(head), Mapping) for row in rows)


def _near(name: str, there: set[str]) -> list[str]:
    """A column that says the same with something added or taken away, else one that is written alike."""
    plain = name.casefold().strip()
    within = [one for one in sorted(there) if plain in one.casefold() or one.casefold().strip() in plain]
    return within or get_close_matches(name, there, 1)


def _missing(missing: Sequence[str], there: set[str], place: str) -> str:
    near = {name: _near(name, there) for name in missing}
    hints = "；".join(f"{name} → {found[0]}" for name, found in near.items() if found)
    lang = operator_language()
    return t(
        "sources.refused.columns",
        lang,
        place=f"{place} · " if place else "",
        missing="、".join(missing[:_SHOWN]),
        near=t("sources.refused.near", lang, hints=hints) if hints else "",
        found="、".join(sorted(there)[:_SHOWN]),
    )
