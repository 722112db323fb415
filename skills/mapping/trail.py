"""这个数怎么来的: a record with its mapping and the rows it was made of, as far as the viewer may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.contracts import Person
from config.locales import t
from knowledge.lineage.graph import Flow, Lineage, make_lineage
from knowledge.lineage.metrics import load_metrics
from knowledge.mapping.definition import parse
from knowledge.mapping.entities import load_entities
from knowledge.mapping.faults import BadDefinition
from knowledge.mapping.fields import MISSING, reader
from knowledge.mapping.rule import FieldRule
from skills.mapping.shown import shown_value

if TYPE_CHECKING:
    from storage.repositories.landing import Landed
    from storage.store import Store


@dataclass(frozen=True, slots=True)
class Step:
    """One field of a record: its value, and what stood in the source for it."""

    title: str
    value: str
    came: Sequence[tuple[str, str, str]]  # (source's title, its field, what stood there)
    how: str  # what was done with it
    href: str = ""  # where the link leads


@dataclass(frozen=True, slots=True)
class Trail:
    """A record and where it came from."""

    entity: str
    record_id: str
    steps: Sequence[Step]
    rows: Sequence[Landed]


def read_lineage(store: Store, *, as_mapped: bool = False) -> tuple[Lineage, dict[str, int]]:
    """What holds now, and the versions of the definitions; `as_mapped`: what held when the rows were last mapped,
    which is what made the records. A definition that can't be read is left out: the list of sources says why."""
    definitions, versions = [], {}
    states = store.sources.states()
    for source, current in store.sources.all().items():
        mapped = states[source].mapped_version if as_mapped and source in states else 0
        version = (store.sources.version(source, mapped) if mapped else None) or current
        try:
            definitions.append(parse(version.text, source))
        except BadDefinition:
            continue
        versions[source] = version.version
    return make_lineage(definitions, load_entities(), load_metrics()), versions


def trail(store: Store, viewer: Person, entity: str, record_id: str, lang: str, zone: ZoneInfo) -> Trail | None:
    """None when there is no such record that the viewer may see."""
    record = store.loop.seen(viewer, entity, [record_id]).get(record_id)
    if record is None:
        return None
    lineage, _ = read_lineage(store, as_mapped=True)
    rows = store.landing.rows_of(entity, record_id)
    steps = [_step(lineage, rows, entity, name, record, lang, zone) for name in lineage.entities[entity].fields]
    return Trail(entity, record_id, steps, rows)


def _step(
    lineage: Lineage,
    rows: Sequence[Landed],
    entity: str,
    name: str,
    record: Mapping[str, Any],
    lang: str,
    zone: ZoneInfo,
) -> Step:
    field = lineage.entities[entity].fields[name]
    flows = lineage.into(entity, name)
    came = [
        (lineage.definitions[one.source].title, one.column, _stood(row, one))
        for row in rows
        for one in flows
        if one.source == row.source
    ]
    value = record.get(name)
    linked = field.links in lineage.entities and value
    href = f"/lineage/{field.links}?record={quote(str(value))}" if linked else ""
    how = "；".join(dict.fromkeys(text for one in flows if (text := described(one.rule, lang))))
    return Step(field.named(lang), shown_value(value, lang, zone), came, how, href)


def described(rule: FieldRule, lang: str) -> str:
    """What a rule does with a value, in words; "" when it takes it as it is."""
    parts = []
    if rule.const is not None:
        parts.append(t("lineage.how.const", lang, value=rule.const))
    if len(rule.sources) > 1:
        parts.append(t("lineage.how.join", lang, fields=" + ".join(rule.sources)))
    if rule.unit not in ("", "元"):
        parts.append(t("lineage.how.unit", lang, unit=rule.unit))
    if rule.currency or rule.currency_from:
        parts.append(t("lineage.how.currency", lang, code=rule.currency or rule.currency_from))
    if rule.format:
        parts.append(t("lineage.how.format", lang, format=rule.format))
    if rule.words:
        parts.append(t("lineage.how.words", lang, words="、".join(f"{one}→{two}" for one, two in rule.words.items())))
    return "；".join(parts)


def _stood(row: Landed, flow: Flow) -> str:
    if not flow.column:
        return flow.rule.const or ""
    value = reader(flow.column)(row.data)
    return "–" if value is MISSING or value in (None, "") else str(value)
