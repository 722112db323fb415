"""Accepting events is one transaction: the row, its keys, whom it concerns, and everything that follows from it (C2).

What follows (deliveries, deadlines) is given as consequences; each does with the whole batch what it has to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.contracts.verdict import Verdict
from bot.flows.event_reading import Coming, told
from config.locales import t
from knowledge.events import keys
from knowledge.events.types import Stored
from storage.repositories.event_about import About
from storage.repositories.events import Name
from storage.store import Store

Consequence = Callable[[Store, Sequence[Stored]], None]
OPEN = "open"


@dataclass(frozen=True, slots=True)
class _New:
    """A good event that wasn't here."""

    coming: Coming
    keys: Mapping[str, str]
    about: About


def write(
    store: Store, comings: Sequence[Coming], now: datetime, consequences: Sequence[Consequence], by: str = ""
) -> list[Verdict]:
    """One verdict for each. `by`: who released what was quarantined; "": its sender, by sending it well."""
    first: dict[Name, Coming] = {}
    for one in sorted((one for one in comings if one.verdict is None), key=lambda one: bool(one.reason)):
        first.setdefault(one.name, one)  # said badly and then well: well, as when it comes later
    here = store.events.known(first)
    kept = store.quarantine.known(name for name in first if name not in here)
    given_up = {name for name, state in kept.items() if by and state != OPEN}  # by somebody, while it was released
    wanted = [one for name, one in first.items() if name not in here and name not in given_up]
    good = [one for one in wanted if not one.reason]
    bad = [one for name, one in first.items() if name not in here and name not in kept and one.reason]
    store.quarantine.add([_quarantined(one, now) for one in bad])
    added = _add(store, good, now, consequences)
    store.quarantine.released({name: seq for name, seq in added.items() if kept.get(name) == OPEN}, by, now)
    late = store.events.known(one.name for one in good if one.name not in added)  # another process was quicker
    known, fresh = here | late | added, dict(added)
    return [one.verdict or _verdict(one, first, fresh, known, kept) for one in comings]


def _add(store: Store, good: Sequence[Coming], now: datetime, consequences: Sequence[Consequence]) -> dict[Name, int]:
    if not good:
        return {}
    named = [keys.of(one.type, one.event) if one.type else {} for one in good]
    about = store.event_about.find(named, [_region(one) for one in good])
    new = [_New(*one) for one in zip(good, named, about, strict=True)]
    seqs = store.events.add([_row(one, now) for one in new])
    new = [one for one in new if one.coming.name in seqs]
    rows = [(seqs[one.coming.name], name, value) for one in new for name, value in one.keys.items()]
    store.events.add_keys(rows)
    store.event_about.hand_on([one.keys for one in new], [one.about for one in new])
    stored = sorted((_stored(one, seqs, now) for one in new), key=lambda one: one.seq)
    for consequence in consequences if stored else ():
        consequence(store, stored)
    return seqs


def _region(coming: Coming) -> str:
    said = coming.event.data.get("region")
    return said if isinstance(said, str) and len(said) <= keys.LONGEST else ""


def _row(new: _New, now: datetime) -> dict[str, Any]:
    coming, event, about = new.coming, new.coming.event, new.about
    return {
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "version": coming.version,
        "producer": coming.producer,
        "subject": event.subject,
        "time": event.time,
        "received_at": now,
        "data": dict(event.data),
        "original": None if coming.original is None else dict(coming.original),
        "mended": [dict(one) for one in coming.mended],
        "extensions": dict(event.extensions),
        "customer_id": about.customer_id,
        "contract_id": about.contract_id,
        "person_id": about.person_id,
        "region": about.region,
    }


def _stored(new: _New, seqs: Mapping[Name, int], now: datetime) -> Stored:
    about = new.about
    return Stored(
        seq=seqs[new.coming.name],
        event=new.coming.event,
        version=new.coming.version,
        producer=new.coming.producer,
        received_at=now,
        keys=new.keys,
        customer_id=about.customer_id,
        contract_id=about.contract_id,
        person_id=about.person_id,
        region=about.region,
    )


def _quarantined(coming: Coming, now: datetime) -> dict[str, Any]:
    return {
        "producer": coming.producer,
        "source": coming.event.source,
        "event_id": coming.event.id,
        "type": coming.event.type,
        "reason": coming.reason,
        "faults": [dict(one) for one in coming.faults],
        "envelope": dict(coming.envelope),
        "proposal": [dict(one) for one in coming.proposal],
        "state": OPEN,
        "received_at": now,
        "decided_by": "",
        "decided_at": None,
        "event_seq": None,
    }


def _verdict(
    one: Coming,
    first: Mapping[Name, Coming],
    added: dict[Name, int],
    known: Mapping[Name, int],
    kept: Mapping[Name, str],
) -> Verdict:
    source, id_ = one.name
    if first[one.name] is one and added.pop(one.name, None) is not None:
        return Verdict("accepted", id_, source, known[one.name])
    if one.name in known:
        return Verdict("duplicate", id_, source, known[one.name])
    if kept.get(one.name, OPEN) != OPEN:  # somebody has decided that it isn't wanted
        return Verdict("duplicate", id_, source)
    remedy = t("events.door.quarantined.remedy", "en")
    return Verdict("quarantined", id_, source, None, one.reason, told(one, "en"), remedy)
