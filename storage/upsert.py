"""Insert or update in one statement, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from storage.tables.base import Row

Change = Callable[[Any], Mapping[str, Any]]


def insert_new(session: Session, row: Row) -> bool:
    """Insert unless its key is there. True when it is new."""
    table = _table(type(row))
    statement = _insert(session, table).values(_values(row)).on_conflict_do_nothing()
    return bool(session.execute(statement.returning(*table.primary_key.columns)).first())


def upsert(session: Session, row: Row, change: Change | None = None) -> None:
    """Insert, or update the row with this primary key: all columns, or those that `change` returns.

    `change` gets the new values' columns (`excluded`) and returns column names with values or expressions.
    """
    upsert_all(session, type(row), [_values(row)], change)


def upsert_all(
    session: Session, kind: type[Row], rows: Sequence[Mapping[str, Any]], change: Change | None = None
) -> None:
    """The same for many rows of one table, in one round trip; each row by the names of its columns."""
    if not rows:
        return
    table = _table(kind)
    statement = _insert(session, table)
    changed = change(statement.excluded) if change else _all_columns(table, statement.excluded)
    key = [column.name for column in table.primary_key.columns]
    session.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), rows)


def _all_columns(table: Table, excluded: Any) -> dict[str, Any]:
    return {column.name: excluded[column.name] for column in table.columns if not column.primary_key}


def _insert(session: Session, table: Table) -> Any:
    return {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[session.get_bind().dialect.name](table)


def _table(kind: type[Row]) -> Table:
    table = inspect(kind).local_table
    assert isinstance(table, Table)  # noqa: S101 - every Row with table=True has one; for the type checker
    return table


def _values(row: Row) -> dict[str, Any]:
    columns = inspect(type(row)).column_attrs
    return {attr.columns[0].name: getattr(row, attr.key) for attr in columns}
