"""What has to be said beside the number: comparison, late data, few cases, days that nobody named. Pure."""

from __future__ import annotations

from knowledge.freshness.flags import warning
from knowledge.metrics.merging import adds_up, begins
from knowledge.metrics.result import Group
from skills.questions.answer import Answer
from skills.questions.groups import NAMED, alike, cases, name_of, number_of, ranked, shown
from skills.questions.numbers import FEW, difference
from skills.questions.sentences import is_cut


def remarks(answer: Answer) -> list[str]:
    """Comparison, then what the number can't carry: late data, few cases, the days nobody asked for."""
    told = [_compared(answer)] if answer.plan.kind == "value" and not answer.is_empty else []
    told += [warning(answer.flags, answer.names.language), usual_days(answer), _thresholds(answer)]
    told += [_ranked(answer)] if answer.plan.limit and answer.plan.by else []
    told += [_mean(answer), _begins_late(answer)] if answer.plan.grain and not answer.is_empty else []
    told += [few(answer)] if answer.plan.kind in {"value", "evidence"} else []
    return [one for one in told if one]


def few(answer: Answer) -> str:
    """That a rate or an average is one of few cases."""
    names, unsure = answer.names, []
    for group in _said(answer):
        n = cases(group, answer.metric)
        if n is not None and n < FEW:
            unsure.append((names.key(answer.plan, group.key), n))
    if not unsure:
        return ""
    if len(unsure) == 1 and not unsure[0][0]:
        return names.text("few", n=unsure[0][1])
    told = names.comma(names.text("few_one", name=name, n=n) for name, n in unsure[:NAMED])
    return names.text("few_of", names=told)


def usual_days(answer: Answer) -> str:
    """That nobody said which days, so the usual ones were counted; or that the figure is of now."""
    if answer.plan.span is not None or answer.is_empty:
        return ""
    span = answer.result.span
    if span is None:
        return answer.names.text("as_of_now") if answer.plan.kind == "value" else ""
    return answer.names.text("usual_days", days=answer.names.days(span))


def _said(answer: Answer) -> list[Group]:
    """All groups whose number stands in a sentence."""
    if not (answer.plan.by or answer.plan.grain):
        return [answer.result.whole]
    known = [one for one in ranked(answer) if one.values.get(answer.metric) is not None]
    ends = [known[0], known[-1]] if known and not answer.plan.order and not answer.plan.grain else []
    moved = _moved(answer) if answer.result.before and not answer.plan.grain else None
    return list({one.key: one for one in (*shown(answer), *ends, *(moved[:1] if moved else ()))}.values())


def _compared(answer: Answer) -> str:
    """Against the other span: the whole of it; of a breakdown the group that changed most, besides."""
    before, span = answer.result.before_whole, answer.result.before_span
    if before is None or span is None or len(answer.plan.metrics) != 1:
        return ""
    told = [change(answer, answer.result.whole, before)]
    if answer.plan.by or answer.plan.grain:
        told = [answer.names.text("overall", number=number_of(answer, answer.result.whole), change=told[0])]
    if answer.plan.by and not answer.plan.grain and (most := _moved(answer)):
        now, then = most
        name = name_of(answer, now)
        told.append(answer.names.text("moved", name=name, change=change(answer, now, then, named=False)))
    return " ".join(one for one in told if one)


def change(answer: Answer, now: Group, then: Group, *, named: bool = True) -> str:
    """比前一期（11-02 至 11-08，100）多 20（+20%）."""
    names, metric = answer.names, answer.metric
    new, old = now.values.get(metric), then.values.get(metric)
    against = names.text(f"against.{answer.result.plan.against or 'before'}")
    span = answer.result.before_span
    days = names.days(span) if span else ""
    if new is None or old is None:
        return names.text("not_comparable", against=against, days=days) if named else ""
    unit = names.unit(metric)
    values = {
        "against": against,
        "days": days,
        "old": names.number(old, metric),
        "difference": difference(new - old, unit, names.language),
        "percent": names.text("percent", number=f"{(new - old) / abs(old):+.1%}") if old and unit != "rate" else "",
    }
    way = "alike" if new == old else "more" if new > old else "less"
    return names.text(f"change.{way}" if named else f"changed.{way}", **values)


def _ranked(answer: Answer) -> str:
    """That several share the last place, and how much is of nobody."""
    names, limit, tied = answer.names, answer.plan.limit or 0, alike(answer)
    told = [names.text("tied", place=limit, count=len(tied))] if tied and limit > 1 else []
    blank = next((one for one in answer.result.groups if not any(one.key)), None)
    if blank and not answer.plan.grain:
        told.append(names.text("unfilled", by=names.by(answer.plan.by), number=number_of(answer, blank)))
    return " ".join(told)


def _moved(answer: Answer) -> tuple[Group, Group] | None:
    """The group that changed most, and what it was."""
    pairs = [(now, then) for now in answer.result.groups if (then := answer.before(now.key)) is not None]
    found = [
        (abs(new - old), now, then)
        for now, then in pairs
        if (new := now.values.get(answer.metric)) is not None and (old := then.values.get(answer.metric)) is not None
    ]
    best = max(found, key=lambda one: one[0], default=None)
    return (best[1], best[2]) if best and best[0] else None


def _mean(answer: Answer) -> str:
    """Of the steps that are whole: 日均, 月均. Of what adds up alone: rates of unlike steps have no such mean."""
    names, metric = answer.names, answer.metric
    leaves = names.registry.leaves(metric)
    if answer.plan.by or len(answer.plan.metrics) != 1 or names.registry.metrics[metric].ratio:
        return ""
    if not all(adds_up(one.aggregate) for one in leaves):
        return ""
    values = [one.values.get(metric) for one in answer.result.groups if not is_cut(answer, one)]
    known = [one for one in values if one is not None]
    if len(known) < 2:
        return ""
    number = names.number(sum(known) / len(known), metric)
    return names.text(f"mean.{answer.plan.grain}", count=len(known), number=number)


def _begins_late(answer: Answer) -> str:
    """That the first month, week … is less than a whole one, so that a small number in it says nothing."""
    span, grain = answer.result.span, answer.plan.grain
    if span is None or begins(grain, span.first) == span.first:
        return ""
    step = answer.names.step(grain, begins(grain, span.first).isoformat())
    return answer.names.text("begins_late", step=step, first=answer.names.day(span.first))


def _thresholds(answer: Answer) -> str:
    names = answer.names
    if answer.plan.kind == "list":
        return ""  # its first line says so
    said = names.comma(names.threshold(one, answer.plan) for one in answer.plan.having)
    return names.text("only", conditions=said) if said else ""
