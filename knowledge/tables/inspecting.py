"""What a database says of itself: tables, columns, types, keys, comments. No values are read here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from knowledge.tables.connecting import Connection
from knowledge.tables.query import Column
from knowledge.tables.schema import ColumnDraft, Link, TableDraft, Type

_NUMBER = re.compile(r"INT|REAL|FLOA|DOUB|NUM|DEC|MONEY|SERIAL", re.IGNORECASE)
_DATE = re.compile(r"DATE|TIME", re.IGNORECASE)
_TEXT = re.compile(r"CHAR|TEXT|CLOB|STRING|UUID|ENUM", re.IGNORECASE)
_DDL_COMMENT = re.compile(r"^\s*[\"`\[]?([^\"`\]\s,(]+)[\"`\]]?[^\n]*?--\s*(.+?)\s*$", re.MULTILINE)
_COLUMNS = """
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum),
       obj_description(c.oid), n.nspname = current_schema()
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r','p','v','m','f') AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname NOT IN ('pg_catalog','information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
  AND has_table_privilege(c.oid, 'SELECT')
ORDER BY n.nspname <> current_schema(), n.nspname, c.relname, a.attnum"""
_KEYS = """
SELECT con.contype, c.relname, f.relname,
       (SELECT array_agg(a.attname ORDER BY x.ord) FROM unnest(con.conkey) WITH ORDINALITY x(num, ord)
        JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = x.num),
       (SELECT array_agg(a.attname ORDER BY x.ord) FROM unnest(con.confkey) WITH ORDINALITY x(num, ord)
        JOIN pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = x.num)
FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid LEFT JOIN pg_class f ON f.oid = con.confrelid
WHERE con.contype IN ('p','f','u')"""


def inspect(connection: Connection) -> tuple[list[TableDraft], list[Link]]:
    """Tables in the order of their creation or names, and the declared foreign keys."""
    readers = {"sqlite": _sqlite, "duckdb": _duckdb, "postgres": _postgres}
    return readers[connection.dialect](connection)


def type_of(declared: str) -> Type:
    """The kind of a declared type. Dates before numbers: "TIMESTAMP" and "INTERVAL" hold letters of others."""
    for kind, pattern in (("date", _DATE), ("text", _TEXT), ("number", _NUMBER)):
        if pattern.search(declared):
            return kind  # type: ignore[return-value]  # the three are of Type
    return "number" if declared.upper() in ("BOOL", "BOOLEAN") else "text" if not declared else "other"


def _sqlite(connection: Connection) -> tuple[list[TableDraft], list[Link]]:
    _, found = connection.rows(
        "SELECT name, sql FROM sqlite_master WHERE type IN ('table','view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    tables: list[TableDraft] = []
    links: list[Link] = []
    for name, ddl in found:
        quoted = str(name).replace('"', '""')
        _, columns = connection.rows(f'PRAGMA table_info("{quoted}")')
        comments = {column.casefold(): said for column, said in _DDL_COMMENT.findall(ddl or "")}
        key = tuple(row[1] for row in sorted(columns, key=lambda row: row[5]) if row[5])
        drafts = tuple(
            ColumnDraft(row[1], type_of(row[2]), comments.get(row[1].casefold(), ""), unique=key == (row[1],))
            for row in columns
        )
        if drafts:
            tables.append(TableDraft(name, drafts, key))
        _, keys = connection.rows(f'PRAGMA foreign_key_list("{quoted}")')
        links.extend(Link(Column(name, row[3]), Column(row[2], row[4] or "")) for row in keys)
    return tables, _resolved(tables, links)


def _resolved(tables: list[TableDraft], links: Iterable[Link]) -> list[Link]:
    """Links with the names as they are written where tables are made; a parent without a column means its key."""
    names = {table.name.casefold(): table for table in tables}
    found = []
    for link in links:
        child, parent = names.get(link.child.table.casefold()), names.get(link.parent.table.casefold())
        if child is None or parent is None:
            continue
        source = _written(child, link.child.name)
        target = _written(parent, link.parent.name or (parent.key[0] if parent.key else ""))
        if source and target:
            found.append(Link(Column(child.name, source), Column(parent.name, target)))
    return list(dict.fromkeys(found))


def _written(table: TableDraft, name: str) -> str:
    return next((one.name for one in table.columns if one.name.casefold() == name.casefold()), "")


def _duckdb(connection: Connection) -> tuple[list[TableDraft], list[Link]]:
    _, rows = connection.rows(
        "SELECT c.schema_name, c.table_name, c.column_name, c.data_type, c.comment, "
        "coalesce(t.comment, v.comment), c.schema_name = current_schema() FROM duckdb_columns() c "
        "LEFT JOIN duckdb_tables() t USING (table_oid) LEFT JOIN duckdb_views() v ON v.view_oid = c.table_oid "
        "WHERE NOT c.internal AND c.database_name = current_database() ORDER BY c.table_oid, c.column_index"
    )
    _, keys = connection.rows(
        "SELECT constraint_type, table_name, referenced_table, constraint_column_names, referenced_column_names "
        "FROM duckdb_constraints() WHERE constraint_type IN ('PRIMARY KEY','FOREIGN KEY','UNIQUE')"
    )
    short = {"PRIMARY KEY": "p", "FOREIGN KEY": "f", "UNIQUE": "u"}
    return _assembled(rows, [(short[row[0]], *row[1:]) for row in keys])


def _postgres(connection: Connection) -> tuple[list[TableDraft], list[Link]]:
    _, rows = connection.rows(_COLUMNS, most=100_000)
    _, keys = connection.rows(_KEYS, most=100_000)
    return _assembled(rows, keys)


def _assembled(
    rows: Iterable[tuple[object, ...]], keys: Iterable[tuple[object, ...]]
) -> tuple[list[TableDraft], list[Link]]:
    """Tables of (schema, table, column, type, comment, comment of the table, usual schema) and their constraints."""
    primary: dict[str, tuple[str, ...]] = {}
    unique: set[tuple[str, str]] = set()
    links: list[Link] = []
    for kind, table, parent, columns, referred in keys:
        names = [str(one) for one in columns or ()]  # type: ignore[attr-defined]  # a list, by both catalogues
        if kind == "p":
            primary[str(table)] = tuple(names)
        if kind in ("p", "u") and len(names) == 1:
            unique.add((str(table), names[0]))
        if kind == "f" and len(names) == 1:
            target = [str(one) for one in referred or ()]  # type: ignore[attr-defined]  # a list, as above
            links.append(Link(Column(str(table), names[0]), Column(str(parent), target[0])))
    drafts: dict[str, list[ColumnDraft]] = defaultdict(list)
    heads: dict[str, tuple[str, str]] = {}
    for schema, table, column, declared, comment, about, usual in rows:
        name = str(table)
        if heads.setdefault(name, ("" if usual else str(schema), str(about or "")))[0] != ("" if usual else schema):
            continue  # a table of the same name in the usual schema comes first
        mine = (name, str(column)) in unique
        drafts[name].append(ColumnDraft(str(column), type_of(str(declared)), str(comment or ""), unique=mine))
    tables = [
        TableDraft(name, tuple(columns), primary.get(name, ()), heads[name][1], schema=heads[name][0])
        for name, columns in drafts.items()
    ]
    return tables, list(dict.fromkeys(links))
