"""B13 in the console: what the pages show and do. Who may open them: `tests/unit/adapters/console/test_rows.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest_asyncio

from bot.contracts import PageRequest, PageResult, Person
from knowledge.quality.gates import load_standards
from skills.data_quality.drawing import spark
from skills.data_quality.pages import quality_pages
from skills.data_quality.review_pages import review_pages
from storage.database import Database
from storage.repositories.identity import Match
from storage.store import Store
from tests.unit.skills.house import MANAGER, NOW, OPS, REP, fill, open_database

ZONE = ZoneInfo("Asia/Shanghai")


class Clock:
    def now(self):  # type: ignore[no-untyped-def]  # a datetime
        return NOW


class House:
    """The pages, and who asked for a search."""

    def __init__(self, database: Database) -> None:
        self.database, self.asked = database, list[str]()
        quality = quality_pages(database, load_standards(), Clock(), ZONE)
        review = review_pages(database, self.search, Clock(), ZONE, 0.9)
        self.pages = {page.route: page for page in (*quality, *review)}

    async def search(self, by: str) -> None:
        self.asked.append(by)

    async def get(self, route: str, viewer: Person, **query: str) -> PageResult:
        path = {"gate": query.pop("gate", "")}
        return await self.pages[route].show(PageRequest(viewer, "zh", path=path, query=query))

    async def post(self, viewer: Person, **form: str) -> str:
        result = await self.pages["/duplicates"].show(PageRequest(viewer, "zh", "POST", form=form))
        return result.redirect.partition("done=")[2]


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    database = open_database(tmp_path)

    def begin(store: Store) -> None:
        fill(store)
        store.identity.propose(
            [Match("customer", "C1", "C2", 0.95, {}, NOW), Match("customer", "C1", "C3", 0.5, {}, NOW)]
        )
        for days in range(3):
            store.quality.note(date(2026, 7, 15) - timedelta(days=days), {"customer.tier.filled": (3 - days, 4)})

    await database.write(begin)
    yield House(database)
    database.close()


async def test_the_board_and_a_gates_rows(house: House) -> None:
    board = (await house.get("/quality", OPS)).values
    assert "customer.annual_amount.filled" in {row.figure.gate.name for row in board["red"]}
    tier = next(
        row for _, wrong, _ in board["kinds"] for row in wrong if row.figure.gate.name == "customer.tier.filled"
    )
    assert tier.spark
    assert (tier.share, tier.bad, tier.spark.first, tier.spark.last) == ("75%", "1 条没填", "25.0%", "75.0%")
    assert (await house.get("/quality", REP)).values["history"] is False, "days are noted for the whole company"
    gate = (await house.get("/quality/{gate}", OPS, gate="customer.tier.filled")).values
    assert [row.id for row, _ in gate["rows"]] == ["C4"]
    assert dict(gate["groups"])["by_owner"] == [("张敏", "66.6%", 1, 3)]
    assert (await house.get("/quality/{gate}", OPS, gate="customer.tier.filled", **{"from": "50"})).values["rows"] == []
    assert (await house.get("/quality/{gate}", OPS, gate="nothing")).status == 404


async def test_pairs_are_decided_and_taken_back(house: House) -> None:
    assert [one["sure"] for one in (await house.get("/duplicates", OPS)).values["pairs"]] == [True, False]
    first = (await house.get("/duplicates", OPS, left="C1", right="C3")).values["pairs"][0]
    assert first["doubt"].right.id == "C3", "the pair of a card's link comes first"
    assert (await house.get("/duplicates", MANAGER)).values["count"] == 1, "who doesn't see C3 isn't shown the pair"
    assert await house.post(MANAGER, do="merge", left="C1", right="C3", kept="C1") == "refused"
    assert await house.post(MANAGER, do="merge", left="C1", right="C2", kept="C2") == "merged"
    merged = (await house.get("/duplicates", MANAGER)).values["merged"]
    assert merged[0]["kept"].endswith("C2")
    assert await house.post(MANAGER, do="undo", merge=str(merged[0]["id"])) == "undone"
    assert await house.post(MANAGER, do="undo", merge="x") == "refused"
    assert await house.post(OPS, do="apart", left="C1", right="C3") == "apart"
    assert await house.post(OPS, do="reopen", left="C1", right="C3") == "reopened"
    assert await house.post(OPS, do="anything") == "refused"


async def test_only_keepers_of_the_data_search(house: House) -> None:
    await house.post(MANAGER, do="search")
    await house.post(OPS, do="search")
    assert house.asked == [OPS.id]


def test_a_line_needs_two_days() -> None:
    assert spark([0.9], 0.95) is None
    drawn = spark([1.0, 1.0, 0.5], 0.95)
    assert drawn
    assert drawn.path.startswith("M2.0 2.0 L")
