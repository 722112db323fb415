"""What the statements gave, put together: ratios from their parts, groups merged by key, order, limit, shares. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from knowledge.metrics.plan import Grain, Plan, Span, Threshold
from knowledge.metrics.registry import Registry
from knowledge.metrics.result import Group

Key = tuple[str, ...]
MOST_FILLED = 2000  # groups up to which days without rows are shown as such


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of one metric and group. None: nothing to count. `parts`: numerator and denominator, where it has them."""

    value: float | None = None
    numerator: float | None = None
    cases: float | None = None
    rows: int = 0
    squares: float | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What one statement gave."""

    groups: Mapping[Key, Numbers]
    whole: Numbers
    broadcast: bool = False  # a figure of now beside a grain: the same in each of its days


def measured(registry: Registry, metric: str, numbers: Callable[[str], Numbers]) -> Numbers:
    """One metric of one group, from those that count rows. Division by zero gives None."""
    found = registry.metrics[metric]
    if found.sum:
        parts = [measured(registry, one, numbers) for one in found.sum]
        return Numbers(sum(one.value or 0.0 for one in parts), rows=sum(one.rows for one in parts))
    if found.ratio:
        above, below = (measured(registry, one, numbers) for one in found.ratio)
        counted = registry.metrics[found.ratio[1]].unit == "count"
        cases = below.value if counted else float(above.rows)
        return Numbers(_divided(above.value, below.value), above.value, cases, above.rows + below.rows)
    one = numbers(metric)
    if found.parts and not found.aggregate:
        return replace(one, value=_divided(one.numerator, one.cases), cases=_cases(found.parts[1], one))
    return replace(one, value=0.0 if one.value is None and adds_up(found.aggregate) else one.value)


def adds_up(aggregate: str) -> bool:
    """Whether an aggregate over no rows is 0: counts and sums; an average of nothing isn't known."""
    said = aggregate.lower().lstrip("-( ")
    return said.startswith(("count", "sum"))


def groups_of(
    plan: Plan, registry: Registry, counted: Mapping[str, Counted], span: Span | None
) -> tuple[list[Group], Group]:
    """All groups in no order, and all rows together."""
    keys = dict.fromkeys(key for one in counted.values() if not one.broadcast for key in one.groups)
    if all(one.broadcast for one in counted.values()):
        keys = dict.fromkeys(key for one in counted.values() for key in one.groups)
    if plan.grain and span:
        keys = _filled(keys, len(plan.by), plan.grain, span)
    found = [_group(plan, registry, key, lambda name, key=key: _at(counted[name], key)) for key in keys]  # type: ignore[misc]  # mypy can't infer a lambda with a default
    return found, _group(plan, registry, (), lambda name: counted[name].whole)


def chosen(plan: Plan, groups: Sequence[Group], whole: Group) -> tuple[list[Group], int]:
    """Those that pass the thresholds, in order, up to the limit; and how many more there are."""
    found = [one for one in groups if all(passes(one.values.get(limit.of), limit) for limit in plan.having)]
    found = _ordered(plan, found)
    if plan.share and plan.metrics:
        found = [replace(one, share=_share(one, whole, plan.metrics[0])) for one in found]
    kept = found[: plan.limit] if plan.limit else found
    return kept, len(found) - len(kept)


def passes(value: float | None, limit: Threshold) -> bool:
    """Whether a number is beyond the bound; what isn't known never is."""
    if value is None:
        return False
    bounds = {
        ">": value > limit.number,
        ">=": value >= limit.number,
        "<": value < limit.number,
        "<=": value <= limit.number,
        "=": value == limit.number,
    }
    return bounds.get(limit.operator, False)


def begins(grain: Grain, day: date) -> date:
    """The first day of the week, month … that a day is in; weeks begin on Monday."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}.get(grain)
    return day.replace(month=month, day=1) if month else day


def _group(plan: Plan, registry: Registry, key: Key, numbers: Callable[[str], Numbers]) -> Group:
    found = {name: measured(registry, name, numbers) for name in plan.named if name in registry.metrics}
    cells = {
        name: (one.numerator, int(one.cases))
        for name, one in found.items()
        if one.numerator is not None and one.cases is not None
    }
    rows = max((one.rows for one in found.values()), default=0)
    return Group(key, {name: one.value for name, one in found.items()}, cells, rows)


def _at(counted: Counted, key: Key) -> Numbers:
    return counted.groups.get(key[:-1] if counted.broadcast else key, Numbers())


def _divided(above: float | None, below: float | None) -> float | None:
    return None if not below else (above or 0.0) / below


def _cases(denominator: str, one: Numbers) -> float | None:
    """How many cases: what a count says; of sums of money, the rows."""
    return one.cases if denominator.lstrip().lower().startswith("count") else float(one.rows)


def _filled(keys: Mapping[Key, None], by: int, grain: Grain, span: Span) -> dict[Key, None]:
    """Days without rows are shown, too: a trend has no gaps."""
    begun: list[str] = []
    day = begins(grain, span.first)
    while day <= span.last and len(begun) <= MOST_FILLED:
        begun.append(day.isoformat())
        day = begins(grain, day + timedelta(days={"day": 1, "week": 7, "month": 31, "quarter": 92}.get(grain, 366)))
    above = dict.fromkeys(key[:by] for key in keys) or ({(): None} if not by else {})
    if len(above) * len(begun) > MOST_FILLED:
        return dict(keys)
    return dict.fromkeys((*one, when) for one in above for when in begun)


def _ordered(plan: Plan, groups: list[Group]) -> list[Group]:
    """As asked; else trends by time, breakdowns by the first metric. Unknown numbers come last either way."""
    if plan.grain and plan.order is None:
        return sorted(groups, key=lambda one: (one.key[:-1], one.key[-1]))
    by = plan.order.by if plan.order else (plan.metrics[0] if plan.metrics else "")
    sign = -1.0 if plan.order is None or plan.order.descending else 1.0

    def rank(one: Group) -> tuple[bool, float, Key]:
        value = one.values.get(by)
        return (value is None, sign * (value or 0.0), one.key)

    return sorted(groups, key=rank)


def _share(one: Group, whole: Group, metric: str) -> float | None:
    return _divided(one.values.get(metric), whole.values.get(metric))
