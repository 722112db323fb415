"""Loading files of rows, with a progress bar before and a list of bad rows after."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.common import console, open_database, progress, run_async, settings_and_logs
from config.languages import operator_language
from storage.database import Database
from storage.imports.report import ImportReport

if TYPE_CHECKING:
    from config.settings import Settings

Load = Callable[[Database, Path], Coroutine[Any, Any, ImportReport]]


def load_file(file: Path, load: Load) -> None:
    """Load, print the counts and every rejected row; exit 1 when a row was rejected."""
    load_files((file, load))


def load_files(*loads: tuple[Path, Load], settings: Settings | None = None) -> None:
    """The same for several, one after the other; exit 1 when a row of any was rejected."""
    settings = settings or settings_and_logs()
    with open_database(settings) as database:
        reports = [_load(database, file, load) for file, load in loads]
        run_async(_finish(database, settings))
    raise typer.Exit(1 if any(report.rejected for report in reports) else 0)


def _load(database: Database, file: Path, load: Load) -> ImportReport:
    with progress(file.name):
        report = run_async(load(database, file))
    lang = operator_language()
    console.print(report.sentence(lang), highlight=False)
    for row in report.rejected:
        console.print(row.sentence(lang), style="red", highlight=False, markup=False, soft_wrap=True)
    return report


async def _finish(database: Database, settings: Settings) -> None:
    """A list may have taken consents back: recordings go from the disk before the command ends (A18)."""
    from bot.flows.purge import PurgeFlow

    await PurgeFlow(database, settings.data).finish()
