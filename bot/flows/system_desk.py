"""What people do about subscriptions: pause, enable, send again; and entries as text. Audited, one transaction each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from bot.contracts import Clock, Person
from bot.contracts.errors import BadInput
from bot.flows.event_fanout import Entries, proofs
from bot.flows.event_systems import SystemRegistry
from config.locales import t
from knowledge.events.system_faults import BadEntry
from knowledge.events.systems import Listening, System
from skills.systems.ports import Chosen
from storage.database import Database
from storage.store import Store

DEAD, BOTH = ("dead",), ("dead", "done")


class SubscriptionDesk:
    """As `skills.systems.ports.Subscriptions` asks; the commands use it, too."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        entries: Entries,
        registry: SystemRegistry,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """`wake`: called when something is due again."""
        self._database, self._clock, self._entries = database, clock, entries
        self._registry, self._wake = registry, wake

    def systems(self, store: Store) -> Mapping[str, System]:
        """Every connected system, by name."""
        return self._entries(store)

    def faults(self, system: System, language: str) -> Sequence[str]:
        """What keeps an entry from working."""
        return self._registry.faults(system, language)

    def address(self, listening: Listening) -> str:
        """Scheme, host and path; what stands behind may be a secret, and where all of it is one, its name is shown."""
        if "${" in listening.to:
            return listening.to
        parts = urlsplit(listening.to)
        host = parts.hostname or ""
        return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"

    def is_proved(self, listening: Listening, proof: str) -> bool:
        """Whether what passed is what the entry says now."""
        return not proofs(listening, self._registry.secrets.put_in).isdisjoint(proof.split())

    async def pause(self, system: str, subscription: str, by: Person, reason: str) -> bool:
        """Keep events back."""

        def pause(store: Store) -> bool:
            now = self._clock.now()
            if not store.event_subscriptions.pause(system, subscription, by.id, reason, now):
                return False
            held = store.event_deliveries.hold(system, subscription)
            self._note(store, "event_subscription.paused", system, subscription, by, reason=reason, held=held)
            return True

        return await self._database.write(pause)

    async def enable(self, system: str, subscription: str, by: Person) -> bool:
        """Let events out again, in the order in which they came."""

        def enable(store: Store) -> bool:
            now = self._clock.now()
            if not store.event_subscriptions.enable(system, subscription, by.id, now):
                return False
            released = store.event_deliveries.release(system, subscription, now)
            self._note(store, "event_subscription.enabled", system, subscription, by, released=released)
            return True

        done = await self._database.write(enable)
        self._wake()
        return done

    async def replay(self, ids: Sequence[int], by: Person) -> int:
        """Send these again, under the webhook-id that they had."""
        count = await self._database.write(lambda store: self._replayed(store, ids, by, {"ids": list(ids)[:20]}))
        self._wake()
        return count

    async def replay_all(self, chosen: Chosen, by: Person) -> int:
        """The same for all that are meant, in the order in which their events came."""

        def again(store: Store) -> int:
            ids = store.event_deliveries.ids(
                BOTH if chosen.delivered else DEAD,
                system=chosen.system,
                subscription=chosen.subscription,
                since=chosen.since,
                until=chosen.until,
            )
            said = {name: str(value) for name, value in asdict(chosen).items() if value}
            return self._replayed(store, ids, by, said)

        count = await self._database.write(again)
        self._wake()
        return count

    async def apply(self, text: str, note: str, by: Person, after: int | None, language: str) -> tuple[str, str]:
        """A new version of an entry."""
        try:
            done = await self._registry.apply(text, t("systems.page.entry", language), by.id, note=note, after=after)
        except BadEntry as error:
            return "", error.sentence(language)
        except BadInput as error:
            return "", str(error)
        self._wake()
        return done.system, ""

    async def remove(self, system: str, by: Person) -> None:
        """Take it away; what it sent stays, and what was for it becomes dead letters."""
        await self._registry.remove(system, by.id)
        self._wake()

    def _replayed(self, store: Store, ids: Sequence[int], by: Person, said: Mapping[str, Any]) -> int:
        """Where nothing goes out now, they are kept back with the rest."""
        names, now = store.event_deliveries.names(ids), self._clock.now()
        live = store.event_subscriptions.live(name for _, name in names)
        by_state: dict[str, list[int]] = defaultdict(list)
        for id_, name in names:
            by_state["waiting" if name in live else "held"].append(id_)
        count = sum(store.event_deliveries.replay(some, state, now) for state, some in by_state.items())
        store.audit.add(by.id, "event_delivery.replayed", str(said.get("system", "")), {**said, "count": count}, now)
        return count

    def _note(self, store: Store, action: str, system: str, subscription: str, by: Person, **said: Any) -> None:
        store.audit.add(by.id, action, f"{system}/{subscription}", said, self._clock.now())
