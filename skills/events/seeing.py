"""Whose events somebody may see here: sales ops and admins all, owners of systems those of their systems (D9).

What a rep sees of their own orders is the timeline; here stand the messages of systems, faulty ones too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.contracts import Person, Role
from bot.contracts.errors import ConfigurationError
from knowledge.events.system_reading import parse
from knowledge.events.systems import System
from knowledge.events.types import Catalog

if TYPE_CHECKING:
    from storage.store import Store

KEEPERS = frozenset({Role.SALES_OPS, Role.ADMIN})


def systems_of(store: Store, catalog: Catalog) -> dict[str, System]:
    """The entries that hold, by name; one that the catalogue no longer fits has its name only."""
    found = {}
    for name, version in store.systems.all().items():
        try:
            found[name] = parse(version.text, name, catalog)
        except ConfigurationError:
            found[name] = System(name, name, "", "")
    return found


def producers_for(viewer: Person, systems: Mapping[str, System]) -> frozenset[str] | None:
    """Names of the systems whose events the viewer may see; None: all, also of systems that are gone."""
    if viewer.role in KEEPERS:
        return None
    return frozenset(name for name, one in systems.items() if one.owner and one.owner == viewer.id)


def may_see(viewer: Person, systems: Mapping[str, System], producer: str) -> bool:
    """Whether one system's events are theirs to see, and to decide about."""
    allowed = producers_for(viewer, systems)
    return allowed is None or producer in allowed
