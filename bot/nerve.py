"""The nerve centre, put together: business events in and out, what follows from them, who sees it (C1–C11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.contracts import Adapter, Clock, Event, Page, Skill
from bot.contracts.verdict import Verdict
from bot.flows.deadlines import Deadlines
from bot.flows.delivery import DeliveryFlow
from bot.flows.due import Ticker
from bot.flows.engine import Engine
from bot.flows.event_fanout import FanOut
from bot.flows.event_systems import SystemRegistry, systems_in
from bot.flows.event_writing import Consequence
from bot.flows.machines import Machines
from bot.flows.schedule import Task
from bot.nerve_in import EventsIn, make_events_in, make_registry
from bot.nerve_map import make_map
from bot.nerve_out import EventsOut, make_events_out
from bot.nerve_slas import make_slas
from config.settings import Settings
from knowledge.events.systems import System
from knowledge.events.types import Catalog
from knowledge.slas.loading import load_rules
from storage.database import Database
from storage.store import Store

if TYPE_CHECKING:
    from aiohttp import web


@dataclass(frozen=True, slots=True)
class Nerve:
    """Its skills, pages, what is done by the clock and beside it, and the door."""

    events: EventsIn
    out: EventsOut
    skills: Sequence[Skill]
    pages: Sequence[Page]
    work: Sequence[Task]
    tickers: Sequence[Ticker] = field(default=())

    def tasks(self) -> tuple[Task, ...]:
        """By the clock."""
        return tuple(self.work)

    def mount(self, app: web.Application) -> None:
        """The door through which systems send."""
        self.events.door.mount(app)

    async def start(self) -> None:
        """Begin to send and to look at deadlines."""
        self.out.start()
        for one in self.tickers:
            one.start()

    async def stop(self) -> None:
        """In the reverse order."""
        for one in reversed(self.tickers):
            await one.stop()
        await self.out.stop()


def make_commands(settings: Settings, clock: Clock, database: Database) -> EventsIn:
    """The way in for a command: deliveries and deadlines follow as ever, and are the server's to look at."""
    registry = make_registry(settings, clock, database)
    return make_events_in(settings, clock, database, None, {}, registry, _consequences(settings, clock, registry))


def _consequences(settings: Settings, clock: Clock, registry: SystemRegistry) -> list[Consequence]:
    """What follows from an event, inside the transaction that accepts it."""
    fan_out = FanOut(lambda store: systems_in(store, registry.catalog), clock)
    rules = load_rules(settings.slas, settings.time_zone, registry.catalog)
    return [fan_out, Deadlines(rules, settings.slas, lambda store, name: owner_of(store, name, registry.catalog))]


def owner_of(store: Store, system: str, catalog: Catalog) -> str:
    """Who answers for a connected system; "": nobody."""
    found = systems_in(store, catalog).get(system)
    return found.owner if found else ""


def make_nerve(
    settings: Settings,
    clock: Clock,
    database: Database,
    engine: Engine,
    delivery: DeliveryFlow,
    adapters: Mapping[str, Adapter],
    machines: Machines,
) -> Nerve:
    """Everything. Raises ConfigurationError when a file of config/events or config/slas has a fault."""
    registry = make_registry(settings, clock, database)
    catalog, where = registry.catalog, (settings, clock, database)
    consequences: list[Consequence] = []  # both are filled below: what follows from an event may itself be one
    wakes: list[Callable[[], None]] = []
    events = make_events_in(*where, delivery, adapters, registry, consequences, wakes)

    async def accept(given: Sequence[Event], system: System, raw: Sequence[Mapping[str, Any]]) -> Sequence[Verdict]:
        return await events.flow.accept(given, system, raw=raw)

    def answers(store: Store, system: str) -> str:
        return owner_of(store, system, catalog)

    out = make_events_out(
        *where,
        engine,
        delivery,
        adapters,
        registry,
        accept,
        alive=lambda: machines.alive,
        name=lambda: machines.id,
    )
    slas = make_slas(*where, delivery, adapters, catalog, answers)
    chart = make_map(*where, catalog, slas.rules)
    consequences += [out.fan_out, slas.consequence]
    wakes += [out.wake, slas.after]
    return Nerve(
        events=events,
        out=out,
        skills=[events.skill, slas.skill, *chart.skills, *out.skills],
        pages=[*slas.pages, *chart.pages, *events.pages, *out.pages],
        work=[*events.tasks()],
        tickers=[slas.ticker],
    )
