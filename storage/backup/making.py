"""Making a backup of a running installation."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from bot.contracts.errors import BadInput
from storage.backup import postgres, sqlite
from storage.backup.archive import ArchiveWriter, writing
from storage.backup.data_folder import files_of
from storage.backup.errors import disk_border, say
from storage.backup.manifest import FILES, Kind, Manifest, TableCopy, program_version
from storage.database import Database
from storage.revision import revision_of


@dataclass(frozen=True, slots=True)
class _Rows:
    """The database at one moment, as files of the archive."""

    made_at: datetime
    database: Kind
    revision: str
    engine_version: int
    rows: dict[str, int]
    members: tuple[str, ...]
    copies: tuple[TableCopy, ...] = ()
    counters: tuple[tuple[str, int], ...] = ()


def make_backup(database: Database, url: str, data: Path, target: Path, *, replace: bool = False) -> Manifest:
    """Write a backup to `target`; nothing appears there unless it is whole. Blocking; the installation goes on.

    Everything that was acknowledged before the call is in it. Raises BadInput when `target` can't be used.
    """
    _check_target(target, data, replace)
    sqlite_file = Path(str(make_url(url).database)) if database.is_sqlite else None
    with disk_border(), tempfile.TemporaryDirectory(prefix=".xiaoce-backup-", dir=target.parent) as folder:
        return _make(database, sqlite_file, data, target, Path(folder))


def _make(database: Database, sqlite_file: Path | None, data: Path, target: Path, staging: Path) -> Manifest:
    with writing(target) as archive:
        # Rows first: the files that they name are on the disk already, and the ones that come later do no harm.
        taken = _sqlite_rows(sqlite_file, staging) if sqlite_file else _postgres_rows(database, staging)
        for member in taken.members:
            archive.add(member, staging / member)
        for name, path in files_of(data, sqlite_file):
            archive.add(FILES + name, path)
        manifest = _manifest(taken, archive)
        archive.finish(manifest)
    return manifest


def _check_target(target: Path, data: Path, replace: bool) -> None:
    if target.exists() and not replace:
        raise BadInput(say("target_there", file=target))
    if not target.parent.is_dir():
        raise BadInput(say("no_folder", folder=target.parent))
    if target.parent.resolve().is_relative_to(data.resolve()):
        raise BadInput(say("inside", file=target))


def _sqlite_rows(database: Path, staging: Path) -> _Rows:
    copy = staging / sqlite.SNAPSHOT
    copy.parent.mkdir(parents=True)
    made_at = datetime.now(UTC)
    sqlite.snapshot(database, copy)
    version = sqlite.engine_version(copy)
    return _Rows(made_at, "sqlite", sqlite.revision(copy), version, sqlite.row_counts(copy), (sqlite.SNAPSHOT,))


def _postgres_rows(database: Database, staging: Path) -> _Rows:
    with postgres.snapshot(database.engine) as connection:
        revision = revision_of(connection)  # the first query: what is committed by now is seen
        made_at = datetime.now(UTC)
        counted = postgres.copy_out(connection, staging)
        return _Rows(
            made_at=made_at,
            database="postgresql",
            revision=revision,
            engine_version=postgres.engine_version(connection),
            rows={copy.member: rows for copy, rows in counted.items()},
            members=tuple(copy.member for copy in counted),
            copies=tuple(counted),
            counters=tuple(postgres.counters(connection).items()),
        )


def _manifest(taken: _Rows, archive: ArchiveWriter) -> Manifest:
    return Manifest(
        program=program_version(),
        made_at=taken.made_at,
        database=taken.database,
        revision=taken.revision,
        engine_version=taken.engine_version,
        rows=taken.rows,
        members=archive.members,
        copies=taken.copies,
        counters=dict(taken.counters),
    )
