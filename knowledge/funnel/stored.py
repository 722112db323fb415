"""Funnels of what is stored, for a viewer: read in one snapshot and put together. For skill, pages and load reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts.person import OPERATOR, Person
from config.attribution import known
from knowledge.funnel.advice import Advised, advise, costs
from knowledge.funnel.benchmarks import Deviation, deviations
from knowledge.funnel.rescue import Rescue, rescue
from knowledge.metrics.decomposition import Cell
from knowledge.metrics.periods import Period, last_days
from knowledge.metrics.reasons import Reasons, reasons
from storage.repositories.funnel import DIMENSIONS, Stages

if TYPE_CHECKING:
    from storage.repositories.lights import Flag
    from storage.store import Store

EXPLAINING = ("channel", "industry", "region")  # dimensions along which a change is taken apart
PARTS = ("campaign", "touch", "lead", "deal", "contract", "payment", "ticket")  # what a whole loop has
NEEDED = ("lead", "deal")  # the smallest loop: without these there is no funnel
BEHIND = ("lead", "deal", "contract", "payment", "touch", "spend")
COUNTED = ("lead", "deal", "touch", "spend")  # behind the cost of a won deal
YEAR = 365  # days over which costs and what they brought are looked at


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that card and page show, for one viewer."""

    whole: bool  # whether rates of leads mean something for this viewer
    total: Stages
    by: Mapping[str, Mapping[str, Stages]] = field(default_factory=dict)  # dimension → value → stages
    marks: tuple[Deviation, ...] = ()
    rescue: Rescue | None = None
    advised: Advised | None = None
    connected: Mapping[str, int] = field(default_factory=dict)
    stale: tuple[Flag, ...] = ()
    trust: Mapping[str, int] = field(default_factory=dict)  # channel → how far its data is trusted, in percent (B5)

    @property
    def missing(self) -> tuple[str, ...]:
        """Parts of the loop that have no row: not connected."""
        return tuple(name for name in PARTS if not self.connected.get(name))


@dataclass(frozen=True, slots=True)
class Why:
    """A period beside the one before it, both looked at after the same time."""

    period: Period
    before: Period
    reasons: Reasons
    as_of: datetime
    before_as_of: datetime


def facts(
    store: Store,
    viewer: Person,
    now: datetime,
    zone: ZoneInfo,
    *,
    period: Period | None = None,
    where: Mapping[str, str] | None = None,
    dimensions: tuple[str, ...] = DIMENSIONS,
    deep: bool = True,
) -> Facts:
    """Read and put together; leads of `period`, or all. Blocking: a query over the viewer's leads for each dimension.

    `deep`: also the rejected leads, each a row, and the advice that is built on them.
    """
    today = now.astimezone(zone).date()
    connected, stale = store.funnel.connected(), tuple(store.lights.stale(BEHIND, now=now))
    if not store.funnel.whole(viewer):
        return Facts(False, store.funnel.deal_stages(viewer, today), connected=connected, stale=stale)
    since, until = period.bounds(zone) if period else (None, None)
    by = {
        name: {key[0]: one for key, one in found.items()}
        for name in dict.fromkeys((*dimensions, "industry"))
        for found in [store.funnel.cells(viewer, (name,), since=since, until=until, as_of=now, zone=zone, where=where)]
    }
    marks = tuple(deviations({name: (one.leads, one.sql) for name, one in by["industry"].items()}))
    total = sum(by["industry"].values(), Stages())
    found = Facts(True, total, by, marks, None, None, connected, stale, _trust(store, by.get("channel", ())))
    return _deeper(found, store, viewer, now, zone) if deep else found


def explain(
    store: Store, viewer: Person, now: datetime, zone: ZoneInfo, period: Period, where: Mapping[str, str] | None = None
) -> Why:
    """Why MQL→SQL changed against the period before. Leads need time: the earlier period is looked at as it stood just
    as long after it as the later one is now, so that both had the same chance."""
    before = period.before()
    then = now - timedelta(days=(period.first - before.first).days)
    dimensions = tuple(name for name in EXPLAINING if name not in (where or {}))

    def cube(span: Period, as_of: datetime) -> dict[tuple[str, ...], Cell]:
        since, until = span.bounds(zone)
        found = store.funnel.cells(viewer, dimensions, since=since, until=until, as_of=as_of, zone=zone, where=where)
        return {key: Cell(one.leads, one.sql) for key, one in found.items()}

    return Why(period, before, reasons(cube(before, then), cube(period, now), dimensions), now, then)


def load_marks(store: Store, now: datetime, zone: ZoneInfo, lang: str = "zh") -> list[str]:
    """For the report of a load of leads: industries that deviate, one sentence each (B8)."""
    found = store.funnel.cells(OPERATOR, ("industry",), as_of=now, zone=zone)
    marked = deviations({key[0]: (one.leads, one.sql) for key, one in found.items()})
    return [one.sentence(lang) for one in marked if one.is_marked]


def _deeper(found: Facts, store: Store, viewer: Person, now: datetime, zone: ZoneInfo) -> Facts:
    every = store.funnel.cells(viewer, (), as_of=now, zone=zone).get((), Stages())
    rescued = rescue(every.leads, store.funnel.rejected(viewer, zone), now.astimezone(zone).date())
    return replace(found, rescue=rescued, advised=_advised(store, viewer, now, zone, found.marks, rescued))


def _trust(store: Store, channels: Iterable[str]) -> dict[str, int]:
    """What somebody set, else what is configured."""
    said, usual = store.attribution.confidences(), known()
    return {name: said[name].percent if name in said else usual.of(name) for name in channels if name}


def _advised(
    store: Store,
    viewer: Person,
    now: datetime,
    zone: ZoneInfo,
    marks: tuple[Deviation, ...],
    rescued: Rescue,
) -> Advised:
    """Costs and what they brought, of the same days: a year, for few of the last months' leads can be won yet."""
    span = last_days(YEAR, now.astimezone(zone).date())
    since, until = span.bounds(zone)
    brought = store.funnel.cells(viewer, ("channel",), since=since, until=until, as_of=now, zone=zone)
    stale = store.lights.stale(COUNTED, now=now)
    money = store.funnel.money(viewer, span.first, span.last + timedelta(days=1), zone)
    return advise(costs(money, {key[0]: one for key, one in brought.items()}), marks, rescued, stale)
