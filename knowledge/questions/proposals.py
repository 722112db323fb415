"""A plan that a language model proposes: its names from our lists, its days and numbers in the question's own words.

The model fills `Proposal`: no SQL, no days of its own. What it names must exist in the registry; values, spans and
numbers must stand in the question and are read here, as always. The plan passes the same check as the grammar's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from bot.contracts.model import Model
from knowledge.metrics.plan import Against, Filter, Grain, Kind, Order, Plan, Span
from knowledge.questions.lexicon import Lexicon, lexicon
from knowledge.questions.numerals import numbers
from knowledge.questions.outcome import Fault, Piece, Scope, Understood
from knowledge.questions.reading import folded
from knowledge.questions.spans import spans

MOST = 20  # metrics, dimensions, values of one plan
_MOST_ROWS = 1000
_INSTRUCTION = """\
Say what the question about a company's figures asks for. Use only names from these lists; leave empty what isn't asked.
metrics: {metrics}
by (dimensions to split by): {dimensions}
values, without, time and limit are copied from the question, word for word: names of channels, people, regions …
that rows must have (values) or must not have (without); the words about time; the number of a top list.
If no metric of the list is meant, leave metrics empty."""


class Proposal(BaseModel):
    """What a model fills in. Names of metrics and dimensions are ours, all else the question's own words."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["value", "why", "evidence"] = "value"
    metrics: list[str] = Field(default_factory=list, max_length=MOST)
    by: list[str] = Field(default_factory=list, max_length=MOST)
    values: list[str] = Field(default_factory=list, max_length=MOST)
    without: list[str] = Field(default_factory=list, max_length=MOST)
    time: str = ""
    grain: Grain = ""
    against: Against = ""
    order: Literal["", "most", "least"] = ""
    limit: str = ""
    share: bool = False


async def proposed(text: str, scope: Scope, model: Model) -> Understood | None:
    """What a model makes of a question that the grammar declined; None without a model, or when it isn't sound."""
    metrics = "; ".join(f"{name} ({one.title.of(scope.language)})" for name, one in scope.registry.metrics.items())
    dimensions = "; ".join(
        f"{name} ({one.title.of(scope.language)})" for name, one in scope.registry.dimensions.items()
    )
    filled = await model.fill(_INSTRUCTION.format(metrics=metrics, dimensions=dimensions), text, Proposal)
    plan = plan_of(filled, text, scope) if filled is not None else None
    if not isinstance(plan, Plan):
        return None
    named = [Piece("", "metric", name, guessed=True) for name in plan.metrics]
    named += [Piece("", "dimension", name, guessed=True) for name in plan.by]
    values = [Piece("", "value", one.dimension, value, guessed=True) for one in plan.where for value in one.values]
    return Understood(plan, (*named, *values))


def plan_of(proposal: Proposal, text: str, scope: Scope) -> Plan | Fault:
    """The plan, or the first word of it that is neither ours nor the question's."""
    sentence, words = folded(text), lexicon(scope)
    copied = [*proposal.values, *proposal.without, proposal.time, proposal.limit]
    if foreign := next((one for one in copied if folded(one) not in sentence), ""):
        return Fault("proposal", {"said": foreign})
    where = [*_filters(proposal.values, words, "in"), *_filters(proposal.without, words, "not_in")]
    span, limit = _span(proposal.time, scope.today), _limit(proposal.limit)
    said = {value for one in where for value in one.values}
    if (proposal.time and span is None) or (proposal.limit and limit is None) or (not said and copied[:-2]):
        return Fault("proposal", {"said": " ".join(copied).strip()})
    order = Order(proposal.metrics[0], proposal.order == "most") if proposal.order and proposal.metrics else None
    plan = Plan(
        kind=proposal.kind,
        metrics=tuple(proposal.metrics),
        by=tuple(proposal.by),
        where=tuple(where),
        span=span,
        grain=proposal.grain,
        against=proposal.against or ("before" if proposal.kind == "why" else ""),
        order=order,
        limit=limit,
        share=proposal.share,
    )
    return checked(plan, scope)


def _filters(said: Iterable[str], words: Lexicon, operator: Literal["in", "not_in"]) -> list[Filter]:
    found: dict[str, list[str]] = {}
    for word in said:
        for one in words.words.get(folded(word), ()):
            if one.kind == "value":
                found.setdefault(one.name, []).append(one.value)
                break
    return [Filter(dimension, tuple(values), operator) for dimension, values in found.items()]


def _span(said: str, today: date) -> Span | None:
    found = spans(folded(said), today)
    if len(found) != 1 or found[0].period is None:
        return None
    return Span(found[0].period.first, found[0].period.last, said)


def _limit(said: str) -> int | None:
    found = [one.value for one in numbers(folded(said))]
    return int(found[0]) if found and found[0] == int(found[0]) > 0 else None


def checked(plan: Plan, scope: Scope) -> Plan | Fault:
    """The plan itself when all that it names exists, else the first name that doesn't.

    Whether the metric can be split so, and whether the asker may ask, is decided where plans are run.
    """
    wrong = next((one for one in (_names(plan, scope), _values(plan, scope), _shape(plan)) if one), "")
    return Fault("proposal", {"said": wrong}) if wrong else plan


def _names(plan: Plan, scope: Scope) -> str:
    registry = scope.registry
    for name in plan.metrics:
        if name not in registry.metrics:
            return str(name)
    for name in (*plan.by, *(one.dimension for one in plan.where)):
        if name not in registry.dimensions:
            return str(name)
    if plan.rows and plan.rows not in registry.tables:
        return plan.rows
    known = {*registry.metrics, *(registry.tables[plan.rows].columns if plan.rows else ())}
    named = [*(one.of for one in plan.having), *([plan.order.by] if plan.order else [])]
    return next((name for name in named if name not in known), "")


def _values(plan: Plan, scope: Scope) -> str:
    for one in plan.where:
        if missing := next((value for value in one.values if not _is_known(one, value, scope)), ""):
            return missing
    change = plan.change
    if change is None or not change.dimension:
        return ""
    known = scope.values.get(change.dimension, {})
    return "" if change.value in known else change.value or change.dimension


def _is_known(one: Filter, value: str, scope: Scope) -> bool:
    known = scope.values.get(one.dimension, {})
    own = {"rep": (scope.asker.id,), "team": (scope.asker.team,), "region": scope.asker.regions}
    return value in known or value in own.get(one.dimension, ())


def _shape(plan: Plan) -> str:
    """Kinds that lack what they need, and sizes that nobody asks for."""
    sizes = [len(plan.metrics), len(plan.by), *(len(one.values) for one in plan.where)]
    wrong = {
        "kind": plan.kind not in get_args(Kind),
        "rows": plan.kind == "list" and not plan.rows,
        "metrics": plan.kind != "list" and not plan.metrics,
        "change": plan.kind == "what_if" and plan.change is None,
        "span": plan.span is not None and plan.span.last < plan.span.first,
        "limit": (plan.limit is not None and not 0 < plan.limit <= _MOST_ROWS) or max(sizes) > MOST,
    }
    return next((name for name, is_wrong in wrong.items() if is_wrong), "")
