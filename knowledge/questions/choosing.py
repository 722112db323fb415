"""Several things may be meant: the choices that are offered. Pure."""

from __future__ import annotations

from dataclasses import replace

from knowledge.metrics.plan import Order, Plan
from knowledge.metrics.registry import Registry
from knowledge.questions.followups import changed
from knowledge.questions.grammar import Parsed
from knowledge.questions.outcome import Ambiguous, Choice, Outcome, Scope, Understood, Unknown
from knowledge.questions.pieces import pieces
from knowledge.questions.ranking import read_order

CHOICES = 3
_RANKS = ("rank", "rank.up", "first_n", "last_n", "top", "bottom", "best", "worst")
_WAYS = ("rep", "region", "channel", "product", "customer")  # in which people are used to see rankings


def ranked_by(parsed: Parsed, scope: Scope) -> Outcome | None:
    """回款排名: of whom?"""
    tokens = parsed.sentence.tokens
    said = [one.said for one in tokens if one.cue(*_RANKS)]
    numbers = [one.said for one in tokens if one.has("number")]
    plan = parsed.draft.plan()
    if not said or not set(parsed.left) <= {*said, *numbers} or len(plan.metrics) != 1 or plan.kind != "value":
        return None
    ranked = read_order(parsed.sentence, scope.registry, plan.metrics[0])
    if ranked is None or plan.by or plan.grain:
        return None
    ways = [one for one in _WAYS if one in scope.registry.dimensions and _can(plan, plan.metrics[0], scope.registry)]
    fitting = [one for one in ways if scope.registry.can_break(plan.metrics[0], one)]
    order = Order(plan.metrics[0], ranked[0])
    choices = [
        Choice(
            scope.registry.dimensions[one].title.of(scope.language),
            replace(plan, by=(one,), order=order, limit=ranked[1]),
        )
        for one in fitting
    ]
    return Ambiguous(said[0], tuple(choices[:CHOICES])) if len(choices) > 1 else None


def choose_changed(parsed: Parsed, scope: Scope, last: Plan) -> Outcome:
    """那成本呢: each of the metrics in the place of the one before."""
    place, several = next(iter(parsed.measured.open.items()))
    choices = []
    for name in several:
        parsed.draft.metrics = [name]
        plan = changed(last, parsed, scope.registry)
        if plan is not None and _can(plan, name, scope.registry):
            choices.append(Choice(scope.registry.metrics[name].title.of(scope.language), plan))
    said = parsed.sentence.tokens[place].said
    return Ambiguous(said, tuple(choices[:CHOICES])) if choices else Unknown("words", (said,))


def choose(parsed: Parsed, scope: Scope) -> Outcome:
    """A word of several metrics: those that can be split and filtered as asked."""
    place, several = next(iter(parsed.measured.open.items()))
    plan = parsed.draft.plan()
    fitting = [name for name in several if _can(plan, name, scope.registry)] or list(several)
    plans = [_with(plan, parsed, place, name) for name in fitting]
    if len(plans) == 1:
        return Understood(plans[0], pieces(parsed))
    said = parsed.sentence.tokens[place].said
    labels = (scope.registry.metrics[name].title.of(scope.language) for name in fitting)
    return Ambiguous(said, tuple(map(Choice, labels, plans))[:CHOICES])


def _can(plan: Plan, metric: str, registry: Registry) -> bool:
    return all(registry.can_break(metric, one) for one in (*plan.by, *(one.dimension for one in plan.where)))


def _with(plan: Plan, parsed: Parsed, place: int, name: str) -> Plan:
    """The metric at its place among those that are clear."""
    before = sum(at < place for at in parsed.measured.places)
    metrics = (*plan.metrics[:before], name, *plan.metrics[before:])
    order = replace(plan.order, by=name) if plan.order and not plan.metrics else plan.order
    return replace(plan, metrics=metrics, order=order)


def counts_of(parsed: Parsed, scope: Scope) -> Outcome | None:
    """我有多少单子: a thing of which several counts are known."""
    place = next((at for at, one in enumerate(parsed.sentence.tokens) if one.has("rows")), None)
    hinted = any(one.has("hint") for one in parsed.sentence.tokens)
    if place is None or hinted or not parsed.sentence.has("ask"):
        return None
    table = parsed.sentence.tokens[place].of("rows")[0].name
    plan = parsed.draft.plan()
    counts = [
        name
        for name, one in scope.registry.metrics.items()
        if one.table == table and one.unit == "count" and one.better == "more" and _can(plan, name, scope.registry)
    ]
    if len(counts) < 2:
        return None
    choices = [
        Choice(scope.registry.metrics[name].title.of(scope.language), replace(plan, metrics=(name,))) for name in counts
    ]
    return Ambiguous(parsed.sentence.tokens[place].said, tuple(choices[:CHOICES]))
