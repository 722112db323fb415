"""Deadlines that events open and close, and what was said about them (C9). What people see of them: deadline_board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Session

from storage.chunks import chunks
from storage.records import Records
from storage.tables import (
    ContractRow,
    CustomerRow,
    DeadlineNoteRow,
    DeadlineRow,
    EventKeyRow,
    EventRow,
)
from storage.upsert import add_all_new, add_new, table_of

_deadlines, _notes = table_of(DeadlineRow), table_of(DeadlineNoteRow)
_events, _keys = table_of(EventRow), table_of(EventKeyRow)
_customers, _contracts = table_of(CustomerRow), table_of(ContractRow)
OPEN = ("open", "late")
OVER = ("met", "missed", "cancelled")
HISTORY = -1  # as `rung`: over long ago when it became known
NEWEST = 20_000  # notes among which those of the last hour are
_CHANGED = (
    "opened_at",
    "due_at",
    "state",
    "closed_seq",
    "closed_at",
    "next_at",
    "rung",
    "rounds",
    "resolved_by",
    "reason",
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline, as DeadlineRow."""

    id: int
    sla: str
    sla_version: int
    case_key: str
    opened_seq: int
    opened_at: datetime
    due_at: datetime
    closed_seq: int | None = None
    closed_at: datetime | None = None
    state: str = "open"
    rung: int = 0
    rounds: int = 0
    next_at: datetime | None = None
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    snoozed_until: datetime | None = None
    resolved_by: str = ""
    reason: str = ""
    customer_id: str = ""
    contract_id: str = ""
    person_id: str = ""
    region: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nobody waits any more."""
        return self.state in OVER


@dataclass(frozen=True, slots=True)
class Note:
    """What was told to whom, or who said what."""

    deadline_id: int
    at: datetime
    kind: str  # nudge, escalation, over, acknowledged, snoozed, resolved
    rung: int
    round: int
    person_id: str
    card_id: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that may close or cancel a deadline."""

    seq: int
    type: str
    value: str  # of the correlation key
    time: datetime  # when it happened: no later than it came


class Deadlines:
    """Every change of the ladder says in its WHERE what it expects, so that of two processes one does it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, DeadlineRow, Deadline)
        self._noted = Records(session, DeadlineNoteRow, Note)

    def of_cases(self, slas: Sequence[str], cases: Iterable[str]) -> list[Deadline]:
        """All of these cases under these rules, in the order in which they were opened."""
        queries = (
            self._records.select().where(_deadlines.c.case_key.in_(some), _deadlines.c.sla.in_(list(slas)))
            for some in chunks(cases)
        )
        found = [one for query in queries for one in self._records.found(query)]
        return sorted(found, key=lambda one: (one.opened_seq, one.id))

    def add_all(self, deadlines: Sequence[Deadline]) -> None:
        """New ones; those that another process added in the same moment stay as they are. Ids are given here."""
        rows = [{name: value for name, value in asdict(one).items() if name != "id"} for one in deadlines]
        if rows:
            add_all_new(self._session, DeadlineRow, rows)

    def change_all(self, deadlines: Sequence[Deadline]) -> None:
        """What events changed about them: what people said about them stays."""
        if deadlines:
            change = update(_deadlines).where(_deadlines.c.id == bindparam("_id"))
            rows = [{"_id": one.id, **{name: getattr(one, name) for name in _CHANGED}} for one in deadlines]
            self._session.connection().execute(change, rows)

    def happened(self, types: Iterable[str], key: str, values: Iterable[str]) -> list[Happened]:
        """Events of these types about these cases, the first that happened first."""
        wanted, found = list(types), list[Happened]()
        for some in chunks(values):
            here = _keys.c.name == key, _keys.c.value.in_(some), _events.c.type.in_(wanted)
            query = select(_events.c.seq, _events.c.type, _keys.c.value, _events.c.time, _events.c.received_at)
            rows = self._session.connection().execute(
                query.select_from(_keys.join(_events, _events.c.seq == _keys.c.event_seq)).where(*here)
            )
            found += [Happened(seq, type_, value, min(time, came)) for seq, type_, value, time, came in rows]
        return sorted(found, key=lambda one: (one.time, one.seq))

    def owners(self, customers: Iterable[str], contracts: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Who owns these customers, and who signed these contracts."""
        return self._pairs(_customers.c.id, _customers.c.owner_id, customers), self._pairs(
            _contracts.c.id, _contracts.c.signer_id, contracts
        )

    def due(self, now: datetime, limit: int) -> list[Deadline]:
        """Those that are to be looked at, the oldest first."""
        query = self._records.select().where(_deadlines.c.next_at <= now)
        return self._records.found(query.order_by(_deadlines.c.next_at, _deadlines.c.id).limit(limit))

    def next_at(self) -> datetime | None:
        """When the next one is to be looked at."""
        query = select(_deadlines.c.next_at).where(_deadlines.c.next_at.is_not(None))
        return self._session.connection().execute(query.order_by(_deadlines.c.next_at).limit(1)).scalar()

    def claim(self, seen: Deadline, **values: Any) -> bool:
        """Change it as a look at it says. False when somebody else has changed it since."""
        same = (
            _deadlines.c.id == seen.id,
            _deadlines.c.state == seen.state,
            _deadlines.c.rung == seen.rung,
            _deadlines.c.rounds == seen.rounds,
            _deadlines.c.next_at.is_not_distinct_from(seen.next_at),
            _deadlines.c.acknowledged_at.is_not_distinct_from(seen.acknowledged_at),
            _deadlines.c.snoozed_until.is_not_distinct_from(seen.snoozed_until),
        )
        return self._change(*same, **values)

    def claim_history(self) -> list[Deadline]:
        """Those that were over long ago when they became known, to be summed up: each once."""
        waiting = _deadlines.c.rung == HISTORY, _deadlines.c.next_at.is_not(None)
        change = update(_deadlines).where(*waiting).values(next_at=None).returning(_deadlines.c.id)
        ids = [one for (one,) in self._session.connection().execute(change)]
        found = (self._records.found(self._records.select().where(_deadlines.c.id.in_(some))) for some in chunks(ids))
        return [one for some in found for one in some]

    def acknowledge(self, id_: int, by: str, at: datetime, next_at: datetime | None) -> bool:
        """Somebody sees to it. False when it is over."""
        values = {"acknowledged_by": by, "acknowledged_at": at, "snoozed_until": None, "next_at": next_at}
        return self._change(*_is_open(id_), **values)

    def snooze(self, id_: int, until: datetime, reason: str, next_at: datetime | None) -> bool:
        """Nobody is told until then. False when it is over."""
        values = {"snoozed_until": until, "acknowledged_at": None, "acknowledged_by": ""}
        return self._change(*_is_open(id_), reason=reason, next_at=next_at, **values)

    def resolve(self, id_: int, by: str, at: datetime, reason: str, state: str) -> bool:
        """Somebody says that it is settled. False when it is over."""
        values = {"state": state, "closed_at": at, "resolved_by": by, "reason": reason, "next_at": at}
        return self._change(*_is_open(id_), **values)

    def note(self, note: Note) -> bool:
        """Keep what was told. False when that has been kept before."""
        return add_new(self._session, DeadlineNoteRow, asdict(note))

    def notes(self, ids: Iterable[int]) -> dict[int, list[Note]]:
        """By deadline, the oldest first."""
        found: dict[int, list[Note]] = {}
        for some in chunks(ids):
            query = self._noted.select().where(_notes.c.deadline_id.in_(some)).order_by(_notes.c.at, _notes.c.id)
            for one in self._noted.found(query):
                found.setdefault(one.deadline_id, []).append(one)
        return found

    def cards_since(self, person_id: str, kind: str, since: datetime) -> list[datetime]:
        """When this person got cards of this kind, each once; looked for among the newest notes."""
        newest = select(func.max(_notes.c.id) - NEWEST).scalar_subquery()
        here = _notes.c.id > newest, _notes.c.at > since, _notes.c.person_id == person_id, _notes.c.kind == kind
        query = select(func.max(_notes.c.at)).where(*here).group_by(_notes.c.card_id)
        return [at for (at,) in self._session.connection().execute(query)]

    def history_by(self) -> list[Any]:
        """Conditions: open, and over long ago when it became known."""
        return [_deadlines.c.state.in_(OPEN), _deadlines.c.rung == HISTORY]

    def drop_history(self, slas: Sequence[str], by: str, at: datetime, reason: str) -> int:
        """Nobody waits for these any more, and no figure counts them: how many."""
        here = [*self.history_by(), _deadlines.c.sla.in_(list(slas))]
        values = {"state": "cancelled", "closed_at": at, "resolved_by": by, "reason": reason, "next_at": None}
        change = update(_deadlines).where(*here).values(**values).returning(_deadlines.c.id)
        return len(self._session.connection().execute(change).all())

    def told(self, person_id: str, ids: Sequence[int]) -> list[Deadline]:
        """Of these, those that the person was told of."""
        known = select(_notes.c.deadline_id).where(_notes.c.person_id == person_id)
        query = self._records.select().where(_deadlines.c.id.in_(list(ids)), _deadlines.c.id.in_(known))
        return self._records.found(query.order_by(_deadlines.c.due_at, _deadlines.c.id))

    def count_notes(self, id_: int, kind: str, person_id: str) -> int:
        """How often this was said of it by, or to, a person."""
        here = _notes.c.deadline_id == id_, _notes.c.kind == kind, _notes.c.person_id == person_id
        query = select(func.count()).select_from(_notes).where(*here)
        return int(self._session.connection().execute(query).scalar_one())

    def customers_called(self, ids: Iterable[str]) -> Mapping[str, str]:
        """What these customers are called."""
        return self._pairs(_customers.c.id, _customers.c.name, ids)

    def _pairs(self, key: Any, value: Any, ids: Iterable[str]) -> dict[str, str]:
        queries = (select(key, value).where(key.in_(some)) for some in chunks(filter(None, ids)))
        rows = (row for query in queries for row in self._session.connection().execute(query))
        return {id_: said for id_, said in rows if said}

    def _change(self, *where: Any, **values: Any) -> bool:
        change = update(_deadlines).where(*where).values(**values).returning(_deadlines.c.id)
        return self._session.connection().execute(change).first() is not None


def _is_open(id_: int) -> tuple[Any, ...]:
    return _deadlines.c.id == id_, _deadlines.c.state.in_(OPEN)
