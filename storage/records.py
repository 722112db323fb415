"""Rows as records: frozen dataclasses whose fields are called like the columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, inspect, select
from sqlmodel import Session

from storage.chunks import chunks
from storage.tables import Row
from storage.upsert import add_all_new, add_new, table_of, upsert_all

T = TypeVar("T")


class Records(Generic[T]):
    """One table's rows. For tables with an `id`; the record may leave columns out that it doesn't show."""

    def __init__(self, session: Session, row: type[Row], record: type[T]) -> None:
        self._session = session
        self._row = row
        self._record: Any = record

    def add(self, record: T, **more: Any) -> bool:
        """Insert it unless its key, or something that must be unique, is there. True when it is new."""
        return add_new(self._session, self._row, self._columns(record) | more)

    def add_all(self, records: Sequence[T], **more: Any) -> None:
        """Insert those whose keys aren't there; what is there stays as it is."""
        if records:
            add_all_new(self._session, self._row, [self._columns(record) | more for record in records])

    def put_all(self, records: Sequence[T]) -> None:
        """Insert or replace, in one round trip."""
        upsert_all(self._session, self._row, [self._columns(record) for record in records])

    def get(self, id_: str) -> T | None:
        """One, by its id."""
        found = self.found(self.select().where(self._id == id_))
        return found[0] if found else None

    def these(self, ids: Iterable[str]) -> dict[str, T]:
        """Those that are there, by id."""
        queries = (self.select().where(self._id.in_(some)) for some in chunks(ids))
        return {str(getattr(one, "id", "")): one for query in queries for one in self.found(query)}

    def select(self) -> Select[Any]:
        """The query for all records, to be narrowed."""
        return _selection(self._row, self._record)

    def found(self, query: Select[Any]) -> list[T]:
        """What a query made by `select` finds."""
        return [self._record(*row) for row in self._session.connection().execute(query)]

    @property
    def _id(self) -> Any:
        return table_of(self._row).c.id

    def _columns(self, record: T) -> dict[str, Any]:
        return {name: getattr(record, key) for key, name in _names(self._row, self._record)}


@cache
def _selection(row: type[Row], record: Any) -> Select[Any]:
    """The columns in the order of the record's fields."""
    columns = table_of(row).c
    return select(*(columns[name] for _, name in _names(row, record)))


@cache
def _names(row: type[Row], record: Any) -> tuple[tuple[str, str], ...]:
    """(field, column) of each field."""
    mapper = inspect(row)
    return tuple((field.name, mapper.attrs[field.name].columns[0].name) for field in fields(record))
