"""Sending deliveries of events: claimed by one process at a time, noted in batches.

A row that waits is due at `next_at`. Whoever claims it moves `next_at` to where the claim ends: if they die, it is due
again by itself. Of those with one `order_key` only the first is ever due: the others are parked, and each that ends
frees the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, text, update
from sqlmodel import Session

from storage.changes import rows_changed
from storage.chunks import chunks
from storage.records import Records
from storage.repositories.event_deliveries import EventDelivery
from storage.tables import EventAttemptRow, EventDeliveryRow, EventSubscriptionRow
from storage.upsert import add_all_new, table_of

PARKED = datetime(9999, 1, 1, tzinfo=UTC)  # behind another of its key
LOOKED_AT = 8  # how many of an ordered subscription are looked at for each that may be claimed

_d, _s = table_of(EventDeliveryRow).c, table_of(EventSubscriptionRow).c
_IS_WAITING = text("event_deliveries.state = 'waiting'")  # spelt out: a partial index is used only so
_before = table_of(EventDeliveryRow).alias("before")
_SAME_KEY = (  # of those that wait
    text("before.state = 'waiting' AND before.order_key <> ''"),
    _before.c.system == _d.system,
    _before.c.subscription == _d.subscription,
    _before.c.order_key == _d.order_key,
)
_IS_BEHIND = (
    select(_before.c.id).where(*_SAME_KEY, _before.c.event_seq < _d.event_seq).correlate(table_of(EventDeliveryRow))
).exists()
_FIRST_OF_KEY = (
    select(_before.c.id)
    .where(*_SAME_KEY)
    .order_by(_before.c.event_seq)
    .limit(1)
    .correlate(table_of(EventDeliveryRow))
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Want:
    """How much of one subscription may be claimed."""

    system: str
    subscription: str
    proofs: frozenset[str]  # one of which must be what passed: else nothing goes out
    most: int
    ordered: bool = False
    every: timedelta = timedelta(0)  # with a rate: one each
    burst: timedelta = timedelta(seconds=1)  # of so long a share may go at once


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one process may send now, and when something else is due."""

    rows: Sequence[EventDelivery]
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one attempt."""

    delivery: EventDelivery
    state: str  # done, waiting or dead
    at: datetime
    next_at: datetime
    status: int = 0
    reason: str = ""
    answer: str = ""
    result_seq: int | None = None
    milliseconds: int = 0


class EventClaims:
    """Who sends what now. Every change says in its WHERE what it expects, so that of two processes one does it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, EventDeliveryRow, EventDelivery)

    def claim(self, wants: Sequence[Want], by: str, now: datetime, until: datetime) -> Claimed:
        """What is due, of each subscription as much as is wanted and its state, order and rate allow."""
        rows: list[EventDelivery] = []
        coming: list[datetime] = []
        for want in sorted(wants, key=lambda one: (one.system, one.subscription)):
            found, next_at = self._claim_of(want, now)
            rows += found
            coming += [next_at] if next_at else []
        self._mark(rows, by, until)
        return Claimed(rows, min(coming, default=None))

    def note(self, tried: Sequence[Tried], by: str) -> None:
        """The results of attempts that this process made."""
        if not tried:
            return
        keyed = [_name(one) for one in tried if one.delivery.order_key]
        self._lock(sorted(set(keyed)))
        good = [_values(one, by) for one in tried if one.state == "done"]
        bad = [_values(one, by) for one in tried if one.state != "done"]
        for statement, values in ((_DONE, good), (_NOT_DONE, bad)):
            if values:
                self._session.connection().execute(statement, values)
        if failed := [_attempt(one) for one in tried if one.state != "done"]:
            add_all_new(self._session, EventAttemptRow, failed)
        self.free_next([one.delivery for one in tried if one.state != "waiting"], tried[0].at)

    def free_next(self, ended: Sequence[EventDelivery], now: datetime) -> None:
        """The one behind each that ended isn't behind any more."""
        for some in chunks([one.id for one in ended if one.order_key]):
            found = self._session.connection().execute(select(_FIRST_OF_KEY).where(_d.id.in_(some))).scalars()
            first = sorted({id_ for id_ in found if id_ is not None})
            if first:
                self._change(_d.id.in_(first), _d.next_at > now, _d.claimed_by == "", next_at=now)

    def give_back_all(self, by: str, now: datetime) -> int:
        """What this process, or an earlier one of its name, had claimed when it ended: due again at once."""
        return self._change(_IS_WAITING, _d.claimed_by == by, claimed_by="", claimed_until=None, next_at=now)

    def _claim_of(self, want: Want, now: datetime) -> tuple[list[EventDelivery], datetime | None]:
        careful = want.ordered or bool(want.every)
        state = self._state(want, lock=careful)
        if state is None or not want.most:
            return [], None
        free_at, most = state[0], want.most
        if want.every:
            most, free_at = _share(free_at, want, now)
            if not most:
                return [], free_at
        found, next_at = self._due(want, most, now)
        if want.every and found:
            start = max(state[0] or now, now)
            self._use(want, start + want.every * len(found))
        if want.every and len(found) == most:
            next_at = min(next_at or PARKED, free_at or now)
        return found, next_at

    def _due(self, want: Want, most: int, now: datetime) -> tuple[list[EventDelivery], datetime | None]:
        """The first, and when the one after them is due."""
        here = _IS_WAITING, _d.system == want.system, _d.subscription == want.subscription
        looked_at = most * LOOKED_AT if want.ordered else most
        query = self._records.select().where(*here).order_by(_d.next_at, _d.event_seq).limit(looked_at + 1)
        rows = self._records.found(query.with_for_update(skip_locked=not want.ordered, of=EventDeliveryRow))
        due = [row for row in rows[:looked_at] if row.next_at <= now]
        later = next((row.next_at for row in rows if row.next_at > now), None)
        if len(rows) > looked_at and rows[looked_at].next_at <= now:
            later = now
        if want.ordered:
            due = self._heads(want, due, now)
            later = now if len(due) > most else later
        return due[:most], None if later == PARKED else later

    def _heads(self, want: Want, due: Sequence[EventDelivery], now: datetime) -> list[EventDelivery]:
        """Those that have nobody of their key before them; the others are parked."""
        keyed = [row.id for row in due if row.order_key]
        if not keyed:
            return list(due)
        behind = set(self._session.connection().execute(select(_d.id).where(_d.id.in_(keyed), _IS_BEHIND)).scalars())
        if behind:
            here = _d.system == want.system, _d.subscription == want.subscription
            keys = {row.order_key for row in due if row.id in behind}
            parked = _IS_WAITING, *here, _d.order_key.in_(sorted(keys)), _d.next_at <= now, _IS_BEHIND
            self._change(*parked, next_at=PARKED)
        return [row for row in due if row.id not in behind]

    def _state(self, want: Want, *, lock: bool) -> tuple[datetime | None] | None:
        """(until when its rate is used up,), locked if its claims must take turns; None: it isn't live."""
        query = select(_s.free_at, _s.proof).where(
            _s.system == want.system, _s.name == want.subscription, _s.state == "live"
        )
        found = self._session.connection().execute(query.with_for_update() if lock else query).first()
        return (found[0],) if found and not want.proofs.isdisjoint(found[1].split()) else None

    def _use(self, want: Want, until: datetime) -> None:
        here = _s.system == want.system, _s.name == want.subscription
        self._session.connection().execute(update(table_of(EventSubscriptionRow)).where(*here).values(free_at=until))

    def _lock(self, names: Sequence[tuple[str, str]]) -> None:
        """Noting and claiming of an ordered subscription take turns, so that nobody is parked who became the first."""
        for system, name in names:
            query = select(_s.name).where(_s.system == system, _s.name == name).with_for_update()
            self._session.connection().execute(query)

    def _mark(self, rows: Sequence[EventDelivery], by: str, until: datetime) -> None:
        for some in chunks([row.id for row in rows]):
            self._change(_d.id.in_(some), claimed_by=by, claimed_until=until, next_at=until)

    def _change(self, *where: Any, **values: Any) -> int:
        return rows_changed(self._session, update(table_of(EventDeliveryRow)).where(*where).values(**values))


def _share(free_at: datetime | None, want: Want, now: datetime) -> tuple[int, datetime]:
    """How many may go now, and when the next may after them."""
    start, burst = max(free_at or now, now), max(want.every, want.burst)
    count = max(0, min(want.most, int((now + burst - start) / want.every)))
    return count, start + want.every * (count + 1) - burst


def _name(tried: Tried) -> tuple[str, str]:
    return tried.delivery.system, tried.delivery.subscription


def _values(one: Tried, by: str) -> dict[str, Any]:
    return {
        "b_id": one.delivery.id,
        "b_by": by,
        "state": one.state,
        "attempts": one.delivery.attempts + 1,
        "next_at": one.next_at,
        "status": one.status,
        "reason": one.reason,
        "answer": one.answer,
        "result_seq": one.result_seq,
        "milliseconds": one.milliseconds,
        "tried_at": one.at,
        "done_at": one.at if one.state != "waiting" else None,
    }


def _attempt(one: Tried) -> dict[str, Any]:
    return {
        "delivery_id": one.delivery.id,
        "replay": one.delivery.replays,
        "number": one.delivery.attempts + 1,
        "at": one.at,
        "status": one.status,
        "reason": one.reason,
        "milliseconds": one.milliseconds,
    }


_NOTED = (
    "state",
    "attempts",
    "next_at",
    "status",
    "reason",
    "answer",
    "result_seq",
    "milliseconds",
    "tried_at",
    "done_at",
)
_RESULT: dict[str, Any] = {name: bindparam(name) for name in _NOTED}
# What arrived has arrived, whoever holds the claim by now; what didn't is another's business if they hold it.
_DONE = (
    update(table_of(EventDeliveryRow))
    .where(_d.id == bindparam("b_id"), _d.state != "done", bindparam("b_by") != "")
    .values(**_RESULT, claimed_by="", claimed_until=None)
)
_NOT_DONE = (
    update(table_of(EventDeliveryRow))
    .where(_d.id == bindparam("b_id"), _d.state == "waiting", _d.claimed_by == bindparam("b_by"))
    .values(**_RESULT, claimed_by="", claimed_until=None)
)
