"""`xiaoce backup` and `xiaoce restore`: everything in one file, and back. docs/operate.md is the manual."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, existing, run_async, settings_and_logs
from config.languages import operator_language
from config.locales import t

if TYPE_CHECKING:
    from config.settings import Settings
    from storage.backup.manifest import Manifest
    from storage.database import Database

MEGABYTE = 1024 * 1024


def backup(
    file: Path = typer.Argument(..., help="Where to write it: a .tar.gz outside the data folder."),
    replace: bool = typer.Option(False, help="Overwrite the file if it is there."),
) -> None:
    """Write rows, files and keys into one file, while everything runs."""
    from storage.backup.making import make_backup
    from storage.database import Database

    settings = settings_and_logs()
    database = Database(settings.database_url)
    try:
        with console.status(_say("making")):
            manifest = make_backup(database, settings.database_url, settings.data, file, replace=replace)
        run_async(_note(database, file, manifest))
    finally:
        database.close()
    size = f"{file.stat().st_size / MEGABYTE:.1f}"
    console.print(_say("made", file=file, size=size, **_counts(manifest)), highlight=False, soft_wrap=True)


def restore(
    file: Path = typer.Argument(..., help="A file that `xiaoce backup` wrote."),
    replace: bool = typer.Option(False, help="Overwrite the data that is there."),
) -> None:
    """Bring back a backup, into an empty data folder and database. Stop Xiaoce first."""
    from bot.flows.engine_tables import make_engine_tables
    from storage.backup.restoring import restore_backup

    settings = settings_and_logs()
    with console.status(_say("restoring")):
        manifest = restore_backup(
            settings.database_url,
            settings.data,
            existing(file),
            replace=replace,
            prepare_engine=make_engine_tables,
            observe_seconds=settings.machines.beat_seconds + 1,
        )
    made_at = _local(settings, manifest)
    console.print(_say("restored", made_at=made_at, **_counts(manifest)), highlight=False, soft_wrap=True)


async def _note(database: Database, file: Path, manifest: Manifest) -> None:
    """D10: who takes everything away is noted."""
    from bot.contracts.clock import SystemClock
    from bot.contracts.person import OPERATOR

    detail = {"moment": manifest.made_at.isoformat()}
    now = SystemClock().now()
    await database.write(lambda store: store.audit.add(OPERATOR.id, "backup.made", file.name, detail, now))


def _counts(manifest: Manifest) -> dict[str, object]:
    from storage.backup.manifest import FILES

    files = sum(1 for name in manifest.members if name.startswith(FILES))
    return {"rows": sum(manifest.rows.values()), "files": files, "revision": manifest.revision}


def _local(settings: Settings, manifest: Manifest) -> str:
    from zoneinfo import ZoneInfo

    return f"{manifest.made_at.astimezone(ZoneInfo(settings.time_zone)):%Y-%m-%d %H:%M:%S}"


def _say(key: str, **values: object) -> str:
    return t(f"operate.backup.{key}", operator_language(), **values)
