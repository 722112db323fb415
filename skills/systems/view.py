"""What the pages of systems show: gathered in one snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Person, Role
from knowledge.events.systems import Listening, System
from knowledge.events.types import Catalog
from skills.systems.ports import Subscriptions

if TYPE_CHECKING:
    from storage.repositories.event_deliveries import EventDelivery
    from storage.repositories.event_subscriptions import EventSubscription
    from storage.repositories.events import EventRecord
    from storage.repositories.rehearsals import Rehearsal
    from storage.repositories.systems import SystemVersion
    from storage.store import Store

KEEPERS = frozenset({Role.SALES_OPS, Role.ADMIN})
DAYS = 14  # of the chart
COLOURS = {"well": "good", "failing": "bad", "disabled": "bad", "locked": "warn", "paused": "warn"}


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """One subscription."""

    name: str
    listening: Listening
    address: str
    state: str  # well, failing, disabled, locked, paused
    row: EventSubscription | None
    counts: Mapping[str, int]  # deliveries that wait, are kept back or dead
    rehearsal: Rehearsal | None  # the last one
    titles: Sequence[str]  # of the types, in words
    where: str  # the condition, in words

    @property
    def colour(self) -> str:
        """Of its badge."""
        return COLOURS[self.state]

    @property
    def opened_by_hand(self) -> bool:
        """Whether somebody opened the lock without a rehearsal."""
        return bool(self.row and self.row.by and self.row.reason and self.row.state == "live")


@dataclass(frozen=True, slots=True)
class SystemView:
    """One connected system."""

    system: System
    owner: str
    version: int
    heard: datetime | None
    produces: Sequence[str]
    faults: Sequence[str]
    subscriptions: Sequence[SubscriptionView]
    days: Sequence[Mapping[str, int]]  # deliveries by state, the oldest day first

    @property
    def dead(self) -> int:
        """Dead letters of all its subscriptions."""
        return sum(one.counts.get("dead", 0) for one in self.subscriptions)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which deliveries are listed."""

    state: str = ""
    subscription: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class SystemDetail:
    """One system with its deliveries, rehearsals and versions."""

    view: SystemView
    deliveries: Sequence[EventDelivery]
    events: Mapping[int, EventRecord]
    rehearsals: Sequence[Rehearsal]
    versions: Sequence[SystemVersion]
    people: Mapping[str, str]


def may_see(viewer: Person, system: System) -> bool:
    """Sales ops and admins all of them, an owner their own."""
    return viewer.role in KEEPERS or (bool(system.owner) and system.owner == viewer.id)


def systems(
    store: Store, viewer: Person, desk: Subscriptions, catalog: Catalog, lang: str, now: datetime, zone: ZoneInfo
) -> list[SystemView]:
    """Those that the viewer may see: those with trouble first."""
    entries = [one for one in desk.systems(store).values() if may_see(viewer, one)]
    views = [_view(store, one, desk, catalog, lang, now, zone) for one in entries]
    return sorted(views, key=lambda one: (_worst(one), one.system.name))


def detail(
    store: Store,
    viewer: Person,
    name: str,
    asked: Asked,
    desk: Subscriptions,
    catalog: Catalog,
    lang: str,
    now: datetime,
    zone: ZoneInfo,
    limit: int,
) -> SystemDetail | None:
    """One of them; None: there is no such, or it isn't the viewer's."""
    system = desk.systems(store).get(name)
    if system is None or not may_see(viewer, system):
        return None
    view = _view(store, system, desk, catalog, lang, now, zone)
    deliveries = store.event_deliveries.listing(
        system=name, subscription=asked.subscription, state=asked.state, before=asked.before, limit=limit
    )
    rehearsals, versions = store.rehearsals.of(name, limit=10), store.systems.versions(name)
    people = {one.by for one in rehearsals} | {one.by for one in versions}
    people |= {one.row.by for one in view.subscriptions if one.row and one.row.by}
    return SystemDetail(
        view,
        deliveries,
        store.events.these({one.event_seq for one in deliveries}),
        rehearsals,
        versions,
        store.people.names(people),
    )


def _view(
    store: Store, system: System, desk: Subscriptions, catalog: Catalog, lang: str, now: datetime, zone: ZoneInfo
) -> SystemView:
    rows, counts = store.event_subscriptions.all(), store.event_deliveries.open_counts()
    version = store.systems.current(system.name)
    today = datetime.combine(now.astimezone(zone).date(), time(), zone)
    starts = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    found: list[dict[str, int]] = [defaultdict(int) for _ in starts]
    for number, _, state, count in store.event_deliveries.by_day(starts, system=system.name):
        found[number][state] += count
    return SystemView(
        system,
        store.people.names([system.owner]).get(system.owner, "") if system.owner else "",
        version.version if version else 0,
        store.events.latest().get(system.name),
        [type_.named(lang) for one in sorted(system.produces) if (type_ := catalog.get(one))],
        desk.faults(system, lang),
        [_subscription(store, system, one, rows, counts, desk, catalog, lang) for one in system.listens],
        found,
    )


def _subscription(
    store: Store,
    system: System,
    listening: Listening,
    rows: Mapping[tuple[str, str], EventSubscription],
    counts: Mapping[tuple[str, str], Mapping[str, int]],
    desk: Subscriptions,
    catalog: Catalog,
    lang: str,
) -> SubscriptionView:
    name = system.name, listening.name
    types = [type_ for one in sorted(listening.types) if (type_ := catalog.get(one))]
    fields = {field: type_.field_named(field, lang) for type_ in types for field in type_.newest.fields}
    last = store.rehearsals.of(*name, limit=1)
    return SubscriptionView(
        listening.name,
        listening,
        desk.address(listening),
        _state(rows.get(name), listening, desk),
        rows.get(name),
        counts.get(name, {}),
        last[0] if last else None,
        [type_.named(lang) for type_ in types],
        listening.where.describe(lang, fields),
    )


def _state(row: EventSubscription | None, listening: Listening, desk: Subscriptions) -> str:
    """正常, 失败中, 已停用, 未演练, 已暂停."""
    if row is None or row.state == "locked":
        return "locked"
    if row.state != "live":
        return row.state
    if not desk.is_proved(listening, row.proof):
        return "locked"
    return "failing" if row.failures else "well"


def _worst(view: SystemView) -> int:
    """Trouble first."""
    order = ("disabled", "failing", "locked", "paused", "well")
    return min((order.index(one.state) for one in view.subscriptions), default=len(order)) - bool(view.faults)
