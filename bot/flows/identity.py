"""One customer across systems at work (B13): links after every load, a search for doubles, and people's decisions."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.contracts import Clock
from bot.flows.engine import Engine, Job
from bot.flows.persist import persistently
from config.groups.identity import Identity as Rules
from config.mail_providers import PUBLIC
from knowledge.identity.linking import Directory
from storage.database import Database
from storage.repositories.identity import CUSTOMER, SEARCHED, Identity, Match
from storage.repositories.linkables import ENTITIES, Known, Linkable
from storage.store import Store

if TYPE_CHECKING:
    from knowledge.identity.match import Candidate

LATE, FEW = timedelta(hours=1), 100  # a slot caught up after a start; customers
KIND, PARTITION, EVERYTHING = "identity", "identity", "everything"
# What is looked at again after a load of an entity: whose a payment is, its contract's deal may tell.
DEPENDING = {
    "customer": ENTITIES,
    "deal": ENTITIES,
    "contract": ("contract", "payment", "ticket"),
    **{one: (one,) for one in ("lead", "payment", "ticket")},
}

log = structlog.get_logger(__name__)


class Loaded(Protocol):
    """What a load brought."""

    @property
    def entity(self) -> str:
        """campaign, lead, customer …"""
        ...

    @property
    def added(self) -> int:
        """Records that are new."""
        ...

    @property
    def changed(self) -> int:
        """Records that are other than before."""
        ...


@dataclass(frozen=True, slots=True)
class Linked:
    """How many records of an entity are whose."""

    entity: str
    records: int
    changed: int
    by_key: int
    by_name: int


@dataclass(frozen=True, slots=True)
class Searched:
    """How many customers were compared, how many pairs may be one, and how many of them are new in people's list."""

    customers: int
    pairs: int
    new: int


class IdentityFlow:
    """Done twice, everything finds the same."""

    def __init__(self, database: Database, engine: Engine | None, clock: Clock, rules: Rules) -> None:
        self._database, self._engine, self._clock, self._rules = database, engine, clock, rules

    async def after(self, loaded: Loaded) -> None:
        """After a load: a job does the work, so that loading goes on."""
        if loaded.entity in DEPENDING and (loaded.added or loaded.changed):
            await self._enqueue(loaded.entity, f"{loaded.entity}:{self._clock.now().isoformat()}")

    async def nightly(self, slot: datetime) -> None:
        """Everything, once a night. A small company that just began waits for the night; a large one sees at once."""
        if self._clock.now() - slot > LATE and await persistently(lambda: self._database.read(_just_began)):
            return
        await self._enqueue(EVERYTHING, f"{EVERYTHING}:{slot.isoformat()}")

    async def ask(self, by: str) -> None:
        """Somebody wants it now."""
        await self._enqueue(EVERYTHING, f"{EVERYTHING}:{by}:{self._clock.now().isoformat()}")

    async def work(self, subject: str) -> None:
        """The job: link what depends on the entity; look for doubles where customers came."""
        await self.link(ENTITIES if subject == EVERYTHING else DEPENDING[subject])
        if subject in {EVERYTHING, CUSTOMER}:
            await self.search()

    async def link(self, entities: Iterable[str] = ENTITIES) -> list[Linked]:
        """Say of every record whose it is, by keys and equal names. Contracts first: payments look at them."""
        directory = await self._directory()
        return [await self._link(entity, directory) for entity in sorted(entities)]

    async def search(self) -> Searched:
        """Look for customers that may be one, all with all."""
        known, heads = await persistently(lambda: self._database.read(_known))
        candidates = [_candidate(one) for one in known if one.id not in heads]
        found = await asyncio.to_thread(self._pairs, candidates)
        now = self._clock.now()

        def keep(store: Store) -> Searched:
            done = Searched(len(candidates), len(found), store.identity.propose(found))
            store.audit.add("identity", SEARCHED, "", asdict(done), now)
            return done

        return await persistently(lambda: self._database.write(keep))

    def _pairs(self, candidates: Sequence[Candidate]) -> list[Match]:
        from knowledge.identity.match import Limits, find_pairs

        limits = Limits(self._rules.memory_mb, self._rules.threads)
        pairs = find_pairs(candidates, self._rules.review, limits=limits)
        now = self._clock.now()
        return [Match(CUSTOMER, one.left.id, one.right.id, one.probability, one.levels, now) for one in pairs]

    async def _directory(self) -> Directory:
        known, heads = await persistently(lambda: self._database.read(_known))
        return await asyncio.to_thread(lambda: Directory(((one.id, one.name) for one in known), heads))

    async def _link(self, entity: str, directory: Directory) -> Linked:
        """Reads in pages on one thread, writes what differs in one transaction."""
        now = self._clock.now()
        found = await persistently(lambda: self._database.read(lambda store: _compared(store, entity, directory, now)))
        await self._write(entity, found.put, found.drop)
        changed = len(found.put) + len(found.drop)
        return Linked(entity, found.records, changed, found.by_key, found.by_name)

    async def _write(self, entity: str, put: Sequence[Identity], drop: Collection[str]) -> None:
        def write(store: Store) -> None:
            store.identity.put(put)
            store.identity.drop(entity, drop)

        if put or drop:
            await persistently(lambda: self._database.write(write))

    async def _enqueue(self, subject: str, key: str) -> None:
        engine = self._engine
        if engine is not None:
            job = Job(KIND, f"{KIND}:{key}", subject, PARTITION)
            await persistently(lambda: self._database.write(lambda store: engine.enqueue(store, job)))


def _just_began(store: Store) -> bool:
    return not store.identity.searched() and store.loop.count(CUSTOMER) < FEW


def _known(store: Store) -> tuple[list[Known], dict[str, str]]:
    return store.linkables.customers(), store.identity.merges.all()


def _candidate(one: Known) -> Candidate:
    from knowledge.identity.match import Candidate

    return Candidate(one.id, one.name, one.industry, one.province, one.region, tuple(dict.fromkeys(_reach(one.reach))))


def _reach(ways: Iterable[str]) -> Iterable[str]:
    """Numbers as digits; of addresses the company's domain."""
    for way in ways:
        domain = way.rpartition("@")[2].lower() if "@" in way else ""
        if domain and domain not in PUBLIC:
            yield domain
        elif not domain and (digits := "".join(character for character in way if character.isdigit())):
            yield digits[-11:]


@dataclass(slots=True)
class _Compared:
    """What is to be written, and how many records are whose."""

    put: list[Identity] = field(default_factory=list)
    drop: list[str] = field(default_factory=list)
    records: int = 0
    by_key: int = 0
    by_name: int = 0

    def add(self, record: Linkable, old: Identity | None, new: Identity | None) -> None:
        """One record; what a person decided stays."""
        self.records += 1
        self.by_key += new is not None and new.how == "key"
        self.by_name += new is not None and new.how == "name"
        if old is not None and old.how == "person":
            return
        if new is not None and (old is None or _said(old) != _said(new)):
            self.put.append(new)
        elif new is None and old is not None:
            self.drop.append(record.id)


def _compared(store: Store, entity: str, directory: Directory, now: datetime) -> _Compared:
    before, found = store.identity.links(entity), _Compared()
    for page in store.linkables.pages(entity):
        for record in page:
            found.add(record, before.get(record.id), _identity(entity, record, directory, now))
    return found


def _identity(entity: str, record: Linkable, directory: Directory, at: datetime) -> Identity | None:
    found = directory.find(record)
    return Identity(entity, record.id, found.customer_id, found.how, 1.0, at) if found else None


def _said(one: Identity) -> tuple[str, str]:
    return one.customer_id, one.how
