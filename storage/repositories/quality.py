"""How well data is filled in, counted in queries: what is empty, what stands there, and rows that can't be.

Every count takes a viewer: the same board shows a manager their team and sales ops the company.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, TypeDecorator, and_, case, func, literal_column, or_, select
from sqlmodel import Session

from bot.contracts.person import Person
from storage.permissions import visible
from storage.repositories.loop_kept import KINDS
from storage.repositories.loop_links import LINKS
from storage.tables import MergeRow, QualityDayRow
from storage.upsert import table_of, upsert_all

# By what a row is called, and who answers for it, where its entity says so.
NAMES = {"customer": "name", "deal": "name", "lead": "company", "campaign": "name", "ticket": "summary"}
OWNERS = {"customer": "owner_id", "deal": "owner_id", "contract": "signer_id", "campaign": "owner_id"}
_merges, _days = table_of(MergeRow), table_of(QualityDayRow)


@dataclass(frozen=True, slots=True)
class Cell:
    """Rows of one region and one owner; `filled` in the order of the fields asked for."""

    region: str
    owner_id: str
    total: int
    filled: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A row that a figure stands on. `value`: what is wrong with it, if it is a value."""

    id: str
    name: str
    region: str
    owner_id: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """What a gate showed on a day."""

    day: date
    good: int
    total: int


class Quality:
    """Counts and rows. A customer that was merged into another one doesn't count beside it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def filled(self, viewer: Person, entity: str, fields: Sequence[str]) -> list[Cell]:
        """How many rows have each field, by region and owner."""
        table = table_of(KINDS[entity])
        region, owner = _region(entity), _owner(entity)
        counts = [func.sum(case((_empty(table, field), 0), else_=1)) for field in fields]
        wanted: list[ColumnElement[Any]] = [region, owner, func.count(), *counts]
        query = _seen(viewer, entity, select(*wanted)).group_by(region, owner)
        return [Cell(row[0], row[1], row[2], tuple(map(int, row[3:]))) for row in self._run(query)]

    def values(self, viewer: Person, entity: str, field: str) -> list[tuple[str, str, str, int]]:
        """What stands in a field: (value, region, owner, rows); what is empty is left out."""
        column, region, owner = _column(entity, field), _region(entity), _owner(entity)
        query = _seen(viewer, entity, select(column, region, owner, func.count()))
        query = query.where(~_empty(table_of(KINDS[entity]), field)).group_by(column, region, owner)
        return [(row[0], row[1], row[2], row[3]) for row in self._run(query)]

    def without(self, viewer: Person, entity: str, field: str, *, limit: int = 50, offset: int = 0) -> list[Evidence]:
        """Rows whose field is empty."""
        return self._rows(viewer, entity, _empty(table_of(KINDS[entity]), field), None, limit, offset)

    def holding(
        self, viewer: Person, entity: str, field: str, values: Collection[str], *, limit: int = 50, offset: int = 0
    ) -> list[Evidence]:
        """Rows in whose field one of these values stands."""
        column = _column(entity, field)
        return self._rows(viewer, entity, column.in_(list(values)), column, limit, offset)

    def invalid(self, viewer: Person) -> list[tuple[bool | None, str, str, int]]:
        """Leads by (valid or not, reason, region); None: nobody said."""
        leads = table_of(KINDS["lead"])
        reason, region = func.coalesce(leads.c.invalid_reason, ""), _region("lead")
        query = _seen(viewer, "lead", select(leads.c.valid, reason, region, func.count()))
        return [(row[0], row[1], row[2], row[3]) for row in self._run(query.group_by(leads.c.valid, reason, region))]

    def invalid_rows(self, viewer: Person, *, limit: int = 50, offset: int = 0) -> list[Evidence]:
        """Leads that were marked invalid, with the reason."""
        leads = table_of(KINDS["lead"])
        return self._rows(viewer, "lead", leads.c.valid.is_(False), leads.c.invalid_reason, limit, offset)

    def dangling(self, viewer: Person, entity: str, *, limit: int = 50, offset: int = 0) -> list[Evidence]:
        """Rows that point to what isn't there, with where they point."""
        wrong, value = _dangling(entity)
        return self._rows(viewer, entity, wrong, value, limit, offset)

    def count_dangling(self, viewer: Person, entity: str) -> int:
        """How many rows do."""
        return self._count(viewer, entity, _dangling(entity)[0])

    def impossible(
        self, viewer: Person, entity: str, rule: ColumnElement[bool], value: Any, *, limit: int = 50, offset: int = 0
    ) -> list[Evidence]:
        """Rows of which the rule is true."""
        return self._rows(viewer, entity, rule, value, limit, offset)

    def count_impossible(self, viewer: Person, entity: str, rule: ColumnElement[bool]) -> int:
        """How many there are."""
        return self._count(viewer, entity, rule)

    def count(self, viewer: Person, entity: str) -> int:
        """All rows that the viewer may see."""
        return int(self._run(_seen(viewer, entity, select(func.count())))[0][0])

    def note(self, day: date, figures: Mapping[str, tuple[int, int]]) -> None:
        """What the gates show today, (good, total); a day is written over."""
        rows = [{"gate": gate, "day": day, "good": good, "total": total} for gate, (good, total) in figures.items()]
        upsert_all(self._session, QualityDayRow, rows)

    def noted(self) -> bool:
        """Whether any day was noted yet."""
        return bool(self._run(select(_days.c.day).limit(1)))

    def days(self, since: date) -> dict[str, list[Day]]:
        """By gate, the oldest day first."""
        query = select(_days.c.gate, _days.c.day, _days.c.good, _days.c.total).where(_days.c.day >= since)
        found: dict[str, list[Day]] = {}
        for gate, *day in self._run(query.order_by(_days.c.gate, _days.c.day)):
            found.setdefault(gate, []).append(Day(*day))
        return found

    def _rows(
        self, viewer: Person, entity: str, where: ColumnElement[bool], value: Any, limit: int, offset: int
    ) -> list[Evidence]:
        table = table_of(KINDS[entity])
        name = table.c[NAMES[entity]] if entity in NAMES else table.c.get("customer_name", table.c.id)
        columns = [table.c.id, name, _region(entity), _owner(entity), *([] if value is None else [value])]
        query = _seen(viewer, entity, select(*columns)).where(where).order_by(table.c.id).limit(limit).offset(offset)
        return [Evidence(*(str(part) if part is not None else "" for part in row)) for row in self._run(query)]

    def _count(self, viewer: Person, entity: str, where: ColumnElement[bool]) -> int:
        return int(self._run(_seen(viewer, entity, select(func.count())).where(where))[0][0])

    def _run(self, query: Select[Any]) -> Sequence[Any]:
        return self._session.connection().execute(query).all()


def _seen(viewer: Person, entity: str, query: Select[Any]) -> Select[Any]:
    table = table_of(KINDS[entity])
    seen = query.select_from(table).where(visible(viewer, KINDS[entity]))
    if entity != "customer":
        return seen
    return seen.where(table.c.id.not_in(select(_merges.c.gone_id).where(_merges.c.undone_at.is_(None))))


def _column(entity: str, field: str) -> Any:
    """By the name of the field: money is kept in columns of another name."""
    columns = table_of(KINDS[entity]).c
    return columns[field] if field in columns else columns[f"{field}_fen"]


def _empty(table: Any, field: str) -> ColumnElement[bool]:
    column = table.c[field] if field in table.c else table.c[f"{field}_fen"]
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return or_(column.is_(None), func.trim(column) == "") if isinstance(kind, String) else column.is_(None)


def _region(entity: str) -> ColumnElement[str]:
    columns = table_of(KINDS[entity]).c
    return func.coalesce(columns.region, "") if "region" in columns else _nothing()


def _owner(entity: str) -> ColumnElement[str]:
    column = OWNERS.get(entity)
    return func.coalesce(table_of(KINDS[entity]).c[column], "") if column else _nothing()


def _nothing() -> ColumnElement[str]:
    return literal_column("CAST('' AS VARCHAR)")  # PostgreSQL groups by no plain constant


def _dangling(entity: str) -> tuple[ColumnElement[bool], Any]:
    """(whether a link of the row leads nowhere, the first such link). What isn't connected at all is no row's fault."""
    table = table_of(KINDS[entity])
    faults = []
    for name, target in LINKS.items():
        if name in table.c:
            other = table_of(target).alias()
            known = select(other.c.id).where(other.c.id == table.c[name]).exists()
            says = and_(table.c[name].is_not(None), table.c[name] != "", select(other.c.id).exists())
            faults.append((table.c[name], and_(says, ~known)))
    wrong = or_(*(fault for _, fault in faults))
    return wrong, case(*((fault, column) for column, fault in faults), else_="")
