"""Sources, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.sources.adapter import Limits, SourceReaders
from bot.contracts import Clock
from bot.flows.engine import Engine
from bot.flows.schedule import Task
from bot.flows.sources import KIND, SourcesFlow
from bot.flows.sources_after import After
from bot.flows.sources_definitions import Definitions
from bot.flows.sources_mending import Mending
from config.settings import Settings
from storage.database import Database
from storage.imports.files import ImportedTables

FILE_ROWS = 5_000_000  # of one file; a load takes `sources.load_rows` of them at a time


@dataclass(frozen=True, slots=True)
class SourcesPart:
    """What others need of it."""

    flow: SourcesFlow
    definitions: Definitions
    mending: Mending
    readers: SourceReaders

    def tasks(self) -> tuple[Task, ...]:
        """By the clock: each minute, whatever is due."""
        return (Task("sources", "* * * * *", self.flow.tick),)


def make_sources(
    settings: Settings, clock: Clock, database: Database, engine: Engine | None, after: Sequence[After] = ()
) -> SourcesPart:
    """`engine`: None for a command, which loads by itself. `after`: who looks at what a load brought."""
    readers = make_readers(settings)
    flow = SourcesFlow(database, engine, clock, readers, settings.sources, settings.time_zone, after)

    async def load(subject: str) -> None:
        await flow.load(subject)

    if engine is not None:
        engine.register(KIND, load)
    return SourcesPart(
        flow=flow,
        definitions=Definitions(database, clock, readers),
        mending=Mending(database, clock, ZoneInfo(settings.time_zone)),
        readers=readers,
    )


def make_readers(settings: Settings) -> SourceReaders:
    """By the settings `sources`."""
    own = settings.sources
    limits = Limits(
        batch_rows=own.batch_rows,
        settle_seconds=own.settle_seconds,
        seconds=own.seconds,
        attempts=own.attempts,
        response_mb=own.response_mb,
        allow_private=own.allow_private,
    )
    return SourceReaders(folders(settings), ImportedTables(FILE_ROWS), own.secrets, limits)


def folders(settings: Settings) -> tuple[Path, ...]:
    """Where files of sources may lie."""
    return settings.sources.folders or (settings.data / "sources", settings.data / "sample_company")
