"""What is sent on of events, to whom, and what became of it. Sending itself: `event_claims.py`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, text, update
from sqlmodel import Session

from storage.changes import rows_changed
from storage.chunks import chunks
from storage.records import Records
from storage.tables import EventAttemptRow, EventDeliveryRow
from storage.upsert import add_all_new, table_of

_d = table_of(EventDeliveryRow).c
_a = table_of(EventAttemptRow).c
_IS_KEPT = text("event_deliveries.state IN ('dead', 'held')")
_IS_WAITING = text("event_deliveries.state = 'waiting'")  # spelt out: a partial index is used only so


@dataclass(frozen=True, slots=True)
class EventDelivery:
    """One event for one subscription. The columns say what each is."""

    id: int
    event_seq: int
    system: str
    subscription: str
    order_key: str
    state: str
    attempts: int
    replays: int
    next_at: datetime
    claimed_by: str
    claimed_until: datetime | None
    status: int
    reason: str
    answer: str
    result_seq: int | None
    milliseconds: int
    created_at: datetime
    tried_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventAttempt:
    """A try that failed."""

    replay: int
    number: int
    at: datetime
    status: int
    reason: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """To be put on the list."""

    event_seq: int
    system: str
    subscription: str
    order_key: str
    state: str  # waiting or held
    at: datetime


class EventDeliveries:
    """The list: what is put on it, looked at, kept back, and sent again."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, EventDeliveryRow, EventDelivery)

    def add(self, rows: Sequence[NewDelivery]) -> None:
        """Put them on the list; one that is there already (the same event and subscription) stays as it is."""
        if rows:
            add_all_new(self._session, EventDeliveryRow, [_new(row) for row in rows])

    def listing(
        self,
        *,
        system: str = "",
        subscription: str = "",
        state: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> list[EventDelivery]:
        """The newest first; `before`: only those below that id. Times are those at which they were made."""
        where = _asked(system, subscription, state, since, until)
        if before is not None:
            where.append(_d.id < before)
        return self._records.found(self._records.select().where(*where).order_by(_d.id.desc()).limit(limit))

    def get(self, id_: int) -> EventDelivery | None:
        """One of them."""
        found = self._records.found(self._records.select().where(_d.id == id_))
        return found[0] if found else None

    def ids(
        self,
        states: Sequence[str],
        *,
        system: str = "",
        subscription: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[int]:
        """In the order in which their events came, to be sent again so."""
        where = _asked(system, subscription, "", since, until)
        query = select(_d.id).where(*where, _d.state.in_(states)).order_by(_d.event_seq, _d.id)
        return list(self._session.connection().execute(query).scalars())

    def names(self, ids: Sequence[int]) -> list[tuple[int, tuple[str, str]]]:
        """The subscription of each, in the order of `ids`."""
        found: dict[int, tuple[str, str]] = {}
        for some in chunks(ids):
            query = select(_d.id, _d.system, _d.subscription).where(_d.id.in_(some))
            found |= {id_: (system, name) for id_, system, name in self._session.connection().execute(query)}
        return [(id_, found[id_]) for id_ in ids if id_ in found]

    def of_events(self, seqs: Sequence[int]) -> dict[int, list[EventDelivery]]:
        """What became of these events, by their number."""
        found: dict[int, list[EventDelivery]] = defaultdict(list)
        for some in chunks(seqs):
            query = self._records.select().where(_d.event_seq.in_(some)).order_by(_d.system, _d.subscription)
            for row in self._records.found(query):
                found[row.event_seq].append(row)
        return dict(found)

    def attempts(self, id_: int) -> list[EventAttempt]:
        """The attempts of one that failed, the first first."""
        query = select(*(_a[name] for name in EventAttempt.__slots__)).where(_a.delivery_id == id_)
        rows = self._session.connection().execute(query.order_by(_a.replay, _a.number))
        return [EventAttempt(*row) for row in rows]

    def counts(self, since: datetime | None = None) -> dict[tuple[str, str], dict[str, int]]:
        """How many are in each state, by subscription; of those made since then."""
        query = select(_d.system, _d.subscription, _d.state, func.count()).where(*_asked(since=since))
        found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        grouped = query.group_by(_d.system, _d.subscription, _d.state)
        for system, subscription, state, count in self._session.connection().execute(grouped):
            found[system, subscription][state] = count
        return dict(found)

    def open_counts(self) -> dict[tuple[str, str], dict[str, int]]:
        """How many wait, are kept back or are dead, by subscription; what arrived isn't counted, so it is quick."""
        found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        for state in (_IS_WAITING, _IS_KEPT):
            query = select(_d.system, _d.subscription, _d.state, func.count()).where(state)
            grouped = query.group_by(_d.system, _d.subscription, _d.state)
            for system, subscription, name, count in self._session.connection().execute(grouped):
                found[system, subscription][name] = count
        return dict(found)

    def by_day(self, starts: Sequence[datetime], *, system: str) -> list[tuple[int, str, str, int]]:
        """(Number of the day, subscription, state, how many) of one system; `starts`: when each day begins."""
        day = case(*((_d.created_at >= start, number) for number, start in reversed(list(enumerate(starts)))))
        query = select(day.label("day"), _d.subscription, _d.state, func.count())
        grouped = query.where(*_asked(system, since=starts[0])).group_by("day", _d.subscription, _d.state)
        return [(row[0], row[1], row[2], row[3]) for row in self._session.connection().execute(grouped)]

    def hold(self, system: str, subscription: str) -> int:
        """Keep back what waits; how many."""
        here = _d.system == system, _d.subscription == subscription
        return self._change(_IS_WAITING, *here, state="held", claimed_by="", claimed_until=None)

    def release(self, system: str, subscription: str, now: datetime) -> int:
        """What was kept back is due now, in the order in which the events came; how many."""
        here = _d.system == system, _d.subscription == subscription, _d.state == "held"
        again = case((_d.attempts > 0, _d.replays + 1), else_=_d.replays)
        return self._change(*here, state="waiting", attempts=0, replays=again, next_at=now)

    def bury(self, system: str, subscription: str, reason: str, now: datetime) -> int:
        """Nobody listens there any more: what waits or is kept back becomes dead letters; how many."""
        here = _d.system == system, _d.subscription == subscription, _d.state.in_(("waiting", "held"))
        return self._change(*here, state="dead", reason=reason, done_at=now, claimed_by="", claimed_until=None)

    def replay(self, ids: Sequence[int], state: str, now: datetime) -> int:
        """Send these again, with all attempts anew; those that wait anyway are left alone. How many."""
        over = _d.state.in_(("dead", "done"))
        again = {"state": state, "attempts": 0, "replays": _d.replays + 1, "next_at": now, "done_at": None}
        return sum(self._change(_d.id.in_(some), over, **again, claimed_by="") for some in chunks(ids))

    def _change(self, *where: Any, **values: Any) -> int:
        return rows_changed(self._session, update(table_of(EventDeliveryRow)).where(*where).values(**values))


def _asked(
    system: str = "",
    subscription: str = "",
    state: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Any]:
    """Which deliveries are meant, as conditions."""
    said: list[Any] = [
        column == value
        for column, value in ((_d.system, system), (_d.subscription, subscription), (_d.state, state))
        if value
    ]
    said += [_d.created_at >= since] if since else []
    said += [_d.created_at < until] if until else []
    return said


def _new(row: NewDelivery) -> dict[str, Any]:
    return _BLANK | {
        "event_seq": row.event_seq,
        "system": row.system,
        "subscription": row.subscription,
        "order_key": row.order_key,
        "state": row.state,
        "next_at": row.at,
        "created_at": row.at,
    }


_BLANK: dict[str, Any] = {
    "attempts": 0,
    "replays": 0,
    "claimed_by": "",
    "claimed_until": None,
    "status": 0,
    "reason": "",
    "answer": "",
    "result_seq": None,
    "milliseconds": 0,
    "tried_at": None,
    "done_at": None,
}
