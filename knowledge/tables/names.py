"""What the tables and columns of a schema may be called. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.tables.naming import HAN, Form, forms_of
from knowledge.tables.query import Column
from knowledge.tables.schema import ColumnDraft, Draft, TableDraft
from knowledge.tables.shapes import has_name, name_of, yes_of
from knowledge.tables.tokens import Choice

Name = tuple[Choice, Form]

_TIMES = frozenset(("日期", "时间", "date", "time", "年份", "year", "birthday"))


def names_in(draft: Draft) -> Iterable[Name]:
    """Every way in which a visible table, column, or the yes of a column may be called."""
    for table in draft.tables:
        if table.hidden:
            continue
        for name in forms_of(table.name, table.title, table.synonyms, table.comment, ""):
            yield Choice(0.0, table=table.name), name
        for column in table.columns:
            if not column.hidden:
                yield from _of_column(table, column)


def _of_column(table: TableDraft, column: ColumnDraft) -> Iterable[Name]:
    place = Column(table.name, column.name)
    forms = list(forms_of(column.name, column.title, column.synonyms, column.comment, table.name))
    yield from ((Choice(0.0, column=place), name) for name in forms)
    if yes := yes_of(column):  # 上市 of 是否上市
        bare, title = column.name.removeprefix("是否"), column.title.removeprefix("是否")
        for name in forms_of(bare, title, column.synonyms, "", table.name):
            yield Choice(0.0, column=place, value=yes), name
    if column.type == "date":
        for name in forms:
            if not set(name.words) & _TIMES:
                for word in ("日期", "时间", "date"):  # registered_on is a 注册时间
                    yield Choice(0.0, column=place), Form((*name.words, word), (*name.weights, 0.2))


def row_names(draft: Draft) -> Iterable[tuple[str, str]]:
    """分馆名称 is 分馆.馆名: what the names of rows may be called, and what they are."""
    known = {one.name for table in draft.tables for one in table.columns}
    for table in draft.tables:
        if has_name(draft, table.name) and not table.hidden:
            name = draft.column(name_of(draft, table.name))
            for said in (table.title or table.name, *table.synonyms):
                for end in ("名称", "名字"):
                    if said + end not in known and HAN.search(said):
                        yield said + end, f"{said}的{name.title or name.name}"


def total_names(draft: Draft) -> Iterable[tuple[str, str]]:
    """学生总数 is a row's whole 学生数量 already, not its sum over rows."""
    for table in draft.tables:
        for one in table.columns:
            if one.formula is not None:
                stem = one.name.removesuffix("数量").removesuffix("人数").removesuffix("量")
                yield from ((stem + end, one.name) for end in ("总数", "总量", "总数量", "总人数"))
