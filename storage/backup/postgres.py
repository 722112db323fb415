"""PostgreSQL: every table by COPY, out of one snapshot and back in one transaction.

Not pg_dump: a dump needs a program of the server's version on the machine that makes it, and another on the one that
restores it. COPY needs neither, and tables of an older version are loaded as they were, then migrated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from psycopg import sql
from sqlalchemy import Connection, Engine, MetaData, text

from storage.backup.errors import BadBackup, say
from storage.backup.manifest import ROWS, Manifest, TableCopy
from storage.errors import border
from storage.migrations import configuration
from storage.tables import metadata

ENGINE_SCHEMA = "dbos"
_ENGINE_VERSION = "dbos_migrations"  # told in the manifest: the engine writes it itself when it makes its tables
CHUNK = 1024 * 1024


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it was at one moment, for as long as it takes; nobody waits for it."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with border(), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def copy_out(connection: Connection, folder: Path) -> dict[TableCopy, int]:
    """Write a file for each table below `folder`; how many rows each has, in the order in which they can be loaded."""
    counted: dict[TableCopy, int] = {}
    for engine, table in _tables(connection):
        member = f"{ROWS}{'engine' if engine else 'ours'}/{table.name}.copy"
        copy = TableCopy(member=member, engine=engine, name=table.name, columns=tuple(c.name for c in table.columns))
        path = folder / member
        path.parent.mkdir(parents=True, exist_ok=True)
        statement = sql.SQL("COPY {} ({}) TO STDOUT").format(_named(copy), _columns(copy))
        with path.open("wb") as file, _cursor(connection) as cursor:
            with cursor.copy(statement) as data:
                for chunk in data:
                    file.write(chunk)
            counted[copy] = cursor.rowcount
    return counted


def counters(connection: Connection) -> dict[str, int]:
    """The last number that each of our sequences has given out."""
    query = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"
    return {name: value for name, value in connection.execute(text(query)) if value is not None}


def engine_version(connection: Connection) -> int:
    """The version of the engine's tables; 0 when there are none."""
    table = f"{ENGINE_SCHEMA}.{_ENGINE_VERSION}"
    if connection.execute(text("SELECT to_regclass(:name)"), {"name": table}).scalar() is None:
        return 0
    return int(connection.execute(text(f"SELECT max(version) FROM {table}")).scalar() or 0)  # noqa: S608  # a constant


def copy_in(connection: Connection, manifest: Manifest, folder: Path) -> None:
    """Put the rows of a backup in the place of all others, inside the caller's transaction."""
    _clear(connection)
    command.upgrade(configuration(connection), manifest.revision)
    for copy in manifest.copies:
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(_named(copy), _columns(copy))
        with (folder / copy.member).open("rb") as file, _cursor(connection) as cursor:
            with cursor.copy(statement) as data:
                while chunk := file.read(CHUNK):
                    data.write(chunk)
            _check_count(cursor.rowcount, copy, manifest)
    for name, last in manifest.counters.items():
        connection.execute(text("SELECT setval(to_regclass(:name), :last)"), {"name": name, "last": last})
    command.upgrade(configuration(connection), "head")


def _check_count(loaded: int, copy: TableCopy, manifest: Manifest) -> None:
    expected = manifest.rows.get(copy.member)
    if loaded != expected:
        raise BadBackup(say("rows", member=copy.member, loaded=loaded, expected=expected))


def _clear(connection: Connection) -> None:
    """Ours are made again as they were; the engine's are only emptied, because it makes them outside transactions."""
    ours = [*(table.name for table in metadata.tables.values()), "alembic_version"]
    names = sql.SQL(", ").join(map(sql.Identifier, ours))
    engines = [table for engine, table in _tables(connection) if engine]
    with _cursor(connection) as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(names))
        if engines:
            qualified = sql.SQL(", ").join(sql.Identifier(ENGINE_SCHEMA, table.name) for table in engines)
            cursor.execute(sql.SQL("TRUNCATE {}").format(qualified))


def _tables(connection: Connection) -> Iterator[tuple[bool, Any]]:
    """Every table with rows to keep, those first that others refer to: ours as they are there, then the engine's."""
    there, engines = MetaData(), MetaData()
    names = set(metadata.tables)
    there.reflect(connection, only=lambda name, _: name in names)
    engines.reflect(connection, schema=ENGINE_SCHEMA)
    yield from ((False, table) for table in there.sorted_tables)
    yield from ((True, table) for table in engines.sorted_tables if table.name != _ENGINE_VERSION)


def _named(copy: TableCopy) -> sql.Identifier:
    return sql.Identifier(ENGINE_SCHEMA, copy.name) if copy.engine else sql.Identifier(copy.name)


def _columns(copy: TableCopy) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, copy.columns))


def _cursor(connection: Connection) -> Any:
    """psycopg's own cursor, in the same transaction: SQLAlchemy has no COPY."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  # for the type checker: the connection is open
    return driver.cursor()
