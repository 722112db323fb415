"""Where an order stands: which step was reached, what is missing, what is next and until when. Pure.

Systems report late, twice and in any order: a step counts by when it happened, not by when it was reported, and the
furthest one of the story says where it stands. Nothing is said to have happened that no system reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from knowledge.events.stories import Step, Story
from knowledge.slas.rule import Rule
from storage.repositories.case_stories import CaseDeadline, CaseEvent

REPORTED_LATE = timedelta(minutes=10)
_IMPORTED = timedelta(hours=1)  # events more than a day old that came within so much time were loaded together,
_SEVERAL = 3  # if they are at least so many
_OPEN = ("open", "late")
TROUBLE = ("production.delayed", "credit.held", "order.changed", "payment.overdue", "contract.amended")
Mark = Literal["done", "missing", "next", "later", "silent"]


@dataclass(frozen=True, slots=True)
class Stepped:
    """One step of the story, reported or not."""

    type: str
    mark: Mark
    event: CaseEvent | None = None  # the first that reported it


@dataclass(frozen=True, slots=True)
class Next:
    """What is waited for."""

    type: str = ""  # of the event
    rule: Rule | None = None
    due_at: datetime | None = None  # a deadline's
    promised: date | None = None  # what a system promised
    case: str = ""  # whose deadline it is: of a contract, one of its orders'

    def is_late(self, now: datetime, today: date) -> bool:
        """Whether it should have happened."""
        if self.due_at is not None:
            return now > self.due_at
        return self.promised is not None and today > self.promised


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as far as it is known."""

    story: Story
    value: str
    events: Sequence[CaseEvent]  # in the order in which they happened
    deadlines: Sequence[CaseDeadline]
    beside: Sequence[CaseDeadline]  # open ones of something else than the next step
    steps: Sequence[Stepped]
    at: CaseEvent  # the furthest step
    next: Next | None
    trouble: CaseEvent | None  # reported after that step
    is_over: bool
    rules: Mapping[str, Rule] = field(default_factory=dict)  # that its deadlines are of
    pending: Mapping[str, datetime] = field(default_factory=dict)  # types that are waited for, and until when

    def gaps(self, now: datetime) -> Sequence[str]:
        """Types that must have happened and that nobody reported; not those that still have time."""
        missing = (one.type for one in self.steps if one.mark == "missing")
        return [name for name in missing if name not in self.pending or now > self.pending[name]]

    @property
    def customer_id(self) -> str:
        """Whose order it is; "" when no event says so."""
        return next((one.customer_id for one in self.events if one.customer_id), "")

    @property
    def is_done(self) -> bool:
        """Whether nothing more is waited for."""
        return self.is_over or self.next is None

    @property
    def imported_at(self) -> datetime | None:
        """When history was loaded at once, long after it happened: of that, "reported late" says nothing."""
        came = [one.received_at for one in self.events if _is_old(one)]
        return max(came) if len(came) >= _SEVERAL and max(came) - min(came) < _IMPORTED else None

    def reported_late(self, event: CaseEvent) -> bool:
        """Whether it was told long after it happened."""
        late = event.received_at - event.time > REPORTED_LATE
        return late and not (self.imported_at is not None and _is_old(event))


def _is_old(event: CaseEvent) -> bool:
    return event.received_at - event.time > timedelta(days=1)


def happened_at(event: CaseEvent) -> datetime:
    """A clock that is ahead isn't believed."""
    return min(event.time, event.received_at)


def standing(
    story: Story,
    value: str,
    events: Sequence[CaseEvent],
    deadlines: Sequence[CaseDeadline],
    rules: Mapping[str, Rule],
) -> Standing:
    """Of at least one event."""
    own = {one.seq for one in events}
    mine = [one for one in deadlines if one.opened_seq in own]
    first = {one.type: one for one in reversed(events)}
    reached = max((at for at, step in enumerate(story.steps) if step.type in first), default=-1)
    over = [one for one in events if one.type in story.over]
    stopped = [one for one in over if not any(step.type == one.type for step in story.steps)]
    furthest = stopped[-1] if stopped else first[story.steps[reached].type] if reached >= 0 else events[-1]
    open_ = [] if over else [one for one in mine if one.state in _OPEN]
    waiting = None if over else _next(story, reached, events, open_, rules)
    return Standing(
        story=story,
        value=value,
        events=events,
        deadlines=mine,
        beside=[one for one in open_ if waiting is None or one.due_at != waiting.due_at],
        steps=_steps(story, reached, first, waiting, bool(over)),
        at=furthest,
        next=waiting,
        trouble=_trouble(events, furthest),
        is_over=bool(over),
        rules={one.sla: rules[one.sla] for one in mine if one.sla in rules},
        pending=_pending(open_, rules),
    )


def _pending(waiting: Sequence[CaseDeadline], rules: Mapping[str, Rule]) -> dict[str, datetime]:
    """Of each type that a deadline waits for, when the first one ends."""
    found: dict[str, datetime] = {}
    for one in waiting:
        for name in rules[one.sla].ends if one.sla in rules else ():
            found[name] = min(found.get(name, one.due_at), one.due_at)
    return found


def _steps(
    story: Story, reached: int, first: Mapping[str, CaseEvent], waiting: Next | None, over: bool
) -> list[Stepped]:
    found = []
    for at, step in enumerate(story.steps):
        event = first.get(step.type)
        if event is not None:
            found.append(Stepped(step.type, "done", event))
        elif waiting is not None and step.type == waiting.type:
            found.append(Stepped(step.type, "missing" if at < reached else "next"))
        elif at < reached:
            found.append(Stepped(step.type, "silent" if step.silent else "missing"))
        elif not over:
            found.append(Stepped(step.type, "later"))
    return found


def _next(
    story: Story,
    reached: int,
    events: Sequence[CaseEvent],
    waiting: Sequence[CaseDeadline],
    rules: Mapping[str, Rule],
) -> Next | None:
    """The step whose deadline ends first; without one, the next step that must be reported."""
    types = {step.type for step in story.steps}
    found = [(one, rules[one.sla]) for one in waiting if one.sla in rules and types & set(rules[one.sla].ends)]
    if found:
        one, rule = min(found, key=lambda pair: pair[0].due_at)
        return Next(next(type_ for type_ in rule.ends if type_ in types), rule, one.due_at, case=one.case_key)
    ahead = (step for step in story.steps[reached + 1 :] if not step.silent)
    step = next(ahead, None) if reached >= 0 else None
    return Next(step.type, promised=_promised(step, events)) if step else None


def _promised(step: Step, events: Sequence[CaseEvent]) -> date | None:
    """What the last event said about it."""
    fields = dict(step.until)
    for event in reversed(events):
        try:
            return date.fromisoformat(str(event.data.get(fields.get(event.type, ""), ""))[:10])
        except ValueError:
            continue
    return None


def _trouble(events: Sequence[CaseEvent], furthest: CaseEvent) -> CaseEvent | None:
    since = happened_at(furthest)
    found = [one for one in events if one.type in TROUBLE and happened_at(one) >= since]
    return found[-1] if found else None
