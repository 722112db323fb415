"""`python -m storage.warehouse_copy`: make the columnar copy. A process of its own, for two reasons.

DuckDB's reader of SQLite has a SQLite of its own: closing a file through it would drop the locks that this process
holds on the live file, and two writers could meet. And what copying takes in memory is given back when it ends.

The order (JSON) comes on standard input, because a database URL holds a password and arguments are seen by everybody.
Whoever holds the lock of the folder copies; a copy appears whole, by renaming, or not at all.
"""

from __future__ import annotations

import fcntl
import importlib
import json
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from sqlalchemy import make_url

from storage.warehouse_tables import FORMAT, CopiedTable, copied_tables

if TYPE_CHECKING:
    import duckdb

NAME = re.compile(r"warehouse-(\d+)-(\d{6,})\.duckdb")
KEPT = 2  # the newest, and the one before it for whoever is just opening it
BUSY_SECONDS = 30.0
SPILL = "spill-"  # begins the names of folders


@dataclass(frozen=True, slots=True)
class Order:
    """What to copy where."""

    url: str
    folder: str
    memory_mb: int = 512
    state: str = ""  # of the truth when the copy was ordered, as the caller tells states apart

    def dump(self) -> str:
        """As it is handed over."""
        return json.dumps(asdict(self))


def copies(folder: Path) -> list[Path]:
    """The copies of this format, the newest first."""
    found = ((match, path) for path in _files(folder) if (match := NAME.fullmatch(path.name)))
    ours = [(int(match[2]), path) for match, path in found if int(match[1]) == FORMAT]
    return [path for _, path in sorted(ours, reverse=True)]


def spill_folder(folder: Path, name: str) -> Path:
    """Where one open file spills to. What DuckDB spills is called alike everywhere: sharing a folder would mix it."""
    return folder / f"{SPILL}{name}"


def copy(order: Order) -> Path:
    """Make a new copy; its path. Blocking: waits for another process that copies into the same folder."""
    folder = Path(order.folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        _sweep(folder)
        newest = copies(folder)[:1]
        number = int(NAME.fullmatch(newest[0].name)[2]) + 1 if newest else 1  # type: ignore[index]  # it matched above
        target, draft = folder / f"warehouse-{FORMAT}-{number:06}.duckdb", folder / f"draft-{os.getpid()}.duckdb"
        try:
            _fill(draft, order, spill_folder(folder, draft.stem))
            draft.replace(target)
        finally:
            for rest in folder.glob(f"draft-{os.getpid()}.*"):
                rest.unlink()
        for old in copies(folder)[KEPT:]:
            old.unlink(missing_ok=True)  # who has it open reads on
        return target


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The lock goes with the process, however it ends."""
    with (folder / "warehouse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep(folder: Path) -> None:
    """What killed copies and other versions left."""
    for path in _files(folder):
        match = NAME.fullmatch(path.name)
        if path.name.startswith("draft-") or (match and int(match[1]) < FORMAT):
            path.unlink(missing_ok=True)
    known = {path.stem for path in copies(folder)}
    for spilled in folder.glob(f"{SPILL}*"):
        if spilled.name.removeprefix(SPILL).rpartition("-")[0] not in known:
            shutil.rmtree(spilled, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []


def _fill(draft: Path, order: Order, spill: Path) -> None:
    import duckdb

    options: dict[str, str | bool | int | float | list[str]]
    options = {"memory_limit": f"{order.memory_mb}MB", "temp_directory": str(spill), "threads": "2"}
    with closing(duckdb.connect(str(draft), config=options)) as copy_:
        copy_.execute("SET preserve_insertion_order = false")
        copy_.execute("SET TimeZone = 'UTC'")
        url = make_url(order.url)
        if url.get_backend_name() == "sqlite":
            _from_sqlite(copy_, Path(str(url.database)), draft.with_suffix(".snapshot"))
        else:
            plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
            _from_postgres(copy_, plain)
        copy_.execute("CREATE TABLE built (built_at TIMESTAMP, state VARCHAR)")
        copy_.execute("INSERT INTO built VALUES (?, ?)", [datetime.now(UTC).replace(tzinfo=None), order.state])


def _from_sqlite(copy_: duckdb.DuckDBPyConnection, live: Path, snapshot: Path) -> None:
    """By way of a SQLite file made in one read transaction: DuckDB itself would see each table at another time."""
    with closing(sqlite3.connect(snapshot, uri=True, timeout=BUSY_SECONDS, isolation_level=None)) as ours:
        ours.execute("PRAGMA journal_mode = OFF")
        ours.execute("PRAGMA synchronous = OFF")
        ours.execute("ATTACH ? AS truth", (f"{live.resolve().as_uri()}?mode=ro",))
        ours.execute("BEGIN")
        for table in copied_tables():
            ours.execute(f"CREATE TABLE {table.name} AS {_selected(table, 'truth', _plain)}")
        ours.execute("COMMIT")
    load_reader(copy_, "sqlite_scanner")
    copy_.execute("SET sqlite_all_varchar = true")
    copy_.execute(f"ATTACH '{_quoted(str(snapshot))}' AS truth (TYPE sqlite, READ_ONLY)")
    _take_over(copy_, "truth")


def _from_postgres(copy_: duckdb.DuckDBPyConnection, url: str) -> None:
    load_reader(copy_, "postgres_scanner")
    copy_.execute(f"ATTACH '{_quoted(url)}' AS truth (TYPE postgres, READ_ONLY)")
    _take_over(copy_, "truth.public")


def _take_over(copy_: duckdb.DuckDBPyConnection, source: str) -> None:
    copy_.execute("BEGIN")  # one snapshot of the truth
    for table in copied_tables():
        copy_.execute(f"CREATE TABLE {table.name} AS {_selected(table, source, _cast)}")
    copy_.execute("COMMIT")
    copy_.execute("DETACH truth")


def _selected(table: CopiedTable, source: str, say: Callable[[str, str], str]) -> str:
    columns = ", ".join(say(name, kind) for name, kind in table.columns)
    where = f" WHERE {table.only}" if table.only else ""
    return f"SELECT {columns} FROM {source}.{table.name}{where}"  # noqa: S608 - names of our own tables


def _plain(name: str, _kind: str) -> str:
    return f'"{name}"'


def _cast(name: str, kind: str) -> str:
    return f'CAST("{name}" AS {kind}) AS "{name}"'


def load_reader(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """A reader that came as a package of its own: nothing is fetched."""
    package = importlib.import_module(f"duckdb_extension_{name}")
    found = sorted((Path(str(package.__file__)).parent / "extensions").glob(f"*/{name}.duckdb_extension"))
    connection.execute(f"LOAD '{_quoted(str(found[-1]))}'")


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def main() -> None:
    """One order; the path of the copy on standard output, or why there is none as the one line of standard error."""
    order = Order(**json.load(sys.stdin))
    try:
        sys.stdout.write(str(copy(order)))
    except Exception as error:
        sys.exit(_told(error, order.url))


def _told(error: Exception, url: str) -> str:
    """In one line; DuckDB's errors quote the whole address, password and all."""
    line = " ".join(f"{type(error).__name__}: {error}".split())
    password = make_url(url).password
    for said in filter(None, (password, quote_plus(str(password or "")), quote(str(password or "")))):
        line = line.replace(str(said), "***")
    return line


if __name__ == "__main__":
    main()
