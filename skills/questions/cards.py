"""The cards: the point in the first line, the rest folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import uuid4

from bot.contracts import Action, Card, Fact, Field, Form, Section
from bot.contracts.card import Citation
from knowledge.questions.outcome import Ambiguous, Unknown
from skills.questions.answer import Answer
from skills.questions.naming import Names
from skills.questions.remarks import remarks
from skills.questions.rhythm import EVERY
from skills.questions.sentences import headline
from skills.questions.table import as_markdown, first_rows, narrow, table
from skills.questions.telling import evidence, understood
from skills.questions.token import Kept, address, one

ROWS = 10
EXPORT, SUBSCRIBE, WHY, CHOICE, NEAR, STOP = "export", "subscribe", "why", "choice_", "near_", "stop_"


def answered(answer: Answer, public_url: str, sections: Sequence[Section] = (), point: str = "") -> Card:
    """One answer. `sections` come first, before what every answer has; `point` instead of the usual headline."""
    names = answer.names
    folded = [*sections, *_rows(answer), Section(names.text("section.how"), evidence(answer))]
    as_of = answer.result.as_of
    facts = [Fact(names.text("fact.understood"), understood(answer))]
    facts += [Fact(names.text("fact.rows"), f"{answer.result.rows:,}")] if answer.result.rows else []
    facts += [Fact(names.text("fact.as_of"), f"{as_of.astimezone(answer.zone):%Y-%m-%d %H:%M}")] if as_of else []
    return Card(
        f"questions-{uuid4().hex}",
        headline=point or headline(answer),
        summary="\n\n".join(one for one in (first_rows(answer), *remarks(answer)) if one),
        source=names.text("title"),
        facts=tuple(facts),
        sections=tuple(folded),
        actions=tuple(_actions(answer)),
        citations=tuple(_lineage(answer, public_url)),
        url=public_url + address(one(answer.plan, answer.words, proposed=answer.is_proposed)),
    )


def with_summary(card: Card, lines: Sequence[str]) -> Card:
    """The same card with other lines under its point; the flags that every answer has stay."""
    return replace(card, summary="\n\n".join(one for one in (*lines, card.summary) if one))


def choices(found: Ambiguous, words: Sequence[str], names: Names, public_url: str) -> Card:
    """Several things may be meant: a button for each."""
    kept = Kept(tuple(one.plan for one in found.choices), tuple(words))
    actions = [Action(f"{CHOICE}{at}", one.label) for at, one in enumerate(found.choices)]
    key = "did_you_mean" if found.alike else "which"
    return _asking(names.text(key, said=found.said), "", actions, names, public_url + address(kept))


def unknown(found: Unknown, words: Sequence[str], names: Names, public_url: str) -> Card:
    """Not understood: what, and three questions that can be asked."""
    what = names.comma(f"“{one}”" for one in found.unmatched)
    known = found.reason if found.reason in {"nothing", "long", "city"} else "words" if what else "nothing"
    point = names.text(f"unknown.{known}", words=what)
    kept = Kept((), tuple(words), found.nearest)
    listed = "\n".join(f"{at}. {text}" for at, text in enumerate(found.nearest, 1))
    summary = f"{names.text('nearest')}\n\n{listed}" if listed else ""
    actions = [Action(f"{NEAR}{at}", text) for at, text in enumerate(found.nearest)]
    return _asking(point, summary, actions, names, public_url + address(kept))


def subscriptions(lines: Sequence[tuple[int, str, str]], names: Names, public_url: str) -> Card:
    """(number, question, when) of one person's, each with a button that ends it."""
    if not lines:
        return _asking(names.text("subscription.none"), "", [], names, f"{public_url}/ask/subscriptions")
    rows = (f"{number}. {question} – {when}" for number, question, when in lines)
    actions = [Action(f"{STOP}{number}", names.text("button.stop", number=number)) for number, _, _ in lines[:5]]
    return Card(
        f"questions-{uuid4().hex}",
        headline=names.text("subscription.list", count=len(lines)),
        summary="\n".join(rows),
        source=names.text("title"),
        actions=tuple(actions),
        url=f"{public_url}/ask/subscriptions",
    )


def subscribing(names: Names) -> Form:
    """When to send it; for platforms that can ask at once."""
    days = tuple((code, rhythm_name(code, names)) for code in EVERY)
    hours = tuple((str(hour * 60), f"{hour:02}:00") for hour in (8, 9, 10, 12, 14, 17, 18, 20))
    return Form(
        names.text("form.title"),
        names.text("form.submit"),
        (
            Field("rhythm", names.text("form.days"), days, "week:0"),
            Field("minute", names.text("form.time"), hours, "540"),
        ),
    )


def rhythm_name(code: str, names: Names) -> str:
    """每周一, 每月 1 号, 每个工作日."""
    every, _, at = code.partition(":")
    if every == "week":
        return names.text(f"rhythm.week.{at}")
    return names.text("rhythm.month_end") if code == "month:31" else names.text(f"rhythm.{every}", day=at)


def _asking(point: str, summary: str, actions: Sequence[Action], names: Names, url: str) -> Card:
    return Card(
        f"questions-{uuid4().hex}",
        headline=point,
        summary=summary,
        source=names.text("title"),
        actions=tuple(actions),
        url=url,
    )


def _actions(answer: Answer) -> Iterable[Action]:
    names = answer.names
    if answer.plan.kind == "value" and answer.plan.against and len(answer.plan.metrics) == 1 and not answer.is_empty:
        yield Action(WHY, names.text("button.why"), "primary")
    if not answer.is_empty:
        yield Action(EXPORT, names.text("button.export"))
    if answer.plan.kind in {"value", "list"} and answer.words:
        yield Action(SUBSCRIBE, names.text("button.subscribe"), form=subscribing(names))


def _rows(answer: Answer) -> list[Section]:
    found = table(answer)
    if len(found.lines) < 2 and answer.plan.kind != "list":
        return []
    left = len(found.lines) - ROWS + (0 if answer.plan.limit else found.more)
    shown = narrow(found, answer) if answer.plan.kind == "list" else found
    more = f"\n\n{answer.names.text('more_rows', count=left)}" if left > 0 else ""
    return [Section(answer.names.text("section.rows"), as_markdown(shown, ROWS) + more)] if found.lines else []


def _lineage(answer: Answer, public_url: str) -> list[Citation]:
    if not answer.metric:
        return []
    name = answer.names.metric(answer.metric)
    return [Citation(answer.names.text("lineage", name=name), f"{public_url}/lineage")]
