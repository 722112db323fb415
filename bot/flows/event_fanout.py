"""Who gets an event: one delivery for each subscription that it fits, in the transaction that accepts it (C3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from bot.contracts import Clock
from knowledge.events import keys
from knowledge.events.systems import Listening, System
from knowledge.events.types import Stored
from storage.repositories.event_deliveries import NewDelivery
from storage.repositories.event_subscriptions import LOCKED
from storage.store import Store

Entries = Callable[[Store], Mapping[str, System]]  # those that hold, by name
Reveal = Callable[[str], str | None]  # a text with ${references} -> with the secrets; None: one isn't set

_PROOF = 16  # hexadecimal digits of each


class FanOut:
    """A consequence of accepting events: cheap, no I/O but the rows."""

    def __init__(self, entries: Entries, clock: Clock) -> None:
        self._entries, self._clock = entries, clock

    def __call__(self, store: Store, stored: Sequence[Stored]) -> None:
        """A row for each subscription that an event fits. Where nothing goes out now, it is kept back."""
        by_type = _by_type(self._entries(store))
        fitting = [
            (one, system.name, listening)
            for one in stored
            for system, listening in by_type.get(one.event.type, ())
            if system.name != one.producer and listening.where.holds(one.event)
        ]
        if not fitting:
            return
        live = store.event_subscriptions.live((system, listening.name) for _, system, listening in fitting)
        now = self._clock.now()
        store.event_deliveries.add(
            [
                NewDelivery(
                    one.seq,
                    system,
                    listening.name,
                    order_key(listening, one),
                    "waiting" if (system, listening.name) in live else "held",
                    now,
                )
                for one, system, listening in fitting
            ]
        )


def order_key(listening: Listening, stored: Stored) -> str:
    """Events of one value go one after the other; "" where the event doesn't say it: in any order."""
    name = listening.ordered_by
    said = stored.keys.get(name) or str(stored.event.data.get(name) or "") if name else ""
    return said[: keys.LONGEST]


def proofs(listening: Listening, reveal: Reveal) -> frozenset[str]:
    """What a rehearsal proves, one for each secret: this endpoint, secret, version and format.

    Empty where a secret isn't known: nothing can be signed, so nothing is proved and nothing goes out.
    """
    url, secrets = reveal(listening.to), [reveal(secret) for secret in listening.secrets]
    if not url or None in secrets:
        return frozenset()
    return frozenset(proof(listening, url, secret) for secret in secrets if secret)


def proof(listening: Listening, url: str, secret: str) -> str:
    """That this endpoint takes what is signed so, in this version and format."""
    said = url, str(listening.version or "newest"), listening.format, secret
    return sha256("\n".join(said).encode()).hexdigest()[:_PROOF]


def settle(store: Store, entries: Mapping[str, System], reveal: Reveal, now: datetime) -> None:
    """Bring what is known of subscriptions in line with the entries that hold.

    New ones begin locked. One whose endpoint, secret or version isn't what passed is locked again. Of one that is in
    no entry any more, what waits becomes dead letters: it can be sent again when it is back. A system whose entry is
    there and doesn't hold, since the catalogue has changed, stays as it is until somebody has mended it.
    """
    known = store.event_subscriptions.all()
    wanted = {(system.name, one.name): one for system in entries.values() for one in system.listens}
    for (system, name), listening in wanted.items():
        state, proved = known.get((system, name)), proofs(listening, reveal)
        if state is None:
            store.event_subscriptions.add(system, name, now)
        elif state.state != LOCKED and proved and proved.isdisjoint(state.proof.split()):
            store.event_subscriptions.lock(system, name, now)
            store.event_deliveries.hold(system, name)
    kept = store.systems.all().keys() - entries.keys()
    for system, name in sorted(one for one in known.keys() - wanted.keys() if one[0] not in kept):
        store.event_deliveries.bury(system, name, "removed", now)
        store.event_subscriptions.remove(system, [name])


def _by_type(entries: Mapping[str, System]) -> Mapping[str, Sequence[tuple[System, Listening]]]:
    found: dict[str, list[tuple[System, Listening]]] = defaultdict(list)
    for system in entries.values():
        for listening in system.listens:
            for type_ in listening.types:
                found[type_].append((system, listening))
    return found
