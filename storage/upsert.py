"""Insert or update in one statement, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, inspect
from sqlalchemy.dialects import sqlite
from sqlmodel import Session

from storage.tables.base import Row

Change = Callable[[Any], Mapping[str, Any]]


def insert_new(session: Session, row: Row) -> bool:
    """Insert unless its key is there. True when it is new."""
    return add_new(session, type(row), _values(row))


def add_new(session: Session, kind: type[Row], values: Mapping[str, Any]) -> bool:
    """The same by the names of the columns, all of them: for each message, making a row first would take as long as
    inserting it does."""
    return session.connection().execute(_insert_new(_dialect(session), kind), values).first() is not None


def add_all_new(session: Session, kind: type[Row], rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for many, in one round trip; nobody learns which were new."""
    session.connection().execute(_insert_all_new(_dialect(session), kind), rows)


def upsert(session: Session, row: Row, change: Change | None = None) -> None:
    """Insert, or update the row with this primary key: all columns, or those that `change` returns.

    `change` gets the new values' columns (`excluded`) and returns column names with values or expressions.
    """
    put(session, type(row), _values(row), change)


def put(session: Session, kind: type[Row], values: Mapping[str, Any], change: Change | None = None) -> None:
    """The same by the names of the columns, all of them (see `add_new`)."""
    session.connection().execute(_upsert(_dialect(session), kind, change), values)


def upsert_all(
    session: Session, kind: type[Row], rows: Sequence[Mapping[str, Any]], change: Change | None = None
) -> None:
    """The same for many rows of one table, in one round trip; each row by the names of its columns."""
    if not rows:
        return
    session.connection().execute(_upsert(_dialect(session), kind, change), rows)


# Building a statement takes SQLAlchemy ten times longer than running it, so each is built once.
@cache
def _insert_new(dialect: str, kind: type[Row]) -> Any:
    table = table_of(kind)
    return _insert(dialect, table).on_conflict_do_nothing().returning(*table.primary_key.columns)


@cache
def _insert_all_new(dialect: str, kind: type[Row]) -> Any:
    return _insert(dialect, table_of(kind)).on_conflict_do_nothing()


@cache
def _upsert(dialect: str, kind: type[Row], change: Change | None) -> Any:
    table = table_of(kind)
    statement = _insert(dialect, table)
    changed = change(statement.excluded) if change else _all_columns(table, statement.excluded)
    key = [column.name for column in table.primary_key.columns]
    return statement.on_conflict_do_update(index_elements=key, set_=changed)


def _all_columns(table: Table, excluded: Any) -> dict[str, Any]:
    return {column.name: excluded[column.name] for column in table.columns if not column.primary_key}


def _dialect(session: Session) -> str:
    return session.connection().dialect.name


def _insert(dialect: str, table: Table) -> Any:
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # 0.1 s that a start on SQLite needn't wait for

    return postgresql.insert(table)


def insert_into(session: Session, kind: type[Row]) -> Any:
    """The dialect's own insertion, for statements that copy rows from a query."""
    return _insert(_dialect(session), table_of(kind))


def table_of(kind: type[Row]) -> Table:
    """The table of a kind of row, for statements that are built once."""
    table = inspect(kind).local_table
    assert isinstance(table, Table)  # noqa: S101 - every Row with table=True has one; for the type checker
    return table


def _values(row: Row) -> dict[str, Any]:
    return {name: getattr(row, key) for key, name in _columns(type(row))}


@cache
def _columns(kind: type[Row]) -> tuple[tuple[str, str], ...]:
    return tuple((attr.key, attr.columns[0].name) for attr in inspect(kind).column_attrs)
