"""How each subscription stands: locked until rehearsed, live, paused, or disabled because its endpoint is dead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update
from sqlmodel import Session

from storage.changes import rows_changed
from storage.tables import EventSubscriptionRow
from storage.upsert import add_new, table_of

_table = table_of(EventSubscriptionRow)
_s = _table.c

LOCKED, LIVE, PAUSED, DISABLED = "locked", "live", "paused", "disabled"


@dataclass(frozen=True, slots=True)
class EventSubscription:
    """One subscription's state. The columns say what each is."""

    system: str
    name: str
    state: str
    since: datetime
    by: str
    reason: str
    failing_since: datetime | None
    failures: int
    told_at: datetime | None
    proof: str


class EventSubscriptions:
    """One row for each subscription of an entry."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> dict[tuple[str, str], EventSubscription]:
        """By system and name."""
        query = select(*(_s[name] for name in EventSubscription.__slots__)).order_by(_s.system, _s.name)
        found = (EventSubscription(*row) for row in self._session.connection().execute(query))
        return {(one.system, one.name): one for one in found}

    def live(self, wanted: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of these that events go out to.

        The others stay shut until this transaction ends: whoever opens one waits for it, and then finds what it has
        kept back. Else that would be kept back for ever.
        """
        query = select(_s.system, _s.name).where(_s.state == LIVE)
        found = {(system, name) for system, name in self._session.connection().execute(query)}
        for system, name in sorted(set(wanted) - found):
            shut = select(_s.state).where(_s.system == system, _s.name == name).with_for_update(read=True)
            if self._session.connection().execute(shut).scalar() == LIVE:  # it was opened meanwhile
                found.add((system, name))
        return found

    def get(self, system: str, name: str) -> EventSubscription | None:
        """One of them."""
        return self.all().get((system, name))

    def add(self, system: str, name: str, now: datetime) -> None:
        """A new one, locked; one that is there stays as it is."""
        row = EventSubscriptionRow(system=system, name=name, since=now)
        add_new(self._session, EventSubscriptionRow, {column.name: getattr(row, column.name) for column in _s})

    def lock(self, system: str, name: str, now: datetime) -> bool:
        """What passed isn't what it is now. False when another process has said so."""
        return self._change(system, name, _s.state != LOCKED, state=LOCKED, since=now, by="", reason="changed")

    def open(self, system: str, name: str, proof: str, by: str, reason: str, now: datetime) -> None:
        """Events go out: a rehearsal passed (`by` nobody), or somebody opens the lock for a reason."""
        values = {"state": LIVE, "since": now, "by": by, "reason": reason, "proof": proof}
        self._change(system, name, **values, failing_since=None, failures=0, told_at=None)

    def prove(self, system: str, name: str, proof: str) -> None:
        """More is proved than before, and nothing else changes."""
        self._change(system, name, proof=proof)

    def pause(self, system: str, name: str, by: str, reason: str, now: datetime) -> bool:
        """Keep events back. False when it isn't live."""
        return self._change(system, name, _s.state == LIVE, state=PAUSED, since=now, by=by, reason=reason)

    def enable(self, system: str, name: str, by: str, now: datetime) -> bool:
        """Let events go out again. False when it was neither paused nor disabled."""
        values = {"state": LIVE, "since": now, "by": by, "reason": "", "failing_since": None, "failures": 0}
        return self._change(system, name, _s.state.in_((PAUSED, DISABLED)), **values, told_at=None)

    def disable(self, system: str, name: str, reason: str, now: datetime) -> bool:
        """Its endpoint is dead. False when another process has said so: its owner is told once."""
        values = {"state": DISABLED, "since": now, "by": "", "reason": reason, "told_at": now}
        return self._change(system, name, _s.state == LIVE, **values)

    def worked(self, names: Iterable[tuple[str, str]]) -> None:
        """Something arrived there: it isn't failing."""
        for system, name in sorted(names):
            self._change(system, name, _s.failures > 0, failures=0, failing_since=None)

    def failed(self, system: str, name: str, times: int, now: datetime) -> datetime | None:
        """So many attempts failed and none arrived. Since when it is like that; None: it is there no more."""
        since = case((_s.failing_since.is_(None), now), else_=_s.failing_since)
        values = {"failures": _s.failures + times, "failing_since": since}
        self._change(system, name, **values)
        query = select(_s.failing_since).where(_s.system == system, _s.name == name)
        return self._session.connection().execute(query).scalar()

    def remove(self, system: str, names: Iterable[str]) -> None:
        """These are no longer in its entry: should they come back, they are new."""
        chosen = _s.system == system, _s.name.in_(list(names))
        self._session.connection().execute(_table.delete().where(*chosen))

    def _change(self, system: str, name: str, *where: Any, **values: Any) -> bool:
        statement = update(_table).where(_s.system == system, _s.name == name, *where).values(**values)
        return rows_changed(self._session, statement) > 0
