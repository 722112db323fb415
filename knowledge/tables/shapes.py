"""What a schema's tables and columns are good for: which column names a row, tells a day, is a key. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.tables.joining import NoPath, decided, path
from knowledge.tables.naming import form, forms_of, score, split
from knowledge.tables.query import Column, Comparison, IsNull, Query, all_of
from knowledge.tables.schema import ColumnDraft, Draft, TableDraft

_NAMES = ("名称", "姓名", "名字", "name", "title", "标题", "名", "昵称")
_DATES = ("日期", "时间", "date", "time", "年份", "年度", "year", "年")


def key_of(draft: Draft, table: str) -> Column | None:
    """What tells its rows apart: the key, else what others point to, else the first column."""
    found = draft.by_name[table]
    if len(found.key) == 1:
        return Column(table, found.key[0])
    for link in draft.links:
        if link.parent.table == table:
            return link.parent
    return None


def name_of(draft: Draft, table: str) -> Column:
    """The column that people would call a row by."""
    found = draft.by_name[table]
    visible = [one for one in found.columns if not one.hidden] or list(found.columns)
    ranked = sorted(visible, key=lambda one: -_like_a_name(draft, found, one))
    return Column(table, ranked[0].name)


def tells_row(draft: Draft, column: Column) -> bool:
    """Whether a value of it means one row: a name, or what no two rows share."""
    named = has_name(draft, column.table) and column == name_of(draft, column.table)
    return named or draft.column(column).unique


def has_name(draft: Draft, table: str) -> bool:
    """Whether its rows have something that reads like a name."""
    column = name_of(draft, table)
    return _like_a_name(draft, draft.by_name[table], draft.column(column)) >= 1.0


def _like_a_name(draft: Draft, table: TableDraft, column: ColumnDraft) -> float:
    """2 for a column that is called so, 1 for one that ends so, less for any text."""
    if Column(table.name, column.name) in draft.pointing and column.name not in table.key:
        return -1.0
    words = split(column.name)
    bare = [word for word in words if word not in split(table.name)]
    worth = 0.4 if column.type == "text" else 0.0
    if column.name in table.key and column.type != "text":
        worth -= 0.2
    head = bare[-1] if bare else words[-1] if words else ""
    if head in _NAMES or column.name.lower() in _NAMES:
        worth += 1.6 - 0.1 * len(bare)
    elif any(column.name.endswith(one) for one in _NAMES):
        worth += 1.0
    return worth - (0.5 if head in ("id", "编号", "代码") else 0.0)


def person_columns(draft: Draft) -> list[Column]:
    """Columns whose texts are people, by what they are called."""
    found = []
    for table in draft.tables:
        for one in table.columns:
            named = any(name[-1:] in "者人员师长演编家手主" for name in (one.name, one.title) if name)
            if one.type == "text" and named and not (table.hidden or one.hidden):
                found.append(Column(table.name, one.name))
    return found


_YES = {"是": "否", "有": "无", "已": "未", "y": "n", "yes": "no", "true": "false", "t": "f", "对": "错"}


def yes_of(column: ColumnDraft) -> str:
    """The stored "yes" of a column that says only yes or no; "" of any other."""
    stored = {value.casefold(): value for value in column.values}
    found = next((yes for yes in _YES if yes in stored), "")
    return stored[found] if found and set(stored) <= {found, _YES[found]} else ""


def orderable(column: ColumnDraft) -> bool:
    """Whether its values have an order that people mean: numbers, days, and texts that are written as these are."""
    few = [value for value in column.values[:20] if value]
    return column.type in ("number", "date") or (bool(few) and all(value[:1].isdigit() for value in few))


def called(draft: Draft, tables: Iterable[str], words: Iterable[str], types: Iterable[str] = ()) -> Column | None:
    """The column of these tables that says one of the words best, of the given types."""
    best: tuple[float, Column | None] = (0.59, None)
    kinds = tuple(types)
    for table in tables:
        for one in draft.by_name[table].columns:
            if one.hidden or (kinds and one.type not in kinds):
                continue
            for word in words:
                for name in forms_of(one.name, one.title, one.synonyms, one.comment, table):
                    worth = score(form(word).words, name)
                    if worth > best[0]:
                        best = (worth, Column(table, one.name))
    return best[1]


def days_of(draft: Draft, table: str) -> list[Column]:
    """Columns that tell when, by type or name."""
    found = [one for one in draft.by_name[table].columns if not one.hidden]
    return [Column(table, one.name) for one in found if one.type == "date" or one.name.lower().endswith(_DATES)]


def without(draft: Draft, table: str, other: str, query: Query) -> Comparison | None:
    """Rows of `table` to which no row of `other` belongs; `query` has the conditions on the other side."""
    try:
        steps = path(draft, table, other)
    except NoPath:
        return None
    if not steps:
        return None
    decided(draft, steps)
    link = steps[0].by
    if link.child.table == table:
        return None  # every row has one, or its key is empty: no other table says so
    mine, theirs = (link.parent, link.child) if link.parent.table == table else (link.child, link.parent)
    parts = [part for part in (query.where, IsNull(theirs, negated=True)) if part is not None]
    tables = tuple(dict.fromkeys((theirs.table, other, *query.tables)))
    inner = Query(tables, (theirs,), where=all_of(parts), group_by=query.group_by, having=query.having)
    return Comparison(mine, "not_in", inner)


def many_side(draft: Draft, start: str, end: str) -> bool:
    """Whether one row of `start` may have several of `end`."""
    try:
        steps = path(draft, start, end)
    except NoPath:
        return False
    place = start
    for step in steps:
        if step.by.parent.table == place:
            return True
        place = step.table
    return False
