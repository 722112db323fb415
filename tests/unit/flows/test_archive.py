"""A18: what the chat archive's door stores, and how far it read, are one; on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.wecom_archive.ports import Answer, Asking, Gap, Opened, Place, Rejected
from bot.contracts.errors import ConfigurationError
from bot.contracts.person import OPERATOR
from bot.flows.archive import ArchiveDesk
from bot.flows.engine import Engine
from storage.database import Database
from storage.repositories.customers import Customer
from storage.store import Store
from tests.emulators.common.clock import ManualClock
from tests.unit.storage.company import NOW, OTHER, REP, record
from tests.unit.storage.test_import_chats import MONDAY, ROOM, ROOMS, ZONE, said, texts
from tests.unit.storage.test_imports import write

LATER = MONDAY + timedelta(days=30)  # nothing is new enough for a job
GAP = Gap(4, {2: MONDAY, 3: NOW}, NOW)


@pytest.fixture
async def house(database: Database) -> Database:
    """Two reps with WeCom accounts and a customer of the first."""

    def fill(store: Store) -> None:
        store.people.upsert_all([record(REP, wecom="zhangmin"), record(OTHER, wecom="wanglei")])
        store.customers.upsert(Customer("C1", "苏州泓达", owner_id="E1001"))

    await database.write(fill)
    return database


@pytest.fixture
def desk(house: Database, tmp_path: Path) -> ArchiveDesk:
    write(tmp_path / "rooms.csv", ROOMS, ROOM, ",,C1,zhangmin,wm1,张工,企业微信", "wr2,,C1,wanglei,wm2,李工,否")
    return ArchiveDesk(house, Engine(house), ManualClock(LATER), tmp_path / "rooms.csv", ZONE, "ww1")


async def test_messages_and_place_are_kept_together(house: Database, desk: ArchiveDesk) -> None:
    """What can't be read is in the audit log with seq and reason, without a word of it; NUL breaks no database."""
    lines = (
        said("m1", "wm1", "好\x00吗"),
        said("m2", "wm2", "绝密", room="wr2"),
        said("m3", "wm9", room="wr9"),
        "{绝密",
    )
    opened = [Opened(seq, line) for seq, line in enumerate(lines, 1)]
    assert await desk.place() == Place()
    assert await desk.keep(Place(), Place(9, GAP), opened, [Rejected(5, "m5", "died")])
    assert await desk.place() == Place(9, GAP)
    assert await texts(house) == {"wr1:2026-W10": ["好\ufffd吗"]}
    entries = await house.read(lambda store: store.audit.listing(OPERATOR, actions=("archive.rejected",)))
    assert [(one.subject, one.detail) for one in reversed(entries)] == [
        ("5", {"message": "m5", "reason": "died"}),
        ("4", {"message": "", "reason": "not_json"}),
    ]


async def test_of_two_who_begin_at_the_same_place_one_stores(house: Database, desk: ArchiveDesk) -> None:
    kept = [desk.keep(Place(), Place(n), [Opened(n, said(f"m{n}", "wm1", f"{n}"))]) for n in range(1, 6)]
    done = await asyncio.gather(*kept)
    assert done.count(True) == 1
    place = await desk.place()
    assert await texts(house) == {"wr1:2026-W10": [str(place.seq)]}


async def test_who_is_asked_and_what_is_answered(house: Database, desk: ArchiveDesk) -> None:
    """Not of rooms to which our list says no. Only news is counted."""
    asking = await desk.asking()
    assert asking == Asking((("zhangmin", "wm1"),), ("wr1",))
    answers = [Answer(True, MONDAY, pair=asking.pairs[0]), Answer(False, MONDAY, room="wr1")]
    assert await desk.agreed(answers) == 2
    assert await desk.agreed(answers) == 0
    direct = Opened(1, said("m1", "wm1", "单聊", room=""))
    assert await desk.keep(Place(), Place(2), [direct, Opened(2, said("m2", "wm1", "群聊"))])
    assert await texts(house) == {"zhangmin~wm1:2026-W10": ["单聊"]}


async def test_a_list_that_can_not_be_used_stops_everything(house: Database, desk: ArchiveDesk, tmp_path: Path) -> None:
    """Nothing is stored, the place stays, and the sentence names the file."""
    (tmp_path / "rooms.csv").unlink()
    for call in (desk.asking(), desk.keep(Place(), Place(1), [Opened(1, said("m1", "wm1"))])):
        with pytest.raises(ConfigurationError, match=r"rooms\.csv"):
            await call
    assert "rooms.csv" in (await desk.faults())[0]
    assert await desk.place() == Place()
    write(tmp_path / "rooms.csv", ROOMS, ROOM, ROOM.replace("C1", "C9"))
    assert "C9" in (await desk.faults())[0]
