"""What events do to deadlines: open, close, cancel, move. Pure: rows in, rows out.

Events come late, twice, in any order, and by clocks that are wrong by minutes:

- Something happened when its event says, but not after it came: a clock that is ahead is not believed.
- The end counts when it happened at or after the beginning; up to `tolerance` before it, clocks differ, and the end is
  taken as at once. An end that came first closes a deadline in the moment in which its beginning comes.
- The first beginning of a case counts, and the first end after it: one that is reported later but happened earlier
  takes its place, also when the deadline was held to be missed.
- A case begins anew after it was closed only under rules that say so (`again`), or after it was cancelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from knowledge.events.types import Stored
from knowledge.slas import course
from knowledge.slas.rule import Rule
from storage.repositories.deadlines import HISTORY, Deadline, Happened

Owners = Mapping[int, str]  # of the events that open something, by their number
SUM_UP_AFTER = timedelta(minutes=2)  # after history came in: until then the ends of most of it have come, too


@dataclass
class Book:
    """The deadlines of one rule that a batch of events touches."""

    rule: Rule
    known: list[Deadline]
    ends: Sequence[Happened]  # ends and cancellations that came before, by the time at which they happened
    owners: Owners
    tolerance: timedelta
    history: timedelta
    _cases: dict[str, list[Deadline]] = field(default_factory=dict)
    _changed: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        for one in self.known:
            self._of(one.case_key).append(one)

    def apply(self, events: Sequence[Stored]) -> list[Stored]:
        """In the order in which they happened; what happened at the same time begins before it ends.

        Those are returned whose times lie beyond any calendar: an event must not be refused because of a deadline.
        """
        strange = []
        for stored in sorted(events, key=lambda one: (happened_at(one), one.event.type != self.rule.begin, one.seq)):
            try:
                self._one(stored, stored.keys.get(self.rule.key, ""))
            except (OverflowError, ValueError):
                strange.append(stored)
        return strange

    def _one(self, stored: Stored, value: str) -> None:
        type_ = stored.event.type
        if not value:
            return
        if type_ == self.rule.begin and self.rule.where.holds(stored.event):
            self._begin(stored, value)
        if type_ in self.rule.ends or type_ in self.rule.cancels:
            self._end(Happened(stored.seq, type_, value, happened_at(stored)), stored.received_at)
        if type_ in self.rule.changes:
            self._change(stored, value)

    def close_by(self, ends: Sequence[Happened], now: datetime) -> None:
        """What happened closes what is open."""
        for end in ends:
            self._end(end, now)

    @property
    def new(self) -> Sequence[Deadline]:
        """To be added."""
        return [one for own in self._cases.values() for one in own if not one.id]

    @property
    def changed(self) -> Sequence[Deadline]:
        """To be changed."""
        return [one for own in self._cases.values() for one in own if one.id in self._changed]

    def _of(self, value: str) -> list[Deadline]:
        return self._cases.setdefault(value, [])

    def _begin(self, stored: Stored, value: str) -> None:
        at, own = happened_at(stored), self._of(value)
        for one in list(own):
            if one.opened_seq == stored.seq:
                return
            if not one.is_over:
                self._earlier(one, at, stored)
                return
        last = own[-1] if own else None
        if last is not None and last.state != "cancelled" and not self._anew(last, at):
            return
        due_at = course.due_of(self.rule, at, stored.event.data)
        if due_at is None:
            return
        made = self._made(stored, value, at, due_at)
        own.append(made)
        floor = last.closed_at if last is not None else None  # what ended the case before doesn't end it again
        for end in self.ends:
            if end.value == value and (floor is None or end.time > floor):
                self._end(end, stored.received_at)

    def _anew(self, last: Deadline, at: datetime) -> bool:
        return self.rule.again and last.closed_at is not None and at > last.closed_at

    def _made(self, stored: Stored, value: str, at: datetime, due_at: datetime) -> Deadline:
        made = Deadline(
            id=0,
            sla=self.rule.name,
            sla_version=self.rule.version,
            case_key=value,
            opened_seq=stored.seq,
            opened_at=at,
            due_at=due_at,
            customer_id=stored.customer_id,
            contract_id=stored.contract_id,
            person_id=self.owners.get(stored.seq, stored.person_id),
            region=stored.region,
        )
        return self._scheduled(made, stored.received_at)

    def _scheduled(self, one: Deadline, now: datetime) -> Deadline:
        """When to look at it first. What was due long ago is history."""
        if one.due_at < now - self.history:
            return replace(one, state="late", rung=HISTORY, next_at=now + SUM_UP_AFTER)
        state = course.begin(self.rule, one.opened_at, one.due_at, now)
        return replace(one, state="late" if one.due_at <= now else "open", rung=state.rung, next_at=state.next_at)

    def _earlier(self, one: Deadline, at: datetime, stored: Stored) -> None:
        """Another beginning of a case that is open: it counts when it happened first."""
        if at < one.opened_at:
            due_at = course.due_of(self.rule, at, stored.event.data)
            if due_at is not None:
                moved = replace(one, opened_at=at, due_at=due_at)
                self._put(one, self._scheduled(moved, stored.received_at) if not _was_told(one, self.rule) else moved)

    def _end(self, end: Happened, now: datetime) -> None:
        """Closes the last deadline of the case that it can close."""
        for one in reversed(list(self._of(end.value))):
            if end.type in self.rule.cancels:
                if not one.is_over and end.time >= one.opened_at:
                    self._put(one, self._closed(one, end, "cancelled", now))
                    return
            elif self._closes(one, end):
                at = max(end.time, one.opened_at)
                state = "met" if at <= one.due_at else "missed"
                self._put(one, self._closed(one, replace(end, time=at), state, now))
                return

    def _closes(self, one: Deadline, end: Happened) -> bool:
        if end.type not in self.rule.ends or end.time < one.opened_at - self.tolerance:
            return False
        if not one.is_over or one.resolved_by:
            return one.state != "cancelled"
        return one.state != "cancelled" and one.closed_at is not None and max(end.time, one.opened_at) < one.closed_at

    def _closed(self, one: Deadline, end: Happened, state: str, now: datetime) -> Deadline:
        """Whoever was told learns it at the next look."""
        late = one.state in ("late", "missed") or one.due_at <= now  # a look at this moment may tell somebody of it
        told = one.rung != HISTORY and (_was_told(one, self.rule) or late)
        next_at = now if told else None
        return replace(one, state=state, closed_seq=end.seq, closed_at=end.time, next_at=next_at, resolved_by="")

    def _change(self, stored: Stored, value: str) -> None:
        """Another due time, or it doesn't concern the rule any more."""
        for one in list(self._of(value)):
            if one.is_over or happened_at(stored) < one.opened_at:
                continue
            if self._is_excluded(stored):
                end = Happened(stored.seq, stored.event.type, value, happened_at(stored))
                self._put(one, self._closed(one, end, "cancelled", stored.received_at))
            elif self.rule.by:
                due_at = course.due_of(self.rule, one.opened_at, stored.event.data)
                if due_at is not None and due_at != one.due_at:
                    # another round: who was told of the old day is told of the new one, too
                    moved = replace(one, due_at=due_at, rounds=one.rounds + _was_told(one, self.rule))
                    self._put(one, self._scheduled(moved, stored.received_at))

    def _is_excluded(self, stored: Stored) -> bool:
        """Whether what it says makes the rule's condition false; what it doesn't say stays as it was."""
        fields = self.rule.where.fields
        said = bool(fields) and all(stored.event.data.get(name) is not None for name in fields)
        return said and not self.rule.where.holds(stored.event)

    def _put(self, old: Deadline, new: Deadline) -> None:
        own = self._of(old.case_key)
        own[own.index(old)] = new
        if new.id:
            self._changed.add(new.id)


def happened_at(stored: Stored) -> datetime:
    """When it happened: as its sender says, but not after it came."""
    return min(stored.event.time, stored.received_at)


def _was_told(one: Deadline, rule: Rule) -> bool:
    return one.rung > len(rule.nudges)
