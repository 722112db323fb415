"""The board: what is open, late and on time, of what one viewer may see (C9, C10, D9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.contracts import Person, Role
from bot.contracts.person import OPERATOR
from knowledge.slas.calendar import Calendar
from knowledge.slas.course import counted
from knowledge.slas.rule import Rule
from skills.sla.item import Item, has_hours, items, soon_by
from storage.repositories.deadline_board import Counts, Fact

if TYPE_CHECKING:
    from storage.store import Store

DAYS, WEEKS = 30, 12  # of the rates, and of the trend
LISTED, SHOWN = 200, 20  # deadlines in one list, and at first
MOST = 100_000  # deadlines that figures are made of


@dataclass(frozen=True, slots=True)
class Figures:
    """Of some deadlines: what is open now, and how those went that were due lately."""

    name: str
    open: int = 0  # and not due
    soon: int = 0
    late: int = 0
    history: int = 0  # late long ago when it became known: told of by nobody
    due: int = 0  # that were due within the days, without cancelled ones
    met: int = 0
    p50: float | None = None  # seconds from beginning to end of those of one rule that ended, by its calendar
    p95: float | None = None
    in_days: bool = False  # whether 24 hours of these are a day
    key: str = ""

    @property
    def missed(self) -> int:
        """Done too late, or not yet."""
        return self.due - self.met

    @property
    def rate(self) -> float | None:
        """On time, of those that were due."""
        return self.met / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Week:
    """One point of the trend."""

    begins: datetime
    due: int
    met: int

    @property
    def rate(self) -> float | None:
        """On time, of those that were due in it."""
        return self.met / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What to show."""

    rule: str = ""
    region: str = ""
    person: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the page and the card show."""

    total: Figures
    late: Sequence[Item]
    soon: Sequence[Item]
    by_rule: Sequence[Figures]
    by_region: Sequence[Figures] = ()
    by_director: Sequence[Figures] = ()
    by_person: Sequence[Figures] = ()
    weeks: Sequence[Week] = ()
    days: int = DAYS
    regions: Sequence[str] = field(default_factory=tuple)  # to choose from


def board(
    store: Store, viewer: Person, rules: Mapping[str, Rule], now: datetime, language: str, asked: Asked = Asked()
) -> Board:
    """What the viewer may see of it."""
    wanted = {name: rule for name, rule in rules.items() if asked.rule in ("", name)}
    soon = {name: soon_by(rule, now) for name, rule in wanted.items()}
    here = store.deadline_board.narrowed(wanted if asked.rule else None, asked.region, asked.person)
    counts = store.deadline_board.open_counts(viewer, now, soon, here)
    since = now - timedelta(weeks=WEEKS)
    facts = store.deadline_board.facts(viewer, since, now, MOST, here)
    late = store.deadline_board.seen(viewer, *here, *store.deadline_board.late_by(now), limit=LISTED)
    near = store.deadline_board.seen(viewer, *here, *store.deadline_board.soon_by(now, soon), limit=LISTED)
    mentioned = {one.person_id for one in (*late, *near)} | {one.person_id for one in facts}
    names = store.people.names(mentioned)
    customers = store.deadlines.customers_called({one.customer_id for one in [*late, *near]})
    directors = _directors(store.people.visible_to(OPERATOR))
    recent = [one for one in facts if one.due_at >= now - timedelta(days=DAYS)]
    calendars = {name: counted(rule) for name, rule in rules.items()}
    by_person = store.deadline_board.late_of_people(viewer, now, here)
    return Board(
        total=_figures("", recent, calendars, _sum(counts.values())),
        late=items(late, rules, customers, names, {}),
        soon=items(near, rules, customers, names, {}),
        by_rule=_by_rule(recent, rules, counts, calendars, language),
        by_region=_split(recent, calendars, lambda one: (one.region, one.region)),
        by_director=_split(recent, calendars, lambda one: directors.get(one.region, ("", "")))
        if viewer.role is not Role.REP
        else (),
        by_person=_people(recent, calendars, names, by_person),
        weeks=_weeks(facts, now),
        regions=sorted({one.region for one in facts if one.region}),
    )


def case(store: Store, viewer: Person, rules: Mapping[str, Rule], key: str) -> list[Item]:
    """All deadlines of a case that the viewer may see, with what was said about them; what is waited for first."""
    found = sorted(store.deadline_board.of_case(viewer, key), key=lambda one: (one.is_over, one.due_at))
    names = store.people.names({one.person_id for one in found})
    customers = store.deadlines.customers_called({one.customer_id for one in found})
    return items(found, rules, customers, names, store.deadlines.notes(one.id for one in found))


def _sum(counts: Iterable[Counts]) -> Counts:
    known = list(counts)
    parts = ((one.open, one.soon, one.late, one.history) for one in known)
    return Counts(*(sum(some) for some in zip(*parts, strict=True)))


def _figures(
    name: str, facts: Sequence[Fact], calendars: Mapping[str, Calendar], counts: Counts, key: str = ""
) -> Figures:
    rules = {one.sla for one in facts}
    single = next(iter(rules)) if len(rules) == 1 else ""  # spans of different rules have nothing in common
    took = sorted(_took(one, calendars) for one in facts if single and one.closed_at is not None)
    return Figures(
        name,
        counts.open,
        counts.soon,
        counts.late,
        counts.history,
        len(facts),
        sum(one.on_time for one in facts),
        _quantile(took, 0.5),
        _quantile(took, 0.95),
        not has_hours(calendars.get(single)),
        key,
    )


def _took(fact: Fact, calendars: Mapping[str, Calendar]) -> float:
    calendar, end = calendars.get(fact.sla), fact.closed_at or fact.due_at
    seconds = calendar.between(fact.opened_at, end) if calendar else (end - fact.opened_at).total_seconds()
    return max(seconds, 0.0)


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    """Between the two nearest values, as spreadsheets' PERCENTILE does."""
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _by_rule(
    facts: Sequence[Fact],
    rules: Mapping[str, Rule],
    counts: Mapping[str, Counts],
    calendars: Mapping[str, Calendar],
    language: str,
) -> list[Figures]:
    known = {one.sla for one in facts} | set(counts)
    found = []
    for name in known:
        title = rules[name].named(language) if name in rules else name
        own = [one for one in facts if one.sla == name]
        found.append(_figures(title, own, calendars, counts.get(name, Counts()), name))
    return sorted(found, key=lambda one: (-one.late, one.rate if one.rate is not None else 2.0, one.name))


def _split(
    facts: Sequence[Fact], calendars: Mapping[str, Calendar], by: Callable[[Fact], tuple[str, str]]
) -> list[Figures]:
    """By a key and its name, the worst rate first; what has none is left out."""
    groups: dict[tuple[str, str], list[Fact]] = {}
    for one in facts:
        if by(one)[0]:
            groups.setdefault(by(one), []).append(one)
    found = [_figures(name, some, calendars, Counts(), key) for (key, name), some in groups.items()]
    return sorted(found, key=lambda one: (one.rate or 0.0, one.name))


def _people(
    facts: Sequence[Fact], calendars: Mapping[str, Calendar], names: Mapping[str, str], late: Mapping[str, int]
) -> list[Figures]:
    """Whose are late now, and were missed lately; the most first."""
    groups: dict[str, list[Fact]] = {person: [] for person in late if person}
    for one in facts:
        if one.person_id:
            groups.setdefault(one.person_id, []).append(one)
    found = [
        _figures(names.get(person, person), some, calendars, Counts(late=late.get(person, 0)), person)
        for person, some in groups.items()
    ]
    return sorted(found, key=lambda one: (-one.missed, -one.late, one.name))


def _weeks(facts: Sequence[Fact], now: datetime) -> list[Week]:
    """Of seven days each, the last one until now."""
    begins = [now - timedelta(weeks=WEEKS - at) for at in range(WEEKS)]
    due, met = [0] * WEEKS, [0] * WEEKS
    for one in facts:
        at = min(max((one.due_at - begins[0]) // timedelta(weeks=1), 0), WEEKS - 1)
        due[at] += 1
        met[at] += one.on_time
    return [Week(*one) for one in zip(begins, due, met, strict=True)]


def _directors(people: Iterable[Person]) -> dict[str, tuple[str, str]]:
    """By region, who leads it: (employee number, name)."""
    leading = [one for one in people if one.role is Role.DIRECTOR]
    return {
        region: (one.id, one.name)
        for one in sorted(leading, key=lambda one: one.id, reverse=True)
        for region in one.regions
    }
