"""Where an answer's page goes on: the same figure seen otherwise, one bar of it, why it changed. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from knowledge.metrics.plan import Filter, Plan
from skills.questions.answer import Answer
from skills.questions.presses import why
from skills.questions.token import address, one

GRAINS: tuple[Literal["week", "month"], ...] = ("week", "month")
VIEWS = 6  # other dimensions that the page offers


def views(answer: Answer) -> list[tuple[str, str, bool]]:
    """(name, address, whether it is shown now): the same figure by other dimensions, steps, and compared."""
    plan, names = answer.plan, answer.names
    if plan.kind != "value" or not answer.metric:
        return []
    fixed = {found.dimension for found in plan.where}
    can = [name for name in names.registry.dimensions if name not in fixed and name != "customer"]
    can = [name for name in can if all(names.registry.can_break(metric, name) for metric in plan.metrics)]
    can = sorted(can, key=lambda name: name not in plan.by)[:VIEWS]
    plain = replace(plan, by=(), grain="", order=None, limit=None, having=(), share=False)
    found = [(names.text("by", names=names.by((name,))), replace(plain, by=(name,))) for name in can]
    if not any(names.registry.is_now(metric) for metric in plan.metrics):
        found += [(names.text(f"grain.{grain}"), replace(plain, grain=grain, against="")) for grain in GRAINS]
        found.append((names.text("page.against"), replace(plan, against="before")))
    return [(label, _link(answer, view), view == plan) for label, view in found]


def drill(answer: Answer, key: tuple[str, ...]) -> str:
    """What is behind one bar: the same figure of that value alone, by month; of what is now, its rows."""
    if len(answer.plan.by) != 1 or not key or not key[0]:
        return ""
    dimension = answer.plan.by[0]
    kept = tuple(found for found in answer.plan.where if found.dimension != dimension)
    where = (*kept, Filter(dimension, (key[0],)))
    registry = answer.names.registry
    if registry.is_now(answer.metric):
        rows = registry.leaves(answer.metric)[0].table
        return _link(answer, Plan(kind="list", metrics=answer.plan.metrics[:1], rows=rows, where=where))
    plan = replace(answer.plan, by=(), where=where, order=None, limit=None, having=(), share=False, grain="month")
    return _link(answer, plan)


def why_address(answer: Answer) -> str:
    """Where the change is taken apart; "" where there is none to take apart."""
    lone = len(answer.plan.metrics) == 1 and answer.plan.kind == "value"
    if not lone or answer.result.before_whole is None or answer.is_empty:
        return ""
    return address(one(why(answer.plan), answer.words, proposed=answer.is_proposed))


def is_said(answer: Answer) -> bool:
    """Whether the sentence says all that a table would: one number."""
    plan = answer.plan
    return plan.kind != "list" and not (plan.by or plan.grain) and len(plan.metrics) == 1


def _link(answer: Answer, plan: Plan) -> str:
    return address(one(plan, (), proposed=answer.is_proposed))
