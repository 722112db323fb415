"""Entries of connected systems: checked before they hold, each a version; and who may send, as of now (C5, C7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal

import structlog
from pydantic import SecretStr

from adapters.webhooks.ports import Sender
from adapters.webhooks.signature import is_secret
from bot.contracts import Clock
from bot.contracts.errors import BadInput, ConfigurationError
from bot.contracts.person import OPERATOR
from config.languages import operator_language
from config.locales import t
from knowledge.events.system_faults import BadEntry, EntryFault
from knowledge.events.system_reading import parse
from knowledge.events.systems import REFERENCE, System
from knowledge.events.types import Catalog
from knowledge.lines import read_lines
from storage.database import Database
from storage.repositories.systems import SystemVersion
from storage.store import Store

SHORTEST_TOKEN = 16  # characters: a shorter one can be tried out
NEAREST = 3  # people that are named where one isn't there
PREFIX = "XIAOCE_EVENTS__SECRETS__"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of an entry that was handed in."""

    system: str
    version: int
    outcome: Literal["new", "changed", "same"]


class EventSecrets:
    """The values of the setting `events.secrets`, by name; case doesn't matter."""

    def __init__(self, values: Mapping[str, SecretStr]) -> None:
        self._values = {name.lower(): value.get_secret_value() for name, value in values.items()}

    def put_in(self, text: str) -> str | None:
        """The text with every ${name} replaced; None when one of them has no value."""
        if any(not self._values.get(name.lower()) for name in REFERENCE.findall(text)):
            return None
        return REFERENCE.sub(lambda found: self._values[found[1].lower()], text)

    def all_of(self, references: tuple[str, ...]) -> tuple[str, ...]:
        """The values of those that have one."""
        return tuple(value for one in references if one and (value := self.put_in(one)))

    def missing(self, system: System) -> list[str]:
        """Variables that would have to be set for an entry."""
        unset = (name for name in system.references if not self._values.get(name.lower()))
        return sorted(f"{PREFIX}{name.upper()}" for name in unset)


@lru_cache(maxsize=512)
def _parsed(text: str, file: str, catalog: _Same) -> System:
    return parse(text, file, catalog.catalog)


@dataclass(frozen=True, slots=True)
class _Same:
    """A catalogue as a key: it is read once in a process."""

    catalog: Catalog

    def __hash__(self) -> int:
        return id(self.catalog)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.catalog is self.catalog


def system_of(version: SystemVersion, catalog: Catalog) -> System:
    """What a version says. Raises ConfigurationError when the catalogue has changed so that it no longer holds."""
    return _parsed(version.text, f"{version.name} (v{version.version})", _Same(catalog))


def systems_in(store: Store, catalog: Catalog) -> dict[str, System]:
    """Every connected system, inside a transaction. One whose entry no longer holds is left out: the others go on."""
    found: dict[str, System] = {}
    for name, version in store.systems.all().items():
        try:
            found[name] = system_of(version, catalog)
        except ConfigurationError as error:
            log.warning("a system is left out", system=name, fault=str(error))
    return found


class SystemRegistry:
    """Adds versions, takes systems away, says who may send."""

    def __init__(self, database: Database, clock: Clock, catalog: Catalog, secrets: EventSecrets) -> None:
        self._database, self._clock = database, clock
        self.catalog, self.secrets = catalog, secrets
        self._known: tuple[tuple[int, int], Mapping[str, System]] | None = None

    async def current(self) -> Mapping[str, System]:
        """Every connected system, by name. Read anew only when an entry has changed."""

        def look(store: Store) -> tuple[tuple[int, int], Mapping[str, System]]:
            revision = store.systems.revision()
            if self._known and self._known[0] == revision:
                return self._known
            return revision, systems_in(store, self.catalog)

        self._known = await self._database.read(look)
        return self._known[1]

    async def senders(self) -> list[Sender]:
        """Who can prove themselves. One whose secret isn't set can't."""
        return [self._sender(one) for one in (await self.current()).values()]

    def _sender(self, system: System) -> Sender:
        tokens = self.secrets.all_of((system.token,))
        return Sender(
            system.name,
            tuple(one for one in tokens if len(one) >= SHORTEST_TOKEN),
            self.secrets.all_of(system.secrets),
        )

    def faults(self, system: System, lang: str) -> list[str]:
        """What keeps an entry from working: secrets that aren't set, tokens that can be guessed, secrets that can't
        sign. One sentence each; never a value."""
        missing = self.secrets.missing(system)
        said = [t("events.check.missing", lang, variable=one) for one in missing]
        if any(len(one) < SHORTEST_TOKEN for one in self.secrets.all_of((system.token,))):
            said.append(t("events.check.short_token", lang, least=SHORTEST_TOKEN))
        signing = [*system.secrets, *(secret for one in system.listens for secret in one.secrets)]
        for reference in dict.fromkeys(signing):
            value = self.secrets.put_in(reference)
            if value and not is_secret(value):
                said.append(t("events.check.no_secret", lang, name=reference))
        if system.produces and not system.token and not system.secrets and not system.watches:
            said.append(t("events.check.no_proof", lang))
        return said

    async def checked(self, text: str, file: str) -> System:
        """The entry, whose owner is there. Raises BadEntry."""
        system = _parsed(text, file, _Same(self.catalog))
        await self._database.read(lambda store: _owner_is_there(store, system, file))
        return system

    async def apply(self, text: str, file: str, by: str, *, note: str = "", after: int | None = None) -> Applied:
        """Make an entry hold, if it isn't the one that does. Raises BadEntry.

        `after`: the version that its author saw; raises BadInput when there is a newer one.
        """
        system, now = await self.checked(text, file), self._clock.now()

        def save(store: Store) -> Applied:
            current = store.systems.current(system.name)
            if current and current.text == text:
                return Applied(system.name, current.version, "same")
            version = store.systems.save(system.name, text, by, now, note=note, after=after)
            if not version:
                raise BadInput(t("events.newer", operator_language(), name=system.name))
            store.audit.add(by, "system.applied", system.name, {"version": version, "note": note}, now)
            return Applied(system.name, version, "changed" if current else "new")

        return await self._database.write(save)

    async def remove(self, name: str, by: str) -> None:
        """It sends and hears nothing any more; what it sent stays. Raises BadInput for an unknown system."""
        now = self._clock.now()

        def remove(store: Store) -> None:
            if store.systems.current(name) is None:
                raise unknown_system(store, name)
            store.systems.save(name, "", by, now)
            store.audit.add(by, "system.removed", name, {}, now)

        await self._database.write(remove)


def unknown_system(store: Store, name: str) -> BadInput:
    """An error that names those that there are."""
    known = sorted(store.systems.all())
    near = get_close_matches(name, known, NEAREST) or known[:20]
    return BadInput(t("events.unknown_system", operator_language(), name=name, known="、".join(near) or "—"))


def _owner_is_there(store: Store, system: System, file: str) -> None:
    """Before anybody was imported, nobody can be missed."""
    people = {one.id: one.name for one in store.people.visible_to(OPERATOR)}
    if not people or system.owner in people:
        return
    near = [id_ for id_, name in people.items() if name == system.owner]
    near = near or get_close_matches(system.owner, people, NEAREST) or list(people)[:NEAREST]
    details = {"value": system.owner, "near": "、".join(f"{id_} {people[id_]}" for id_ in near)}
    raise BadEntry(file, [EntryFault(read_lines(system.text, file).line(("owner",)), "unknown_owner", details)])
