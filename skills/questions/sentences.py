"""The answer in one sentence. Every number is the result's. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.contracts import Role
from knowledge.metrics.plan import Filter
from knowledge.metrics.result import Group
from skills.questions.answer import Answer
from skills.questions.groups import NAMED, alike, name_of, number_of, ranked, shown, sized
from skills.questions.numbers import difference, percent, said

_SCOPES = {Role.MANAGER: "team", Role.DIRECTOR: "region"}


def subject(answer: Answer) -> str:
    """What was counted: 上周（11-09 至 11-15）华东的线索数; whose rows, where not everybody's."""
    names, plan = answer.names, answer.plan
    metrics = names.comma(names.metric(one) for one in plan.metrics)
    what = metrics or names.registry.tables[plan.rows].title.of(names.language)
    return names.text(
        f"subject.{'filtered' if filters(answer) else 'all'}",
        own=own(answer),
        span=names.span(answer.result.span),
        filters=filters(answer),
        metric=what,
    ).strip(" ,")


def filters(answer: Answer) -> str:
    """Conditions on the rows; without the asker's own name, team or region where "yours" says it already."""
    told = tuple(one for one in answer.plan.where if not (answer.result.own and _is_own(answer, one)))
    return answer.names.filters(replace(answer.plan, where=told))


def _is_own(answer: Answer, one: Filter) -> bool:
    viewer, scope = answer.viewer, _SCOPES.get(answer.viewer.role, "self")
    mine = {"self": ("rep", (viewer.id,)), "team": ("team", (viewer.team,)), "region": ("region", viewer.regions)}
    dimension, values = mine[scope]
    return one.operator == "in" and one.dimension == dimension and set(one.values) == set(values)


def own(answer: Answer) -> str:
    """您团队的: whose part of the rows it is; "" when it's all of them."""
    if not answer.result.own:
        return ""
    return answer.names.text(f"own.{_SCOPES.get(answer.viewer.role, 'self')}")


def headline(answer: Answer) -> str:
    """The point."""
    plan = answer.plan
    if answer.is_empty:
        span = answer.result.span
        ahead = span is not None and span.first > answer.names.today
        if _is_none(answer) and not ahead:
            key, number = "zero_own" if answer.result.own else "zero", answer.names.number(0.0, answer.metric)
            return answer.names.text(key, subject=subject(answer), number=number)
        key = "ahead" if ahead else "nothing_now" if _is_of_now(answer) else "empty"
        return answer.names.text(key, subject=subject(answer))
    if plan.kind == "list":
        return _listed(answer)
    if plan.grain:
        return _trend(answer)
    return _groups(answer) if plan.by else _single(answer)


def _is_of_now(answer: Answer) -> bool:
    """Counts and sums of what is now: that there are none is an answer (逾期的回款)."""
    registry = answer.names.registry
    return (
        bool(answer.metric) and registry.is_now(answer.metric) and answer.names.unit(answer.metric) in {"count", "yuan"}
    )


def _is_none(answer: Answer) -> bool:
    """Counts and sums over no rows are known: 0."""
    whole = answer.result.whole.values
    lone = len(answer.plan.metrics) == 1 and not (answer.plan.by or answer.plan.grain) and answer.plan.kind == "value"
    return lone and whole.get(answer.metric) == 0 and not _is_of_now(answer)


def _single(answer: Answer) -> str:
    names, whole = answer.names, answer.result.whole
    if len(answer.plan.metrics) == 1:
        return names.text("single", subject=subject(answer), number=number_of(answer, whole))
    numbers = (f"{names.metric(one)} {number_of(answer, whole, one)}" for one in answer.plan.metrics)
    parts = own(answer), names.span(answer.result.span), filters(answer)
    scope = names.comma(part for part in parts if part)
    return names.text("several", scope=scope or names.text("all"), numbers=names.comma(numbers))


def _groups(answer: Answer) -> str:
    names, groups = answer.names, list(answer.result.groups)
    if not groups:
        return names.text("no_group", subject=subject(answer))
    named = shown(answer)
    if answer.plan.share:
        return _shares(answer, named)
    if answer.plan.order:
        return _ranking(answer, named)
    known = [group for group in ranked(answer) if group.values.get(answer.metric) is not None]
    if len(known) < 2:
        only = named[0]
        return names.text(
            "one_group", subject=subject(answer), name=name_of(answer, only), number=number_of(answer, only)
        )
    return _two(answer, known) if len(groups) == 2 else _extremes(answer, known)


def _shares(answer: Answer, named: Sequence[Group]) -> str:
    names = answer.names
    told = names.comma(
        names.text("share_one", name=name_of(answer, one), share=f"{one.share or 0:.1%}", number=number_of(answer, one))
        for one in named[:NAMED]
    )
    return names.text("shares", subject=subject(answer), groups=told, whole=number_of(answer, answer.result.whole))


def _ranking(answer: Answer, named: Sequence[Group]) -> str:
    names = answer.names
    listed = names.comma(f"{name_of(answer, one)} {number_of(answer, one)}" for one in named)
    order = answer.plan.order
    way = "most" if order is None or order.descending else "least"
    tied = alike(answer)
    if answer.plan.limit == 1 and tied:
        most = names.comma(name_of(answer, one) for one in tied[:NAMED])
        most = names.text("and_others", groups=most) if len(tied) > NAMED else most
        return names.text(
            f"first_tied.{way}",
            subject=subject(answer),
            groups=most,
            number=number_of(answer, tied[0]),
            count=len(tied),
        )
    key = "first_one" if len(named) == 1 else "first_few"
    return names.text(f"{key}.{way}", subject=subject(answer), groups=listed, count=len(answer.result.groups))


def _two(answer: Answer, known: Sequence[Group]) -> str:
    names, (more, less) = answer.names, known[:2]
    high, low = more.values[answer.metric] or 0.0, less.values[answer.metric] or 0.0
    values = {
        "subject": subject(answer),
        "more": f"{name_of(answer, more)} {number_of(answer, more)}",
        "less": f"{name_of(answer, less)} {number_of(answer, less)}",
        "name": names.key(answer.plan, more.key),
        "difference": difference(high - low, names.unit(answer.metric), names.language),
    }
    return names.text("two_alike" if high == low else "two", **values)


def _extremes(answer: Answer, known: Sequence[Group]) -> str:
    names, (top, last) = answer.names, (known[0], known[-1])
    unit, whole = names.unit(answer.metric), answer.result.whole.values.get(answer.metric)
    made = names.registry.metrics[answer.metric].ratio
    values = {
        "subject": subject(answer),
        "by": names.by(answer.plan.by),
        "top": name_of(answer, top),
        "top_number": number_of(answer, top),
        "last": name_of(answer, last),
        "last_number": number_of(answer, last),
        "whole": number_of(answer, answer.result.whole),
    }
    if top.values[answer.metric] == last.values[answer.metric]:
        alike = names.number(top.values[answer.metric], answer.metric)
        return names.text("all_alike", **values | {"top_number": alike})
    if unit in {"count", "yuan"} and whole and answer.metric not in answer.result.whole.cells and not made:
        return names.text("extremes_share", share=percent(top.values[answer.metric] or 0.0, whole), **values)
    return names.text("extremes", **values)


def _trend(answer: Answer) -> str:
    names = answer.names
    known = [group for group in answer.result.groups if group.values.get(answer.metric) is not None]
    if not known:
        return names.text("no_group", subject=subject(answer))
    latest = max(known, key=lambda one: (one.key[-1], sized(one.values[answer.metric])))
    running = names.is_running(answer.plan.grain, latest.key[-1])
    values = {"subject": subject(answer), "step": names.step(answer.plan.grain, latest.key[-1])}
    if answer.plan.by:
        by = names.by(answer.plan.by)
        name = names.comma(names.value(*pair) for pair in zip(answer.plan.by, latest.key, strict=False))
        return names.text("trend_by", by=by, name=name, number=number_of(answer, latest), **values)
    whole = [one for one in known if not is_cut(answer, one)]
    ends = whole if len(whole) > 1 else known
    best = max(ends, key=lambda one: sized(one.values[answer.metric]))
    worst = min(ends, key=lambda one: sized(one.values[answer.metric]))
    return names.text(
        "trend_running" if running else "trend",
        number=number_of(answer, latest),
        best=names.key(answer.plan, best.key),
        best_number=number_of(answer, best),
        worst=names.key(answer.plan, worst.key),
        worst_number=number_of(answer, worst),
        **values,
    )


def is_cut(answer: Answer, group: Group) -> bool:
    """Whether only a part of a step was counted: it isn't over, or began before the span."""
    span, first = answer.result.span, group.key[-1][:10]
    begun = span is not None and first < span.first.isoformat()
    return begun or answer.names.is_running(answer.plan.grain, group.key[-1])


def _listed(answer: Answer) -> str:
    names, result = answer.names, answer.result
    bounds = names.comma(names.threshold(one, answer.plan) for one in answer.plan.having)
    about = names.text("list_bounded", subject=subject(answer), bounds=bounds) if bounds else subject(answer)
    limit = answer.plan.limit
    count = len(result.listed) if limit else len(result.listed) + result.more
    key = "list_first" if limit and result.more else "list"
    told = names.text(key, subject=about, count=f"{count:,}", all=f"{len(result.listed) + result.more:,}")
    return told + _sum(answer)


def _sum(answer: Answer) -> str:
    """What the listed rows' money adds up to, where all of them are there."""
    names, plan, listed = answer.names, answer.plan, answer.result.listed
    columns = names.registry.tables[plan.rows].columns
    money = next((name for name, one in columns.items() if one.kind == "money" and one.listed), "")
    known = [float(row[money]) for row in listed if money and row.get(money) is not None]
    if len(known) < 2 or answer.result.more:
        return ""
    title = columns[money].title.of(names.language)
    return names.text("list_sum", name=title, number=said(sum(known), "yuan", names.language))
