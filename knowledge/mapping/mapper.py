"""Rows of a source as records of an entity. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from bot.contracts.sources import RawRow
from knowledge.mapping import times, values
from knowledge.mapping.coerce import Convert, converter
from knowledge.mapping.entities import Entity
from knowledge.mapping.fields import MISSING, Read, always, reader
from knowledge.mapping.rule import Definition, FieldRule
from knowledge.mapping.values import Bad
from storage.reasons import Reason

_TOTALS = frozenset({"合计", "总计", "小计", "共计", "total", "grandtotal", "subtotal"})


@dataclass(frozen=True, slots=True)
class Mapped:
    """A row that is a record: `record` has the values of the entity's fields, `id` among them."""

    key: str
    record_id: str
    record: dict[str, Any]
    notes: tuple[str, ...] = ()  # last parts of locale keys below mapping.note: what was done to values
    part: str = ""  # of the source, for freshness
    fresh_at: datetime | None = None  # UTC; how new the row says it is


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that can't be taken, with everything that is wrong with it."""

    key: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """One business field: where its value is, and how it becomes ours."""

    name: str
    columns: str  # for people
    read: Read
    convert: Convert


class Mapper:
    """Applies one definition. Made once for a load: it looks at the definition then, and not for every row."""

    def __init__(self, definition: Definition, entities: Mapping[str, Entity], zone: tzinfo, today: date) -> None:
        """`zone`: the company's, for sources that don't say theirs; `today`: in it, nothing has happened after it."""
        self._entity = entities[definition.entity]
        self._definition = definition
        self._zone = ZoneInfo(definition.zone) if definition.zone else zone
        self._today = today
        self._steps = [self._step(name, rule) for name, rule in definition.fields.items()]
        self._required = frozenset(self._entity.required) - (set() if "id" in definition.fields else {"id"})
        self._signs = self._signed()
        self._key = [reader(name) for name in definition.key]
        fresh = definition.fresh
        self._by = self._fresh_reader(fresh.by) if fresh and fresh.by else None
        self._per = self._fresh_reader(fresh.per) if fresh and fresh.per else None

    def apply(self, row: RawRow) -> Mapped | Refused:
        """The record of a row, or why there is none."""
        key = self.key(row)
        if row.problem:
            return Refused(key, (Reason("", "", row.problem, row.details),))
        if key in _TOTALS:
            return Refused(key, (Reason("", key, "total_row"),))
        record, bad, notes = self._values(row.data)
        if not key and not bad:
            bad.append(Reason("、".join(self._definition.key), "", "no_key"))
        if bad:
            return Refused(key, (Reason("", "", "total_row"),) if _is_total(row.data) else tuple(bad))
        record_id = record.setdefault("id", f"{self._definition.source}:{key}")
        if self._by is None and self._per is None:
            return Mapped(key, record_id, record, tuple(notes))
        return Mapped(key, record_id, record, tuple(notes), *self._freshness(row.data, record))

    def key(self, row: RawRow) -> str:
        """What identifies the row in its source; "" when it doesn't say."""
        parts = [_key_part(read(row.data)) for read in self._key]
        if not all(parts):
            return ""
        return parts[0] if len(parts) == 1 else json.dumps(parts, ensure_ascii=False)

    def _values(self, data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Reason], list[str]]:
        record: dict[str, Any] = {}
        bad: list[Reason] = []
        notes: list[str] = []
        for step in self._steps:
            value = step.read(data)
            try:
                if value is not MISSING:
                    record[step.name] = step.convert(value, data)
                if step.name in self._required and record.get(step.name) in (None, ""):
                    raise Bad("empty" if value is not MISSING else "no_column")
            except Bad as error:
                bad.append(Reason(step.columns, _shown(value), error.problem, error.details))
        if not bad and self._signs:
            self._mend_signs(record, bad, notes)
        return record, bad, notes

    def _mend_signs(self, record: dict[str, Any], bad: list[Reason], notes: list[str]) -> None:
        """A refund is below zero, however the source writes it; anything else below zero is a mistake."""
        for name, said_by, means, columns in self._signs:
            amount = record.get(name)
            if not amount:
                continue
            if said_by not in record:  # the source doesn't say what kind it is: the sign does
                if amount < 0:
                    record[said_by] = means
                    notes.append("negative_is_refund")
            elif record[said_by] == means and amount > 0:
                record[name] = -amount
                notes.append("refund_made_negative")
            elif record[said_by] != means and amount < 0:
                bad.append(Reason(columns, str(amount), "negative_but_no_refund", {"kind": record[said_by]}))

    def _signed(self) -> Sequence[tuple[str, str, str, str]]:
        """(field, the field that says its sign, the value that means below zero, columns) of those that have one."""
        columns = {step.name: step.columns for step in self._steps}
        return [
            (name, said_by, means, columns[name])
            for name, one in self._entity.fields.items()
            if name in columns
            for said_by, means in one.negative_when.items()
        ]

    def _step(self, name: str, rule: FieldRule) -> _Step:
        convert = converter(self._entity.fields[name], rule, self._zone, self._today, self._definition.rates)
        if rule.const is not None:
            return _Step(name, name, always(rule.const), convert)
        return _Step(name, "、".join(rule.sources), _reading(rule), convert)

    def _fresh_reader(self, name: str) -> Read | str:
        """A business field by its name, else a field of the source."""
        return name if name in self._definition.fields else reader(name)

    def _freshness(self, data: Mapping[str, Any], record: Mapping[str, Any]) -> tuple[str, datetime | None]:
        part = _picked(self._per, data, record)
        said = _picked(self._by, data, record)
        try:
            at = said if isinstance(said, datetime) else times.moment(_iso(said), self._zone)
            return values.text("" if part is MISSING else part), at
        except Bad:  # how new a row is doesn't decide whether it is taken
            return "", None


def _is_total(data: Mapping[str, Any]) -> bool:
    """Whether a row sums those above it, as spreadsheets end: its first words say so."""
    first = next((value for value in data.values() if isinstance(value, str) and value.strip()), "")
    return "".join(first.split()).rstrip(":：").lower() in _TOTALS


def _reading(rule: FieldRule) -> Read:
    readers = [reader(name) for name in rule.sources]
    if len(readers) == 1:
        return readers[0]

    def joined(data: Mapping[str, Any]) -> Any:
        parts = [part for read in readers if (part := read(data)) is not MISSING]
        return rule.join.join(text for part in parts if (text := values.plain(part))) if parts else MISSING

    return joined


def _picked(one: Read | str | None, data: Mapping[str, Any], record: Mapping[str, Any]) -> Any:
    if one is None:
        return ""
    return record.get(one, "") if isinstance(one, str) else one(data)


def _iso(value: Any) -> Any:
    if value is MISSING:
        return ""
    return value.isoformat() if isinstance(value, date) else value


def _key_part(value: Any) -> str:
    if value is MISSING:
        return ""
    try:
        return values.plain(value)
    except Bad:
        return json.dumps(value, sort_keys=True, default=str)


def _shown(value: Any) -> str:
    return "" if value is MISSING or value is None else str(value).encode(errors="replace").decode()[:200]
