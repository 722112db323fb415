"""What the pages of events show, read in one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.contracts import Person
from knowledge.events.systems import System
from knowledge.events.types import Catalog
from knowledge.events.waiting import Group, groups_of
from skills.events.seeing import KEEPERS, may_see, producers_for, systems_of
from storage.repositories.events import Asked

if TYPE_CHECKING:
    from storage.repositories.audit import AuditEntry
    from storage.repositories.event_deliveries import EventDelivery
    from storage.repositories.events import EventRecord
    from storage.repositories.quarantine import Mending, Quarantined
    from storage.store import Store

PAGE = 50  # events on one page
EXPORT = 10_000  # in one file
REFUSED = 20  # notes of refused systems
DECIDED = 30
SHOWN = 100  # waiting ones of one kind whose fields are looked at
_REFUSED_DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Listing:
    """The page of events."""

    events: Sequence[EventRecord]
    keys: Mapping[int, Mapping[str, str]]
    systems: Mapping[str, System]
    waiting: int
    more: bool
    refused: Sequence[AuditEntry]
    counts: Mapping[str, int]  # of the last day, by system


@dataclass(frozen=True, slots=True)
class Detail:
    """One event's page."""

    event: EventRecord
    keys: Mapping[str, str]
    system: System | None
    deliveries: Sequence[EventDelivery]
    customer: str
    person: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Events that wait with the same fault."""

    group: Group
    system: System | None
    newest: Quarantined
    missing: Sequence[str]  # fields of ours that aren't there
    extra: Sequence[tuple[str, str]]  # fields of theirs that we don't know, with the newest value


@dataclass(frozen=True, slots=True)
class Waiting:
    """The page of the quarantine."""

    kinds: Sequence[Kind]
    decided: Sequence[Quarantined]
    mendings: Sequence[Mending]
    systems: Mapping[str, System]
    people: Mapping[str, str]


def listing(
    store: Store, viewer: Person, catalog: Catalog, asked: Asked, now: datetime, before: int | None, limit: int = PAGE
) -> Listing | None:
    """None for somebody who has no system's events to see."""
    systems = systems_of(store, catalog)
    allowed = producers_for(viewer, systems)
    if allowed is not None and not allowed:
        return None
    found = store.events.listing(_narrowed(asked, allowed), limit + 1, before=before)
    counts: dict[str, int] = {}
    for (producer, _), n in store.events.counts(now - timedelta(days=1)).items():
        if allowed is None or producer in allowed:
            counts[producer] = counts.get(producer, 0) + n
    refused = store.audit.listing(viewer, REFUSED, ["event.refused"]) if viewer.role in KEEPERS else []
    shown = found[:limit]
    return Listing(
        events=shown,
        keys=store.events.keys_of(one.seq for one in shown),
        systems=systems,
        waiting=len(store.quarantine.open(allowed)),
        more=len(found) > limit,
        refused=[one for one in refused if one.at > now - _REFUSED_DAYS],
        counts=counts,
    )


def detail(store: Store, viewer: Person, catalog: Catalog, seq: int) -> Detail | None:
    """One that the viewer may see."""
    event, systems = store.events.get(seq), systems_of(store, catalog)
    if event is None or not may_see(viewer, systems, event.producer):
        return None
    customer = store.customers.get(event.customer_id) if event.customer_id else None
    return Detail(
        event=event,
        keys=store.events.keys_of([seq]).get(seq, {}),
        system=systems.get(event.producer),
        deliveries=[
            one if may_see(viewer, systems, one.system) else replace(one, answer="", reason="", result_seq=None)
            for one in store.event_deliveries.of_events([seq]).get(seq, [])
        ],
        customer=customer.name if customer else "",
        person=store.people.names([event.person_id]).get(event.person_id, ""),
    )


def waiting(store: Store, viewer: Person, catalog: Catalog) -> Waiting | None:
    """What waits for a decision that the viewer may make."""
    systems = systems_of(store, catalog)
    allowed = producers_for(viewer, systems)
    if allowed is not None and not allowed:
        return None
    groups = groups_of(store.quarantine.open(allowed))
    newest = {one.id: one for one in store.quarantine.these(group.ids[-1] for group in groups)}
    decided = store.quarantine.decided(DECIDED, allowed)
    mendings = [one for one in store.quarantine.mendings() if allowed is None or one.producer in allowed]
    people = store.people.names([*(one.decided_by for one in decided), *(one.approved_by for one in mendings)])
    kinds = [_kind(group, systems, newest[group.ids[-1]], catalog) for group in groups if group.ids[-1] in newest]
    return Waiting(kinds, decided, mendings, systems, people)


def _kind(group: Group, systems: Mapping[str, System], newest: Quarantined, catalog: Catalog) -> Kind:
    """What could be mapped by hand: fields that are missing, and those that nobody knows."""
    data, type_ = newest.envelope.get("data"), catalog.get(group.type)
    known = {name for version in type_.versions for name in version.fields} if type_ else set()
    missing = [str(one.get("field", "")) for one in newest.faults if one.get("problem") == "missing"]
    fields = data if isinstance(data, Mapping) else {}
    extra = [(str(name), _shown(value)) for name, value in fields.items() if name not in known]
    return Kind(group, systems.get(group.producer), newest, [one for one in missing if one], extra[:SHOWN])


def _shown(value: Any) -> str:
    return str(value)[:60]


def _narrowed(asked: Asked, allowed: frozenset[str] | None) -> Asked:
    return Asked(allowed, asked.type, asked.system, asked.key, asked.since, asked.until, asked.mended)
