"""Refused rows, mended by people: as a table to edit, and back; or dropped."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.contracts import Clock
from bot.contracts.errors import BadInput
from bot.contracts.sources import RawRow
from bot.flows.sources_definitions import definition_of
from bot.flows.sources_reading import key_of
from config.languages import operator_language
from config.locales import t
from knowledge.mapping.entities import load_entities
from knowledge.mapping.mapper import Mapper
from knowledge.spreadsheet import bare, guarded
from storage.database import Database
from storage.repositories.refusals import Refusal
from storage.store import Store

ID, SOURCE, PLACE, WHY = "#", "@source", "@place", "@why"  # columns of ours in the table, before the source's


@dataclass(frozen=True, slots=True)
class Mended:
    """How many rows of which source were changed, and which lines of the table name no row that waits."""

    sources: Mapping[str, int]
    unknown: Sequence[str]


def as_csv(refusals: Sequence[Refusal], lang: str) -> str:
    """The rows as a table that Excel opens: with a byte order mark, nested values under dotted names."""
    flat = [_flat(refusal.data) for refusal in refusals]
    names = list(dict.fromkeys(name for row in flat for name in row))
    text = io.StringIO(newline="")
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow([ID, SOURCE, PLACE, WHY, *map(guarded, names)])
    for refusal, row in zip(refusals, flat, strict=True):
        why = "；".join(reason.sentence(lang) for reason in refusal.reasons)
        place = f"{refusal.place}:{refusal.line}" if refusal.place else str(refusal.line)
        cells = (guarded(_shown(row[name])) if name in row else "" for name in names)
        writer.writerow([refusal.id, refusal.source, guarded(place), guarded(why), *cells])
    return text.getvalue()


class Mending:
    """Changes refused rows; the next load tries them."""

    def __init__(self, database: Database, clock: Clock, zone: Any) -> None:
        self._database, self._clock, self._zone = database, clock, zone

    async def take(self, rows: Iterable[Mapping[str, str]], by: str) -> Mended:
        """A table as `as_csv` made it, with cells corrected. Raises BadInput when it has no ids."""
        edited = list(rows)
        if edited and ID not in edited[0]:
            raise BadInput(t("sources.mend.no_ids", operator_language(), column=ID))
        return await self._database.write(lambda store: self._take(store, edited, by))

    async def edit(self, refusal_id: int, values: Mapping[str, str], by: str) -> str:
        """One row, by the dotted names of what changes; its source. Raises BadInput when it waits no more."""
        mended = await self.take([{ID: str(refusal_id), **values}], by)
        if not mended.sources:
            raise BadInput(t("sources.mend.gone", operator_language(), ids=str(refusal_id)))
        return next(iter(mended.sources))

    async def drop(self, source: str, ids: Iterable[int], by: str) -> int:
        """Never mind rows, as long as the source has them as they are."""
        now = self._clock.now()

        def drop(store: Store) -> int:
            wanted = list(ids)
            dropped = store.refusals.drop(source, wanted, by, now)
            if dropped:
                store.audit.add(by, "rows.dropped", source, {"rows": dropped}, now)
            return dropped

        return await self._database.write(drop)

    def _take(self, store: Store, rows: Sequence[Mapping[str, str]], by: str) -> Mended:
        ids = {row[ID].strip(): row for row in rows if row.get(ID, "").strip()}
        numbers = [int(id_) for id_ in ids if id_.isdecimal()]
        waiting = {id_: one for id_, one in store.refusals.these(numbers).items() if one.state == "open"}
        mappers = {source: self._mapper(store, source) for source in {one.source for one in waiting.values()}}
        changed: dict[str, int] = {}
        for refusal in waiting.values():
            data = _edited(refusal.data, ids[str(refusal.id)])
            if data == refusal.data and refusal.is_split:
                continue
            self._mend(store, refusal, data, mappers[refusal.source], by)
            changed[refusal.source] = changed.get(refusal.source, 0) + 1
        for source, number in changed.items():
            store.audit.add(by, "rows.mended", source, {"rows": number}, self._clock.now())
        return Mended(changed, [id_ for id_ in ids if not id_.isdecimal() or int(id_) not in waiting])

    def _mend(self, store: Store, refusal: Refusal, data: dict[str, Any], mapper: Mapper, by: str) -> None:
        if data == refusal.data:  # a row without a key whose reader was right: nothing was corrected
            return
        row = RawRow(refusal.line, data)
        key = refusal.key if refusal.is_split else key_of(row, mapper)
        store.refusals.mend(refusal, data, key, by, self._clock.now())

    def _mapper(self, store: Store, source: str) -> Mapper:
        definition = definition_of(store.sources.version(source, store.sources.last_version(source)))
        return Mapper(definition, load_entities(), self._zone, self._clock.now().astimezone(self._zone).date())


def _edited(data: Mapping[str, Any], cells: Mapping[str, str]) -> dict[str, Any]:
    """The data with the cells that were changed; what wasn't touched keeps its type."""
    result: dict[str, Any] = json.loads(json.dumps(data))
    flat = _flat(data)
    for name, value in ((bare(name), bare(cell or "")) for name, cell in cells.items()):
        if name in (ID, SOURCE, PLACE, WHY) or value == _shown(flat.get(name)):
            continue
        if name in flat or value:
            _put(result, name, value)
    return result


def _put(tree: dict[str, Any], name: str, value: str) -> None:
    """Under a dotted name, where there are such objects; else under the name itself."""
    head, _, rest = name.partition(".")
    if rest and name not in tree and isinstance(tree.get(head), dict):
        _put(tree[head], rest, value)
    else:
        tree[name] = value


def _flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    return dict(_leaves(data, prefix))


def _leaves(data: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
