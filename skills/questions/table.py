"""The answer as a table: for the card, the page and files. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.metrics.registry import Column
from knowledge.metrics.result import Group
from skills.questions.answer import Answer
from skills.questions.columns import chosen
from skills.questions.groups import cases, ranked
from skills.questions.naming import Names
from skills.questions.numbers import cell, said

FACE = 3  # rows on the face of a card


@dataclass(frozen=True, slots=True)
class Head:
    """One column. `numeric`: its cells stand to the right. `column`: of the table whose rows are listed."""

    text: str
    numeric: bool = False
    column: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` as it is, for files; `text` as it is read."""

    value: Any
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row. `key`: the group's."""

    cells: tuple[Cell, ...]
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Heads and rows, each as wide as the others. `more`: rows that the plan's limit left out."""

    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    more: int = 0


def table(answer: Answer) -> Table:
    """All rows of the result; of one number, that number."""
    return _rows(answer, answer.plan.rows) if answer.plan.kind == "list" else _figures(answer)


def as_markdown(found: Table, most: int) -> str:
    """The first rows, as a card shows them; `|` would end a cell."""
    heads = " | ".join(_plain(head.text) for head in found.heads)
    rule = " | ".join("---:" if head.numeric else "---" for head in found.heads)
    rows = [" | ".join(_plain(one.text) for one in line.cells) for line in found.lines[:most]]
    return "\n".join(f"| {row} |" for row in (heads, rule, *rows))


def behind(answer: Answer) -> Table:
    """Some of the rows that a number was counted from."""
    table = answer.names.registry.leaves(answer.metric)[0].table
    return narrow(_rows(answer, table), answer, table)


def first_rows(answer: Answer) -> str:
    """The first rows of a list, a short line each: 芜湖晟图 · 陈晨 · 481 万元 · 未跟进天数 18."""
    if answer.plan.kind != "list" or not answer.result.listed:
        return ""
    found, names, rows = narrow(table(answer), answer), answer.names, answer.plan.rows
    kinds = [names.registry.tables[rows].columns[head.column].kind for head in found.heads]
    money, other = _at(kinds, ("money",)), _at(kinds, ("number", "day", "moment"))
    kept = [at for at, kind in enumerate(kinds) if kind == "text"] + money[:1] + other[:1]
    lines = []
    for number, line in enumerate(found.lines[:FACE], 1):
        told = ((kinds[at], found.heads[at], line.cells[at]) for at in kept)
        parts = [_short(names, kind, head, one) for kind, head, one in told if one.value not in (None, "")]
        lines.append(f"{number}. {' · '.join(parts)}")
    return "\n".join(lines)


def _at(kinds: Sequence[str], wanted: Sequence[str]) -> list[int]:
    return [at for at, kind in enumerate(kinds) if kind in wanted]


def _short(names: Names, kind: str, head: Head, one: Cell) -> str:
    """A cell that is read without its column's head."""
    if kind == "money":
        return said(float(one.value), "yuan", names.language)
    return _plain(one.text) if kind == "text" else f"{head.text} {one.text}"


def narrow(found: Table, answer: Answer, rows: str = "") -> Table:
    """As many columns of rows of a table as people read at once; exports have all."""
    registry, columns = answer.names.registry, [head.column for head in found.heads]
    said = {name: {line.cells[at].text for line in found.lines} - {"–"} for at, name in enumerate(columns)}
    kept = [columns.index(name) for name in chosen(answer.plan, registry, rows or answer.plan.rows, columns, said)]
    lines = tuple(Line(tuple(line.cells[at] for at in kept), line.key) for line in found.lines)
    return Table(tuple(found.heads[at] for at in kept), lines, found.more)


def _rows(answer: Answer, rows: str) -> Table:
    names = answer.names
    columns = names.registry.tables[rows].columns
    first: dict[str, Any] = dict(answer.result.listed[0]) if answer.result.listed else {}
    shown = [name for name in first if name in columns]
    numeric = {"money", "number"}
    heads = [Head(_titled(columns[name], names), columns[name].kind in numeric, name) for name in shown]
    lines = [
        Line(tuple(Cell(row.get(name), names.listed(rows, name, row.get(name))) for name in shown))
        for row in answer.result.listed
    ]
    return Table(tuple(heads), tuple(lines), answer.result.more)


def _titled(column: Column, names: Names) -> str:
    """预计金额（元）: money is told to the yuan."""
    title = column.title.of(names.language)
    money = column.kind == "money"
    return names.text("column.metric", name=title, unit=names.text("column.unit.yuan")) if money else title


def _figures(answer: Answer) -> Table:
    plan, names = answer.plan, answer.names
    groups: Sequence[Group] = ranked(answer) if plan.by or plan.grain else [answer.result.whole]
    heads = [Head(names.dimension(one)) for one in plan.by]
    heads += [Head(names.text("column.step"))] if plan.grain else []
    for metric in plan.metrics:
        heads += _metric_heads(answer, metric)
    heads += [Head(names.text("column.share"), True)] if plan.share else []
    heads += [Head(names.text("column.trust"), True)] if "channel" in plan.by and answer.trust else []
    return Table(tuple(heads), tuple(_line(answer, one) for one in groups), answer.result.more)


def _metric_heads(answer: Answer, metric: str) -> list[Head]:
    names = answer.names
    unit = names.text(f"column.unit.{names.unit(metric)}")
    heads = [
        Head(names.text("column.metric", name=names.metric(metric), unit=unit) if unit else names.metric(metric), True)
    ]
    if _has_cases(answer, metric):
        heads.append(Head(names.text("column.cases"), True))
    if answer.result.before_whole is not None:
        against = names.text(f"against.{answer.result.plan.against or 'before'}")
        change = "column.change_points" if names.unit(metric) == "rate" else "column.change"
        heads += [Head(against, True), Head(names.text(change), True)]
    return heads


def _line(answer: Answer, group: Group) -> Line:
    plan, names = answer.plan, answer.names
    cells = [Cell(one, names.value(name, one)) for name, one in zip(plan.by, group.key, strict=False)]
    cells += [Cell(one, names.step(plan.grain, one)) for one in group.key[len(plan.by) :]]
    for metric in plan.metrics:
        cells += _metric_cells(answer, group, metric)
    if plan.share:
        cells.append(Cell(group.share, cell(group.share, "rate")))
    if "channel" in plan.by and answer.trust:
        trust = answer.trust_of(group)
        cells.append(Cell(trust, "–" if trust is None else f"{trust}%"))
    return Line(tuple(cells), group.key)


def _metric_cells(answer: Answer, group: Group, metric: str) -> list[Cell]:
    unit, value = answer.names.unit(metric), group.values.get(metric)
    cells = [Cell(value, cell(value, unit))]
    if _has_cases(answer, metric):
        n = cases(group, metric)
        cells.append(Cell(n, "–" if n is None else f"{n:,}"))
    if answer.result.before_whole is not None:
        grouped = bool(answer.plan.by or answer.plan.grain)
        then = _then(answer, group) if grouped else answer.result.before_whole
        old = then.values.get(metric) if then else None
        change = value - old if value is not None and old is not None else None
        cells += [Cell(old, cell(old, unit)), Cell(change, _signed(change, unit, answer))]
    return cells


def _then(answer: Answer, group: Group) -> Group | None:
    """The group that it is compared with; of a trend, the step at the same place."""
    if not answer.plan.grain:
        return answer.before(group.key)
    if answer.plan.by:
        return None
    at = list(answer.result.groups).index(group)
    return answer.result.before[at] if at < len(answer.result.before) else None


def _has_cases(answer: Answer, metric: str) -> bool:
    return metric in answer.result.whole.cells or any(metric in one.cells for one in answer.result.groups)


def _signed(change: float | None, unit: Any, answer: Answer) -> str:
    if change is None:
        return "–"
    told = f"{change * 100:.1f}" if unit == "rate" else cell(change, unit)
    return told if told.startswith("-") or not change else f"+{told}"


def _plain(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")
