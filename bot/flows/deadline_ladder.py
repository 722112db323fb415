"""Deadlines by the clock: reminders, escalations step by step, and the end of them (C9).

A look takes the rows whose time has come. What is decided about one is claimed in its WHERE, in the transaction that
puts the cards on the delivery list: of two processes one tells it, and a crash leaves all of it or nothing. After an
outage only the highest step that is due is told. Before anybody is, the events are looked at once more: an end that
another process accepted in the same moment as its beginning closes the deadline here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import structlog

from bot.contracts import Adapter, Card, Clock, Reply
from bot.flows.deadline_people import Finding, Reader
from bot.flows.delivery import DeliveryFlow
from config.groups.slas import Slas
from knowledge.slas import course
from knowledge.slas.book import Book
from knowledge.slas.course import Move, State
from knowledge.slas.rule import Rule, Window
from skills.sla.cards import DEADLINES, Maker
from skills.sla.item import Item, items
from storage.database import Database
from storage.repositories.deadlines import HISTORY, Deadline, Note
from storage.store import Store

SKILL = "sla"
LATER = timedelta(hours=1)
BATCH = 1000  # deadlines in one transaction
FREE_CARDS = 5  # of one kind that a person gets within an hour, each in its moment
GATHER = timedelta(minutes=10)  # further ones are gathered so long: deadlines break in herds
NUDGE, ESCALATION, OVER = "nudge", "escalation", "over"

MakeMaker = Callable[[str, datetime], Maker]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Said:
    """One step of one deadline for one person."""

    reader: Reader
    deadline: Deadline
    move: Move
    round: int


@dataclass
class _Look:
    """What one look in one transaction finds."""

    store: Store
    now: datetime
    finding: Finding
    said: list[_Said] = field(default_factory=list)
    over: list[Deadline] = field(default_factory=list)
    sent: dict[tuple[str, str], list[datetime]] = field(default_factory=dict)

    def readers(self, one: Deadline, move: Move) -> list[Reader]:
        """Whoever is told of a move."""
        if move.step is None:
            return []
        owner = self.finding.reader(one.person_id) if move.also_owner else None
        found = [*([owner] if owner else []), *self.finding.readers(one, move.step.to)]
        return list({reader.person.id: reader for reader in found}.values())

    def held_until(self, readers: Sequence[Reader], kind: str) -> datetime | None:
        """When those may be told again who were told often within the hour; None: now."""
        times = []
        for reader in readers:
            key = reader.person.id, kind
            if key not in self.sent:
                self.sent[key] = self.store.deadlines.cards_since(*key, self.now - timedelta(hours=1))
            again = max(self.sent[key], default=self.now) + GATHER
            if len(self.sent[key]) < FREE_CARDS or self.now in self.sent[key] or again <= self.now:
                return None
            times.append(again)
        return min(times, default=None)


class LadderFlow:
    """Looks, decides, tells. `look` is a ticker's: it returns when the next deadline wants to be looked at."""

    def __init__(
        self,
        database: Database,
        delivery: DeliveryFlow,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        rules: Mapping[str, Rule],
        settings: Slas,
        zone: ZoneInfo,
        make: MakeMaker,
    ) -> None:
        self._database, self._delivery, self._adapters = database, delivery, adapters
        self._clock, self._rules, self._settings, self._zone = clock, rules, settings, zone
        self._make = make
        self._usual = Window(settings.quiet_to, settings.quiet_from)

    async def look(self) -> datetime | None:
        """Everything that is due. Done twice, the second time does nothing."""
        now = self._clock.now()
        while await self._database.read(lambda store: store.deadlines.due(now, 1)):
            if await self._database.write(lambda store: self._some(store, now)) < BATCH:
                break
        return await self._database.read(lambda store: store.deadlines.next_at())

    def _some(self, store: Store, now: datetime) -> int:
        found = store.deadlines.due(now, BATCH)
        look = _Look(store, now, Finding(store, self._adapters))
        healed = self._healed(store, found, now)
        for one in sorted(found, key=lambda one: one.id):  # one order, so that two processes don't wait for each other
            if one.id not in healed:
                self._one(look, one)
        if any(one.rung == HISTORY for one in found):
            self._history(look)
        self._tell(look)
        self._tell_over(look)
        return len(found)

    def _one(self, look: _Look, one: Deadline) -> None:
        if one.rung == HISTORY and not one.is_over:
            return
        rule = self._rules.get(one.sla)
        if one.is_over or rule is None:
            if look.store.deadlines.claim(one, next_at=None) and one.is_over:
                look.over.append(one)
            return
        try:
            move = course.go_on(rule, self._state(one), look.now, rule.send or self._usual, self._zone)
        except (OverflowError, ValueError):  # one row must not keep the others from being told
            log.exception("a deadline can't be reckoned; looking again later", sla=one.sla, case=one.case_key)
            look.store.deadlines.claim(one, next_at=look.now + LATER)
            return
        readers = look.readers(one, move)
        state = "late" if move.state.is_late else "open"
        if move.step and (held := look.held_until(readers, move.step.kind)):
            until_due = (
                [one.due_at] if one.due_at > look.now else []
            )  # a reminder that waits doesn't keep it from being late
            look.store.deadlines.claim(one, state=state, next_at=min([held, *until_due]))
            return
        values: dict[str, Any] = {"state": state, "next_at": move.state.next_at}
        if move.state.silent_until is None:  # what somebody said about it has lapsed
            values |= {"snoozed_until": None, "acknowledged_at": None, "acknowledged_by": ""}
        changed = look.store.deadlines.claim(one, rung=move.state.rung, rounds=move.state.rounds, **values)
        if changed and move.step is not None:
            self._step(look, one, move, readers)

    def _step(self, look: _Look, one: Deadline, move: Move, readers: Sequence[Reader]) -> None:
        """Whoever stands on this rung; those who know already aren't told again by a higher one in the same round."""
        if not readers and move.step:
            log.warning("nobody can be told of a deadline", sla=one.sla, case=one.case_key, to=move.step.to)
        look.said += [_Said(reader, one, move, move.state.rounds) for reader in readers]

    def _healed(self, store: Store, found: Sequence[Deadline], now: datetime) -> set[int]:
        """Those whose end has come all the same: accepted beside their beginning, each without seeing the other."""
        groups: dict[str, list[Deadline]] = {}
        for one in found:
            if not one.is_over and one.sla in self._rules:
                groups.setdefault(one.sla, []).append(one)
        healed: set[int] = set()
        for name, some in groups.items():
            rule = self._rules[name]
            ends = store.deadlines.happened((*rule.ends, *rule.cancels), rule.key, {one.case_key for one in some})
            if ends:
                book = Book(rule, list(some), ends, {}, *self._tolerances())
                book.close_by(ends, now)
                store.deadlines.change_all(book.changed)
                healed |= {one.id for one in book.changed}
        return healed

    def _tolerances(self) -> tuple[timedelta, timedelta]:
        return timedelta(minutes=self._settings.clock_minutes), timedelta(hours=self._settings.history_hours)

    def _state(self, one: Deadline) -> State:
        lapses = timedelta(hours=self._settings.acknowledged_hours)
        silent = [one.acknowledged_at + lapses] if one.acknowledged_at else []
        silent += [one.snoozed_until] if one.snoozed_until else []
        return State(
            one.opened_at,
            one.due_at,
            one.state == "late",
            one.rung,
            one.rounds,
            max(silent, default=None),
            one.next_at,
        )

    def _tell(self, look: _Look) -> None:
        """One card for everything of one kind that one person is told now."""
        if not look.said:
            return
        notes = look.store.deadlines.notes({one.deadline.id for one in look.said})
        told = {note.person_id for some in notes.values() for note in some}
        people = look.store.people.names(told) if told else {}
        known = {one.id: one for one in self._items(look.store, [one.deadline for one in look.said], notes)}
        groups: dict[tuple[str, str, str], list[_Said]] = {}
        for one in look.said:
            if one.move.step and one.move.step.kind == NUDGE and look.finding.is_mute(one.reader.person.id, look.now):
                continue  # a reminder; that it is late, they are told all the same (A10)
            if not _knows(one, notes.get(one.deadline.id, [])) and one.move.step:
                key = one.reader.person.id, one.move.step.kind, one.reader.trouble
                groups.setdefault(key, []).append(one)
        for (_, kind, _trouble), said in groups.items():
            said.sort(key=lambda one: (one.deadline.due_at, one.deadline.id))  # the most pressing first
            self._card(look, kind, said, [known[one.deadline.id] for one in said], people)

    def _card(
        self, look: _Look, kind: str, said: Sequence[_Said], shown: Sequence[Item], people: Mapping[str, str]
    ) -> None:
        reader, maker = said[0].reader, self._make(said[0].reader.language, look.now)
        if kind == NUDGE:
            card = maker.nudge(shown, max(one.move.step.share for one in said if one.move.step))
        else:
            card = maker.escalation(shown, people, reader.trouble)
        for one in said:
            note = Note(one.deadline.id, look.now, kind, one.move.number, one.round, reader.person.id, card.id)
            look.store.deadlines.note(note)
        self._post(look, reader, card, [one.deadline.id for one in said])

    def _items(
        self, store: Store, deadlines: Sequence[Deadline], notes: Mapping[int, Sequence[Note]] | None = None
    ) -> list[Item]:
        customers = store.deadlines.customers_called({one.customer_id for one in deadlines})
        people = store.people.names({one.person_id for one in deadlines})
        return items(deadlines, self._rules, customers, people, notes or {})

    def _history(self, look: _Look) -> None:
        """What was over long ago when it became known: one card to sales ops instead of one for each."""
        late = [one for one in look.store.deadlines.claim_history() if not one.is_over]
        if not late:
            return
        for reader in look.finding.readers(late[0], "sales_ops"):
            titles = {name: rule.named(reader.language) for name, rule in self._rules.items()}
            self._post(look, reader, self._make(reader.language, look.now).history(late, titles))

    def _tell_over(self, look: _Look) -> None:
        """Whoever was told that it is late learns that it is over; whoever settled it knows."""
        if not look.over:
            return
        notes = look.store.deadlines.notes(one.id for one in look.over)
        names = look.store.people.names({one.resolved_by for one in look.over})
        lines: dict[str, tuple[Reader, list[str]]] = {}
        for item in self._items(look.store, look.over, notes):
            told = dict.fromkeys(one.person_id for one in item.notes if one.kind == ESCALATION)
            for id_ in told:
                reader = look.finding.reader(id_) if id_ != item.deadline.resolved_by else None
                if reader and self._note_over(look, item, id_):
                    by = names.get(item.deadline.resolved_by, "")
                    said = self._make(reader.language, look.now).over(item, by)
                    lines.setdefault(id_, (reader, []))[1].append(said)
        for reader, own in lines.values():
            self._send(look, reader, self._make(reader.language, look.now).cut(own))

    def _note_over(self, look: _Look, item: Item, person: str) -> bool:
        """Each end is told once: one that is corrected afterwards is another."""
        again = sum(one.kind == OVER and one.person_id == person for one in item.notes)
        if again and not _is_news(item, person):
            return False
        note = Note(item.id, look.now, OVER, -1, again, person, text=item.deadline.state)
        return look.store.deadlines.note(note)

    def _post(self, look: _Look, reader: Reader, card: Card, ids: Sequence[int] = ()) -> None:
        context = {DEADLINES: list(ids)}
        look.store.cards.add(card, SKILL, reader.to, reader.person.id, "", look.now, context=context)
        payloads = self._adapters[reader.to.channel].render(Reply(reader.to, card=card))
        self._delivery.post(look.store, f"sla:{card.id}", "", reader.to, payloads)

    def _send(self, look: _Look, reader: Reader, text: str) -> None:
        payloads = self._adapters[reader.to.channel].render(Reply(reader.to, text))
        self._delivery.post(look.store, f"sla:{uuid4().hex}", "", reader.to, payloads)


def _knows(said: _Said, notes: Sequence[Note]) -> bool:
    """Whether this person was told of it on a lower rung of this round: nobody else was to be found there."""
    kind = said.move.step.kind if said.move.step else ""
    return any(
        one.kind == kind == ESCALATION and one.round == said.round and one.person_id == said.reader.person.id
        for one in notes
    )


def _is_news(item: Item, person: str) -> bool:
    """Whether the last end that this person was told of was another."""
    told = [one.text for one in item.notes if one.kind == OVER and one.person_id == person]
    return not told or told[-1] != item.deadline.state
