"""What the mapping pages do with the database: read a source, suggest, preview, save, go back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.contracts import Clock, Person, Role
from bot.contracts.errors import SourceRefused, SourceUnavailable
from bot.contracts.sources import Origin, RawRow
from config.locales import t
from knowledge.mapping.definition import parse
from knowledge.mapping.entities import PERSON, Entity, load_entities
from knowledge.mapping.faults import BadDefinition
from knowledge.mapping.mapper import Mapper
from knowledge.mapping.preview import MOST, Preview, preview
from knowledge.mapping.rule import Definition
from knowledge.mapping.suggest import Known, Suggestion, columns_of, suggest
from skills.mapping.ports import Keeper

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.sources import SourceVersion
    from storage.store import Store

KEEPERS = frozenset({Role.SALES_OPS, Role.ADMIN})
EDITORS = KEEPERS | {Role.CHANNEL_OWNER}
_SAMPLE = 200  # rows that suggestions look at
_COMPARED = ("channel", "region", "industry", "province", "product", "action", "severity")  # fields with known values


@dataclass(frozen=True, slots=True)
class Opened:
    """A source on the canvas."""

    definition: Definition
    entity: Entity
    version: int
    versions: Sequence[SourceVersion]
    rows: Sequence[RawRow]  # some, for sample values
    columns: Mapping[str, Sequence[Any]]
    suggestions: Mapping[str, Suggestion]  # by business field
    names: Mapping[str, str]  # who made the versions
    fault: str = ""  # why there are no rows to look at


class MappingDesk:
    """Definitions of sources, for those who may change them."""

    def __init__(self, database: Database, clock: Clock, time_zone: str, keeper: Keeper) -> None:
        self._database, self._clock, self.zone, self._keeper = database, clock, ZoneInfo(time_zone), keeper

    async def open(self, source: str, viewer: Person) -> Opened | None:
        """A source with what is needed to draw it; None when there is none that the viewer may change."""
        found = await self._database.read(
            lambda store: (store.sources.current(source), store.landing.page(source, "", _SAMPLE))
        )
        current, landed = found
        if current is None:
            return None
        definition = parse(current.text, source)
        if not may_edit(viewer, definition):
            return None
        rows: Sequence[RawRow] = [RawRow(one.line, one.data) for one in landed]
        fault = ""
        if not rows:
            rows, fault = await self._look(definition.origin)
        return await self._database.read(lambda store: self._opened(store, definition, current.version, rows, fault))

    async def preview(self, opened: Opened, new: Definition, viewer: Person, most: int = MOST) -> Preview | None:
        """What the definition would do with the source's rows; None for one that the viewer couldn't save either:
        else other sources' rows and records could be looked at through it."""
        if _forbidden(opened.definition, new, viewer):
            return None
        return await self._database.read(lambda store: self._preview(store, new, opened.rows, viewer, most))

    async def save(self, opened: Opened, text: str, viewer: Person, after: int, note: str, language: str) -> str:
        """Add a version; "" when done, else the sentence that says why not. Raises BadDefinition."""
        if fault := _forbidden(opened.definition, parse(text, opened.definition.source), viewer):
            return t(f"mapping.page.not_saved.{fault}", language)
        if text == opened.definition.text:
            return t("mapping.page.not_saved.nothing", language)
        return await self._keeper.apply(text, note, viewer, after, language)

    async def revert(self, opened: Opened, number: int, viewer: Person, after: int, note: str, language: str) -> str:
        """Add a version that says what an earlier one did; as `save`."""
        version = await self._database.read(lambda store: store.sources.version(opened.definition.source, number))
        if version is None:
            return t("mapping.page.not_saved.no_version", language)
        return await self.save(opened, version.text, viewer, after, note, language)

    async def _look(self, origin: Origin) -> tuple[Sequence[RawRow], str]:
        """Some rows, or why there are none. Where they are read is not for everybody to try: only saved origins are."""
        try:
            return await self._keeper.look(origin, _SAMPLE), ""
        except (SourceUnavailable, SourceRefused) as error:
            return [], str(error)

    def _opened(self, store: Store, definition: Definition, version: int, rows: Sequence[RawRow], fault: str) -> Opened:
        entity = load_entities()[definition.entity]
        columns = columns_of([row.data for row in rows])
        known = _known(store, entity, columns)
        found = suggest(columns, entity, known, self._zone_of(definition), self._today())
        versions = store.sources.versions(definition.source)
        names = store.people.names(one.by for one in versions)
        suggestions = {one.field: one for one in found if one.field not in definition.fields}
        return Opened(definition, entity, version, versions, rows, columns, suggestions, names, fault)

    def _preview(
        self, store: Store, definition: Definition, rows: Sequence[RawRow], viewer: Person, most: int
    ) -> Preview:
        entities, entity, source = load_entities(), definition.entity, definition.source
        mapper = Mapper(definition, entities, self.zone, self._today())

        def kept(ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
            if viewer.role in KEEPERS:
                return store.loop.records(entity, ids)
            return store.loop.seen(viewer, entity, ids) | store.loop.records(
                entity, store.landing.made_by(source, entity, ids)
            )

        first = next(_came(store, source), None)
        return preview(rows if first is None else _came(store, source), mapper, entities[entity], kept, most)

    def _zone_of(self, definition: Definition) -> ZoneInfo:
        return ZoneInfo(definition.zone) if definition.zone else self.zone

    def _today(self) -> date:
        return self._clock.now().astimezone(self.zone).date()


def may_edit(viewer: Person, definition: Definition) -> bool:
    """Keepers all; a channel owner the sources that they answer for."""
    return viewer.role in KEEPERS or (viewer.role is Role.CHANNEL_OWNER and definition.owner == viewer.id)


def _forbidden(old: Definition, new: Definition, viewer: Person) -> str:
    """Why the viewer may not let `new` hold: last part of a locale key below mapping.page.not_saved; "": they may."""
    if new.source != old.source:
        return "renamed"
    return "" if viewer.role in KEEPERS or same_but_fields(old, new) else "fields_only"


def same_but_fields(old: Definition, new: Definition) -> bool:
    """Whether only the mapping differs: where rows are read from is not for everybody to say."""
    return replace(new, fields=old.fields) == old


def checked(text: str, source: str) -> tuple[Definition | None, BadDefinition | None]:
    """A definition, or what is wrong with it."""
    try:
        return parse(text, source), None
    except BadDefinition as error:
        return None, error


def _came(store: Store, source: str) -> Iterator[RawRow]:
    """The rows that were refused, which a better mapping may take, and those that were taken."""
    for refusal in store.refusals.open(source, MOST):
        if refusal.is_split:
            yield RawRow(refusal.line, refusal.data)
    for landed in store.landing.each(source):
        yield RawRow(landed.line, landed.data)


def _known(store: Store, entity: Entity, columns: Mapping[str, Sequence[Any]]) -> Known:
    """Ids and values of ours that occur among the columns' values."""
    texts = {str(value).strip() for values in columns.values() for value in values[:_SAMPLE] if value is not None}
    ids = {}
    for field in entity.fields.values():
        if field.links == PERSON:
            ids[PERSON] = frozenset(store.people.known(texts))
        elif field.links and field.links not in ids:
            ids[field.links] = store.loop.known(field.links, texts)
    compared = {name: store.loop.values(entity.name, name) for name in _COMPARED if name in entity.fields}
    return Known(ids, compared)
