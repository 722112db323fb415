"""SQL databases, through the SQLAlchemy that dlt brings: read only, streamed, by a cursor column where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from adapters.sources.faults import refused, unavailable
from adapters.sources.places import Places
from adapters.sources.secrets import EXAMPLE
from adapters.sources.values import plain
from bot.contracts.sources import Batch, Origin, RawRow

_SHOWN = 30  # names in a sentence
_DRIVERS: Mapping[str, str] = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class DatabaseReader:
    """Fulfils `Reader` for `kind: database`.

    A position is {"cursor", "key", "ended"}. Under way it is the last row; once ended the next load asks for rows
    whose cursor is the last one's or higher: rows that share it may have come later. Without a cursor column every
    load reads all rows, in the order of the key. A view has no key: within rows that share a cursor, or without one,
    there is no place to go on from, and a load reads to their end.
    """

    def __init__(self, places: Places, batch_rows: int, seconds: float) -> None:
        self._places, self._batch_rows, self._seconds = places, batch_rows, seconds

    def read(self, origin: Origin, position: Any) -> Iterator[Batch]:
        """Rows after the position; those without a cursor value at the end, each time."""
        with self._opened(origin) as (connection, table):
            query = _Query(table, str(origin.options.get("cursor") or ""), position or {})
            number, last = 0, query.position
            for part, has_cursor in query.parts():
                rows = connection.execution_options(stream_results=True, yield_per=self._batch_rows).execute(part)
                for chunk in rows.mappings().partitions(self._batch_rows):
                    batch = [RawRow(number + n, plain(dict(row))) for n, row in enumerate(chunk, 1)]
                    number += len(batch)
                    last = query.after(chunk[-1], last)
                    yield Batch(batch, last, goes_on=query.goes_on(last, has_cursor=has_cursor))
            yield Batch((), query.end(last))

    def look(self, origin: Origin, rows: int) -> Sequence[RawRow]:
        """The first rows."""
        with self._opened(origin) as (connection, table):
            found = islice(connection.execute(table.select().limit(rows)).mappings(), rows)
            return [RawRow(number, plain(dict(row))) for number, row in enumerate(found, 1)]

    @contextmanager
    def _opened(self, origin: Origin) -> Iterator[tuple[Any, Any]]:
        """A connection that can't change anything, and the table. What drivers say becomes ours."""
        from dlt.common.libs.sql_alchemy import sa

        engine = None
        try:
            engine = self._engine(str(origin.options["url"]))
            with engine.connect() as connection:
                table = _table(sa, connection, str(origin.options["table"]), origin.options.get("schema"))
                yield connection, table
        except (sa.exc.OperationalError, sa.exc.InterfaceError, TimeoutError) as error:
            raise unavailable("database", reason=_said(error)) from None
        except sa.exc.SQLAlchemyError as error:
            raise refused("database", reason=_said(error)) from None
        finally:
            if engine is not None:
                engine.dispose()

    def _engine(self, text: str) -> Any:
        from dlt.common.libs.sql_alchemy import sa

        try:
            url = sa.engine.make_url(text)
        except (sa.exc.ArgumentError, ValueError):
            raise refused("database_url", example=EXAMPLE) from None
        backend = url.get_backend_name()
        try:
            if backend == "sqlite":
                return self._sqlite(sa, url)
            url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
            if backend == "postgresql":
                return self._postgres(sa, url)
            return sa.create_engine(url, pool_size=1)
        except (sa.exc.NoSuchModuleError, ImportError):
            raise refused("no_driver", driver=url.drivername) from None

    def _sqlite(self, sa: Any, url: Any) -> Any:
        """Opened by its file, below the folders that may be read, for reading only."""
        path: Path = self._places.find(url.database or "")
        if not path.is_file():
            raise unavailable("no_file", path=url.database, looked=path)
        query = {"mode": "ro", "uri": "true"}
        address = sa.engine.URL.create("sqlite", database=f"file:{quote(str(path))}", query=query)
        return sa.create_engine(address, connect_args={"timeout": self._seconds})

    def _postgres(self, sa: Any, url: Any) -> Any:
        milliseconds = int(self._seconds * 1000)
        options = f"-c default_transaction_read_only=on -c statement_timeout={milliseconds}"
        args = {"connect_timeout": max(2, int(self._seconds)), "options": options}
        return sa.create_engine(url, connect_args=args, isolation_level="REPEATABLE READ")


class _Query:
    """What is asked for, in which order, and how to go on."""

    def __init__(self, table: Any, cursor: str, position: Mapping[str, Any]) -> None:
        from dlt.common.libs.sql_alchemy import sa

        self._sa, self._table = sa, table
        self._key = [column.name for column in table.primary_key.columns]
        if cursor and cursor not in table.c:
            raise refused("no_cursor", cursor=cursor, found=_names(table))
        self._cursor = cursor
        self.position = dict(position)

    def parts(self) -> Iterator[tuple[Any, bool]]:
        """One query after the other: by the cursor, then rows that have none; whether they have one."""
        if not self._cursor:
            yield self._ordered(self._after_key()), False
            return
        column = self._table.c[self._cursor]
        yield self._ordered(column.is_not(None) & self._since(), column), True
        yield self._ordered(column.is_(None)), False

    def goes_on(self, last: Mapping[str, Any], *, has_cursor: bool) -> bool:
        """Whether a load that begins at `last` reads other rows than this one did."""
        if not self._cursor:
            return bool(self._key)
        return has_cursor and (bool(self._key) or last["cursor"] != self.position.get("cursor"))

    def after(self, row: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        """The position once a row has been read."""
        key = [_kept(row[name]) for name in self._key]
        if not self._cursor:
            return {"key": key}
        if row[self._cursor] is None:
            return dict(before)
        return {"cursor": _kept(row[self._cursor]), "key": key}

    def end(self, last: Mapping[str, Any]) -> dict[str, Any] | None:
        """The position once everything has been read."""
        if not self._cursor or "cursor" not in last:
            return None
        return {"cursor": last["cursor"], "ended": True}

    def _since(self) -> Any:
        if "cursor" not in self.position:
            return self._sa.true()
        column = self._table.c[self._cursor]
        since = _bound(column, self.position["cursor"])
        if self.position.get("ended") or not self._key:
            return column >= since
        return (column > since) | ((column == since) & self._after_key())

    def _after_key(self) -> Any:
        """Rows after the last one: (a, b) > (x, y), written so that every database takes it."""
        values = self.position.get("key") or []
        if not values or self.position.get("ended"):
            return self._sa.true()
        columns = [self._table.c[name] for name in self._key]
        pairs = [(column, _bound(column, value)) for column, value in zip(columns, values, strict=True)]
        alternatives = []
        for at, (column, value) in enumerate(pairs):
            same = [former == theirs for former, theirs in pairs[:at]]
            alternatives.append(self._sa.and_(*same, column > value))
        return self._sa.or_(*alternatives)

    def _ordered(self, condition: Any, *first: Any) -> Any:
        order = [*first, *(self._table.c[name] for name in self._key)]
        return self._table.select().where(condition).order_by(*order)


def _table(sa: Any, connection: Any, name: str, schema: Any) -> Any:
    inspector = sa.inspect(connection)
    there = [*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)]
    if name not in there:
        raise refused("no_table", table=name, found="、".join(there[:_SHOWN]) or "—")
    table = sa.Table(name, sa.MetaData(), schema=schema, autoload_with=connection, resolve_fks=False)
    if connection.dialect.name == "sqlite":
        for column in table.c:  # SQLite keeps times as whatever was written: they are read and compared as that
            if isinstance(column.type, (sa.types.DateTime, sa.types.Date, sa.types.Time)):
                column.type = sa.types.NullType()
    return table


def _names(table: Any) -> str:
    return "、".join(column.name for column in table.c)


def _kept(value: Any) -> Any:
    """A value in a position, which is JSON."""
    return plain(value)


def _bound(column: Any, value: Any) -> Any:
    """A value of a position as the column compares it."""
    try:
        kind = column.type.python_type
    except NotImplementedError:
        return value
    if not isinstance(value, str):
        return value
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    return Decimal(value) if kind is Decimal else value


def _said(error: Exception) -> str:
    """What the driver says, without the statement and its values."""
    return " ".join(str(getattr(error, "orig", None) or error).split())[:300]
