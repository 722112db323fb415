"""The draft registry of a database: its schema, some of its values, and joins that nobody declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from knowledge.tables.connecting import Connection
from knowledge.tables.faults import TablesRefused
from knowledge.tables.inspecting import inspect
from knowledge.tables.query import Column
from knowledge.tables.schema import ColumnDraft, Draft, Link, TableDraft

PER_COLUMN = 2_000  # distinct values remembered of a column
OVERALL = 200_000
_FEW = 60  # numbers are values like texts where there are at most so many
_LONGEST = 80  # characters; what is longer isn't a name that a question holds
_LOOKED_AT = 100_000  # rows of a table in which values are looked for
_ID = ("id", "_id", "编号", "号", "代码", "code", "no", "key")


def draft(connection: Connection) -> Draft:
    """What can be asked. Raises `TablesRefused` where there are no tables, or none can be read."""
    tables, links = inspect(connection)
    if not tables:
        raise TablesRefused("no_tables")
    left = OVERALL
    filled = []
    for table in tables:
        columns = []
        for column in table.columns:
            found = _values(connection, table, column, min(PER_COLUMN, left))
            left -= len(found.values)
            columns.append(found)
        filled.append(replace(table, columns=tuple(columns)))
    return Draft(connection.dialect, tuple(filled), (*links, *_guessed(filled, links)))


def _values(connection: Connection, table: TableDraft, column: ColumnDraft, most: int) -> ColumnDraft:
    """The column with its values, and its kind where the declaration says none."""
    if column.type == "other" or most <= 0:
        return column
    name, source = _quoted(column.name), _source(table)
    found = connection.rows(
        f"SELECT DISTINCT {name} FROM (SELECT {name} FROM {source} LIMIT {_LOOKED_AT}) AS few "  # noqa: S608  # quoted
        f"WHERE {name} IS NOT NULL LIMIT {most}"
    )[1]
    seen = [row[0] for row in found if not isinstance(row[0], bytes)]
    texts = tuple(str(one).strip() for one in seen if isinstance(one, str) and 0 < len(one.strip()) <= _LONGEST)
    numbers = [one for one in seen if isinstance(one, int | float) and not isinstance(one, bool)]
    kind = column.type
    if seen and connection.dialect == "sqlite":  # its types are suggestions: what is stored counts
        kind = "number" if kind == "text" and len(numbers) == len(seen) else kind
        kind = "text" if kind == "number" and len(texts) > len(seen) / 2 else kind
    told = not table.key or kind == "text"  # a key that nobody declared, or a name that tells rows apart
    alone = column.unique or (told and len(seen) < most and _unique(connection, source, name))
    few = tuple(str(one) for one in numbers) if len(numbers) <= _FEW else ()
    return replace(column, type=kind, unique=alone, values=texts if kind in ("text", "date") else few)


def _unique(connection: Connection, source: str, name: str) -> bool:
    """Whether no value comes twice: such a column may be the key that nobody declared."""
    found = connection.rows(f"SELECT count(*), count(DISTINCT {name}) FROM {source}")[1]  # noqa: S608  # quoted
    return bool(found) and found[0][0] == found[0][1] > 1


def _source(table: TableDraft) -> str:
    return ".".join(_quoted(part) for part in (table.schema, table.name) if part)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _guessed(tables: list[TableDraft], declared: Iterable[Link]) -> Iterator[Link]:
    """Joins that names, types and values suggest, for pairs of tables between which none is declared."""
    pairs = {frozenset((link.child.table, link.parent.table)) for link in declared}
    for child in tables:
        for parent in tables:
            if child.name == parent.name or frozenset((child.name, parent.name)) in pairs:
                continue
            link = _guess(child, parent)
            if link is not None:
                pairs.add(frozenset((child.name, parent.name)))
                yield link


def _guess(child: TableDraft, parent: TableDraft) -> Link | None:
    """The first column of `child` that names the key of `parent` and holds nothing that isn't there."""
    for key in parent.columns:
        named = {key.name.casefold()}
        if parent.key not in ((key.name,), ()) or not (key.unique or parent.key):
            continue
        if key.name.casefold() in ("id", "编号", "代码"):
            base = parent.name.casefold().rstrip("s")
            named |= {f"{base}_id", f"{base}id", f"{parent.name}编号".casefold()}
        for column in child.columns:
            if column.name.casefold() in named and _fits(child, column, parent, key):
                return Link(Column(child.name, column.name), Column(parent.name, key.name), guessed=True)
    return None


def _fits(child: TableDraft, column: ColumnDraft, parent: TableDraft, key: ColumnDraft) -> bool:
    if column.type != key.type or column.name.casefold() in ("id", "编号"):
        return False
    ids = column.name.casefold().endswith(_ID) or parent.key == (key.name,)
    if not ids and (not key.values or len(set(key.values)) < 2):
        return False
    contained = not column.values or not key.values or set(column.values) <= set(key.values)
    return contained and (ids or bool(column.values)) and child.name != parent.name
