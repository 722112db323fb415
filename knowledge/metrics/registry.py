"""What can be asked about: tables, dimensions and metrics, by names that people use. Pure; `loading` reads the files.

A metric is an aggregate over one table (count, sum, average), or a ratio of two other metrics. A dimension says for
each table how it is reached from there: `lead.channel` from a deal means the channel of the deal's lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.contracts.person import Role

Unit = Literal["count", "yuan", "rate", "days", "hours", "seconds", "points", "number"]
Better = Literal["more", "less", ""]
ColumnKind = Literal["id", "text", "number", "money", "day", "moment", "flag"]


@dataclass(frozen=True, slots=True)
class Title:
    """How people call it: the name that is shown, and every other word that means it."""

    zh: str
    en: str
    synonyms: tuple[str, ...] = ()  # in both languages

    def of(self, language: str) -> str:
        """The name shown in a language."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `money` is whole 分 in the copy; expressions and answers have it in yuan.

    `sql`: computed from columns of the copy (money: in 分); `path`: a joined table's column, `customer.name`. Else it
    is stored, as `stored` (money: the name and `_fen`).
    """

    name: str
    kind: ColumnKind
    title: Title
    listed: bool = False  # shown when rows are listed
    sql: str = ""
    path: str = ""

    @property
    def stored(self) -> str:
        """How the copy calls it."""
        return f"{self.name}_fen" if self.kind == "money" and not self.sql else self.name


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind. `joins`: name → (column here, table there): many of these to one of those.

    `time`: the column by which a span chooses its rows, unless a metric says another. `times`: dimension → value → the
    column instead of it when rows of that value are listed (won deals: by closing). `whole_for`: roles that see enough
    rows for its figures to mean something; others are told whom to ask. Empty: everybody.
    """

    name: str
    relation: str  # of the warehouse
    key: str
    title: Title
    columns: Mapping[str, Column]
    time: str = ""
    times: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    only: str = ""  # condition on its columns, for rows that never count
    joins: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    whole_for: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Dimension:
    """`at`: table → path of joins and the column: `channel`, `lead.channel`. `vocabulary`: list of the playbook's words
    that name its values. `names`: (table, column) that shows its values, which are that table's keys: a rep's name.
    `outcome`: it says how something went, so that it never is the reason why it went so.
    """

    name: str
    title: Title
    at: Mapping[str, str]
    vocabulary: str = ""
    names: tuple[str, str] | None = None
    outcome: bool = False


@dataclass(frozen=True, slots=True)
class Metric:
    """`aggregate` over `table` (a DuckDB expression, checked when loaded), `parts` of one, `ratio` of two metrics, or
    the `sum` of several.

    `time` "now": a figure of this moment, that knows no past; "span": its rows are of no time, but its columns know the
    span. `better`: which direction is good news. `parts`: of an average or rate (numerator, denominator), by which a
    change can be taken apart. `missing`: why it can't be had yet (a locale key), for metrics whose data no source
    brings; `nearest`: the metric to offer instead. `factors`: metrics whose product it is, for suppositions.
    """

    name: str
    title: Title
    definition: Title
    unit: Unit
    better: Better
    table: str = ""
    aggregate: str = ""
    ratio: tuple[str, str] | None = None
    sum: tuple[str, ...] = ()
    where: str = ""
    time: str = ""
    parts: tuple[str, str] | None = None
    factors: tuple[str, ...] = ()
    roles: frozenset[Role] = frozenset()
    missing: str = ""
    nearest: str = ""

    @property
    def made_of(self) -> tuple[str, ...]:
        """Metrics that it is computed from; none when it counts rows itself."""
        return self.ratio or self.sum

    @property
    def ripens(self) -> bool:
        """Whether what it counts happens some time after the row came: young rows had little time yet."""
        said = (self.where, *(self.parts or ())[:1])
        return self.time != "now" and any(word in one for one in said for word in ("$now", "$today"))


@dataclass(frozen=True, slots=True)
class Registry:
    """All of it. Names are unique within each kind. `ambiguous`: words that may mean any of several metrics."""

    tables: Mapping[str, Table]
    dimensions: Mapping[str, Dimension]
    metrics: Mapping[str, Metric]
    ambiguous: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def tables_of(self, metric: str) -> tuple[str, ...]:
        """Tables that a metric counts rows of: one, or those of both sides of a ratio. None of a missing one."""
        found = self.metrics[metric]
        if found.made_of:
            return tuple(dict.fromkeys(one for part in found.made_of for one in self.tables_of(part)))
        return (found.table,) if found.table else ()

    def leaves(self, metric: str) -> tuple[Metric, ...]:
        """The metrics that count rows themselves, of which this one is made."""
        found = self.metrics[metric]
        return tuple(one for part in found.made_of for one in self.leaves(part)) if found.made_of else (found,)

    def is_now(self, metric: str) -> bool:
        """Whether it is a figure of this moment, that knows no past."""
        return all(one.time == "now" for one in self.leaves(metric))

    def can_break(self, metric: str, dimension: str) -> bool:
        """Whether the metric can be split or filtered by the dimension."""
        return all(table in self.dimensions[dimension].at for table in self.tables_of(metric))
