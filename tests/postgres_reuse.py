"""Databases that tests use one after the other: to empty one takes a twentieth of the time that a copy takes."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from tests.postgres_server import PostgresServer, name_of

LARGE = 256 * 1024  # bytes: deleted rows go on taking space and time, since nothing vacuums

# 16384 is the first number of what isn't PostgreSQL's own.
_TABLES = "SELECT relnamespace::regnamespace::text, relname FROM pg_class WHERE relkind = 'r' AND oid >= 16384"
_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# What a test may have made of the tables: other ones, columns, constraints.
_SHAPE = """
SELECT (SELECT array_agg(oid::bigint ORDER BY oid) FROM pg_class WHERE oid >= 16384),
       (SELECT md5(string_agg(a::text, '|' ORDER BY attrelid, attnum)) FROM pg_attribute a WHERE attrelid >= 16384),
       (SELECT md5(string_agg(c::text, '|' ORDER BY oid)) FROM pg_constraint c WHERE oid >= 16384),
       (SELECT array_agg(oid::bigint ORDER BY oid) FROM pg_trigger WHERE oid >= 16384),
       (SELECT array_agg(oid::bigint ORDER BY oid) FROM pg_proc WHERE oid >= 16384)
"""
_EMPTY = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT nspname FROM pg_namespace WHERE oid >= 16384 AND nspname NOT LIKE 'pg\\_%'
             AND nspname <> ALL (ARRAY[{schemas}]::text[]) LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', one.nspname);
  END LOOP;
  FOR one IN SELECT oid::regclass AS name, pg_relation_size(oid) AS size FROM pg_class
             WHERE relkind = 'r' AND oid >= 16384 AND relname <> ALL (ARRAY[{kept}]::text[]) LOOP
    IF one.size > {large} THEN EXECUTE format('TRUNCATE %s CASCADE', one.name);
    ELSIF one.size > 0 THEN EXECUTE format('DELETE FROM %s', one.name);
    END IF;
  END LOOP;
  PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""


class Reused:
    """Copies of one template, each lent to one test at a time, as empty as the template, under a name of its own.

    What a test leaves open is closed when it gives its database back, and finds it no more under its old name. A
    database whose tables a test has changed isn't lent again.
    """

    def __init__(self, server: PostgresServer, template: str) -> None:
        self._server = server
        self._template = template
        self._spare: list[str] = []
        with psycopg.connect(self._address(template), autocommit=True) as connection:
            schemas = [row[0] for row in connection.execute("SELECT nspname FROM pg_namespace")]
            filled = [row for row in connection.execute(_TABLES).fetchall() if _digest(connection, *row)]
            self._filled = filled
            kept = _listed(name for _, name in filled)
            self._empty = SQL(_EMPTY).format(schemas=_listed(schemas), kept=kept, large=Literal(LARGE))
            self._shape = self._look(connection)

    def lend(self) -> str:
        """The URL of a database that nobody else has."""
        if not self._spare:
            return self._server.new_database(self._template)
        return self._server.rename(self._spare.pop())

    def take_back(self, url: str) -> None:
        """Empty it, or drop it."""
        with psycopg.connect(self._address(name_of(url)), autocommit=True) as connection:
            connection.execute(_OTHERS)
            connection.execute("SET session_replication_role = replica")  # no row keeps another
            connection.execute(self._empty)
            same = self._look(connection) == self._shape
        if same:
            self._spare.append(url)
        else:
            self._server.drop(url)

    def _look(self, connection: psycopg.Connection) -> list[object]:
        """The tables, and the rows of those in which the template has some."""
        return [connection.execute(_SHAPE).fetchone(), *(_digest(connection, *table) for table in self._filled)]

    def _address(self, name: str) -> str:
        return f"host={self._server.home} user=postgres dbname={name}"


def _digest(connection: psycopg.Connection, schema: str, table: str) -> object:
    """Of all rows; None when there are none."""
    query = SQL("SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t").format(Identifier(schema, table))
    row = connection.execute(query).fetchone()
    return row and row[0]


def _listed(names: Iterable[str]) -> Composed:
    return SQL(", ").join(map(Literal, names))
