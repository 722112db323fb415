"""A standing in words: times of the company's zone, titles of steps and systems. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from config.locales import t
from knowledge.events.types import Catalog
from skills.orders.standing import Next, Standing, happened_at
from storage.repositories.case_stories import CaseDeadline, CaseDelivery, CaseEvent

_SHOWN = 4  # values of an event
_LONGEST = 60  # characters of a value
_SKIPPED = frozenset({"region", "customer_no", "contract_no", "amount_cny"})  # said above, once


@dataclass(frozen=True, slots=True)
class Words:
    """In one language, at one moment."""

    lang: str
    catalog: Catalog
    systems: Mapping[str, str]  # name -> title
    zone: ZoneInfo
    now: datetime

    def text(self, key: str, **values: object) -> str:
        """A sentence of this skill."""
        return t(f"orders.{key}", self.lang, **values)

    def type(self, name: str) -> str:
        """A type's title."""
        found = self.catalog.get(name)
        return found.named(self.lang) if found else name

    def system(self, name: str) -> str:
        """A system's title."""
        return self.systems.get(name, name)

    def moment(self, at: datetime) -> str:
        """The year only where it is another."""
        here, now = at.astimezone(self.zone), self.now.astimezone(self.zone)
        if here.date() == now.date():
            return self.text("today", time=f"{here:%H:%M}")
        if here.year == now.year:
            return self.text("this_year", month=here.month, day=here.day, time=f"{here:%H:%M}")
        return f"{here:%Y-%m-%d %H:%M}"

    def due(self, at: datetime) -> str:
        """Midnight is the end of a day, not the beginning of the next."""
        here = at.astimezone(self.zone)
        if (here.hour, here.minute) != (0, 0):
            return self.moment(at)
        return self.text("end_of", day=self.day(here.date() - timedelta(days=1)))

    def day(self, day: date) -> str:
        """The year only where it is another."""
        same = day.year == self.now.astimezone(self.zone).year
        return self.text("day", month=day.month, day=day.day) if same else day.isoformat()

    def span(self, span: timedelta) -> str:
        """3 天 4 小时; 12 分钟; 40 秒."""
        seconds = max(0, int(span.total_seconds()))
        units = (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1))
        said = []
        for name, size in units:
            count, seconds = divmod(seconds, size)
            if count:
                said.append(self.text(f"span.{name}", count=count))
            if said and (len(said) == 2 or name == "minutes"):
                break
        return self.text("span.join").join(said) or self.text("span.seconds", count=0)

    def headline(self, one: Standing) -> str:
        """Where it stands and since when, what is next and until when."""
        at = self.text(
            "at", step=self.type(one.at.type), system=self.system(one.at.producer), at=self.moment(happened_at(one.at))
        )
        return self.text("headline", title=one.story.named(self.lang), value=one.value, at=at, next=self.following(one))

    def following(self, one: Standing) -> str:
        """The half sentence about what is next."""
        if one.next is None:
            return self.text("over" if one.is_over else "no_more")
        what = (
            one.next.rule.waits_for(self.lang) if one.next.rule else self.text("await", step=self.type(one.next.type))
        )
        case = f"{one.next.case} " if one.next.case not in ("", one.value) else ""
        return self.text("next", what=f"{case}{what}", until=self.until(one.next))

    def until(self, waiting: Next) -> str:
        """By when; "" when nobody has said so."""
        today = self.now.astimezone(self.zone).date()
        late = waiting.is_late(self.now, today)
        if waiting.due_at is not None:
            by = self.due(waiting.due_at)
            return (
                self.text("late", by=by, span=self.span(self.now - waiting.due_at)) if late else self.text("by", by=by)
            )
        if waiting.promised is None:
            return ""
        days = (today - waiting.promised).days
        return (
            self.text("late_days", by=self.day(waiting.promised), days=days)
            if late
            else self.text("promised", by=self.day(waiting.promised))
        )

    def remarks(self, one: Standing) -> list[str]:
        """What somebody should know who reads two lines only."""
        said = []
        gaps = one.gaps(self.now)
        if gaps and not one.is_over:
            steps = self.text("and").join(self.type(name) for name in gaps)
            said.append(self.text("gaps", steps=steps, count=len(gaps)))
        late = [due for due in one.beside if self.now > due.due_at]
        if late:
            what = self.text("and").join(self.waits_for(one, due) for due in late[:_SHOWN])
            said.append(self.text("also_late", what=what))
        if one.trouble is not None:
            told = self.details(one, one.trouble)
            said.append(
                self.text(
                    "trouble",
                    what=self.type(one.trouble.type),
                    at=self.moment(happened_at(one.trouble)),
                    told=f"{self.text('colon')}{told}" if told else "",
                )
            )
        return said

    def background(self, one: Standing) -> str:
        """What explains its times, and troubles nobody."""
        return self.text("imported", at=self.moment(one.imported_at)) if one.imported_at else ""

    def step(self, one: Standing, event: CaseEvent) -> str:
        """One line of the list."""
        late = self.text("reported_late", at=self.moment(event.received_at)) if one.reported_late(event) else ""
        ahead = self.text("clock_ahead") if event.time > event.received_at else ""
        told = self.details(one, event)
        line = self.text(
            "step", at=self.moment(happened_at(event)), system=self.system(event.producer), step=self.type(event.type)
        )
        return "".join((line, self.text("colon") if told else "", told, late, ahead))

    def details(self, one: Standing, event: CaseEvent) -> str:
        """What the event says itself: the first few fields that aren't said elsewhere."""
        said = {
            name: value
            for name, value in event.data.items()
            if name not in _SKIPPED and value not in (None, "", []) and (name, value) != (one.story.key, one.value)
        }
        shown = list(said.items())[:_SHOWN]
        return self.text("comma").join(f"{self.field(event, name)} {self.value(value)}" for name, value in shown)

    def field(self, event: CaseEvent, name: str) -> str:
        """A field's title."""
        type_ = self.catalog.get(event.type)
        return type_.field_named(name, self.lang) if type_ else name

    def value(self, value: Any) -> str:
        """A value as people read it."""
        if isinstance(value, bool):
            return self.text("yes" if value else "no")
        if isinstance(value, int | float):
            return f"{value:,}"
        said = self.text("comma").join(map(str, value)) if isinstance(value, list) else str(value)
        return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"

    def waits_for(self, one: Standing, due: CaseDeadline) -> str:
        """What a deadline waits for."""
        rule = one.rules.get(due.sla)
        what = rule.waits_for(self.lang) if rule else due.sla
        return self.text("due", what=what, by=self.due(due.due_at))

    def deadline(self, one: CaseDeadline, title: str) -> str:
        """One line about something that is or was due."""
        if one.state in ("open", "late"):
            state = "late" if self.now > one.due_at else "open"
            return self.text(
                f"deadline.{state}",
                title=title,
                due=self.due(one.due_at),
                span=self.span(abs(one.due_at - self.now)),
            )
        took = self.span(one.closed_at - one.opened_at) if one.closed_at else ""
        over = self.span(one.closed_at - one.due_at) if one.closed_at else ""
        return self.text(f"deadline.{one.state}", title=title, took=took, over=over)

    def delivery(self, event: CaseEvent, one: CaseDelivery) -> str:
        """One line about what became of an event elsewhere."""
        names = {"event": self.type(event.type), "system": self.system(one.system), "subscription": one.subscription}
        return self.text(
            f"delivery.{one.state}", **names, attempts=one.attempts, status=one.status or "–", reason=one.reason
        )
