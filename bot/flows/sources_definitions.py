"""Definitions of sources: checked before they hold, each a version that can be gone back to."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal

from adapters.sources.adapter import SourceReaders
from bot.contracts import Clock
from bot.contracts.errors import BadInput, ConfigurationError, SourceRefused
from bot.contracts.person import OPERATOR
from config.languages import operator_language
from config.locales import t
from knowledge.lines import read_lines
from knowledge.mapping.definition import parse
from knowledge.mapping.faults import BadDefinition, Fault
from knowledge.mapping.rule import Definition
from storage.database import Database
from storage.repositories.sources import SourceVersion
from storage.store import Store

Outcome = Literal["new", "changed", "same"]
NEAREST = 3  # people that are named where one isn't there


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a definition that was handed in."""

    source: str
    version: int
    outcome: Outcome


@lru_cache(maxsize=256)
def _parsed(text: str, name: str) -> Definition:
    return parse(text, name)


def definition_of(version: SourceVersion | None) -> Definition:
    """The definition that a version says. Raises ConfigurationError, also for None."""
    if version is None:
        raise ConfigurationError(t("sources.no_version", operator_language()))
    return _parsed(version.text, f"{version.source} (v{version.version})")


def unknown_source(store: Store, name: str) -> BadInput:
    """An error that names those that there are."""
    known = sorted(store.sources.all())
    near = get_close_matches(name, known, 3) or known[:20]
    return BadInput(t("sources.unknown", operator_language(), name=name, known="、".join(near) or "—"))


def _owner_is_there(store: Store, definition: Definition, file: str) -> None:
    """Before anybody was imported, nobody can be missed."""
    people = {one.id: one.name for one in store.people.visible_to(OPERATOR)} if definition.owner else {}
    if not people or definition.owner in people:
        return
    near = [id_ for id_, name in people.items() if name == definition.owner]
    near = near or get_close_matches(definition.owner, people, NEAREST) or list(people)[:NEAREST]
    details = {"value": definition.owner, "near": "、".join(f"{id_} {people[id_]}" for id_ in near)}
    line = read_lines(definition.text, file).line(("owner",))
    raise BadDefinition(file, [Fault(line, ("owner",), "unknown_owner", details)])


class Definitions:
    """Adds versions, goes back to former ones, removes sources."""

    def __init__(self, database: Database, clock: Clock, readers: SourceReaders) -> None:
        self._database, self._clock, self._readers = database, clock, readers

    def checked(self, text: str, file: str) -> Definition:
        """Raises ConfigurationError or SourceRefused with everything that is wrong."""
        definition = _parsed(text, file)
        try:
            self._readers.check(definition.origin)
        except SourceRefused as error:
            line = read_lines(text, file).line(("from",))
            raise SourceRefused(f"{file}:{line}: {error}") from error
        return definition

    async def examined(self, text: str, file: str) -> Definition:
        """Checked, and its owner is there: else nobody would hear that its data is late. Raises BadDefinition too."""
        definition = self.checked(text, file)
        await self._database.read(lambda store: _owner_is_there(store, definition, file))
        return definition

    async def apply(self, text: str, file: str, by: str, *, note: str = "", after: int | None = None) -> Applied:
        """Make a definition hold, if it isn't the one that does.

        `after`: the version that its author saw; raises BadInput when there is a newer one, and what `examined` raises.
        """
        definition = await self.examined(text, file)
        return await self._hold(definition, text, by, note, after)

    async def _hold(self, definition: Definition, text: str, by: str, note: str, after: int | None) -> Applied:
        now = self._clock.now()

        def save(store: Store) -> Applied:
            current = store.sources.current(definition.source)
            if current and current.text == text:
                return Applied(definition.source, current.version, "same")
            version = store.sources.save(definition.source, text, by, now, note=note, after=after)
            if not version:
                raise BadInput(t("sources.newer", operator_language(), name=definition.source))
            detail = {"version": version, "note": note}
            store.audit.add(by, "source.applied", definition.source, detail, now)
            return Applied(definition.source, version, "changed" if current else "new")

        return await self._database.write(save)

    async def revert(self, source: str, number: int, by: str) -> Applied:
        """Let a former version hold again, as a new one."""
        former = await self._database.read(lambda store: self._version(store, source, number))
        note = t("sources.reverted_note", operator_language(), version=number)
        definition = self.checked(former.text, f"{source} (v{number})")
        return await self._hold(definition, former.text, by, note, None)  # its owner may have left since

    async def remove(self, source: str, by: str) -> None:
        """Read it no longer; what it brought stays. Raises BadInput for an unknown source."""
        now = self._clock.now()

        def remove(store: Store) -> None:
            if store.sources.current(source) is None:
                raise unknown_source(store, source)
            store.sources.remove(source)
            store.audit.add(by, "source.removed", source, {}, now)

        await self._database.write(remove)

    def _version(self, store: Store, source: str, number: int) -> SourceVersion:
        found = store.sources.version(source, number)
        if found is None:
            if not store.sources.last_version(source):
                raise unknown_source(store, source)
            last = store.sources.last_version(source)
            raise BadInput(t("sources.unknown_version", operator_language(), name=source, version=number, last=last))
        return found
