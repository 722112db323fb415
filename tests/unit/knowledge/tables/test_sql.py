"""Queries as SQL of each kind of database; which tables are joined."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.tables import joining
from knowledge.tables.query import Aggregate, Between, Column, Comparison, Group, IsNull, Order, Query
from knowledge.tables.schema import ColumnDraft, Dialect, Draft, Link, TableDraft
from knowledge.tables.sql import to_sql


def table(name: str, *columns: str) -> TableDraft:
    return TableDraft(name, tuple(ColumnDraft(one, "text") for one in ("id", *columns)), ("id",))


def link(child: str, parent: str) -> Link:
    return Link(Column(child, f"{parent}_id"), Column(parent, "id"))


DRAFT = Draft(
    "sqlite",
    (table("a", "b_id", 'odd "name"'), table("b", "c_id"), table("c"), table("alone")),
    (link("a", "b"), link("b", "c")),
)
ODD = Column("a", 'odd "name"')


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres"])
def test_names_are_quoted_and_literals_escaped(dialect: Dialect) -> None:
    found = to_sql(Query(("a",), (ODD,), Comparison(ODD, "=", "O'Hara")), replace(DRAFT, dialect=dialect))
    assert found == """SELECT t1."odd ""name\""" FROM "a" AS t1 WHERE t1."odd ""name\""" = 'O''Hara'"""


def test_every_part_has_its_place() -> None:
    where = Group("or", (IsNull(ODD, negated=True), Between(Column("a", "id"), 1, 9)))
    query = Query(
        ("a",),
        (ODD, Aggregate("count", Column("a", "id"), distinct=True)),
        where,
        (ODD,),
        Comparison(Aggregate("count"), ">", 2),
        (Order(Aggregate("count"), descending=True),),
        3,
    )
    found = to_sql(query, DRAFT)
    parts = (
        "COUNT(DISTINCT t1.",
        "WHERE NOT (",
        " OR ",
        "GROUP BY",
        "HAVING COUNT(*) > 2",
        "ORDER BY COUNT(*) DESC",
        "LIMIT 3",
    )
    assert [part for part in parts if part not in found] == []


def test_tables_between_are_joined() -> None:
    assert [one.table for one in joining.joins(DRAFT, ["a", "c"])] == ["b", "c"]


def test_tables_without_a_link_are_refused() -> None:
    with pytest.raises(joining.NoPath):
        to_sql(Query(("a", "alone")), DRAFT)


def test_two_links_between_tables_are_not_chosen_from() -> None:
    twice = replace(DRAFT, links=(Link(ODD, Column("b", "id")), Link(Column("a", "id"), Column("b", "id"))))
    with pytest.raises(joining.TwoWays, match=r"a\.odd"):
        to_sql(Query(("a", "b")), twice)


def test_of_two_links_the_one_named_after_the_table_is_taken() -> None:
    twice = replace(DRAFT, links=(Link(Column("a", "id"), Column("b", "id")), *DRAFT.links))
    assert 't1."b_id" = t2."id"' in to_sql(Query(("a", "b")), twice)


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres"])
def test_the_first_of_each_group_are_counted_inside(dialect: Dialect) -> None:
    best = Query(("a",), (ODD,), order_by=(Order(Column("a", "b_id"), True),), limit=2, each=(Column("b", "c_id"),))
    made = to_sql(best, replace(DRAFT, dialect=dialect))
    assert 'RANK() OVER (PARTITION BY t2."c_id" ORDER BY t1."b_id" DESC' in made
    assert made.endswith("WHERE place <= 2")


def test_a_computed_column_is_written_out_wherever_it_stands() -> None:
    draft, made = DRAFT.computed(Column("a", "id"), "-", Column("a", "b_id"))
    query = Query(("a",), (Aggregate("avg", made),), where=Comparison(made, ">", 3))
    assert to_sql(query, draft).count('(t1."id" - t1."b_id")') == 2
