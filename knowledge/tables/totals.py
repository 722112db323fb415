"""Two columns that are the parts of a whole (线上销量, 线下销量) give their table a column for the whole. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import permutations

from knowledge.tables.query import Arithmetic, Column
from knowledge.tables.schema import ColumnDraft, Draft, TableDraft

# part, other part, what both are together
_PARTS = tuple(
    (*pair.split("/"), whole)
    for whole, pairs in {
        "": "线上/线下 男/女 男性/女性 国内/国外 国内/海外 境内/境外 城镇/农村 城市/农村 室内/室外 主场/客场 白天/夜间",
        "学生": "男生/女生 本科生/研究生",
        "全年": "上半年/下半年",
    }.items()
    for pair in pairs.split()
)


def with_totals(draft: Draft) -> Draft:
    """The draft with a computed column for each such pair, where none is called so already."""
    return replace(draft, tables=tuple(_completed(table) for table in draft.tables))


def _completed(table: TableDraft) -> TableDraft:
    known = {one.name for one in table.columns}
    numbers = [one for one in table.columns if one.type == "number" and not one.hidden]
    made = {one.name: one for one in _wholes(table.name, numbers) if one.name not in known}
    return replace(table, columns=(*table.columns, *made.values())) if made else table


def _wholes(table: str, numbers: Iterable[ColumnDraft]) -> Iterator[ColumnDraft]:
    for one, other in permutations(numbers, 2):
        whole = _whole(one.name, other.name)
        if whole:
            formula = Arithmetic("+", Column(table, one.name), Column(table, other.name))
            yield ColumnDraft(whole, "number", formula=formula)


def _whole(one: str, other: str) -> str:
    """What 线上销量 and 线下销量, or X and 不X, are together; "" where they aren't parts."""
    if other in ("不" + one, "非" + one) and len(one) > 2:
        head = next((size for size in (2, 1) if len(one) - size >= 2), 0)
        return one[head:]
    for part, rest, name in _PARTS:
        if (
            one.startswith(part)
            and other == rest + one.removeprefix(part)
            and len(one) > len(part) + (0 if name else 1)
        ):
            return name + one.removeprefix(part)
    return ""
