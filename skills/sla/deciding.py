"""What people do about a deadline: see to it, put it off, settle it. By those who were told or may see it (D9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.contracts import Person, Role
from storage.repositories.deadlines import HISTORY, Deadline, Note

if TYPE_CHECKING:
    from storage.store import Store

LONGEST_REASON = 200
KEEPERS = frozenset({Role.SALES_OPS, Role.ADMIN})


def decidable(store: Store, person: Person, ids: Iterable[int]) -> list[Deadline]:
    """Those that this person may see, or was told of; over or not."""
    wanted = list(ids)
    seen = {one.id: one for one in store.deadline_board.seen_of(person, wanted)}
    told = store.deadlines.told(person.id, [id_ for id_ in wanted if id_ not in seen])
    return [*seen.values(), *told]


def acknowledge(store: Store, ids: Iterable[int], person: Person, now: datetime, hours: float) -> int:
    """This person sees to it: silence until it is settled or that lapses. How many; 0: all are over or not theirs."""
    lapses, done = now + timedelta(hours=hours), 0
    for one in decidable(store, person, ids):
        next_at = _look_at(one, lapses, now)
        if store.deadlines.acknowledge(one.id, person.id, now, next_at):
            done += _noted(store, one, person, now, "acknowledged", "")
    return done


def snooze(store: Store, ids: Iterable[int], person: Person, until: datetime, reason: str, now: datetime) -> int:
    """Nobody is told until then."""
    done = 0
    for one in decidable(store, person, ids):
        next_at = _look_at(one, until, now)
        if store.deadlines.snooze(one.id, until, reason, next_at):
            done += _noted(store, one, person, now, "snoozed", reason)
    return done


def resolve(store: Store, ids: Iterable[int], person: Person, reason: str, now: datetime) -> int:
    """It is settled without its event; whether in time, the clock says."""
    done = 0
    for one in decidable(store, person, ids):
        state = "met" if now <= one.due_at else "missed"
        if store.deadlines.resolve(one.id, person.id, now, reason, state):
            done += _noted(store, one, person, now, "resolved", reason)
    return done


def drop_history(store: Store, rules: Sequence[str], person: Person, reason: str, now: datetime) -> int:
    """Nobody waits any more for what was late long ago when it became known. By sales ops and admins."""
    if person.role not in KEEPERS:
        return 0
    count = store.deadlines.drop_history(rules, person.id, now, reason)
    if count:
        detail = {"rules": list(rules), "count": count, "reason": reason}
        store.audit.add(person.id, "sla.history_dropped", "", detail, now)
    return count


def _look_at(one: Deadline, silent_until: datetime, now: datetime) -> datetime | None:
    """When the ladder looks again: when it is due, or the silence ends. Of history it tells nobody."""
    if one.rung == HISTORY:
        return one.next_at
    return min(silent_until, one.due_at) if one.due_at > now else silent_until


def _noted(store: Store, one: Deadline, person: Person, now: datetime, kind: str, reason: str) -> int:
    count = store.deadlines.count_notes(one.id, kind, person.id)
    store.deadlines.note(Note(one.id, now, kind, -1, count, person.id, text=reason))
    detail = {"sla": one.sla, "case": one.case_key, "reason": reason}
    store.audit.add(person.id, f"sla.{kind}", str(one.id), detail, now)
    return 1
