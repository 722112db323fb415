"""What goes out of the nerve centre, put together: deliveries, the sandbox, pages; a part of the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from adapters.webhooks.addresses import Allowed
from adapters.webhooks.client import WebhookClient
from bot.contracts import Adapter, Clock, Page, Skill
from bot.flows.by_clock import ByClock
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from bot.flows.event_fanout import Entries, FanOut
from bot.flows.event_owner import OwnerNews
from bot.flows.event_pump import EventPump
from bot.flows.event_result import Accept, EventResults
from bot.flows.event_systems import SystemRegistry, systems_in
from bot.flows.rehearsal import JOB, RehearsalDesk, RehearsalFlow, ReportNews
from bot.flows.rehearsal_run import RehearsalRun
from bot.flows.system_desk import SubscriptionDesk
from config.settings import Settings
from skills.sandbox.pages import sandbox_pages
from skills.sandbox.skill import SandboxSkill
from skills.systems.pages import system_pages
from storage.database import Database


@dataclass(frozen=True, slots=True)
class EventsOut:
    """What sends events on, what tries subscribers, and who sees it."""

    fan_out: FanOut
    pump: EventPump
    rehearsals: RehearsalFlow
    subscriptions: SubscriptionDesk
    skills: Sequence[Skill]
    pages: Sequence[Page]
    _client: WebhookClient

    def wake(self) -> None:
        """Events were accepted."""
        self.pump.wake()

    def start(self) -> None:
        """Begin to send."""
        self.pump.start()

    async def stop(self) -> None:
        """End; what is claimed and not sent is due at once."""
        await self.pump.stop()
        await self._client.close()


def entries_of(registry: SystemRegistry) -> Entries:
    """Those that hold, inside a transaction."""
    return lambda store: systems_in(store, registry.catalog)


def make_client(settings: Settings) -> WebhookClient:
    """By the settings; the times of its signatures are the machine's own, as subscribers compare them with theirs."""
    rules = settings.events
    return WebhookClient(Allowed(rules.allow_private), rules.timeout_seconds, rules.answer_kb * 1024, rules.at_once * 2)


def make_rehearsals(
    settings: Settings,
    clock: Clock,
    database: Database,
    registry: SystemRegistry,
    client: WebhookClient,
    engine: Engine | None = None,
) -> RehearsalFlow:
    """Without `engine`: for a command that rehearses in its own process."""
    run = RehearsalRun(client, registry.secrets.put_in, registry.catalog, settings.events)
    return RehearsalFlow(database, clock, entries_of(registry), run, engine)


def make_events_out(
    settings: Settings,
    clock: Clock,
    database: Database,
    engine: Engine,
    delivery: DeliveryFlow,
    adapters: Mapping[str, Adapter],
    registry: SystemRegistry,
    accept: Accept,
    *,
    alive: Callable[[], bool] = lambda: True,
    name: Callable[[], str] = lambda: "pump",
) -> EventsOut:
    """Everything, with its job registered. `accept(events, producer, envelopes)`: for answers that are events.

    `alive`: whether this process still has the right to send; `name`: its own among those that share the database.
    """
    entries, client = entries_of(registry), make_client(settings)
    house = ByClock(database, delivery, adapters, clock)
    pump = EventPump(
        database,
        clock,
        client,
        entries,
        registry.secrets.put_in,
        registry.catalog,
        settings.events,
        answered=EventResults(accept, clock),
        tell=OwnerNews(house, settings.public_url),
        alive=alive,
        name=name,
    )
    rehearsals = make_rehearsals(settings, clock, database, registry, client, engine)
    rehearsals.ended, rehearsals.wake = ReportNews(house, settings.public_url), pump.wake
    engine.register(JOB, rehearsals.run)
    desk = RehearsalDesk(rehearsals, database, entries)
    subscriptions = SubscriptionDesk(database, clock, entries, registry, pump.wake)
    zone = ZoneInfo(settings.time_zone)
    return EventsOut(
        fan_out=FanOut(entries, clock),
        pump=pump,
        rehearsals=rehearsals,
        subscriptions=subscriptions,
        skills=[SandboxSkill(desk)],
        pages=[
            *system_pages(database, subscriptions, registry.catalog, clock, zone),
            *sandbox_pages(database, desk, zone),
        ],
        _client=client,
    )
