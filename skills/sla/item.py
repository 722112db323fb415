"""A deadline with the words that people know it by. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from knowledge.slas.calendar import Calendar
from knowledge.slas.course import counted, later
from knowledge.slas.rule import Rule
from knowledge.slas.spans import DAY, Span
from skills.sla.words import lasting
from storage.repositories.deadlines import Deadline, Note

SOON = 0.2  # of the span: so much is left when it is due soon


@dataclass(frozen=True, slots=True)
class Item:
    """One deadline as cards and pages show it."""

    deadline: Deadline
    rule: Rule | None  # None: there is no such rule any more
    customer: str = ""  # name
    owner: str = ""
    notes: Sequence[Note] = ()

    @property
    def id(self) -> int:
        """Of the deadline."""
        return self.deadline.id

    @property
    def key(self) -> str:
        """The case's."""
        return self.deadline.case_key

    def title(self, language: str) -> str:
        """Of its rule."""
        return self.rule.named(language) if self.rule else self.deadline.sla

    def what(self, language: str) -> str:
        """That is waited for."""
        return self.rule.waits_for(language) if self.rule else self.deadline.sla

    def is_late(self, now: datetime) -> bool:
        """Whether it is past due."""
        return (self.deadline.closed_at or now) > self.deadline.due_at

    def is_soon(self, now: datetime) -> bool:
        """Whether little time is left."""
        return self.rule is not None and self.deadline.due_at < soon_by(self.rule, now)

    @property
    def by_working_time(self) -> bool:
        """Whether nights and weekends don't count."""
        return self.rule is not None and not counted(self.rule).is_always

    def over(self, now: datetime, language: str) -> str:
        """How long past due, by the rule's calendar."""
        return self.span(self.deadline.due_at, self.deadline.closed_at or now, language)

    def left(self, now: datetime, language: str) -> str:
        """How long until it is due."""
        return self.span(now, self.deadline.due_at, language)

    def took(self, language: str) -> str:
        """From its beginning to its end; "" while it is open."""
        closed = self.deadline.closed_at
        return self.span(self.deadline.opened_at, closed, language) if closed else ""

    def span(self, start: datetime, end: datetime, language: str) -> str:
        """By the rule's calendar, in words."""
        calendar = counted(self.rule) if self.rule else None
        seconds = calendar.between(start, end) if calendar else (end - start).total_seconds()
        return lasting(max(seconds, 0.0), language, days=not has_hours(calendar))


def soon_by(rule: Rule, now: datetime) -> datetime:
    """What is due by then has a fifth of its span left; where each has its own day, one day."""
    if rule.within is None:
        return later(now, Span(DAY), rule.calendar)
    return counted(rule).add(now, rule.within.seconds * SOON)


def has_hours(calendar: Calendar | None) -> bool:
    """A day of working hours isn't 24 of them: no days are said."""
    return calendar is not None and calendar.working_days and sum(b - a for a, b in calendar.hours) < 24 * 60


def items(
    deadlines: Sequence[Deadline],
    rules: Mapping[str, Rule],
    customers: Mapping[str, str],
    people: Mapping[str, str],
    notes: Mapping[int, Sequence[Note]],
) -> list[Item]:
    """In the same order."""
    return [
        Item(
            one,
            rules.get(one.sla),
            customers.get(one.customer_id, ""),
            people.get(one.person_id, ""),
            notes.get(one.id, ()),
        )
        for one in deadlines
    ]
