"""Expressions of the registry as SQL: columns found along their joins, moments filled in, money in yuan. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts.errors import ConfigurationError
from knowledge.metrics.plan import Span
from knowledge.metrics.registry import Column, Registry, Table

if TYPE_CHECKING:
    from sqlglot import exp

DIALECT = "duckdb"
_EVER = Span(date(1970, 1, 1), date(9999, 12, 30))


@dataclass(frozen=True, slots=True)
class Moments:
    """What `$now`, `$today`, `$first` and `$until` stand for."""

    now: datetime
    zone: ZoneInfo
    span: Span | None = None

    @property
    def today(self) -> date:
        """By the company's clock."""
        return self.now.astimezone(self.zone).date()

    def value(self, name: str) -> date | datetime:
        """Moments in UTC without a zone, as the copy has them."""
        span = self.span or _EVER
        if name == "now":
            return self.now.astimezone(UTC).replace(tzinfo=None)
        return {"today": self.today, "first": span.first, "until": span.last + timedelta(days=1)}[name]


@dataclass
class Reach:
    """The columns that a statement needs, by alias: `deal`, `deal__lead`. Filled while expressions are put together."""

    registry: Registry
    table: Table
    needed: dict[tuple[str, ...], dict[str, Column]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.needed.setdefault((), {})

    def column(self, path: str) -> tuple[exp.Expr, Column]:
        """Of this table, or along joins: `channel`, `lead.channel`. Money is in yuan."""
        from sqlglot import exp

        *joins, name = path.split(".")
        table = self.table
        for at, join in enumerate(joins):
            here, there = table.joins[join]
            self._need(tuple(joins[:at]), table.columns[here])
            table = self.registry.tables[there]
            self._need(tuple(joins[: at + 1]), table.columns[table.key])
        found = table.columns[name]
        if found.path:
            return self.column(".".join((*joins, found.path)))
        self._need(tuple(joins), found)
        stored = exp.column(found.stored, table=alias(self.table, tuple(joins)), quoted=True)
        return (exp.paren(stored * exp.Literal.number("0.01")) if found.kind == "money" else stored), found

    def expression(self, text: str, moments: Moments) -> exp.Expr:
        """A metric's aggregate or condition."""
        from sqlglot import exp

        def said(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Column):
                return self.column(".".join(part.name for part in node.parts))[0]
            return _filled(node, moments)

        return parsed(text).transform(said)

    def _need(self, joins: tuple[str, ...], column: Column) -> None:
        self.needed.setdefault(joins, {})[column.name] = column


def alias(table: Table, joins: tuple[str, ...]) -> str:
    """How a table is called in a statement."""
    return "__".join((table.name, *joins))


def filled(text: str, moments: Moments) -> exp.Expr:
    """SQL over the copy's own columns, with its moments."""
    return parsed(text).transform(lambda node: _filled(node, moments))


def parsed(text: str) -> exp.Expr:
    """Raises ConfigurationError when it's no expression. The tree is the caller's own."""
    return _parsed(text).copy()


@lru_cache(maxsize=1024)
def _parsed(text: str) -> exp.Expr:
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError

    try:
        return parse_one(text, read=DIALECT)
    except SqlglotError as error:
        said = str(error).partition("\n")[0]
        raise ConfigurationError(f"config/metrics: {text!r} is no expression ({said}). Correct it.") from error


def literal(value: date | datetime) -> exp.Expr:
    """A day or a moment."""
    from sqlglot import exp

    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), exp.DataType.Type.TIMESTAMP)
    return exp.cast(exp.Literal.string(value.isoformat()), exp.DataType.Type.DATE)


def _filled(node: exp.Expr, moments: Moments) -> exp.Expr:
    from sqlglot import exp

    if isinstance(node, (exp.Parameter, exp.Placeholder)):
        return literal(moments.value(node.name))
    return node
