"""Whether a registry holds together: what it names exists, nothing goes in circles, no word means two metrics. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from knowledge.lines import At
from knowledge.metrics.checking import Find, aggregate_fault, condition_fault, finder
from knowledge.metrics.registry import Dimension, Metric, Registry, Table, Title

MARKS = frozenset({"", "now", "span"})  # times that aren't columns


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with which entry, and where in it."""

    kind: Literal["table", "dimension", "metric"]
    name: str
    at: At
    problem: str


def faults(registry: Registry) -> Iterator[Fault]:
    """In the order of the files; none when all is well."""
    find = finder(registry.tables)
    for table in registry.tables.values():
        yield from (Fault("table", table.name, at, said) for at, said in _table(table, registry, find))
    for one in registry.dimensions.values():
        yield from (Fault("dimension", one.name, at, said) for at, said in _dimension(one, registry, find))
    for metric in registry.metrics.values():
        yield from (Fault("metric", metric.name, at, said) for at, said in _metric(metric, registry, find))
    yield from _twice("dimension", {name: one.title for name, one in registry.dimensions.items()}, {})
    yield from _twice("metric", {name: one.title for name, one in registry.metrics.items()}, registry.ambiguous)


def _table(table: Table, registry: Registry, find: Find) -> Iterator[tuple[At, str]]:
    if table.key not in table.columns:
        yield ("key",), f"there is no column {table.key}"
    if table.time not in table.columns:
        yield ("time",), f"there is no column {table.time!r}"
    for name, (here, there) in table.joins.items():
        if here not in table.columns:
            yield ("joins", name), f"there is no column {here}"
        if there not in registry.tables:
            yield ("joins", name), f"there is no table {there}"
    for column in table.columns.values():
        if column.path and find(table, column.path) is None:
            yield ("columns", column.name, "path"), f"{column.path} leads nowhere"
    for dimension, times in table.times.items():
        if dimension not in registry.dimensions or set(times.values()) - set(table.columns):
            yield ("times", dimension), "name a dimension, its values and columns of the table"


def _dimension(one: Dimension, registry: Registry, find: Find) -> Iterator[tuple[At, str]]:
    if not one.at:
        yield ("at",), "name at least one table"
    for table, path in one.at.items():
        if table not in registry.tables:
            yield ("at", table), f"there is no table {table}"
        elif find(registry.tables[table], path) is None:
            yield ("at", table), f"{path} leads nowhere"
    if one.names and (one.names[0] not in registry.tables or one.names[1] not in registry.tables[one.names[0]].columns):
        yield ("names",), "names is a table and one of its columns"


def _metric(metric: Metric, registry: Registry, find: Find) -> Iterator[tuple[At, str]]:
    if metric.nearest and metric.nearest not in registry.metrics:
        yield ("nearest",), f"there is no metric {metric.nearest}"
    for one in metric.factors:
        if one not in registry.metrics:
            yield ("factors",), f"there is no metric {one}"
    if metric.missing:
        return
    if metric.made_of:
        yield from _made(metric, registry)
        return
    if metric.table not in registry.tables:
        yield ("table",), f"there is no table {metric.table}"
        return
    table = registry.tables[metric.table]
    if metric.time not in MARKS and metric.time not in table.columns:
        yield ("time",), f"{table.name} has no column {metric.time}"
    if said := (condition_fault(metric.where, table, find) if metric.where else ""):
        yield ("where",), said
    for key, expression in (("aggregate", metric.aggregate), *(("parts", one) for one in metric.parts or ())):
        if expression and (said := aggregate_fault(expression, table, find)):
            yield (key if key == "parts" and not metric.aggregate else "aggregate",), said


def _made(metric: Metric, registry: Registry) -> Iterator[tuple[At, str]]:
    at: At = ("ratio",) if metric.ratio else ("sum",)
    for one in metric.made_of:
        if one not in registry.metrics:
            yield at, f"there is no metric {one}"
            return
        if registry.metrics[one].missing:
            yield at, f"{one} is a metric that can't be had"
            return
    if _circles(metric.name, registry, ()):
        yield at, "it is made of itself"
    elif metric.ratio and metric.table:
        yield ("table",), "a ratio has no table of its own"


def _circles(name: str, registry: Registry, above: tuple[str, ...]) -> bool:
    if name in above:
        return True
    parts = registry.metrics[name].made_of if name in registry.metrics else ()
    return any(_circles(one, registry, (*above, name)) for one in parts)


def _twice(
    kind: Literal["dimension", "metric"], titles: Mapping[str, Title], ambiguous: Mapping[str, tuple[str, ...]]
) -> Iterator[Fault]:
    known: dict[str, str] = {}
    for name, title in titles.items():
        for word in dict.fromkeys(_plain(one) for one in (title.zh, title.en, *title.synonyms)):
            if word in known:
                said = f"{word!r} is {known[word]}'s word already: leave it to one of them"
                yield Fault(kind, name, ("synonyms",), f"{said}, or list it in ambiguous.yaml" if ambiguous else said)
            known[word] = name
    for word in ambiguous:
        if _plain(word) in known:
            name = known[_plain(word)]
            yield Fault(kind, name, ("synonyms",), f"{word!r} is in ambiguous.yaml, too: take it out of one of the two")


def _plain(word: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())
