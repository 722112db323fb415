"""Which field of a source may fill which business field: by name, type and values. Suggestions, never decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import Decimal
from typing import Any

from knowledge.mapping.coerce import converter
from knowledge.mapping.entities import Entity, EntityField
from knowledge.mapping.hints import SHAPED, dates_format, looks_like, unit_of
from knowledge.mapping.names import alike
from knowledge.mapping.rule import FieldRule
from knowledge.mapping.values import Bad

CERTAIN = 0.85  # what is preselected; below, a person chooses
SHOWN = 0.5  # less is no suggestion
_LEAD = 0.05  # a certain one is ahead of the next by this much
_NAME_WEIGHT = 0.7
_SAMPLE = 60  # values looked at for each column
_READABLE = 0.7  # share of values that must be readable as the field's type


@dataclass(frozen=True, slots=True)
class Known:
    """What the system has already, to compare values with."""

    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)  # entity -> ids among the values at hand
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)  # business field -> values it has elsewhere


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A source's field for a business field."""

    field: str
    source: str
    score: float  # 0–1
    reasons: tuple[str, ...]  # last parts of locale keys below mapping.why
    rule: FieldRule  # with unit and format, where the values show them
    certain: bool = False


@dataclass(frozen=True, slots=True)
class _Column:
    """One field of the source and some of its values that say something."""

    name: str
    values: tuple[Any, ...]


def columns_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Every field with its values, nested objects by their paths, in the order in which they come."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in _flat(row):
            found.setdefault(name, []).append(value)
    return found


def suggest(
    columns: Mapping[str, Sequence[Any]], entity: Entity, known: Known, zone: tzinfo, today: date
) -> list[Suggestion]:
    """The best field for each business field, the surest first; no field of the source is given twice."""
    read = [_Column(name, tuple(_telling(values))) for name, values in columns.items()]
    pairs = [
        pair
        for name, business in entity.fields.items()
        for column in read
        if (pair := _scored(name, business, column, known, zone, today)).score >= SHOWN
    ]
    return _assigned(sorted(pairs, key=lambda pair: (-pair.score, pair.field, pair.source)))


def _assigned(pairs: Sequence[Suggestion]) -> list[Suggestion]:
    """The surest first; a certain one has no rival, neither for its field nor for its column."""
    chosen: list[Suggestion] = []
    for pair in pairs:
        if any(pair.field == one.field or pair.source == one.source for one in chosen):
            continue
        rivals = [
            one.score for one in pairs if one is not pair and (one.field == pair.field) != (one.source == pair.source)
        ]
        free = [score for score in rivals if score <= pair.score]
        sure = pair.score >= CERTAIN and pair.score - max(free, default=0.0) >= _LEAD
        chosen.append(Suggestion(pair.field, pair.source, pair.score, pair.reasons, pair.rule, sure))
    return chosen


def _scored(name: str, business: EntityField, column: _Column, known: Known, zone: tzinfo, today: date) -> Suggestion:
    like, reason = alike(column.name, (name, *business.title.values(), *business.headers))
    if _NAME_WEIGHT * like + 1 - _NAME_WEIGHT < SHOWN and not _by_values(name, business, known):
        return Suggestion(name, column.name, 0.0, (), FieldRule((column.name,)))  # nothing that values say would do
    rule = FieldRule((column.name,), unit=_unit(business, column), format=_format(business, column))
    values, why = _fitting(name, business, column, rule, known, zone, today)
    score = _NAME_WEIGHT * like + (1 - _NAME_WEIGHT) * values if values >= 0 else 0.0
    if "known_ids" in why and like < 1:
        score = max(score, 0.55 + 0.3 * like)  # equal ids say more than a name does
    if "shape_alone" in why:
        score = max(score, 0.6 + 0.3 * like)
    return Suggestion(name, column.name, round(score, 3), tuple(filter(None, (reason, *why))), rule)


def _by_values(name: str, business: EntityField, known: Known) -> bool:
    """Whether values may give a field away whatever it is called."""
    return bool(name in SHAPED or business.type == "choice" or business.links or known.values.get(name))


def _fitting(
    name: str, business: EntityField, column: _Column, rule: FieldRule, known: Known, zone: tzinfo, today: date
) -> tuple[float, tuple[str, ...]]:
    """(0–1, why): how well the values fit; -1 when they can't be meant."""
    if not column.values:
        return 0.5, ("no_values",)
    readable = _readable(business, column, rule, zone, today)
    if readable < _READABLE:
        return -1.0, ()
    texts = [str(value).strip() for value in column.values]
    if business.links and (share := _share(texts, known.ids.get(business.links, frozenset()))) > 0:
        return 0.5 + 0.5 * share, ("known_ids",)
    if share := _share(texts, known.values.get(name, frozenset())):
        return 0.5 + 0.5 * share, ("known_values",)
    shape = looks_like(name, business, texts)
    if shape is None:
        return 0.6 * readable, ()
    alone = name in SHAPED or (business.type == "choice" and not business.others and len(set(texts)) > 1)
    return (1.0, ("shape", "shape_alone") if alone else ("shape",)) if shape else (-1.0, ())


def _readable(business: EntityField, column: _Column, rule: FieldRule, zone: tzinfo, today: date) -> float:
    """The share of values that the field's type can read. Foreign amounts count: their rates can be said later."""
    convert = converter(business, rule, zone, today, {code: Decimal(1) for code in ("USD", "EUR", "GBP", "HKD", "JPY")})
    good = 0
    for value in column.values:
        try:
            good += convert(value, {}) not in (None, "", ())
        except Bad as error:
            good += error.problem in {"in_future", "which_part_is_the_day"}
    return good / len(column.values)


def _unit(business: EntityField, column: _Column) -> str:
    return unit_of(column.name) if business.type == "money" else ""


def _format(business: EntityField, column: _Column) -> str:
    return dates_format([str(value) for value in column.values]) if business.type in {"date", "time"} else ""


def _share(texts: Sequence[str], known: frozenset[str]) -> float:
    return sum(text in known for text in texts) / len(texts) if known else 0.0


def _telling(values: Sequence[Any]) -> list[Any]:
    return [value for value in values if value is not None and str(value).strip()][:_SAMPLE]


def _flat(row: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for name, value in row.items():
        path = f"{before}{name}"
        pairs += _flat(value, f"{path}.") if isinstance(value, Mapping) else [(path, value)]
    return pairs
