"""B13: merges are pointers that can be taken back; no chains, no cycles, nothing rewritten; who sees what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from bot.contracts import Person, Role
from bot.contracts.person import OPERATOR
from knowledge.identity.review import merge, merge_unasked, part, reopen, undo
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.identity import CUSTOMER, Identity, Match
from storage.repositories.merges import Merges
from storage.store import Store
from storage.tables import MergeRow
from storage.upsert import table_of
from tests.unit.storage.company import OTHER, REP, record

NOW = datetime(2026, 7, 15, 2, tzinfo=UTC)
MANAGER = Person("E2001", "李伟", Role.MANAGER, "华东组", ("华东",))
AFAR = Person("E2002", "赵强", Role.MANAGER, "华南组", ("华南",))
NAMES = {
    "A": "苏州泓达汽车零部件有限公司",
    "B": "苏州泓达汽车零部件有限责任公司",
    "C": "泓达汽配",
    "D": "Suzhou Hongda",
}


@pytest.fixture
async def customers(database: Database) -> Database:
    """A and C are Zhang Min's, B and D Wang Lei's; both in the team of 李伟."""

    def fill(store: Store) -> None:
        store.people.upsert_all([record(MANAGER), record(AFAR), record(REP), record(OTHER)])
        owners = {"A": REP.id, "B": OTHER.id, "C": REP.id, "D": OTHER.id}
        store.customers.upsert_all([Customer(id_, name, owner_id=owners[id_]) for id_, name in NAMES.items()])

    await database.write(fill)
    return database


def _active(store: Store) -> dict[str, str]:
    return store.identity.merges.all()


async def test_a_merge_that_comes_while_one_waits_for_the_lock(
    customers: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B is A's; while somebody merges D into B, A itself becomes C's: D points to C, not to A that is gone."""
    lock, waits = Merges._locked, []

    def locked(self: Merges, ids: set[str]) -> bool:
        waits.append(ids)
        if len(waits) == 2:  # the kept one's: after its name was looked up
            self.merge("C", "A", "person", "x", NOW)
        return lock(self, ids)

    def work(store: Store) -> None:
        merges = store.identity.merges
        merges.merge("A", "B", "person", "x", NOW)
        monkeypatch.setattr(Merges, "_locked", locked)
        merges.merge("B", "D", "person", "x", NOW)
        assert _active(store) == {"A": "C", "B": "C", "D": "C"}

    await customers.write(work)


async def test_groups_stay_stars_and_come_apart_again(customers: Database) -> None:
    """B→A, D→C, then C→A: every pointer leads to A at once. Undone in any order that is possible, all are back."""

    def work(store: Store) -> None:
        merges = store.identity.merges
        first, second = merges.merge("A", "B", "person", "x", NOW), merges.merge("C", "D", "person", "x", NOW)
        assert first
        assert second
        third = merges.merge("A", "C", "person", "x", NOW)
        assert third
        assert _active(store) == {"B": "A", "C": "A", "D": "A"}
        assert merges.effective("D") == "A"
        assert merges.effective("A") == "A"
        assert merges.merge("D", "A", "person", "x", NOW) is None, "they are one already: no cycle"
        assert merges.merge("A", "A", "person", "x", NOW) is None
        assert merges.merge("A", "Z", "person", "x", NOW) is None, "nobody knows Z"
        assert not merges.undo(second, "x", NOW), "it was moved on by the third"
        assert merges.undo(third, "x", NOW)
        assert not merges.undo(third, "x", NOW)
        assert _active(store) == {"B": "A", "D": "C"}
        assert merges.undo(second, "x", NOW)
        assert merges.undo(first, "x", NOW)
        assert _active(store) == {}

    await customers.write(work)


async def test_the_database_itself_refuses_two_pointers(customers: Database) -> None:
    with customers.engine.begin() as connection:
        merge = table_of(MergeRow).insert()
        values = {"how": "person", "by": "", "at": NOW, "undone_by": ""}
        connection.execute(merge.values(kept_id="A", gone_id="B", **values))
        for kept, gone in (("C", "B"), ("A", "A")):
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(merge.values(kept_id=kept, gone_id=gone, **values))


async def test_lists_show_the_kept_one_once(customers: Database) -> None:
    """D9: who sees both sees the kept one, under both names; who sees only the other one keeps it."""

    def work(store: Store) -> dict[str, list[str]]:
        store.identity.merges.merge("A", "B", "person", "x", NOW)
        people = {"manager": MANAGER, "owner of A": REP, "owner of B": OTHER, "ops": OPERATOR}
        found = {who: [one.id for one in store.customers.visible_to(viewer)] for who, viewer in people.items()}
        assert store.customers.count(MANAGER) == len(found["manager"])
        assert [one.id for one in store.customers.visible_to(MANAGER, name="有限责任")] == ["A"], "by the other name"
        assert [one.id for one in store.customers.mentioned_in(MANAGER, f"{NAMES['B']}怎么样")] == ["A"]
        assert [one.id for one in store.customers.seen(MANAGER, ["B"])] == ["B"], "who asks by number gets the record"
        return found

    found = await customers.write(work)
    assert {who: sorted(ids) for who, ids in found.items()} == {
        "manager": ["A", "C", "D"],
        "owner of A": ["A", "C"],
        "owner of B": ["B", "D"],
        "ops": ["A", "C", "D"],
    }


async def test_people_decide_once_and_can_take_it_back(customers: Database) -> None:
    """Review with audit: a manager for customers of both of whom they see; a refused pair never returns."""

    def work(store: Store) -> None:
        pairs = [Match(CUSTOMER, "A", "B", 0.99, {"brand": "key"}, NOW), Match(CUSTOMER, "C", "D", 0.5, {}, NOW)]
        assert store.identity.propose(pairs) == 2
        assert [one.left_id for one in store.identity.doubts(MANAGER)] == ["A", "C"]
        assert store.identity.count(AFAR) == store.identity.count(REP) == 0, "they see one of the two at most"
        assert merge(store, AFAR, "A", "B", "A", NOW) == "refused"
        assert merge(store, REP, "A", "B", "A", NOW) == "refused"
        assert merge(store, MANAGER, "A", "B", "C", NOW) == "refused", "the kept one must be of the pair"
        assert merge(store, MANAGER, "A", "B", "B", NOW) == "merged"
        assert merge(store, MANAGER, "A", "B", "A", NOW) == "refused", "somebody else did before"
        assert part(store, MANAGER, "C", "D", NOW) == "apart"
        assert store.identity.propose([replace(one, probability=1.0) for one in pairs]) == 0
        assert store.identity.count(MANAGER) == 0, "what was decided never returns"
        number = store.identity.merges.decided(MANAGER)[0].id
        assert undo(store, AFAR, number, NOW) == "refused"
        assert undo(store, MANAGER, number, NOW) == "undone"
        assert reopen(store, MANAGER, "C", "D", NOW) == "reopened"
        assert store.identity.count(MANAGER) == 2
        assert store.identity.propose([pairs[0]]) == 0
        assert store.identity.count(MANAGER) == 1, "C/D isn't found any more"
        assert merge_unasked(store, MANAGER, "C", "A", NOW)
        assert not merge_unasked(store, AFAR, "C", "D", NOW)
        told = [entry.action for entry in store.audit.listing(MANAGER)]
        assert told == [f"identity.{what}" for what in ("merged", "reopened", "undone", "apart", "merged")]

    await customers.write(work)


async def test_records_follow_their_customer(customers: Database) -> None:
    """`customer_of` looks through merges; what a person decided isn't dropped."""

    def work(store: Store) -> None:
        links = [Identity("lead", "L1", "B", "name", 1.0, NOW), Identity("lead", "L2", "D", "person", 1.0, NOW, "x")]
        store.identity.put(links)
        store.identity.merges.merge("A", "B", "person", "x", NOW)
        assert store.identity.customer_of("lead", ["L1", "L2", "L3"]) == {"L1": "A", "L2": "D"}
        store.identity.drop("lead", ["L1", "L2"])
        assert store.identity.customer_of("lead", ["L1", "L2"]) == {"L2": "D"}

    await customers.write(work)
