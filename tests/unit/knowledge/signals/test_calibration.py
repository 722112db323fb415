"""A12: what holds is what was approved, in the order in which it came to apply; what is purged teaches nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from bot.contracts.person import OPERATOR
from knowledge.signals.calibration import Calibration, in_force, labels_change, raised, threshold_change, told_from
from knowledge.signals.kind import Kind
from storage.database import Database
from storage.repositories.consents import Consent
from storage.repositories.labels import Label
from storage.repositories.proposals import PARTIES, Proposal
from storage.store import Store
from tests.unit.storage.company import NOW, REP, record
from tests.unit.storage.talk import customer, talk

PRICE = "price_objection"


@pytest.fixture
def database(migrated_sqlite_url: str) -> Iterator[Database]:
    database = Database(migrated_sqlite_url)
    yield database
    database.close()


def agreed(store: Store, id_: str, change: dict[str, object]) -> None:
    assert store.proposals.add(Proposal(id_, "2026-03", NOW, change))
    for number, party in enumerate(PARTIES):
        assert store.proposals.approve(id_, party, f"E{number}", NOW)
    assert store.proposals.apply(id_)


async def test_the_last_threshold_holds_and_taken_back_the_one_before(database: Database) -> None:
    """By version, not by when or under which name it was proposed."""

    def work(store: Store) -> list[Calibration]:
        found = [in_force(store)]
        agreed(store, "b", threshold_change(PRICE, 0.5, 0.6))
        agreed(store, "a", threshold_change(PRICE, 0.6, 0.7))
        store.proposals.add(Proposal("c", "2026-03", NOW, threshold_change(PRICE, 0.7, 0.9)))
        found.append(in_force(store))
        store.proposals.revert("a", "E0", NOW, "漏了")
        return [*found, in_force(store)]

    none, both, one = await database.write(work)
    assert (none, both.thresholds, one.thresholds) == (Calibration(), {PRICE: 0.7}, {PRICE: 0.6})


async def test_labels_go_with_their_dialogue(database: Database) -> None:
    """A18: a change names labels, not words."""

    def work(store: Store) -> tuple[Calibration, Calibration]:
        store.people.upsert_all([record(REP)])
        customer(store)
        store.consents.add(Consent("customer", "C1", True, NOW, OPERATOR.id, "test"))
        talk(store, "d1")
        store.labels.add(Label("l1", PRICE, "你们太贵了", "wrong", "E0", NOW, "s1", "d1"))
        store.labels.add(Label("l2", PRICE, "房租太贵", "wrong", "E0", NOW))
        agreed(store, "a", labels_change(PRICE, ("l1", "l2")))
        before = in_force(store)
        store.purging.revoke("customer", "C1", by=OPERATOR.id, at=NOW, source="test")
        return before, in_force(store)

    before, after = await database.write(work)
    assert set(before.labels) == {(PRICE, "你们太贵了"), (PRICE, "房租太贵")}
    assert after.labels == ((PRICE, "房租太贵"),)


def test_a_threshold_moves_what_one_sentence_is_told_from(kinds: Mapping[str, Kind]) -> None:
    """Of bad feeling that is the strong one: weaker sentences are told by their course."""
    for key in (PRICE, "negative_emotion"):
        assert told_from(raised(kinds[key], 0.93)) == 0.93
    assert raised(kinds["negative_emotion"], 0.93).report == kinds["negative_emotion"].report
    changed = Calibration({PRICE: 0.93, "gone": 0.9}).of(kinds)
    assert (told_from(changed[PRICE]), changed.keys()) == (0.93, kinds.keys())
