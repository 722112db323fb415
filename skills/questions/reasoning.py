"""Cards of questions that ask behind a number: how it came about, why it changed, what it would be otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Union

from bot.contracts import Card, Section
from knowledge.metrics.noise import SURE
from knowledge.metrics.plan import Filter, Plan
from knowledge.metrics.reasons import Finding
from knowledge.questions.directions import direction
from skills.questions import cards
from skills.questions.answer import Answer
from skills.questions.numbers import FEW, difference
from skills.questions.sentences import headline, subject
from skills.questions.table import as_markdown, behind
from skills.questions.token import address, one

if TYPE_CHECKING:
    from knowledge.metrics.explaining import Explained
    from knowledge.metrics.supposing import Supposed
    from skills.questions.desk import Desk

FINDINGS = 6
PARTS = 3  # of a change that no single reason makes
ROWS = 5  # behind a number
BARE = 1  # characters of a value that says nothing without its dimension
PAGES = {"lead": "/funnel", "touch": "/attribution", "spend": "/attribution"}
LISTED = frozenset({"deal", "quote", "contract", "payment", "ticket", "task", "customer", "lead"})


Behind = Union["Explained", "Supposed", None]
"""What was computed besides the answer: of a why, of a supposition."""


async def behind_of(desk: Desk, answer: Answer) -> Behind:
    """Raises NotAnswerable where the change can't be taken apart, or the supposed number isn't exact."""
    asked = answer.plan, answer.viewer, answer.now, desk.sources()
    if answer.plan.kind == "why":
        from knowledge.metrics.explaining import explain

        return await explain(*asked)
    if answer.plan.kind == "what_if":
        from knowledge.metrics.supposing import suppose

        return await suppose(*asked)
    return None


def card(answer: Answer, found: Behind, public_url: str) -> Card:
    """The card of what asks behind a number."""
    from knowledge.metrics.explaining import Explained

    if found is None:
        return evidence(answer, public_url)
    return why(answer, found, public_url) if isinstance(found, Explained) else supposed(answer, found, public_url)


def evidence(answer: Answer, public_url: str) -> Card:
    """The definition, the number as an example, some of the rows behind it."""
    names, metric = answer.names, answer.metric
    definition = names.registry.metrics[metric].definition.of(names.language)
    point = names.text("evidence.headline", name=names.metric(metric), definition=definition, said=headline(answer))
    rows = as_markdown(behind(answer), ROWS) if answer.result.listed else ""
    sections = [Section(names.text("section.behind"), rows)] if rows else []
    return cards.answered(answer, public_url, sections, point)


def why(answer: Answer, found: Explained, public_url: str) -> Card:
    """The change, whether chance may make it, what adds most to it, what to do about that."""
    names = answer.names
    reasons = found.rates or found.sums
    findings = sorted(distinct(reasons.findings if reasons else ()), key=_plain_first)[:FINDINGS]
    told = [_chance(answer, reasons.chance if reasons else None), _top(answer, found)]
    listed = "\n".join(f"- {_reason(answer, one)}" for one in findings) or names.text("why.none")
    act = Section(names.text("section.act"), _next(answer, findings, public_url))
    sections = [Section(names.text("section.reasons"), listed), act]
    card = cards.answered(answer, public_url, sections, _changed(answer, found))
    return cards.with_summary(card, [*told, *_few(answer, found)])


def _plain_first(one: Finding) -> bool:
    """What may be chance is told of one dimension before that of two."""
    return not one.is_sure and len(one.dimensions) > 1


def distinct(findings: Sequence[Finding]) -> list[Finding]:
    """Without those that are the same rows by another name: 华南 and 华南组."""
    found: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        found.setdefault((finding.kind, finding.part.before, finding.part.after), finding)
    return list(found.values())


def supposed(answer: Answer, found: Supposed, public_url: str) -> Card:
    """The number as it is and as it would be; that this is arithmetic, not a cause."""
    names, change = answer.names, answer.plan.change
    unit, metric = names.unit(found.metric), found.metric
    moved = found.change
    told = "" if moved is None else difference(moved, unit, names.language)
    way = "unknown" if moved is None else "alike" if not moved else "more" if moved > 0 else "less"
    point = names.text(
        f"what_if.headline.{way}",
        subject=subject(answer),
        change=names.supposition(change) if change else "",
        old=names.number(found.actual, metric),
        new=names.number(found.supposed, metric),
        difference=told,
    )
    return cards.with_summary(cards.answered(answer, public_url, (), point), [names.text("what_if.line")])


def _changed(answer: Answer, found: Explained) -> str:
    """赢单率 40.0%，比前一期（…，50.0%）少 10.0 个百分点。"""
    names, metric = answer.names, found.metric
    change = found.after - found.before
    way = "alike" if not change else "more" if change > 0 else "less"
    relative = f"{change / abs(found.before):+.1%}" if found.before and names.unit(metric) != "rate" else ""
    told = names.text(
        f"change.{way}",
        against=names.text(f"against.{answer.plan.against or 'before'}"),
        days=names.days(found.before_span),
        old=names.number(found.before, metric),
        difference=difference(change, names.unit(metric), names.language),
        percent=names.text("percent", number=relative) if relative else "",
    )
    said = names.text("why.headline", subject=subject(answer), number=names.number(found.after, metric), change=told)
    return _premise(answer, change) + said


def _premise(answer: Answer, change: float) -> str:
    """其实没有下降：, where the question took the figure to have gone the other way, or to have moved at all."""
    metric = answer.names.registry.metrics[answer.metric]
    took = direction(answer.words[-1], metric.better) if answer.words else ""
    went = "more" if change > 0 else "less" if change < 0 else ""
    return answer.names.text(f"why.not.{took}") if took and took != went else ""


def _chance(answer: Answer, p: float | None) -> str:
    if p is None:
        return answer.names.text("why.unknown" if _has_cases(answer) else "why.untested")
    return answer.names.text("why.sure" if p < SURE else "why.unsure", p=_p(p))


def _top(answer: Answer, found: Explained) -> str:
    """What to look at first: what is more than chance and goes the change's way; else that there is no such thing, with
    the largest parts where the change as a whole is more than chance."""
    reasons = found.rates or found.sums
    if not reasons or not reasons.findings:
        return ""
    if look := reasons.look:
        return answer.names.text("why.top", reason=_reason(answer, look))
    if reasons.chance is not None and reasons.chance >= SURE:
        return answer.names.text("why.none")
    same_way = [one for one in reasons.findings if len(one.dimensions) == 1 and one.effect * reasons.change > 0]
    largest = answer.names.comma(_effect(answer, one) for one in distinct(same_way)[:PARTS])
    key = "why.spread" if reasons.chance is not None else "why.largest"
    return answer.names.text(key, parts=largest) if largest else ""


def _few(answer: Answer, found: Explained) -> list[str]:
    """Either span with few cases."""
    reasons = found.rates or found.sums
    parts = next((one.parts for one in reasons.dimensions.values()), ()) if reasons else ()
    if not parts or not _has_cases(answer):
        return []
    before, after = sum(one.before.n for one in parts), sum(one.after.n for one in parts)
    return [answer.names.text("why.few", before=before, after=after)] if min(before, after) < FEW else []


def _reason(answer: Answer, one: Finding) -> str:
    names = answer.names
    cases = {"before": f"{one.part.before.n:,}", "after": f"{one.part.after.n:,}"}
    if not _has_cases(answer):
        return _effect(answer, one)
    key = "unknown" if one.chance is None else "real" if one.is_sure else "maybe"
    return _effect(answer, one) + names.text(f"why.chance.{key}", p=_p(one.chance or 0.0), **cases)


def _has_cases(answer: Answer) -> bool:
    """Whether what its change is weighed by are rows: a rate of amounts is weighed by money."""
    from knowledge.metrics.explaining import is_rate, is_tested

    metric = answer.names.registry.metrics[answer.metric]
    return not is_rate(metric) or is_tested(metric)


def _effect(answer: Answer, one: Finding) -> str:
    names, unit = answer.names, answer.names.unit(answer.metric)
    size = difference(one.effect, unit, names.language)
    effect = names.text("why.raised" if one.effect > 0 else "why.lowered", size=size)
    return names.text(f"why.{one.kind}", names=_named(answer, one), effect=effect)


def _next(answer: Answer, findings: Sequence[Finding], public_url: str) -> str:
    """The page that goes on from here, and the rows of what adds most."""
    names, table = answer.names, _table(answer)
    lines = [names.text(f"why.next.{table if table in _SAID else 'other'}")]
    if page := PAGES.get(table):
        lines = [f"[{lines[0]}]({public_url}{page})"]
    if findings and table in LISTED:
        first = findings[0]
        where = tuple(
            Filter(name, (value,)) for name, value in zip(first.dimensions, first.values, strict=False) if value
        )
        fixed = tuple(one for one in answer.plan.where if one.dimension not in first.dimensions)
        rows = Plan(kind="list", rows=table, where=(*fixed, *where), span=answer.result.span)
        named = _named(answer, first)
        title = names.registry.tables[table].title.of(names.language)
        lines.append(f"[{names.text('why.rows', names=named, table=title)}]({public_url}{address(one(rows, ()))})")
    return "\n".join(f"- {line}" for line in lines)


def _named(answer: Answer, one: Finding) -> str:
    """Its values; with their dimension where they alone say nothing: 客户等级 B, 渠道未填."""
    names = answer.names
    told = [(dimension, value) for dimension, value in zip(one.dimensions, one.values, strict=False)]
    return " × ".join(
        f"{names.dimension(name)} {names.value(name, value)}" if len(value) <= BARE else names.value(name, value)
        for name, value in told
    )


_SAID = frozenset({"lead", "touch", "spend", "deal", "quote", "payment", "contract", "ticket"})


def _table(answer: Answer) -> str:
    return answer.names.registry.leaves(answer.metric)[0].table


def _p(chance: float) -> str:
    return f"= {chance:.2f}" if chance >= 0.005 else "< 0.01"
