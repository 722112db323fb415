"""What if (B9): a figure without a value's rows, or with one of its factors changed. Arithmetic, never a forecast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.contracts.person import Person
from knowledge.metrics.plan import Change, Filter, Plan
from knowledge.metrics.refusals import NotAnswerable
from knowledge.metrics.registry import Registry
from knowledge.metrics.result import Result
from knowledge.metrics.running import Sources, run

REMOVED = -100.0


@dataclass(frozen=True, slots=True)
class Supposed:
    """A figure as it is, and as it would be if only that changed. `without`: the figures of the rows that are left."""

    plan: Plan
    metric: str
    actual: float | None
    supposed: float | None
    result: Result
    without: Result | None = None

    @property
    def change(self) -> float | None:
        """Supposed less actual; None where either can't be computed."""
        return None if self.actual is None or self.supposed is None else self.supposed - self.actual


async def suppose(plan: Plan, viewer: Person, now: datetime, sources: Sources) -> Supposed:
    """Raises NotAnswerable (`what_if` where the arithmetic wouldn't be exact), WarehouseUnavailable."""
    change, metric = plan.change, plan.metrics[0] if plan.metrics else ""
    if change is None or not metric:
        raise NotAnswerable("what_if", metric=metric)
    plain = replace(plan, kind="value", change=None, against="")
    if change.dimension:
        return await _without(plan, plain, metric, change, viewer, now, sources)
    path = names_between(sources.registry, metric, change.metric)
    if not path:
        raise NotAnswerable("what_if", metric=metric)
    result = await run(plain, viewer, now, sources)
    parts = await run(replace(plain, metrics=path, by=(), grain="", order=None, having=()), viewer, now, sources)
    supposed = scaled(sources.registry, metric, change, parts.whole.values)
    return Supposed(plan, metric, result.whole.values[metric], supposed, result)


async def _without(
    plan: Plan, plain: Plan, metric: str, change: Change, viewer: Person, now: datetime, sources: Sources
) -> Supposed:
    if change.percent != REMOVED:
        raise NotAnswerable("what_if", metric=metric)
    result = await run(plain, viewer, now, sources)
    taken = Filter(change.dimension, (change.value,), "not_in")
    left = await run(replace(plain, where=(*plain.where, taken)), viewer, now, sources)
    return Supposed(plan, metric, result.whole.values[metric], left.whole.values[metric], result, left)


def names_between(registry: Registry, metric: str, changed: str) -> tuple[str, ...]:
    """Every metric that is needed to get from the changed one to the metric; none when it isn't made of it. Pure."""
    found = registry.metrics.get(metric)
    if found is None or changed not in registry.metrics:
        return ()
    if metric == changed:
        return (metric,)
    made = found.made_of or found.factors
    if not any(names_between(registry, one, changed) for one in made):
        return ()
    inner = [name for one in made for name in (names_between(registry, one, changed) or (one,))]
    return tuple(dict.fromkeys((metric, *inner)))


def scaled(registry: Registry, metric: str, change: Change, values: Mapping[str, float | None]) -> float | None:
    """The metric when `change.metric` is so many percent more and all else it is made of stays. Pure."""
    found = registry.metrics[metric]
    actual = values.get(metric)
    if metric == change.metric:
        return None if actual is None else actual * (1 + change.percent / 100)
    if not names_between(registry, metric, change.metric):
        return actual
    if found.ratio:
        above, below = (scaled(registry, one, change, values) for one in found.ratio)
        return above / below if above is not None and below else None
    if found.sum:
        return sum(scaled(registry, one, change, values) or 0.0 for one in found.sum)
    for one in found.factors:
        now, then = values.get(one), scaled(registry, one, change, values)
        if actual is None or now is None or then is None:
            return None
        actual = actual * then / now if now else None
    return actual
