"""Which tables lie between those that a question names: the cheapest tree along foreign keys. Pure.

The Steiner tree is approximated by adding the nearest missing table again and again (Takahashi & Matsuyama, 1980: at
most twice the best); with the two to four tables of a question it is nearly always the best one.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.tables.schema import Draft, Link

_SIDE = 0.01  # of two links of one pair of tables, the one that is named after the other table
_GUESSED = 1.6  # a guessed join costs more than a declared one, less than two


@dataclass(frozen=True, slots=True)
class Join:
    """`table` is joined to one that is there already, where the columns of each pair are equal."""

    table: str
    by: Link


class NoPath(Exception):
    """Two tables have nothing that links them."""


class TwoWays(NoPath):
    """Two tables are linked twice (from, to), and nothing says which is meant."""


def decided(draft: Draft, steps: Sequence[Join]) -> None:
    """Raises `TwoWays` where a step could go by another column just as well."""
    for step in steps:
        ends = {step.by.child.table, step.by.parent.table}
        ways = [one for one in draft.links if {one.child.table, one.parent.table} == ends]
        if len(ways) > 1 and not (_main(step.by) and sum(map(_main, ways)) == 1):
            raise TwoWays(", ".join(f"{one.child.table}.{one.child.name}" for one in ways))


def _main(link: Link) -> bool:
    """城市id of the table 城市, where there is a 友好城市id too."""
    stem = re.sub(r"(_?id|编号|代码|号)$", "", link.child.name, flags=re.IGNORECASE)
    return bool(stem) and stem.casefold() in link.parent.table.casefold()


def joins(draft: Draft, tables: Sequence[str]) -> tuple[Join, ...]:
    """Joins that bring all tables together, beginning with the first. Raises `NoPath`."""
    reached = [tables[0]]
    found: list[Join] = []
    missing = [name for name in tables[1:] if name != tables[0]]
    while missing:
        path = _nearest(draft, reached, missing)
        for join in path:
            found.append(join)
            reached.append(join.table)
        missing = [name for name in missing if name not in reached]
    return tuple(found)


def cost(draft: Draft, tables: Iterable[str]) -> float:
    """How many joins are needed; infinite where there is no way."""
    names = list(dict.fromkeys(tables))
    if not names:
        return 0.0
    try:
        return sum(_GUESSED if join.by.guessed else 1.0 for join in joins(draft, names))
    except NoPath:
        return float("inf")


def path(draft: Draft, start: str, end: str) -> tuple[Join, ...]:
    """The way from one table to another. Raises `NoPath`."""
    return joins(draft, [start, end])


def _nearest(draft: Draft, reached: Sequence[str], missing: Sequence[str]) -> list[Join]:
    """Dijkstra from everything reached to the nearest missing table; of equally near ones, the one named first."""
    best = dict.fromkeys(reached, 0.0)
    came: dict[str, Join] = {}
    queue = [(0.0, index, name) for index, name in enumerate(reached)]
    count = len(queue)
    wanted = {name: index for index, name in enumerate(dict.fromkeys(missing))}
    found: list[tuple[float, int, str]] = []
    while queue:
        so_far, _, name = heapq.heappop(queue)
        if so_far > best[name] or (found and so_far > found[0][0]):
            continue
        if name in wanted:
            found.append((so_far, wanted[name], name))
            continue
        for link in draft.links:
            other = _other(link, name)
            price = so_far + (_GUESSED if link.guessed else 1.0) + (0.0 if _main(link) else _SIDE)
            if other and price < best.get(other, float("inf")):
                best[other], came[other] = price, Join(other, link)
                count += 1
                heapq.heappush(queue, (price, count, other))
    if not found:
        raise NoPath(", ".join(missing))
    return _back(min(found)[2], came)


def _back(name: str, came: dict[str, Join]) -> list[Join]:
    steps: list[Join] = []
    while name in came:
        steps.append(came[name])
        name = _other(came[name].by, name)
    return steps[::-1]


def _other(link: Link, name: str) -> str:
    if link.child.table == name and link.parent.table != name:
        return link.parent.table
    if link.parent.table == name and link.child.table != name:
        return link.child.table
    return ""
