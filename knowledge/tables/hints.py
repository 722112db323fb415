"""Adjectives that name what they measure (最贵: the price), and what is measured. Pure."""

from __future__ import annotations

from knowledge.tables.engine import Found, Reading, column, first
from knowledge.tables.query import Aggregate, Column, Expression
from knowledge.tables.schema import Draft
from knowledge.tables.shapes import called, days_of, orderable

HINTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("贵 便宜 expensive cheapest", ("价格", "售价", "price", "cost")),
    ("年轻 老 年长 youngest oldest eldest older younger", ("年龄", "age", "出生日期", "birthday", "birth date")),
    ("早 晚 新 近 迟 久 earliest latest newest recent", ("日期", "时间", "date", "time", "年份", "year")),
    ("重 轻 heaviest lightest heavier lighter", ("重量", "体重", "weight")),
    ("长 短 longest shortest longer", ("长度", "时长", "里程", "片长", "length", "duration")),
    ("高 低 tallest highest taller", ("高度", "身高", "height", "分数", "score", "评分")),
    ("大 小 largest biggest smallest larger", ("面积", "大小", "年龄", "area", "size", "capacity")),
    ("快 慢 fastest slowest", ("速度", "speed")),
    ("厚 薄", ("厚度", "页数")),
    ("深 浅", ("深度",)),
    ("宽 窄", ("宽度",)),
    ("远 farthest", ("距离", "distance")),
)


def measured_by(draft: Draft, tables: list[str], said: str) -> Column | None:
    """The number or day that an adjective measures, in one of the tables."""
    words = next((names for known, names in HINTS if said and any(one in said for one in known.split())), ())
    days = [day for table in dict.fromkeys(tables) for day in days_of(draft, table)] if "日期" in words else []
    found = days[0] if len(days) == 1 else called(draft, tables, words) if words else None
    return found if found is not None and orderable(draft.column(found)) else None


COUNTING = tuple(
    "最多 最少 most fewest least number common 常见 受欢迎 热门 popular 频繁 frequent".split()  # noqa: SIM905  # reads better
)


def metric(reading: Reading, found: Found) -> tuple[Expression, str] | None:
    """What is measured: a column, an aggregate of one, or the rows of a table; and that table."""
    how, left, table = first(found, "A"), column(found), first(found, "T")
    if first(found, "K") is not None and table is not None and how is None:
        return Aggregate("count"), table.value
    if left is not None and how is not None:
        return Aggregate(how.value, left), ""
    if left is not None and first(found, "K") is None:
        return left, ""
    return (Aggregate("count"), table.value) if table is not None else None
