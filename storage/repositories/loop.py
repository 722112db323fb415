"""The closed loop's records, written set by set: campaigns, touches, leads, deals, customers, contracts, payments …"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from bot.contracts.person import Person
from storage.chunks import chunks
from storage.permissions import visible
from storage.reasons import Reason
from storage.repositories.loop_kept import KINDS, Kept, kept
from storage.repositories.loop_links import Dangling, dangling
from storage.upsert import table_of

Record = Mapping[str, Any]


@dataclass(slots=True)
class Written:
    """What became of some records."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: dict[str, Reason] = field(default_factory=dict)  # by record id; they can be tried again


class Loop:
    """The records of all entities. What is shown to somebody takes a viewer."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def write(self, entity: str, records: Iterable[Record]) -> Written:
        """Add and change; nothing is removed. A record has `id` and some of the entity's fields: those it doesn't have
        keep their values. Of two with one id the later one holds. A customer whose owner isn't known, and a deal whose
        customer isn't, are refused; other links may point to what hasn't come yet (`dangling`)."""
        done = Written()
        target = kept(self._session, entity)
        for some in chunks(records):
            self._write(target, some, done)
        return done

    def records(self, entity: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What is kept under these ids; unknown ids are left out. For flows: who may see it is not asked."""
        target = kept(self._session, entity)
        return {id_: record for some in chunks(ids) for id_, record in target.read(some).items()}

    def seen(self, viewer: Person, entity: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The same of those that the viewer may see."""
        wanted = list(ids)
        id_ = table_of(KINDS[entity]).c.id
        allowed: set[str] = set()
        for some in chunks(wanted):
            query = select(id_).where(id_.in_(some), visible(viewer, KINDS[entity]))
            allowed |= set(self._session.connection().execute(query).scalars())
        return self.records(entity, [one for one in wanted if one in allowed])

    def count(self, entity: str, viewer: Person | None = None) -> int:
        """How many there are, or how many of them the viewer may see."""
        query = select(func.count()).select_from(table_of(KINDS[entity]))
        query = query.where(visible(viewer, KINDS[entity])) if viewer else query
        return int(self._session.connection().execute(query).scalar_one())

    def known(self, entity: str, ids: Iterable[str]) -> frozenset[str]:
        """Which of these ids there are."""
        id_ = table_of(KINDS[entity]).c.id
        queries = (select(id_).where(id_.in_(some)) for some in chunks(ids))
        return frozenset(one for query in queries for one in self._session.connection().execute(query).scalars())

    def values(self, entity: str, field: str, most: int = 1000) -> frozenset[str]:
        """What stands in a field of text, for comparing; at most so many."""
        column = table_of(KINDS[entity]).c[field]
        query = select(column).distinct().where(column != "").limit(most)
        return frozenset(self._session.connection().execute(query).scalars())

    def dangling(self, entity: str) -> list[Dangling]:
        """Links to what isn't there: a payment without its contract. For quality; the records are kept."""
        return dangling(self._session, KINDS[entity])

    def _write(self, target: Kept, records: Sequence[Record], done: Written) -> None:
        new: dict[str, dict[str, Any]] = {}
        for record in records:
            new.setdefault(record["id"], {}).update(record)
        refused = target.refused(list(new.values()))
        old = target.read([id_ for id_ in new if id_ not in refused])
        writes = []
        for id_, record in new.items():
            if id_ in refused:
                continue
            before = old.get(id_)
            after = target.merged(before, record)
            done.added += before is None
            done.unchanged += before == after
            if before != after:
                done.changed += before is not None
                writes.append(after)
        target.put(writes)
        done.refused |= refused
