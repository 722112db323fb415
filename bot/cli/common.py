"""What several commands share: the settings, a database that is up to date, a progress bar, running coroutines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rich.console import Console

from config.languages import operator_language
from config.locales import t

if TYPE_CHECKING:
    from config.settings import Settings
    from storage.database import Database

T = TypeVar("T")

console = Console()


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end."""
    return asyncio.run(work)


def settings_and_logs() -> Settings:
    """Settings from file and environment, with the data folder made and logging set up by them."""
    from bot.logs import configure_logs
    from bot.redaction import secrets_of

    settings = _settings()
    configure_logs(settings.log, secrets_of(settings))
    return settings


@contextmanager
def settings_and_log_file(name: str) -> Iterator[Settings]:
    """The same, with the log in a file of the data folder: the terminal belongs to the conversation."""
    from bot.logs import configure_logs
    from bot.redaction import secrets_of

    settings = _settings()
    with (settings.data / name).open("a", encoding="utf-8") as file, redirect_stderr(file):
        configure_logs(settings.log, secrets_of(settings))
        yield settings


def _settings() -> Settings:
    from bot.cli.sample_systems import SampleSystems
    from config.settings import load_settings, make_data_folder

    settings = load_settings()
    make_data_folder(settings)
    systems = SampleSystems(settings.data)
    return systems.connect(settings) if systems.are_known else settings


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database, migrated, closed at the end."""
    from storage.database import Database

    database = Database(settings.database_url)
    try:
        database.migrate()
        yield database
    finally:
        database.close()


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar in the terminal, as a callback of (done, total)."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def existing(path: Path) -> Path:
    """The path itself; an error with a remedy when nothing is there."""
    from bot.contracts.errors import BadInput

    if not path.exists():
        raise BadInput(say("operator.no_path", path=path))
    return path


def say(key: str, **values: object) -> str:
    """A sentence of the locales, in the operator's language."""
    return t(key, operator_language(), **values)


def heads(area: str, *names: str) -> list[str]:
    """Titles of a table's columns: `operator.<area>.column.<name>`."""
    return [say(f"operator.{area}.column.{name}") for name in names]
