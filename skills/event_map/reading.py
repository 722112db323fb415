"""What holds now, read from the store: entries of systems, how their subscriptions stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.contracts.errors import ConfigurationError
from knowledge.events.system_reading import parse
from knowledge.events.types import Catalog
from knowledge.slas.rule import Rule
from skills.event_map.wiring import Wiring, wiring

if TYPE_CHECKING:
    from storage.store import Store


@dataclass(frozen=True, slots=True)
class Sources:
    """What the map is drawn from. It holds names only, nothing of any customer."""

    catalog: Catalog
    rules: Mapping[str, Rule]

    def read(self, store: Store) -> Wiring:
        """The map. An entry that the catalogue no longer fits is left out: its own page says why."""
        systems = {}
        for name, version in store.systems.all().items():
            try:
                systems[name] = parse(version.text, name, self.catalog)
            except ConfigurationError:
                continue
        states = {key: one.state for key, one in store.event_subscriptions.all().items()}
        return wiring(self.catalog, systems, states, self.rules)
