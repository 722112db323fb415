"""What was understood, and how the number came about. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from skills.questions.answer import Answer
from skills.questions.naming import as_said
from skills.questions.sentences import own


def understood(answer: Answer) -> str:
    """线索数 · 上周（11-09 至 11-15） · 华东 · 按渠道: the plan in words, and what was read as something else."""
    parts = " · ".join(_parts(answer))
    if answer.is_proposed:
        parts += answer.names.text("proposed")
    guessed = [one for one in answer.pieces if one.guessed and one.said]
    told = (answer.names.text("guessed", said=one.said, meant=_meant(answer, one.name, one.value)) for one in guessed)
    return answer.names.comma((parts, *told))


def evidence(answer: Answer) -> str:
    """Definition of each figure, its days, whose rows, how many."""
    return "\n".join(f"- {line}" for line in _evidence(answer))


def _parts(answer: Answer) -> Iterator[str]:
    plan, names = answer.plan, answer.names
    if plan.kind not in {"value", "list"}:
        supposed = names.supposition(plan.change) if plan.change else ""
        yield names.text(f"kind.{plan.kind}") + supposed
    if plan.rows and plan.kind == "list":
        yield names.text("rows_of", table=names.registry.tables[plan.rows].title.of(names.language))
    yield from (names.metric(one) for one in plan.metrics)
    if span := answer.result.span:
        yield names.text("span_said", said=as_said(span), days=names.days(span)) if span.said else names.days(span)
    for one in plan.where:
        yield f"{names.dimension(one.dimension)}: {names.filter(one)}"
    if plan.by:
        yield names.text("by", names=names.by(plan.by))
    if plan.grain:
        yield names.text(f"grain.{plan.grain}")
    yield from (names.threshold(one, plan) for one in plan.having)
    if plan.against:
        yield names.text(f"compared.{plan.against}")
    if plan.order and plan.limit:
        yield names.text("first.most" if plan.order.descending else "first.least", count=plan.limit)
    if plan.share:
        yield names.text("column.share")


def _evidence(answer: Answer) -> Iterator[str]:
    plan, names, result = answer.plan, answer.names, answer.result
    for one in plan.metrics:
        metric = names.registry.metrics[one]
        yield names.text("how.metric", name=names.metric(one), definition=metric.definition.of(names.language))
    if result.span:
        yield names.text("how.span", days=names.days(result.span))
    if result.before_span and result.before_whole is not None:
        yield names.text("how.before", days=names.days(result.before_span))
    yield names.text("how.rows", count=f"{result.rows:,}")
    if result.own:
        yield names.text("how.own", own=own(answer))
    if answer.trust and "channel" in plan.by:
        yield names.text("how.trust")


def _meant(answer: Answer, name: str, value: str) -> str:
    names = answer.names
    if value:
        return names.value(name, value)
    return names.metric(name) if name in names.registry.metrics else name
