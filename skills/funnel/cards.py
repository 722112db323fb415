"""The cards: one line with the point, then comparison, marks, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import uuid4

from bot.contracts import Card, Section
from knowledge.funnel.rescue import by_owner
from knowledge.funnel.stored import Facts, Why
from knowledge.metrics.reasons import Finding
from skills.funnel.understanding import Question
from skills.funnel.words import Words
from storage.repositories.funnel import Rejected, Stages

LISTED = 8  # rows of a table, leads of a list, reasons
FINDINGS = 5


def overview(facts: Facts, question: Question, words: Words, url: str) -> Card:
    """The conversion of leads, step by step and by channel."""
    total = facts.total
    scope = words.comma([one for one in (question.region, words.period(question.period)) if one])
    if not facts.whole:
        headline, note = (
            words.text("headline_deals", deals=f"{total.deals:,}", won=f"{total.won:,}"),
            words.text("not_whole"),
        )
    elif not total.leads:
        headline, note = words.text("headline_none", scope=scope), words.missing(facts)
    else:
        headline = words.text("headline", scope=scope, rate=words.rate(total.sql, total.leads), won=f"{total.won:,}")
        note = _marked(facts, words)
    sections = [Section(words.text("steps"), _steps(total, facts.whole, words))]
    if channels := facts.by.get("channel"):
        sections.append(Section(words.text("by.channel"), _table(channels, facts.trust, words)))
    if facts.marks:
        sections.append(Section(words.text("by_industry"), _list(words.deviation(one) for one in facts.marks)))
    sections.append(Section(words.text("how"), f"{words.text('how_funnel')}\n\n{words.missing(facts)}"))
    return _card(headline, _lines(words.late(facts), note), sections, words, url)


def industry(facts: Facts, question: Question, words: Words, url: str) -> Card:
    """One industry's rate beside its benchmark or the others, or all that deviate."""
    named = [one for one in facts.marks if one.industry == question.industry]
    headline = words.deviation(named[0]) if named else _marked(facts, words)
    stages = facts.by.get("industry", {}).get(question.industry, Stages()) if named else None
    sections = [Section(words.text("by_industry"), _list(words.deviation(one) for one in facts.marks))]
    if stages:
        sections.insert(0, Section(words.text("steps"), _steps(stages, True, words)))
    sections.append(Section(words.text("how"), words.text("how_benchmark")))
    return _card(headline, words.late(facts), sections, words, url)


def why(found: Why, wider: Why | None, late: str, question: Question, words: Words, url: str) -> Card:
    """A change, what explains it, and what to look at first. `wider`: the same over more days, where these are few."""
    sections = [Section(words.text("reasons"), _findings(found.reasons.findings, words))]
    if wider:
        point = f"{words.change(wider)} {words.verdict(wider)} {words.look(wider)}"
        body = f"{point}\n\n{_findings(wider.reasons.findings, words)}"
        sections.append(Section(words.text("wider", days=wider.period.days), body))
    sections.append(Section(words.text("how"), words.text("how_why", as_of=f"{found.before_as_of:%Y-%m-%d}")))
    scope = words.comma([question.region or question.industry or words.text("all"), words.period(found.period)])
    after, change = found.reasons.after, words.points(found.reasons.change)
    headline = words.text("why", scope=scope, rate=words.percent(round(after.total), after.n), change=change)
    summary = _lines(late, words.change(found), words.verdict(found), words.look(found))
    return _card(headline, summary, sections, words, url)


def rejected(facts: Facts, names: dict[str, str], words: Words, url: str) -> Card:
    """How many rejected leads came back, why, and who is left for whom."""
    found = facts.rescue
    if found is None or found.later is None:
        return _card(words.text("rescue.none"), words.late(facts), [], words, url)
    reasons = [
        words.text("rescue.reason", name=words.name(one.name), rate=words.interval(one.later)) for one in found.reasons
    ]
    ripe = words.interval(found.ripe) if found.ripe else "–"
    sections = [
        Section(words.text("rescue.by_reason"), f"{words.reasons_line(found)}\n\n{_list(reasons)}"),
        Section(words.text("rescue.who"), _waiting(found.waiting, names, words)),
        Section(words.text("how"), words.text("rescue.how", ripe=ripe, days=found.ripe_days, half=found.days or "–")),
    ]
    interval = words.text("rescue.interval", rate=words.interval(found.later))
    return _card(words.rescue(found), _lines(words.late(facts), interval, words.to_do(found)), sections, words, url)


def advice(facts: Facts, words: Words, url: str) -> Card:
    """What to change, each with its arithmetic; or why nothing is proposed."""
    advised = facts.advised
    proposals = [words.advice(one, facts.trust) for one in advised.advice] if advised else []
    if not proposals:
        return _card(words.text("advice.none"), words.silent(advised), _costs(facts, words), words, url)
    sections = [Section(what, reason) for what, reason in proposals]
    more = words.text("advice.more", count=len(proposals) - 1) if len(proposals) > 1 else ""
    summary = _lines(words.late(facts), more, words.silent(advised))
    how = Section(words.text("how"), words.text("how_advice"))
    return _card(proposals[0][0], summary, [*sections, *_costs(facts, words), how], words, url)


def connected(facts: Facts, words: Words, url: str) -> Card:
    """What is not connected, and how many rows everything else has."""
    counts = [
        words.text("part_line", part=words.text(f"part.{name}"), n=f"{n:,}") for name, n in facts.connected.items() if n
    ]
    sections = [Section(words.text("connected"), _list(counts))] if counts else []
    return _card(words.missing(facts), words.late(facts), sections, words, url)


def _card(headline: str, summary: str, sections: Sequence[Section], words: Words, url: str) -> Card:
    return Card(
        f"funnel-{uuid4().hex}",
        headline=headline,
        summary=summary,
        source=words.text("title"),
        sections=tuple(sections),
        url=url,
    )


def _marked(facts: Facts, words: Words) -> str:
    marked = [words.deviation(one) for one in facts.marks if one.is_marked]
    return " ".join(marked) if marked else words.text("none_marked")


def _steps(total: Stages, whole: bool, words: Words) -> str:
    head = f"| {words.text('step.name')} | {words.text('count')} | {words.text('of_before')} |\n|---|---:|---:|\n"
    rows = "\n".join(f"| {name} | {count:,} | {rate} |" for name, count, rate in words.steps(total, whole))
    money = words.text("money", contracted=words.yuan(total.contracted), received=words.yuan(total.received))
    return f"{head}{rows}\n\n{money}"


def _table(by: Mapping[str, Stages], trust: Mapping[str, int], words: Words) -> str:
    found = sorted(by.items(), key=lambda one: -one[1].leads)
    steps = (words.text("step.leads"), words.text("step.sql"), words.text("mql_to_sql"), words.text("step.won"))
    head = (
        f"| {' | '.join((words.text('by.channel'), *steps, words.text('trust')))} |\n|---|---:|---:|---:|---:|---:|\n"
    )
    return head + "\n".join(_row(name, one, trust, words) for name, one in found[:LISTED])


def _row(name: str, one: Stages, trust: Mapping[str, int], words: Words) -> str:
    cells = (
        f"{one.leads:,}",
        f"{one.sql:,}",
        words.percent(one.sql, one.leads),
        f"{one.won:,}",
        words.trust(name, trust),
    )
    return f"| {' | '.join((words.name(name), *cells))} |"


def _findings(found: Sequence[Finding], words: Words) -> str:
    return _list(words.finding(one) for one in found[:FINDINGS]) or words.text("no_findings")


def _waiting(waiting: Sequence[Rejected], names: dict[str, str], words: Words) -> str:
    """A few for each owner; the page has all."""
    lines = []
    for (owner, region), leads in sorted(by_owner(waiting).items(), key=lambda one: -len(one[1]))[:LISTED]:
        shown = words.comma(one.company or one.id for one in leads[:3])
        name = names.get(owner) or words.text("no_owner", region=words.name(region))
        lines.append(words.text("rescue.owner", name=name, n=len(leads), shown=shown))
    return _list(lines) or words.text("rescue.nobody")


def _costs(facts: Facts, words: Words) -> list[Section]:
    if not facts.advised or not facts.advised.costs:
        return []
    lines = [f"{words.name(one.channel)}: {words.cost(one)}" for one in facts.advised.costs]
    return [Section(words.text("costs"), _list(lines))]


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _lines(*parts: str) -> str:
    return " ".join(part for part in parts if part)
