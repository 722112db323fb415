"""One customer across systems: whose each record is, and which customers may be one (B13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, func, select, update
from sqlmodel import Session

from bot.contracts.person import Person
from storage.chunks import chunks
from storage.permissions import visible
from storage.records import Records
from storage.repositories.merges import Merges
from storage.tables import AuditRow, CustomerRow, IdentityRow, MatchRow
from storage.upsert import table_of, upsert_all

State = Literal["open", "same", "different"]
CUSTOMER = "customer"
SEARCHED = "identity.searched"  # in the audit log
_identities, _matches, _customers = table_of(IdentityRow), table_of(MatchRow), table_of(CustomerRow)
_audit = table_of(AuditRow)


@dataclass(frozen=True, slots=True)
class Identity:
    """A lead, contract, payment or ticket is this customer's."""

    entity: str
    record_id: str
    customer_id: str
    how: str  # "key", "name", "model" or "person"
    probability: float
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Two customers (or a record and a customer) that may be one. `evidence`: comparison → level."""

    left_kind: str
    left_id: str
    right_id: str
    probability: float
    evidence: Mapping[str, str]
    at: datetime
    state: State = "open"
    decided_by: str = ""
    decided_at: datetime | None = field(default=None)

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it."""
        return self.left_kind, self.left_id, self.right_id


class Identities:
    """What is known, what is doubtful, what was merged."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._links = Records(session, IdentityRow, Identity)
        self._doubts = Records(session, MatchRow, Match)
        self.merges = Merges(session)

    def customer_of(self, entity: str, ids: Iterable[str]) -> dict[str, str]:
        """Whose these records are, after merges; those of nobody known are left out."""
        found: dict[str, str] = {}
        for some in chunks(ids):
            query = select(_identities.c.record_id, _identities.c.customer_id)
            query = query.where(_identities.c.entity == entity, _identities.c.record_id.in_(some))
            found |= {str(id_): str(customer) for id_, customer in self._session.connection().execute(query)}
        heads = self.merges.effective_all(set(found.values()))
        return {id_: heads[customer] for id_, customer in found.items()}

    def effective(self, customer_id: str) -> str:
        """The customer that this one is now."""
        return self.merges.effective(customer_id)

    def links(self, entity: str) -> dict[str, Identity]:
        """Every link of an entity's records, before merges."""
        found = self._links.found(self._links.select().where(_identities.c.entity == entity))
        return {one.record_id: one for one in found}

    def put(self, links: Sequence[Identity]) -> None:
        """Add and change. What a person decided stays: callers leave it out."""
        for some in chunks(links):
            self._links.put_all(some)

    def drop(self, entity: str, ids: Iterable[str]) -> None:
        """These records are nobody's any more; what a person decided stays."""
        for some in chunks(ids):
            here = _identities.c.entity == entity, _identities.c.record_id.in_(some), _identities.c.how != "person"
            self._session.connection().execute(delete(_identities).where(*here))

    def propose(self, found: Sequence[Match], *, among: Collection[str] | None = None) -> int:
        """These may be one; what was decided stays as it is. How many are new.

        Open pairs that are not found again are dropped, of the customers `among` alone if given.
        """
        known = {one.key: one for one in self._doubts.found(self._doubts.select())}
        fresh = [one for one in found if one.key not in known or known[one.key].state == "open"]
        new = {one.key for one in fresh}
        for one in known.values():
            looked = among is None or one.left_id in among or one.right_id in among
            if one.state == "open" and looked and one.key not in new:
                self._session.connection().execute(delete(_matches).where(*_is(one.key), _matches.c.state == "open"))
        upsert_all(self._session, MatchRow, [_columns(one, known.get(one.key)) for one in fresh], _refreshed)
        return sum(one.key not in known for one in fresh)

    def doubts(self, viewer: Person, limit: int = 50, offset: int = 0) -> list[Match]:
        """Open pairs of customers that the viewer may both see, the surest first."""
        query = self._doubts.select().where(*_open_to(viewer))
        order = _matches.c.probability.desc(), _matches.c.left_id, _matches.c.right_id
        return self._doubts.found(query.order_by(*order).limit(limit).offset(offset))

    def count(self, viewer: Person) -> int:
        """How many `doubts` would list without a limit."""
        query = select(func.count()).select_from(_matches).where(*_open_to(viewer))
        return int(self._session.connection().execute(query).scalar_one())

    def match(self, viewer: Person, left_id: str, right_id: str) -> Match | None:
        """One pair of customers, whatever became of it, if the viewer may see both."""
        query = self._doubts.select().where(*_is((CUSTOMER, left_id, right_id)), *_both_seen(viewer))
        found = self._doubts.found(query)
        return found[0] if found else None

    def decide(self, key: tuple[str, str, str], state: State, by: str, at: datetime) -> bool:
        """Somebody said what it is. False when somebody else did before."""
        change = update(_matches).where(*_is(key), _matches.c.state == "open")
        done = change.values(state=state, decided_by=by, decided_at=at).returning(_matches.c.left_id)
        return self._session.connection().execute(done).first() is not None

    def reopen(self, left_id: str, right_id: str) -> bool:
        """The decision about two customers is taken back. False when there is none."""
        pair = sorted((left_id, right_id))
        change = update(_matches).where(*_is((CUSTOMER, pair[0], pair[1])), _matches.c.state != "open")
        done = change.values(state="open", decided_by="", decided_at=None).returning(_matches.c.left_id)
        return self._session.connection().execute(done).first() is not None

    def searched(self) -> bool:
        """Whether anybody looked for doubles yet."""
        query = select(_audit.c.seq).where(_audit.c.action == SEARCHED).limit(1)
        return self._session.connection().execute(query).first() is not None

    def refused(self, viewer: Person, limit: int = 50) -> list[Match]:
        """Pairs that were said to be two, the latest first, of customers that the viewer may both see."""
        query = self._doubts.select().where(_matches.c.state == "different", *_both_seen(viewer))
        return self._doubts.found(query.order_by(_matches.c.decided_at.desc()).limit(limit))


def _is(key: tuple[str, str, str]) -> tuple[Any, ...]:
    return _matches.c.left_kind == key[0], _matches.c.left_id == key[1], _matches.c.right_id == key[2]


def _both_seen(viewer: Person) -> tuple[Any, ...]:
    seen = select(_customers.c.id).where(visible(viewer, CustomerRow))
    return _matches.c.left_kind == CUSTOMER, _matches.c.left_id.in_(seen), _matches.c.right_id.in_(seen)


def _open_to(viewer: Person) -> tuple[Any, ...]:
    return _matches.c.state == "open", *_both_seen(viewer)


def _refreshed(excluded: Any) -> dict[str, Any]:
    """A pair that is found again keeps the moment it was found first."""
    return {"probability": excluded.probability, "evidence": excluded.evidence}


def _columns(one: Match, known: Match | None) -> dict[str, Any]:
    return {
        "left_kind": one.left_kind,
        "left_id": one.left_id,
        "right_id": one.right_id,
        "probability": one.probability,
        "evidence": dict(one.evidence),
        "state": "open",
        "at": known.at if known else one.at,
        "decided_by": "",
        "decided_at": None,
    }
