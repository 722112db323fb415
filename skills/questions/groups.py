"""The groups of a result: in which order they are read, which of them a sentence names, and how. Pure."""

from __future__ import annotations

from knowledge.metrics.result import Group
from skills.questions.answer import Answer

NAMED = 3  # groups named in a sentence


def cases(group: Group, metric: str) -> int | None:
    """How many cases a rate or an average stands on; None for counts and sums."""
    found = group.cells.get(metric)
    return None if found is None else found[1]


def shown(answer: Answer) -> list[Group]:
    """The groups that the sentence names: the asked-for order, else the largest first; of what was named, those."""
    focus = {one.value for one in answer.pieces if one.kind == "value" and one.name in answer.plan.by}
    if answer.plan.share and focus:
        return [group for group in answer.result.groups if focus & set(group.key)]
    ordered = ranked(answer)
    return ordered[: answer.plan.limit or NAMED][:NAMED] if answer.plan.order else ordered[:1]


def ranked(answer: Answer) -> list[Group]:
    """As asked for; else by the first metric, the largest first, what has no number last."""
    if answer.plan.order or answer.plan.grain:
        return list(answer.result.groups)
    metric = answer.metric
    return sorted(answer.result.groups, key=lambda one: -sized(one.values.get(metric)))


def alike(answer: Answer) -> list[Group]:
    """Of a ranking that ends at a place which several share: those that share it. Else none."""
    limit, groups = answer.plan.limit, [one for one in answer.result.groups if any(one.key)]
    if not limit or not answer.plan.by or answer.plan.grain or len(groups) <= limit:
        return []
    by = answer.plan.order.by if answer.plan.order else answer.metric
    return [one for one in groups if one.values.get(by) == groups[limit - 1].values.get(by)]


def sized(value: float | None) -> float:
    return float("-inf") if value is None else value


def number_of(answer: Answer, group: Group, metric: str = "") -> str:
    """A number, with what it stands on: 27.8%（417/1,500）."""
    metric = metric or answer.metric
    names, value = answer.names, group.values.get(metric)
    told, found = names.number(value, metric), group.cells.get(metric)
    if value is None or found is None or names.unit(metric) != "rate":
        return told
    part, n = found
    if float(part).is_integer() and 0 <= part <= n and abs(value * n - part) < 0.5:
        return names.text("of", number=told, part=f"{part:,.0f}", n=f"{n:,}")
    return names.text("of_n", number=told, n=f"{n:,}")


def name_of(answer: Answer, group: Group) -> str:
    """A group's name; a channel's with how far its data is trusted (B5)."""
    named, trust = answer.names.key(answer.plan, group.key), answer.trust_of(group)
    return named if trust is None else answer.names.text("trusted", name=named, percent=trust)
