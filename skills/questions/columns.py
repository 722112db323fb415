"""Which columns of listed rows people read at once: what it is, whose, how much, when. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from knowledge.metrics.plan import Plan
from knowledge.metrics.registry import Registry

MOST = 6
_NUMBERS, _DAYS = ("money", "number"), ("day", "moment")
_CALLED = ("name", "company", "customer_name")
_STATES = ("result", "state")  # where the rows differ in it
_OWNERS = ("owner_name", "signer_name", "person_name")

Said = Mapping[str, Collection[str]]


def chosen(plan: Plan, registry: Registry, table: str, columns: Sequence[str], said: Said) -> list[str]:
    """Names of at most six of `columns`, in an order to be read. `said`: what each of them says
    in any of the rows."""
    wanted = _wanted(plan, registry, table, columns, said)
    best = list(islice(dict.fromkeys(one for one in wanted if one in columns), MOST))
    rest = [one for one in columns if one not in best and said.get(one)]
    return sorted([*best, *rest[: MOST - len(best)]], key=lambda one: _place(registry, table, one, columns))


def about(plan: Plan, registry: Registry) -> list[str]:
    """Columns that the question bounds, orders by, or whose metric looks at them."""
    found = [one.of for one in plan.having] + ([plan.order.by] if plan.order else [])
    for name in plan.metrics:
        for leaf in registry.leaves(name):
            found += re.findall(r"[a-z_]+", f"{leaf.where} {leaf.time}")
    return list(dict.fromkeys(found))


def _wanted(plan: Plan, registry: Registry, table: str, columns: Sequence[str], said: Said) -> Iterator[str]:
    known = registry.tables[table].columns
    kinds = {name: known[name].kind for name in columns}
    yield from (name for name in columns[:1] if kinds[name] == "id")
    yield from next(([name] for name in _CALLED if name in columns), [])
    asked = [name for name in about(plan, registry) if kinds.get(name) in (*_NUMBERS, *_DAYS) and said.get(name)]
    bounded = {one.of for one in plan.having} | ({plan.order.by} if plan.order else set())
    yield from (name for name in asked if name in bounded)
    yield from _first(columns, kinds, ("money",))
    yield from asked[:2]
    yield from next(([name] for name in _OWNERS if name in columns), [])
    if not any(kinds[name] in _DAYS for name in asked):
        yield from (name for name in _times(plan, registry, table) if said.get(name))
    yield from (name for name in _STATES if len(said.get(name, ())) > 1)
    yield from (name for name in _CALLED if name in columns)
    yield from (name for name in _first(columns, kinds, ("number",)) if said.get(name))


def _first(columns: Sequence[str], kinds: Mapping[str, str], wanted: Sequence[str]) -> list[str]:
    return [name for name in columns if kinds[name] in wanted][:1]


def _times(plan: Plan, registry: Registry, table: str) -> Iterator[str]:
    """When: what the filtered rows have of their own (won, lost: closed), else the table's."""
    found = registry.tables[table]
    for one in plan.where:
        yield from (found.times.get(one.dimension, {}).get(value, "") for value in one.values)
    yield found.time


def _place(registry: Registry, table: str, name: str, columns: Sequence[str]) -> tuple[int, int]:
    """What it is and whose, then texts, numbers, days; else as the table has them."""
    kind = registry.tables[table].columns[name].kind
    first = 0 if kind == "id" and columns[0] == name else 1 if name in _CALLED else 2 if name in _OWNERS else 3
    last = 4 if kind in _NUMBERS else 5 if kind in _DAYS else first
    return last, columns.index(name)
