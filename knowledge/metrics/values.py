"""Every value that a dimension has: what words of a question can be linked to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from knowledge.metrics.expressions import DIALECT, Moments, filled
from knowledge.metrics.registry import Column, Dimension, Registry, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from storage.warehouse import Warehouse

Values = Mapping[str, Mapping[str, str]]
"""Dimension → value as stored → how people call it: a rep's name, a customer's; else the value itself."""

_kept: WeakKeyDictionary[Warehouse, tuple[Path, Registry, Values]] = WeakKeyDictionary()
_SOME_TIME = Moments(datetime(2000, 1, 1, tzinfo=UTC), ZoneInfo("UTC"))  # no value depends on it


async def known_values(warehouse: Warehouse, registry: Registry) -> Values:
    """Of all rows, whoever may see them: a value is not a number, and who asks about others' is told that it's theirs.

    Read once for each copy. Raises WarehouseUnavailable.
    """
    built = await warehouse.ready()
    kept = _kept.get(warehouse)
    if kept is None or kept[0] != built.file or kept[1] is not registry:
        found = await warehouse.run(lambda connection: read_values(connection, registry))
        kept = _kept[warehouse] = (built.file, registry, found)
    return kept[2]


def read_values(connection: DuckDBPyConnection, registry: Registry) -> dict[str, dict[str, str]]:
    """The same from an open copy. Blocking."""
    return {name: dict(_read(connection, one, registry)) for name, one in registry.dimensions.items()}


def _read(connection: DuckDBPyConnection, dimension: Dimension, registry: Registry) -> list[tuple[str, str]]:
    if dimension.names:
        table = registry.tables[dimension.names[0]]
        columns = [_said(table, table.columns[name]) for name in (table.key, dimension.names[1])]
        rows = _rows(connection, table, ", ".join(columns))
        return sorted((str(key), str(name or key)) for key, name in rows if key)
    found: set[str] = set()
    for name, path in dimension.at.items():
        table = registry.tables[name]
        if "." not in path and not table.columns[path].path:
            rows = _rows(connection, table, f"DISTINCT CAST({_said(table, table.columns[path])} AS VARCHAR)")
            found.update(value for (value,) in rows if value)
    return [(value, value) for value in sorted(found)]


def _rows(connection: DuckDBPyConnection, table: Table, columns: str) -> list[Any]:
    """Made of names of the registry alone, never of words of a question."""
    return connection.execute(f"SELECT {columns} FROM {table.relation}").fetchall()  # noqa: S608 - see above


def _said(table: Table, column: Column) -> str:
    return filled(column.sql, _SOME_TIME).sql(DIALECT) if column.sql else f'"{table.relation}"."{column.stored}"'
