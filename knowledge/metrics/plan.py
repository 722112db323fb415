"""What a question asks, as a typed plan: the only thing that is ever computed from words, whoever wrote them. Pure.

A plan names metrics, dimensions and values of the registry, never SQL. Days are absolute: "上周" was resolved when the
plan was made, and `Span.said` keeps the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Kind = Literal["value", "list", "why", "evidence", "what_if"]
"""value: one number, a breakdown, a trend or a comparison. list: rows (哪些商机…). why: a change taken apart.
evidence: how a number came about. what_if: a number recomputed under a change."""
Grain = Literal["", "day", "week", "month", "quarter", "year"]
Against = Literal["", "before", "year_ago"]
"""What the span is compared with: the span before it (环比), the same days a year ago (同比)."""
Operator = Literal["in", "not_in", ">", ">=", "<", "<=", "="]


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows whose dimension has one of `values` (in), or none of them (not_in)."""

    dimension: str
    values: tuple[str, ...]
    operator: Literal["in", "not_in"] = "in"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number's bound. `of` a metric: groups whose metric passes (超过100万的渠道). In a list `of` a number of the
    rows (金额超过100万的商机). Money in yuan, rates as 0..1."""

    of: str
    operator: Operator
    number: float


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day to the last, both included. `said`: the words that meant it, "" when none were said."""

    first: date
    last: date
    said: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Order:
    """By a metric (or, in a list, by a number or day of the rows)."""

    by: str
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """What a what-if supposes: rows with a value are taken away (percent -100), or a metric changes by so much."""

    percent: float
    dimension: str = ""
    value: str = ""
    metric: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """One question.

    `metrics` are computed side by side; of a list there may be none. `rows`: the table whose rows a list shows.
    `by`: dimensions of the breakdown, in order; `grain` besides cuts the span into days, weeks … `share`: each group's
    part of the whole is wanted. `span` None: all time, for a metric of a moment now. `model`: of attribution.
    """

    kind: Kind = "value"
    metrics: tuple[str, ...] = ()
    rows: str = ""
    by: tuple[str, ...] = ()
    where: tuple[Filter, ...] = ()
    having: tuple[Threshold, ...] = ()
    span: Span | None = None
    grain: Grain = ""
    against: Against = ""
    order: Order | None = None
    limit: int | None = None
    share: bool = False
    model: str = ""
    change: Change | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Everything that is computed or compared with: its metrics, and those of thresholds and order."""
        others = (*(one.of for one in self.having), *((self.order.by,) if self.order else ()))
        return tuple(dict.fromkeys((*self.metrics, *others)))

    def normal(self) -> Plan:
        """Equal questions have equal normal plans: the order of filters and of their values says nothing."""
        merged = sorted(
            (Filter(one.dimension, tuple(sorted(set(one.values))), one.operator) for one in self.where),
            key=lambda one: (one.dimension, one.operator, one.values),
        )
        having = tuple(sorted(self.having, key=lambda one: (one.of, one.operator, one.number)))
        return Plan(**{**_shallow(self), "where": tuple(dict.fromkeys(merged)), "having": having})


def dump(plan: Plan) -> dict[str, Any]:
    """As JSON: only what differs from an empty plan."""
    found: dict[str, Any] = _plain(plan)
    return found


def read(data: Mapping[str, Any]) -> Plan:
    """What `dump` wrote. Raises ValueError when it isn't a plan: an address can be written by hand."""
    plan = _reader().validate_python(data)
    if unknown := set(data) - {one.name for one in fields(Plan)}:
        raise ValueError(f"a plan has no {', '.join(sorted(unknown))}")
    return plan


@cache
def _reader() -> TypeAdapter[Plan]:
    from pydantic import TypeAdapter

    return TypeAdapter(Plan)


def _shallow(plan: Plan) -> dict[str, Any]:
    return {one.name: getattr(plan, one.name) for one in fields(plan)}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        said = {one.name: (getattr(value, one.name), one.default) for one in fields(value)}
        return {name: _plain(one) for name, (one, usual) in said.items() if one != usual}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value
