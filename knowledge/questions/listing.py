"""Lists of rows: which table, by which metric's rows, bounded and ordered by which column. Pure."""

from __future__ import annotations

from typing import get_args

from knowledge.metrics.plan import Grain, Order, Threshold
from knowledge.metrics.registry import Metric, Registry, Unit
from knowledge.questions.cues import narrowed
from knowledge.questions.measured import Measured
from knowledge.questions.ranking import descends, read_limit
from knowledge.questions.sentence import Draft, Sentence
from knowledge.questions.thresholds import Bound
from knowledge.questions.thresholds import measured as in_unit

_LARGEST = ("最大", "最小", "largest", "biggest", "the largest", "the biggest", "smallest")
_RECORDS = ("记录", "流水", "明细", "records")
_EXTREMES = ("top", "bottom", "slow", "fast", "first_n", "last_n", "best", "worst", "top_word", "recent", "ordinal")


def is_list(sentence: Sentence, found: Measured, registry: Registry, bounds: list[Bound], table: str) -> bool:
    """Whether rows are wanted, not a number of them."""
    if sentence.has("which_time", *(f"grain.{one}" for one in get_args(Grain) if one)):
        return False
    if _is_split(sentence) or sentence.has("each", "share", "trend", "split", "changed", "compare", "who", "everyone"):
        return False
    if not table or _group_is_wanted(sentence, found, table, bounds):
        return False
    if sentence.has("list") or any(one.has("rows") and one.said.endswith(_RECORDS) for one in sentence.tokens):
        return True
    if sentence.has("which_many", "list_weak") and not _asks_number(sentence):
        return _counts(found, registry)
    return bool(_column_bounds(sentence, found, bounds, registry, table)) or _ranks_rows(
        sentence, found, registry, table
    )


def _is_split(sentence: Sentence) -> bool:
    """by channel; by amount only orders."""
    return any(
        one.has("dimension") and not one.has("rows") and sentence.before(place, "by")
        for place, one in enumerate(sentence.tokens)
    )


def _asks_number(sentence: Sentence) -> bool:
    return any(
        one.cue("ask") and any(word in one.said for word in ("多少", "几", "how many")) for one in sentence.tokens
    )


def _counts(found: Measured, registry: Registry) -> bool:
    return not found.all or all(registry.metrics[name].unit == "count" for name in found.all)


def _group_is_wanted(sentence: Sentence, found: Measured, table: str, bounds: list[Bound]) -> bool:
    """A dimension's groups bounded or ordered by a metric are no list of rows: 逾期超过50万的客户."""
    things = [one for one in sentence.tokens if one.has("dimension")]
    if found.names and bounds and any(not one.has("rows") for one in things):
        return True
    if found.names and any(one.has("rows") and not one.has("rows", table) for one in things):
        return bool(bounds) or sentence.has(*_EXTREMES, "rank")
    if not things or (not bounds and not sentence.has(*_EXTREMES, "rank")):
        return False
    if found.places and all(sentence.tokens[place] in things for place in found.places):
        return False  # 最大的客户: the thing itself is counted, not split by
    return bool(found.names) and not _columns_said(sentence, table)


def table_of(sentence: Sentence, found: Measured, registry: Registry) -> str:
    """The table whose rows are named; else that of the metric asked for."""
    if found.names:
        metric = registry.metrics[found.names[0]]
        if metric.table and not any(one.has("rows") and not one.has("metric") for one in sentence.tokens):
            return metric.table
    named = [one.of("rows")[0].name for one in sentence.tokens if one.has("rows")]
    if named:
        own = [name for name in named if found.names and registry.metrics[found.names[0]].table == name]
        return (own or named)[-1]
    if found.names:
        return registry.metrics[found.names[0]].table
    people = [one.of("dimension")[0].name for one in sentence.tokens if one.has("dimension")]
    shown = [registry.dimensions[name].names for name in people]
    return next((one[0] for one in shown if one), "")


def make_list(
    sentence: Sentence, draft: Draft, found: Measured, registry: Registry, bounds: list[Bound], table: str
) -> None:
    """Note it in the draft."""
    draft.kind = "list"
    draft.rows = table
    columns = {place for place, _ in _columns_said(sentence, draft.rows)} if bounds or _ranked(sentence) else set()
    said = zip(found.places, found.names, strict=True)
    names = [name for place, name in said if place not in columns and registry.metrics[name].table == draft.rows]
    draft.metrics = [name for name in names if _takes_some(registry.metrics[name])][:1]
    if not found.names and not any(one.has("rows") for one in sentence.tokens):
        draft.metrics = _people(registry, draft.rows)
    if not found.names and not draft.metrics:
        draft.metrics = _standing(sentence, registry, draft.rows)
    for bound in bounds:
        column = _column_of(sentence, bound.place, draft.rows) or _default(sentence, registry, draft.rows, bound)
        unit: Unit = "rate" if bound.number.unit == "rate" else "number"
        if column:
            draft.having.append(Threshold(column, bound.operator, in_unit(bound.number, unit)))
        else:  # to list everything instead would be a wrong answer
            sentence.spent -= bound.places
    _order(sentence, draft, registry)
    sentence.take("list", "list_weak", "which_many", "which", "idle", "overdue_by", *_EXTREMES)


def _ranked(sentence: Sentence) -> bool:
    return sentence.has(*_EXTREMES)


def _takes_some(metric: Metric) -> bool:
    """Whether it takes only some rows of its table."""
    return bool(metric.where)


def _people(registry: Registry, table: str) -> list[str]:
    """中西组有哪些销售: of people those that the count of reps counts."""
    some = [name for name, one in registry.metrics.items() if one.table == table and one.unit == "count" and one.where]
    return some if len(some) == 1 else []


def _standing(sentence: Sentence, registry: Registry, table: str) -> list[str]:
    """卡在报价阶段的单子: those in progress, not those that ended there."""
    for of, beside, means in narrowed():
        said = sentence.has(beside) or any(one.has("value", beside) for one in sentence.tokens)
        if said and not any(one.has("value", "result") for one in sentence.tokens):
            meant = [name for name, one in registry.metrics.items() if means in one.title.synonyms]
            if len(meant) == 1 and registry.metrics[meant[0]].table == table and of in registry.tables[table].title.zh:
                return meant
    return []


def _order(sentence: Sentence, draft: Draft, registry: Registry) -> None:
    limit = read_limit(sentence) or _counted_rows(sentence)
    if sentence.has("recent") and limit:
        draft.order, draft.limit = Order(registry.tables[draft.rows].time), limit
        return
    descending = descends(sentence, "more")
    column = _said_column(sentence, draft.rows) or _money(registry, draft.rows)
    if descending is not None and column:
        draft.order, draft.limit = Order(column, descending), limit or 1


def _counted_rows(sentence: Sentence) -> int | None:
    for place in sentence.open("number"):
        number = sentence.tokens[place].of("number")[0].number
        if number is not None and number.unit in ("", "count") and number.value == int(number.value) > 0:
            sentence.spent.add(place)
            return int(number.value)
    return None


def _ranks_rows(sentence: Sentence, found: Measured, registry: Registry, table: str) -> bool:
    """金额最大的十个合同, 最近签的三个合同: the thing itself is ordered, by a column of its own."""
    largest = any(one.cue("top", "bottom") and one.said.startswith(_LARGEST) for one in sentence.tokens)
    if largest and found.names and _counts(found, registry) and _money(registry, table):
        return not any(one.has("dimension") and not one.has("rows") for one in sentence.tokens)
    if not sentence.has(*_EXTREMES) or (not sentence.open("number") and not _said_column(sentence, table)):
        return False
    if not _counts(found, registry) and not _said_column(sentence, table):
        return False
    if sentence.has("recent") and not sentence.open("number"):
        return False
    groups = [one for one in sentence.tokens if one.has("dimension") and not one.has("rows")]
    return not groups


def _column_bounds(
    sentence: Sentence, found: Measured, bounds: list[Bound], registry: Registry, table: str
) -> list[str]:
    """Columns of the table that are bounded, where the table's own word is said: 满意度低于3分的工单."""
    if any(not sentence.tokens[place].has("column", table) for place in found.open):
        return []
    if any(one.has("rows") or one.has("metric") for one in sentence.tokens) and not any(
        one.has("rows", table) for one in sentence.tokens
    ):
        return []
    said = [_column_of(sentence, bound.place, table) or _default(sentence, registry, table, bound) for bound in bounds]
    return [one for one in said if one]


def _column_of(sentence: Sentence, place: int, table: str) -> str:
    """The column said closest before a place, else behind."""
    said = _columns_said(sentence, table)
    before = [name for at, name in said if at < place]
    return before[-1] if before else (said[0][1] if said else "")


def _said_column(sentence: Sentence, table: str) -> str:
    said = _columns_said(sentence, table)
    return said[0][1] if said else ""


def _columns_said(sentence: Sentence, table: str) -> list[tuple[int, str]]:
    return [
        (place, one.value)
        for place, token in enumerate(sentence.tokens)
        for one in token.of("column")
        if one.name == table and not token.has("rows")
    ]


def _default(sentence: Sentence, registry: Registry, table: str, bound: Bound) -> str:
    """超过100万的商机: money bounds the first amount of the table, days the days since something."""
    if bound.number.unit == "yuan" or (bound.number.unit in ("", "count") and bound.number.value >= 10_000):
        return _money(registry, table)
    if bound.number.unit == "days" and sentence.has("idle", "long_idle", "overdue_by"):
        columns = registry.tables[table].columns.values()
        return next((one.name for one in columns if one.kind == "number" and one.name.endswith("_days")), "")
    return ""


def _money(registry: Registry, table: str) -> str:
    columns = registry.tables[table].columns.values()
    return next((one.name for one in columns if one.kind == "money" and one.listed), "")
