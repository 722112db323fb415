"""What lets events in, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from adapters.sources.adapter import Limits, SourceReaders
from adapters.webhooks.adapter import EventDoor
from adapters.webhooks.translate import item_of
from bot.contracts import Adapter, Clock, Event, Page, Skill
from bot.flows.business_event import EventDesk, EventFlow
from bot.flows.delivery import DeliveryFlow
from bot.flows.event_quarantine import CRON, QuarantineFlow
from bot.flows.event_systems import EventSecrets, SystemRegistry
from bot.flows.event_watch import WatchFlow
from bot.flows.event_writing import Consequence
from bot.flows.schedule import Task
from bot.loop_sources import FILE_ROWS, folders
from config.settings import Settings
from knowledge.events.catalog import load_catalog
from knowledge.events.types import Catalog
from skills.events.cards import Maker
from skills.events.pages import event_pages
from skills.events.skill import EventsSkill
from storage.database import Database
from storage.imports.files import ImportedTables

FILES = "events"  # folder for files that people download, below `outgoing` in the data folder


@dataclass(frozen=True, slots=True)
class EventsIn:
    """The way in, what waits, and who may send."""

    catalog: Catalog
    registry: SystemRegistry
    flow: EventFlow
    quarantine: QuarantineFlow
    watch: WatchFlow
    door: EventDoor
    make: Callable[[str], Maker]
    skill: Skill
    pages: Sequence[Page]

    def tasks(self) -> tuple[Task, ...]:
        """By the clock: each minute what waits, and the tables that are watched."""
        return Task("event-quarantine", CRON, self.quarantine.look), Task("event-watch", CRON, self.watch.look)


def make_registry(settings: Settings, clock: Clock, database: Database) -> SystemRegistry:
    """Who is connected, by the settings `events`. Raises ConfigurationError when a type's file has a fault."""
    catalog = load_catalog(settings.events.types)
    return SystemRegistry(database, clock, catalog, EventSecrets(settings.events.secrets))


def make_events_in(
    settings: Settings,
    clock: Clock,
    database: Database,
    delivery: DeliveryFlow | None,
    adapters: Mapping[str, Adapter],
    registry: SystemRegistry,
    consequences: Sequence[Consequence] = (),
    after: Sequence[Callable[[], None]] = (),
) -> EventsIn:
    """`delivery`: None for a command, which tells nobody; the server's clock does, a minute later."""
    catalog, zone = registry.catalog, ZoneInfo(settings.time_zone)
    flow = EventFlow(database, clock, catalog, consequences, after, zone=settings.time_zone)

    def make(language: str) -> Maker:
        return Maker(language, f"{settings.public_url}/events/quarantine", zone, catalog)

    quarantine = QuarantineFlow(
        database, delivery, adapters, clock, flow, registry, _parsed, make, settings.freshness, zone
    )
    watch = WatchFlow(database, clock, flow, registry, _reader(settings), zone)
    door = EventDoor(settings.events, clock, EventDesk(flow, registry))
    files = settings.data / "outgoing" / FILES
    pages = event_pages(database, quarantine, make, catalog, clock, zone, files)
    skill = EventsSkill(database, quarantine, make)
    return EventsIn(catalog, registry, flow, quarantine, watch, door, make, skill, pages)


def _reader(settings: Settings) -> SourceReaders:
    """Of watched tables: as sources are read, with the secrets of systems."""
    limits = Limits(batch_rows=settings.events.watch_rows, seconds=settings.sources.seconds)
    return SourceReaders(folders(settings), ImportedTables(FILE_ROWS), settings.events.secrets, limits)


def _parsed(envelope: Mapping[str, Any], now: datetime) -> Event | None:
    return item_of(envelope, now).event
