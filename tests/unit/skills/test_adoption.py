"""A19: days to the first won deal. The estimates are held against a published data set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest_asyncio

from adapters.console.door import Visitor
from adapters.console.security import Seal, load_key
from adapters.console.view import View
from bot.contracts import PageRequest, Person, Role
from config.settings import Settings
from skills.adoption.chart import draw
from skills.adoption.pages import adoption_pages
from skills.adoption.people import newcomers
from skills.adoption.ramp import Curve, Start, cohorts, compare, curve
from skills.adoption.skill import AdoptionSkill
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.deals import Deal
from storage.repositories.people import PersonRecord
from storage.repositories.prompts import Prompt
from storage.store import Store
from tests.unit.skills.house import DIRECTOR, MANAGER, NOW, OPS, Chat, fill, open_database

TODAY, BEGIN = date(2026, 7, 15), date(2025, 1, 1)
ZONE = ZoneInfo("Asia/Shanghai")
# Weeks in remission under 6-MP and placebo: Freireich et al., Blood 21 (1963); negative: still in remission.
TREATED = (6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35)
PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)


def starts(days: tuple[int, ...], *, prompted: bool = False, later: int = 0) -> list[Start]:
    """One person for each number of days; a negative one still waits on TODAY."""
    found = []
    for number in days:
        hired = TODAY - timedelta(days=abs(number) + later)
        won = hired + timedelta(days=number + later) if number > 0 else None
        found.append(Start(hired, won, hired if prompted else None))
    return found


def test_the_curve_is_kaplan_and_meiers() -> None:
    """Remission in the published table: 0.857 after 6 weeks, 0.627 after 16, 0.448 after 23, so the median is 23."""
    found = curve(starts(TREATED), TODAY)
    left = {day: round(1 - share, 3) for day, share in found.steps}
    assert {day: left[day] for day in (6, 7, 10, 13, 16, 22, 23)} == {
        6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448
    }  # fmt: skip
    assert (found.n, found.won, found.median, found.low, found.high) == (21, 9, 23, 13, None)
    placebo = curve(starts(PLACEBO), TODAY)
    assert (placebo.median, placebo.low, placebo.high) == (8, 4, 11)


def test_waiting_people_are_not_forgotten() -> None:
    """Nine who won have a median of 10; with the twelve who still wait it is 23."""
    assert curve([one for one in starts(TREATED) if one.won], TODAY).median == 10


def test_nobody_and_nobody_who_won() -> None:
    assert curve([], TODAY) == Curve(0, 0)
    assert curve(starts((-30, -40)), TODAY) == Curve(2, 0)
    assert curve(starts((5,)), TODAY).few


def test_with_and_without_are_compared_after_the_landmark() -> None:
    """Freireich's two groups, a landmark later: log-rank p of the table (0.00004); who won before is left out."""
    both = [*starts(TREATED, prompted=True, later=30), *starts(PLACEBO, later=30)]
    early = [Start(TODAY - timedelta(days=300), TODAY - timedelta(days=290), TODAY - timedelta(days=299))]
    found = compare([*both, *early], TODAY)
    assert (found.with_.n, found.without.n, found.left_out) == (21, 21, 1)
    assert (found.with_.median, found.without.median) == (53, 38)
    assert round(found.chance or 1, 5) == 0.00004
    late = Start(TODAY - timedelta(days=200), None, TODAY - timedelta(days=150))
    assert compare([late], TODAY).without.n == 1, "a prompt after the landmark makes nobody one with prompts"
    assert compare([late], TODAY).chance is None


def test_cohorts_are_halves_of_years() -> None:
    found = cohorts([Start(date(2026, 6, 30)), Start(date(2025, 7, 1)), Start(date(2026, 1, 1))], TODAY)
    assert [(year, half, one.n) for year, half, one in found] == [(2026, 1, 2), (2025, 2, 1)]


def test_the_drawing_climbs_from_nothing() -> None:
    chart = draw([("全部", curve(starts((10, 20, -40)), TODAY)), ("没有", Curve(0, 0))])
    assert chart
    assert [line.name for line in chart.lines] == ["全部"]
    assert chart.lines[0].path.startswith("M60 236.0 H201.0 V162.7 H342.0 V89.3")
    assert draw([("没有", Curve(3, 0))]) is None


def company(store: Store) -> None:
    """Three new reps of two teams: one won after another's deal, one waits, one is elsewhere; and an old hand."""
    fill(store)
    people = (
        ("N1", "华东组", date(2026, 1, 5)),
        ("N2", "华东组", date(2026, 2, 2)),
        ("N3", "华南组", date(2025, 9, 1)),
        ("OLD", "华东组", date(2019, 5, 1)),
    )
    regions = {"华东组": ("华东",), "华南组": ("华南",)}
    store.people.upsert_all(
        [PersonRecord(id_, f"新人{id_}", Role.REP, team, regions[team], hired=day) for id_, team, day in people]
    )
    store.customers.upsert_all([Customer("C9", "客户九")])
    won = (("D0", "N1", date(2026, 1, 2)), ("D1", "N1", date(2026, 3, 6)), ("D2", "N1", date(2026, 4, 1)))
    rows = [Deal(id_, "C9", owner_id=owner, created=BEGIN, closed=day, result="won") for id_, owner, day in won]
    rows += [Deal("D3", "C9", owner_id="N2", created=BEGIN, closed=date(2026, 4, 1), result="lost")]
    rows += [Deal("D4", "C9", owner_id="N3", created=BEGIN, closed=date(2025, 12, 1), result="won")]
    store.deals.upsert_all(rows)
    sent = datetime(2026, 1, 10, tzinfo=UTC)
    for number, state in enumerate(("sent", "withheld")):
        store.prompts.add(Prompt(f"p{number}", "x", f"N{number + 1}", state, sent))  # type: ignore[arg-type]  # two states


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(tmp_path)
    await database.write(company)
    yield database
    database.close()


async def test_whom_one_may_see_is_whom_one_counts(database: Database, tmp_path: Path) -> None:
    """D9: a manager the team, a director the regions, sales ops all; in answer and page. Nobody is named."""

    async def seen(viewer: Person) -> list[Start]:
        found = await database.read(lambda store: newcomers(store, viewer, ZONE))
        assert found.since == BEGIN
        return list(found.starts)

    mine = [Start(date(2026, 1, 5), date(2026, 3, 6), date(2026, 1, 10)), Start(date(2026, 2, 2))]
    theirs = Start(date(2025, 9, 1), date(2025, 12, 1))
    assert await seen(MANAGER) == mine
    assert await seen(OPS) == await seen(DIRECTOR) == [*mine, theirs]
    skill = AdoptionSkill(database, "http://x", "Asia/Shanghai")
    card = await Chat(skill, database, MANAGER).card("新人多久出第一单")
    assert "2 人，1 人已出单" in card.headline
    assert "只作参考" in card.summary
    assert "新人N1" not in str(card)
    clock = type("Still", (), {"now": lambda self: NOW})()
    [page] = adoption_pages(database, clock, "Asia/Shanghai")
    result = await page.show(PageRequest(OPS, "zh"))
    settings = Settings(data=tmp_path)
    view = View(settings, Seal(load_key(tmp_path), clock), [page])
    html = view.page("ramp.html", Visitor(OPS, "x"), "zh", folder=page.templates, path="/ramp", **result.values).text
    assert all(
        words in str(html) for words in ("2026 年上半年入职", "3 人，2 人已出单", '<path class="line n1"', "人少")
    )
    assert "新人N1" not in str(html)
