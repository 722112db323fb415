"""Whether expressions of a registry can be what they say, told from their words alone: quick, without a parser. Pure.

An expression may name columns of its table (also of joined ones: `deal.lead_id`), numbers, texts, the moments below and
the functions of SQL listed here. What only a parser sees (a missing operand) shows when the expression is first used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from knowledge.metrics.registry import Column, Table

AGGREGATES = frozenset({"count", "sum", "avg", "min", "max", "median", "stddev", "count_if"})
FUNCTIONS = frozenset(
    {"coalesce", "nullif", "abs", "round", "floor", "ceil", "greatest", "least", "lower", "upper", "trim", "replace"}
    | {"length", "starts_with", "contains", "date_diff", "date_trunc", "date_part", "year", "month", "cast", "if"}
)
_WORDS = frozenset(
    {"filter", "where", "distinct", "and", "or", "not", "is", "null", "in", "between", "like", "case", "when", "then"}
    | {"else", "end", "as", "from", "true", "false", "interval", "double", "bigint", "varchar", "date", "integer"}
    | {"day", "days", "week", "weeks", "month", "months", "year", "years", "hour", "hours", "minute", "minutes"}
)
MOMENTS = frozenset({"now", "today", "first", "until"})
"""`$now`, `$today`: of the question; `$first`, `$until`: the first day of its span, and the one after its last."""

_TOKEN = re.compile(
    r"(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)|(?P<moment>\$\w+)|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<open>\()|(?P<close>\))|(?P<sign>[-+*/%,]|<=|>=|<>|!=|=|<|>)|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)
Find = Callable[[Table, str], Column | None]
"""Finds the column that a path means: `amount`, `deal.lead_id`."""


def aggregate_fault(expression: str, table: Table, find: Find) -> str:
    """Why it is no aggregate over the table's rows; "" when it is one."""
    return next(_faults(expression, table, find, inside=True), "")


def condition_fault(expression: str, table: Table, find: Find) -> str:
    """Why it is no condition on one row of the table; "" when it is one."""
    return next(_faults(expression, table, find, inside=False), "")


def finder(tables: Mapping[str, Table]) -> Find:
    """Looks a path of joins up."""

    def find(table: Table, path: str) -> Column | None:
        head, _, rest = path.partition(".")
        if not rest:
            return table.columns.get(head)
        join = table.joins.get(head)
        return find(tables[join[1]], rest) if join and join[1] in tables else None

    return find


def _faults(expression: str, table: Table, find: Find, *, inside: bool) -> Iterator[str]:
    """`inside`: columns must stand within an aggregate; else no aggregate may stand anywhere."""
    calls: list[str] = []  # what each open parenthesis belongs to
    before, counted = "", False
    for token in _TOKEN.finditer(expression):
        kind, said = str(token.lastgroup), token.group()
        if kind == "space":
            continue
        if kind == "open":
            calls.append(before)
        elif kind == "close":
            if not calls:
                yield "a closing parenthesis too many"
                return
            calls.pop()
        elif kind == "name":
            yield from _name(said, expression[token.end() :], calls, table, find, inside)
            counted = counted or said.lower() in AGGREGATES
        elif kind == "other" or (kind == "moment" and said[1:] not in MOMENTS):
            yield f"{said!r} has no meaning here"
        before = said.lower() if kind == "name" else ""
    if calls:
        yield "a closing parenthesis is missing"
    if inside and not counted:
        yield "it is no aggregate: begin with count, sum, avg, min or max"


def _name(said: str, rest: str, calls: list[str], table: Table, find: Find, inside: bool) -> Iterator[str]:
    word, called = said.lower(), rest.lstrip().startswith("(")
    within = any(one in AGGREGATES or one == "filter" for one in calls)
    if called and word in AGGREGATES:
        if within or not inside:
            yield f"{word} can't stand here"
    elif called and word not in FUNCTIONS and word not in _WORDS:
        yield f"there is no function {word}"
    elif not called and find(table, said) is not None:
        if inside and not within:
            yield f"{said} stands outside of an aggregate such as sum()"
    elif not called and word not in _WORDS:
        yield f"{table.name} has no column {said}"
