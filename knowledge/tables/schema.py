"""What is known of a database before it is asked: tables, columns, keys, and some of its values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from knowledge.tables.query import Arithmetic, Column

Type = Literal["text", "number", "date", "other"]
Dialect = Literal["sqlite", "duckdb", "postgres"]
Operator = Literal["+", "-", "*", "/"]


@dataclass(frozen=True, slots=True)
class ColumnDraft:
    """One column: what the database says of it and what people may call it."""

    name: str
    type: Type
    comment: str = ""
    title: str = ""  # what it is called; "" as its name says
    synonyms: tuple[str, ...] = ()
    hidden: bool = False
    unique: bool = False
    values: tuple[str, ...] = ()  # some of its distinct texts; numbers as text where the column holds few of them
    formula: Arithmetic | None = None  # of a column that a question makes: the difference of two others


@dataclass(frozen=True, slots=True)
class TableDraft:
    """One table or view."""

    name: str
    columns: tuple[ColumnDraft, ...]
    key: tuple[str, ...] = ()
    comment: str = ""
    title: str = ""
    synonyms: tuple[str, ...] = ()
    hidden: bool = False
    schema: str = ""  # of PostgreSQL or DuckDB, where it isn't the usual one

    def column(self, name: str) -> ColumnDraft:
        """KeyError without it."""
        return next((one for one in self.columns if one.name == name), None) or _missing(name)


@dataclass(frozen=True, slots=True)
class Link:
    """`child` points to `parent`; `guessed` where no foreign key says so."""

    child: Column
    parent: Column
    guessed: bool = False


@dataclass(frozen=True)
class Draft:
    """The registry of a database: a first guess by machine that a person may edit."""

    dialect: Dialect
    tables: tuple[TableDraft, ...]
    links: tuple[Link, ...] = field(default=())

    @cached_property
    def by_name(self) -> Mapping[str, TableDraft]:
        """Tables by their names."""
        return {one.name: one for one in self.tables}

    def column(self, column: Column) -> ColumnDraft:
        """KeyError without it."""
        return self.by_name[column.table].column(column.name)

    def computed(self, left: Column, operator: Operator, right: Column) -> tuple[Draft, Column]:
        """The same with one more column in the table of `left`: two columns of it put together."""
        name = f"{left.name} {operator} {right.name}"
        made = ColumnDraft(name, "number", title=name, formula=Arithmetic(operator, left, right))
        tables = (replace(one, columns=(*one.columns, made)) if one.name == left.table else one for one in self.tables)
        return Draft(self.dialect, tuple(tables), self.links), Column(left.table, name)

    @cached_property
    def pointing(self) -> frozenset[Column]:
        """Columns that hold another row's key."""
        return frozenset(link.child for link in self.links)


def _missing(name: str) -> ColumnDraft:
    raise KeyError(name)
