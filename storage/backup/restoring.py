"""Restoring a backup: everything is checked and prepared beside what is there, then comes one moment of change.

That moment is a rename (SQLite) or a commit (PostgreSQL). A restore that is cut before it leaves the old state; cut
after it, the new one, in which at most files that the backup doesn't know are left over.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, make_url, text

from bot.contracts.errors import ConfigurationError
from bot.contracts.person import OPERATOR
from storage.backup import data_folder, postgres, sqlite
from storage.backup.archive import unpack
from storage.backup.errors import BadBackup, NotEmpty, StillRunning, disk_border, say
from storage.backup.manifest import FILES, Manifest
from storage.database import Database
from storage.errors import border
from storage.repositories.machines import LEFT
from storage.revision import known_revisions
from storage.store import Store
from storage.tables import metadata

OBSERVE_SECONDS = 6.0  # longer than the time between two heartbeats


def restore_backup(
    url: str,
    data: Path,
    archive: Path,
    *,
    replace: bool = False,
    prepare_engine: Callable[[str], None],
    observe_seconds: float = OBSERVE_SECONDS,
) -> Manifest:
    """Bring back what an archive holds, migrated to this version. Blocking. Nothing may run on this data.

    `prepare_engine(url)` makes the durable engine's tables on PostgreSQL. Raises BadBackup, NotEmpty, StillRunning.
    """
    with disk_border():
        data.mkdir(parents=True, exist_ok=True)
    target = Database(url)
    try:
        _check_nothing_runs(target, observe_seconds)
        if not replace and (reason := _occupied(target, data)):
            raise NotEmpty(say("not_empty", reason=reason))
        data_folder.remove_leftovers(data)
        with disk_border(), tempfile.TemporaryDirectory(prefix=data_folder.STAGING, dir=data) as folder:
            return _restore(target, url, data, archive, Path(folder), prepare_engine)
    finally:
        target.close()


def _restore(
    target: Database, url: str, data: Path, archive: Path, staging: Path, prepare_engine: Callable[[str], None]
) -> Manifest:
    manifest = unpack(archive, staging)
    _check_fits(manifest, target)
    files = staging / FILES
    if target.is_sqlite:
        copy = _finished_sqlite(staging / sqlite.SNAPSHOT, manifest, archive)
        data_folder.place_new(files, data)
        target.close()
        sqlite.replace(copy, Path(str(make_url(url).database)))
    else:
        prepare_engine(url)
        data_folder.place_new(files, data)
        _load_postgres(target, manifest, staging, archive)
    data_folder.place_changed(files, data)
    names = frozenset(name.removeprefix(FILES) for name in manifest.members if name.startswith(FILES))
    data_folder.remove_strangers(data, names)
    return manifest


def _finished_sqlite(copy: Path, manifest: Manifest, archive: Path) -> Path:
    """The unpacked database, migrated and settled, so that it only has to be put into its place."""
    staged = Database(f"sqlite:///{copy}")
    try:
        staged.migrate()
        with staged.engine.begin() as connection:
            _settle(connection, manifest, archive)
    finally:
        staged.close()
    return copy


def _load_postgres(target: Database, manifest: Manifest, staging: Path, archive: Path) -> None:
    with border(), target.engine.begin() as connection:
        if manifest.engine_version > postgres.engine_version(connection):
            raise BadBackup(say("newer_engine"))
        postgres.copy_in(connection, manifest, staging)
        _settle(connection, manifest, archive)


def _settle(connection: Connection, manifest: Manifest, archive: Path) -> None:
    """The machines of the backup have left: who starts takes their work over at once. And D10: note it."""
    from sqlmodel import Session

    connection.execute(text("UPDATE machines SET beats = :left"), {"left": LEFT})
    with Session(connection) as session:
        detail = {"made_at": manifest.made_at.isoformat(), "program": manifest.program}
        Store(session).audit.add(OPERATOR.id, "backup.restored", archive.name, detail, datetime.now(UTC))


def _check_fits(manifest: Manifest, target: Database) -> None:
    kind = "sqlite" if target.is_sqlite else "postgresql"
    if manifest.database != kind:
        raise ConfigurationError(say("other_kind", its=manifest.database, ours=kind))
    _check_whole(manifest)
    if manifest.revision not in known_revisions():
        raise BadBackup(say("newer_tables", revision=manifest.revision or "-", program=manifest.program))


def _check_whole(manifest: Manifest) -> None:
    """The rows that the manifest speaks of are there."""
    needed = {copy.member for copy in manifest.copies} if manifest.copies else {sqlite.SNAPSHOT}
    if missing := needed - set(manifest.members):
        raise BadBackup(say("missing", names=", ".join(sorted(missing))))


def _occupied(target: Database, data: Path) -> str:
    """What would be overwritten; "" when nothing."""
    if data_folder.sent_by_people(data):
        return say("files_there", folder=data)
    with border():
        rows = _rows(target)
    return say("rows_there", tables=", ".join(rows)) if rows else ""


def _rows(target: Database) -> list[str]:
    """Tables of ours with anything in them; the list of machines doesn't count."""
    if not _there(target):
        return []
    with target.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        names = sorted(name for name in metadata.tables if name in there and name != "machines")
        query = "SELECT EXISTS (SELECT 1 FROM {})"
        return [name for name in names if connection.execute(text(query.format(name))).scalar()]


def _check_nothing_runs(target: Database, seconds: float) -> None:
    """A process that lives beats every few seconds. Raises StillRunning."""
    before = _beats(target)
    if before:
        time.sleep(seconds)
        alive = sorted(machine for machine, beats in _beats(target).items() if before.get(machine) != beats)
        if alive:
            raise StillRunning(say("still_running", names=", ".join(alive)))


def _beats(target: Database) -> dict[str, int]:
    if not _there(target):
        return {}
    with border(), target.engine.connect() as connection:
        if not inspect(connection).has_table("machines"):
            return {}
        query = text("SELECT id, beats FROM machines WHERE beats <> :left")
        return {str(id_): int(beats) for id_, beats in connection.execute(query, {"left": LEFT})}


def _there(target: Database) -> bool:
    """Whether there is a database: looking into a SQLite file that isn't there would make it."""
    return not target.is_sqlite or Path(str(target.engine.url.database)).exists()
