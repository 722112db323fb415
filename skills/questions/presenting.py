"""What is run for a plan so that its answer can be read: a comparison, an order, and who shares a place. Pure."""

from __future__ import annotations

from dataclasses import replace

from knowledge.metrics.plan import Order, Plan
from knowledge.metrics.registry import Registry
from knowledge.metrics.result import Result
from skills.questions.naming import LONG_AGO

BELOW = 20  # places below a ranking that are looked at


def compared(plan: Plan, registry: Registry) -> Plan:
    """Where one number was asked for, it is set against the span before, if it has one."""
    lone = plan.kind == "value" and not (plan.by or plan.grain or plan.against or plan.having or plan.model)
    timed = plan.metrics and not any(registry.is_now(one) for one in plan.metrics)
    endless = plan.span is not None and plan.span.first <= LONG_AGO
    return replace(plan, against="before") if lone and timed and not endless else plan


def ordered(plan: Plan, registry: Registry) -> Plan:
    """A list that nobody ordered begins with what matters: by the number that was bounded, else, of what is now
    (停滞的商机, 逾期的回款), by money. Rows of a span stay the latest first."""
    if plan.kind != "list" or plan.order or plan.rows not in registry.tables:
        return plan
    columns = registry.tables[plan.rows].columns
    if plan.having:
        first = plan.having[0]
        return replace(plan, order=Order(first.of, first.operator not in {"<", "<="}))
    money = next((name for name, one in columns.items() if one.kind == "money" and one.listed), "")
    now = bool(plan.metrics) and all(registry.is_now(one) for one in plan.metrics)
    return replace(plan, order=Order(money)) if now and money else plan


def longer(plan: Plan) -> Plan:
    """Of a ranking a few places more, to see who shares the last one."""
    return replace(plan, limit=plan.limit + BELOW) if _ranks(plan) and plan.limit else plan


def _ranks(plan: Plan) -> bool:
    return (
        plan.kind == "value" and plan.order is not None and plan.limit is not None and bool(plan.by) and not plan.grain
    )


def fair(result: Result, plan: Plan) -> Result:
    """A ranking's places, with all who share the last one; what is of nobody (未填) takes no place and comes last."""
    if not _ranks(plan) or plan.limit is None or plan.order is None:
        return result
    named = [one for one in result.groups if any(one.key)]
    blank = [one for one in result.groups if not any(one.key)]
    if not named:
        return replace(result, plan=plan)
    last = named[: plan.limit][-1].values.get(plan.order.by)
    kept = [one for at, one in enumerate(named) if at < plan.limit or one.values.get(plan.order.by) == last]
    return replace(result, plan=plan, groups=[*kept, *blank], more=result.more + len(named) - len(kept))
