"""How a deadline goes on: when it is due, who is told when, and when to look again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from config.hours import WHOLE_DAY
from knowledge.slas.calendar import Calendar, due
from knowledge.slas.rule import Rule, Whom, Window
from knowledge.slas.spans import DAY, LONGEST, Span
from knowledge.working_days import is_working_day

Kind = Literal["nudge", "escalation"]
LONGEST_QUIET = 400  # days until a window opens


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody is told at a moment."""

    kind: Kind
    at: datetime
    to: Whom
    share: float = 1.0  # of the span, at a nudge


@dataclass(frozen=True, slots=True)
class State:
    """What the ladder knows of a deadline."""

    opened_at: datetime
    due_at: datetime
    is_late: bool = False
    rung: int = 0  # number of the next step
    rounds: int = 0
    silent_until: datetime | None = None  # acknowledged or put off until then
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """What happens now. `step`: number of the one whose people are told; None: nobody is."""

    state: State
    step: Step | None = None
    number: int = -1
    also_owner: bool = False  # the step on which they would have been told is skipped


def later(start: datetime, span: Span, calendar: Calendar) -> datetime:
    """When a span has passed by a calendar; whole days of one that counts working hours are working days."""
    if span.kind != "clock":
        return due(start, span, calendar)
    if calendar.working_days and span.seconds % DAY == 0:
        return due(start, replace(span, kind="days"), calendar)
    return calendar.add(start, span.seconds)


def counted(rule: Rule) -> Calendar:
    """The calendar by which its span passes: whole days where it is said in days."""
    span, calendar = rule.within, rule.calendar
    if span is None or span.kind == "hours":
        return calendar
    if span.kind == "days" or (calendar.working_days and span.seconds % DAY == 0):
        return Calendar(calendar.zone, WHOLE_DAY, True, calendar.days_off)
    return calendar


def due_of(rule: Rule, opened_at: datetime, data: Mapping[str, Any]) -> datetime | None:
    """When it is due; None when the event doesn't say a sensible day for a rule that goes by one."""
    if rule.within is not None:
        return later(opened_at, rule.within, rule.calendar)
    found = said_moment(data.get(rule.by), rule.calendar)
    return found if found is not None and abs((found - opened_at).total_seconds()) < LONGEST else None


def said_moment(said: object, calendar: Calendar) -> datetime | None:
    """A day or moment of an event's data; of a day its end. None where it is neither."""
    if not isinstance(said, str):
        return None
    try:
        if len(said) <= len("2026-01-31"):
            day = date.fromisoformat(said) + timedelta(days=1)
            return datetime.combine(day, time(), calendar.zone).astimezone(UTC)
        at = datetime.fromisoformat(said)
    except (ValueError, OverflowError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=calendar.zone)).astimezone(UTC)


def steps(rule: Rule, opened_at: datetime, due_at: datetime) -> tuple[Step, ...]:
    """Everybody who is told, in the order of time: nudges, then the ladder."""
    calendar = counted(rule)
    span = calendar.between(opened_at, due_at) if due_at > opened_at else 0.0
    found = [Step("nudge", calendar.add(opened_at, span * share), "owner", share) for share in rule.nudges if span]
    wait = timedelta(seconds=rule.settle)
    for rung in rule.ladder:
        at = later(due_at, rung.after, rule.calendar) if rung.after else due_at
        found.append(Step("escalation", at + wait, rung.to))
    return tuple(found)


def begin(rule: Rule, opened_at: datetime, due_at: datetime, now: datetime) -> State:
    """A deadline that has just been opened. Nudges whose moment has passed aren't sent any more."""
    known = steps(rule, opened_at, due_at)
    passed = sum(1 for one in known if one.kind == "nudge" and one.at <= now)
    return _waiting(State(opened_at, due_at, rung=passed), known)


def go_on(rule: Rule, state: State, now: datetime, window: Window, zone: Any) -> Move:
    """What a look at a deadline that isn't over finds: at most one step is told, the highest that is due.

    The owner, who can do something about it, is told besides when their own step is skipped.
    """
    known = steps(rule, state.opened_at, state.due_at)
    again = state.silent_until is not None or _repeats(rule, state, known)
    if now >= state.due_at:  # reminders that weren't sent before it was due aren't sent any more
        nudges = sum(one.kind == "nudge" for one in known)
        state = replace(state, is_late=True, rung=max(state.rung, nudges))
    if state.silent_until is not None and state.silent_until > now:
        upcoming = (state.due_at,) if not state.is_late else ()
        return Move(replace(state, next_at=min((*upcoming, state.silent_until))))
    opens, ready = opening(window, now, zone), _highest(state, known, now)
    last = known[state.rung - 1] if 0 < state.rung <= len(known) else None
    if ready is None and not (again and last and (last.kind == "escalation" or not state.is_late)):
        return Move(_waiting(replace(state, silent_until=None), known))
    if opens > now:
        return Move(replace(state, next_at=opens))
    if ready is None:  # once more: it was put off, or the rule says so
        state = replace(state, rounds=state.rounds + 1, silent_until=None)
        return Move(_rested(rule, state, known, now), last, state.rung - 1)
    skipped = any(one.kind == "escalation" and one.to == "owner" for one in known[state.rung : ready])
    state = replace(state, rung=ready + 1, silent_until=None)
    return Move(_rested(rule, state, known, now), known[ready], ready, skipped)


def _repeats(rule: Rule, state: State, known: tuple[Step, ...]) -> bool:
    """Whether it is looked at because the last rung comes once more."""
    more = rule.repeat is not None and state.rounds < rule.repeat.times
    return more and state.is_late and state.rung >= len(known) and state.next_at is not None


def _highest(state: State, known: tuple[Step, ...], now: datetime) -> int | None:
    """The last step that is due and wasn't told."""
    return max((number for number in range(state.rung, len(known)) if known[number].at <= now), default=None)


def _waiting(state: State, known: tuple[Step, ...]) -> State:
    """Until the next step, or until it is due."""
    steps_at = [one.at for one in known[state.rung :]]
    due_at = [] if state.is_late else [state.due_at]
    return replace(state, next_at=min([*steps_at, *due_at], default=None))


def _rested(rule: Rule, state: State, known: tuple[Step, ...], now: datetime) -> State:
    """After somebody was told."""
    state = _waiting(state, known)
    if state.rung >= len(known) and state.is_late and rule.repeat and state.rounds < rule.repeat.times:
        return replace(state, next_at=later(now, rule.repeat.every, rule.calendar))
    return state


def opening(window: Window, now: datetime, zone: Any) -> datetime:
    """The moment itself when people may be told, else when they may next."""
    if window.begin == window.end and not window.working_days:
        return now
    day = now.astimezone(zone).date()
    for ahead in range(-1, LONGEST_QUIET):
        here = day + timedelta(days=ahead)
        if window.working_days and not is_working_day(here):
            continue
        over = 1 if window.end <= window.begin else 0
        begins = datetime.combine(here, window.begin, zone).astimezone(UTC)
        ends = datetime.combine(here + timedelta(days=over), window.end, zone).astimezone(UTC)
        if now < ends:
            return max(begins, now)
    return now
