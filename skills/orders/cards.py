"""The cards: one line with where it stands, then the steps across systems, the deadlines, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote
from uuid import uuid4

from bot.contracts import Card, Fact, Section
from skills.orders.reading import CASES, Open, Told
from skills.orders.standing import Standing
from skills.orders.words import Words
from storage.repositories.case_stories import CaseDeadline

LISTED = 10  # orders of a list
_STEPS = 40  # lines
_FACTS = ("contract_no", "amount_cny", "item", "region")


def case_card(told: Told, words: Words, url: str) -> Card:
    """One case."""
    one = told.standing
    return Card(
        f"orders-{uuid4().hex}",
        headline=words.headline(one),
        summary="\n".join(filter(None, (*words.remarks(one), words.background(one)))),
        source=words.text("title"),
        facts=facts(told, words),
        sections=tuple(section for section in _sections(told, words) if section.body),
        url=f"{url}/orders/{quote(one.value, safe='')}",
    )


def facts(told: Told, words: Words) -> tuple[Fact, ...]:
    """What it is about, as its events say."""
    found = {"customer": told.customer}
    for event in told.standing.events:
        for name in _FACTS:
            if name != told.standing.story.key and event.data.get(name) not in (None, ""):
                found[name] = words.value(event.data[name])
    return tuple(Fact(words.text(f"fact.{name}"), value) for name, value in found.items() if value)


def list_card(open_: Open, names: Mapping[str, str], whose: str, words: Words, url: str) -> Card:
    """Several orders, the most pressing first."""
    found, now, today = open_.orders, words.now, words.now.astimezone(words.zone).date()
    late = sum(1 for one in found if one.next and one.next.is_late(now, today))
    headline = words.text("list.headline", whose=whose, count=len(found)).strip()
    said = words.text("list.late", count=late) if late else words.text("list.none_late")
    lines = [
        f"- [{one.value}]({url}/orders/{quote(one.value, safe='')}) {_line(one, names, words)}"
        for one in found[:LISTED]
    ]
    more = [words.text("list.more", count=len(found) - LISTED)] if len(found) > LISTED else []
    return Card(
        f"orders-{uuid4().hex}",
        headline=headline,
        summary=said if open_.is_all else f"{said}\n{words.text('list.newest', count=CASES)}",
        source=words.text("title"),
        sections=(Section(words.text("list.title"), "\n".join([*lines, *more])),),
        url=f"{url}/orders",
        unfolded=True,
    )


def _line(one: Standing, names: Mapping[str, str], words: Words) -> str:
    line = words.text("list.line", step=words.type(one.at.type), next=words.following(one))
    return " · ".join(filter(None, (names.get(one.customer_id, ""), line)))


def _sections(told: Told, words: Words) -> list[Section]:
    one = told.standing
    steps = [f"- {words.step(one, event)}" for event in one.events[-_STEPS:]]
    due = [f"- {words.deadline(deadline, deadline_title(one, deadline, words))}" for deadline in one.deadlines]
    sent = [
        f"- {words.delivery(event, delivery)}"
        for event in one.events
        for delivery in told.deliveries.get(event.seq, ())
    ]
    bodies = {"steps": steps, "deadlines": due, "deliveries": sent}
    return [Section(words.text(f"section.{name}"), "\n".join(lines)) for name, lines in bodies.items()]


def deadline_title(one: Standing, deadline: CaseDeadline, words: Words) -> str:
    """The rule's title; a rule that is gone has its name only."""
    rule = one.rules.get(deadline.sla)
    return rule.named(words.lang) if rule else deadline.sla
