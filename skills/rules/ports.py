"""What rules ask of the prompts' policy, which is another skill's."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from storage.store import Store


class Policy(Protocol):
    """Rules fire through the policy of all prompts; here they only tell beforehand what it will do."""

    def in_pilot(self, store: Store, customer_ids: Collection[str]) -> frozenset[str]:
        """Those customers about whom prompts are sent at all (A9)."""
        ...

    def kept_by(self, store: Store, person_id: str, now: datetime) -> str:
        """What this person chose that keeps prompts from them now: basic, scene, muted; "" when nothing does."""
        ...
