"""What really reached a subscriber."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request that carried a good signature."""

    webhook_id: str
    event: Mapping[str, Any]  # attributes and data
    headers: Mapping[str, str]
    body: bytes
    at: float  # seconds, by the loop's clock
    outcome: str  # served, repeated, or the fault


@dataclass
class Effects:
    """Of one system: every request, and the effects, each of which must be there once."""

    requests: list[Received] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    _taken: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # webhook-id → the event that took effect
    _bodies: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # webhook-id → its event when first seen

    def note(self, received: Received) -> None:
        """Write a request down; one id must always carry the same event."""
        known = self._bodies.setdefault(received.webhook_id, received.event)
        if known != received.event:
            self.violations.append(f"{received.webhook_id} came with another event than before")
        self.requests.append(received)

    def take(self, webhook_id: str, event: Mapping[str, Any]) -> bool:
        """Take effect, as an idempotent receiver does: once for each id. False: it was taken already."""
        if webhook_id in self._taken:
            return False
        self._taken[webhook_id] = event
        return True

    @property
    def events(self) -> list[Mapping[str, Any]]:
        """The events that took effect, in that order."""
        return list(self._taken.values())

    @property
    def repeats(self) -> int:
        """Requests beyond the first of each id."""
        return len(self.requests) - len(self._bodies)

    @property
    def doubled(self) -> list[str]:
        """Events that took effect under two ids: the sender changed the id of a retry."""
        seen = Counter(f"{event['source']} {event['id']}" for event in self._taken.values())
        return [name for name, count in seen.items() if count > 1]
