"""Loading a file of rows, with a progress bar before and a list of bad rows after."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import typer

from bot.cli.common import console, open_database, progress, run_async, settings_and_logs
from config.languages import operator_language
from storage.database import Database
from storage.imports.report import ImportReport

Load = Callable[[Database, Path], Coroutine[Any, Any, ImportReport]]


def load_file(file: Path, load: Load) -> None:
    """Load, print the counts and every rejected row; exit 1 when a row was rejected."""
    with open_database(settings_and_logs()) as database, progress(file.name):
        report = run_async(load(database, file))
    lang = operator_language()
    console.print(report.sentence(lang), highlight=False)
    for row in report.rejected:
        console.print(row.sentence(lang), style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(1 if report.rejected else 0)
