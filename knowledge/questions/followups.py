"""A question that changes one part of the one before: 那华南呢, 按月看, 换成回款, 前五呢, 为什么. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

from knowledge.metrics.plan import Filter, Grain, Order, Plan
from knowledge.metrics.registry import Registry
from knowledge.questions.grammar import Parsed
from knowledge.questions.sentence import Draft
from knowledge.questions.when import fitting

_HOW = re.compile(r"多少|几|多久|多长|\bhow\b")
_MORE = ("再", "还要", "也", "并且", "同时")


def follows(parsed: Parsed, text: str) -> bool:
    """Whether it goes on from the question before: it names no metric, or only one, or says so (那…呢, 换成…)."""
    draft = parsed.draft
    if draft.span is not None and draft.span.said and parsed.measured.all:
        return False
    if not parsed.measured.all:
        return not any(one.has("rows") for one in parsed.sentence.tokens) or not draft.rows
    if parsed.sentence.has("switch", "and_what") or text.rstrip("?？ ").endswith("呢"):
        return True
    return draft == Draft(metrics=list(draft.metrics)) and not _asks(parsed)


def _asks(parsed: Parsed) -> bool:
    """多少天能成单 asks, also where its words are read as the figure itself."""
    hinted = (one.said for one in parsed.sentence.tokens if one.has("hint"))
    return parsed.sentence.has("ask") or any(_HOW.search(said) for said in hinted)


def changed(last: Plan, parsed: Parsed, registry: Registry) -> Plan | None:
    """The plan before with what the words name; None when they name nothing."""
    draft = parsed.draft
    plan = _measured(last, draft)
    plan = _filtered(plan, draft, compared=parsed.sentence.has("compare"))
    if draft.span is not None and (draft.span.said or plan.span is None):
        plan = replace(plan, span=draft.span)
    if draft.by:
        more = (parsed.sentence.has("also_word") or parsed.sentence.text.startswith(_MORE)) and not draft.model
        plan = replace(plan, by=tuple(dict.fromkeys((*plan.by, *draft.by))) if more else tuple(draft.by))
    elif parsed.sentence.has("drop"):
        plan = replace(plan, by=(), order=None, limit=None, share=False)
    plan = replace(
        plan,
        grain=_grain(parsed, plan),
        against=draft.against or plan.against,
        share=draft.share or plan.share,
        model=draft.model or plan.model,
        having=tuple(draft.having) or plan.having,
    )
    if draft.kind == "list" and last.kind == "list":
        plan = replace(plan, order=draft.order or plan.order, limit=draft.limit or plan.limit)
    elif draft.order is not None and plan.metrics:
        by = draft.order.by if draft.order.by in registry.metrics else plan.metrics[0]
        plan = replace(plan, order=Order(by, draft.order.descending), limit=draft.limit)
    plan = _of_kind(plan, parsed, registry)
    return None if plan == last and not _says_the_same(parsed) else plan


def _grain(parsed: Parsed, plan: Plan) -> Grain:
    """趋势 without a grain follows from the days of the question before."""
    said = any(parsed.sentence.has(f"grain.{one}") for one in get_args(Grain) if one)
    if parsed.draft.grain and not said and plan.span is not None and not parsed.sentence.has("which_time"):
        return fitting(plan.span)
    return parsed.draft.grain or plan.grain


def _measured(last: Plan, draft: Draft) -> Plan:
    if not draft.metrics:
        return last
    order = last.order
    if order is not None and order.by in last.metrics:
        order = Order(draft.metrics[0], order.descending)
    having = tuple(one for one in last.having if one.of not in last.metrics)
    return replace(last, metrics=tuple(draft.metrics), order=order, having=having, change=None)


def _filtered(plan: Plan, draft: Draft, *, compared: bool) -> Plan:
    """A value takes the place of the filter of its dimension; compared with it (和华南比) it stands beside it."""
    where: list[Filter] = list(plan.where)
    for one in draft.where:
        beside = [old for old in where if old.dimension == one.dimension and old.operator == one.operator == "in"]
        kept = beside[0].values if compared and beside else ()
        if kept:
            plan = replace(plan, by=tuple(dict.fromkeys((*plan.by, one.dimension))))
        where = [old for old in where if (old.dimension, old.operator) != (one.dimension, one.operator)]
        where.append(Filter(one.dimension, tuple(dict.fromkeys((*kept, *one.values))), one.operator))
    return replace(plan, where=tuple(where))


def _of_kind(plan: Plan, parsed: Parsed, registry: Registry) -> Plan:
    draft = parsed.draft
    if draft.kind == "what_if":
        return replace(plan, kind="what_if", change=draft.change, order=None, limit=None, against="")
    if draft.kind in ("why", "evidence"):
        against = (draft.against or "before") if draft.kind == "why" else ""
        bare = replace(plan, by=(), order=None, limit=None, grain="", share=False, having=(), rows="")
        return replace(bare, kind=draft.kind, against=against)
    if (
        parsed.sentence.has("list")
        and plan.kind != "list"
        and plan.metrics
        and (table := registry.metrics[plan.metrics[0]].table)
    ):
        some = bool(registry.metrics[plan.metrics[0]].where)
        bare = replace(plan, by=(), order=None, limit=None, grain="", share=False, against="", having=())
        return replace(bare, kind="list", rows=table, metrics=plan.metrics[:1] if some else ())
    return replace(plan, kind="value", rows="", change=None) if _counts_again(plan, draft) else plan


def _counts_again(plan: Plan, draft: Draft) -> bool:
    """A metric named after a list or a supposition is asked for itself."""
    return bool(draft.metrics) and draft.kind != "list" and plan.kind in ("list", "what_if")


def _says_the_same(parsed: Parsed) -> bool:
    """Something was named that already held."""
    draft = parsed.draft
    return bool(draft.where or draft.by or draft.grain or draft.metrics or (draft.span and draft.span.said))
