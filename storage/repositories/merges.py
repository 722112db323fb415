"""Customers that are one: pointers from those that go to the one that is kept. Nothing of either is rewritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session

from bot.contracts.person import Person
from storage.chunks import chunks
from storage.permissions import visible
from storage.records import Records
from storage.tables import CustomerRow, MergeRow
from storage.upsert import table_of

_merges, _customers = table_of(MergeRow), table_of(CustomerRow)
_ACTIVE = _merges.c.undone_at.is_(None)


@dataclass(frozen=True, slots=True)
class Merge:
    """One pointer."""

    id: int
    kept_id: str
    gone_id: str
    how: str  # "key", "model" or "person"
    by: str
    at: datetime
    through: int | None = None  # the merge that moved it; None: somebody decided about these two
    undone_by: str = ""
    undone_at: datetime | None = None


class Merges:
    """Whoever is kept is never gone itself, so that one look is enough: no chains, and so no cycles."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, MergeRow, Merge)

    def merge(self, kept_id: str, gone_id: str, how: str, by: str, at: datetime) -> int | None:
        """`gone_id` is `kept_id` from now on. The merge's id; None when they are one already, or one is unknown.

        Of a customer that is gone itself its kept one is meant. Both are locked first, in the order of their ids, so
        that two people who merge at once can't make a chain.
        """
        if not self._locked({kept_id, gone_id}):
            return None
        heads = self.effective_all((kept_id, gone_id))
        kept, gone = heads[kept_id], heads[gone_id]
        if kept == gone or not self._locked({kept, gone}):
            return None
        if set(self.effective_all((kept, gone)).values()) != {kept, gone}:  # until the lock came, somebody merged them
            return self.merge(kept, gone, how, by, at)
        new = self._add(kept, gone, how, by, at)
        for moved in self._active(_merges.c.kept_id == gone):
            self._end(moved.id, by, at, through=new)
            self._add(kept, moved.gone_id, moved.how, moved.by, at, through=new)
        return new

    def undo(self, merge_id: int, by: str, at: datetime) -> bool:
        """They are two again, and whoever pointed to the one that is back points there again. False: too late."""
        found = self._found(_merges.c.id == merge_id, _ACTIVE, _merges.c.through.is_(None))
        if not found or not self._locked({found[0].kept_id, found[0].gone_id}):
            return False
        if not self._end(merge_id, by, at):
            return False
        for moved in self._active(_merges.c.through == merge_id):
            self._end(moved.id, by, at)
        self._back(merge_id)
        return True

    def effective(self, customer_id: str) -> str:
        """The customer that this one is now; itself when it wasn't merged."""
        return self.effective_all([customer_id])[customer_id]

    def effective_all(self, ids: Iterable[str]) -> dict[str, str]:
        """The same for many."""
        wanted = list(ids)
        heads = {id_: id_ for id_ in wanted}
        for some in chunks(wanted):
            query = select(_merges.c.gone_id, _merges.c.kept_id).where(_ACTIVE, _merges.c.gone_id.in_(some))
            heads |= {str(gone): str(kept) for gone, kept in self._session.connection().execute(query)}
        return heads

    def all(self) -> dict[str, str]:
        """Every customer that is gone → the one that is kept."""
        query = select(_merges.c.gone_id, _merges.c.kept_id).where(_ACTIVE)
        return {str(gone): str(kept) for gone, kept in self._session.connection().execute(query)}

    def of(self, customer_id: str) -> list[Merge]:
        """What points to this customer, or where it points."""
        either = (_merges.c.kept_id == customer_id) | (_merges.c.gone_id == customer_id)
        return self._active(either)

    def decided(self, viewer: Person, limit: int = 50, offset: int = 0) -> list[Merge]:
        """What people decided and could take back, the latest first, of customers that the viewer may both see."""
        query = self._records.select().where(_ACTIVE, _merges.c.through.is_(None), *_both_seen(viewer))
        return self._records.found(query.order_by(_merges.c.id.desc()).limit(limit).offset(offset))

    def seen(self, viewer: Person, merge_id: int) -> Merge | None:
        """One, if the viewer may see both."""
        found = self._found(_merges.c.id == merge_id, *_both_seen(viewer))
        return found[0] if found else None

    def _add(self, kept: str, gone: str, how: str, by: str, at: datetime, through: int | None = None) -> int:
        values = {"kept_id": kept, "gone_id": gone, "how": how, "by": by, "at": at, "through": through, "undone_by": ""}
        made = insert(_merges).values(**values).returning(_merges.c.id)
        return int(self._session.connection().execute(made).scalar_one())

    def _end(self, merge_id: int, by: str, at: datetime, through: int | None = None) -> bool:
        change = update(_merges).where(_merges.c.id == merge_id, _ACTIVE)
        values = {"undone_by": by, "undone_at": at, "ended_through": through}
        return self._session.connection().execute(change.values(**values).returning(_merges.c.id)).first() is not None

    def _back(self, merge_id: int) -> None:
        """What this merge moved on points again where it pointed, unless it was merged with somebody since."""
        gone_now = select(_merges.c.gone_id).where(_ACTIVE)
        moved = update(_merges).where(_merges.c.ended_through == merge_id, _merges.c.gone_id.not_in(gone_now))
        self._session.connection().execute(moved.values(undone_by="", undone_at=None, ended_through=None))

    def _active(self, *where: Any) -> list[Merge]:
        return self._found(_ACTIVE, *where)

    def _found(self, *where: Any) -> list[Merge]:
        return self._records.found(self._records.select().where(*where).order_by(_merges.c.id))

    def _locked(self, ids: set[str]) -> bool:
        """Whether all of them are there; nobody else merges them until this transaction ends."""
        query = select(_customers.c.id).where(_customers.c.id.in_(ids)).order_by(_customers.c.id).with_for_update()
        return len(self._session.connection().execute(query).all()) == len(ids)


def _both_seen(viewer: Person) -> tuple[Any, ...]:
    seen = select(_customers.c.id).where(visible(viewer, CustomerRow))
    return _merges.c.kept_id.in_(seen), _merges.c.gone_id.in_(seen)
