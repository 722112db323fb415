"""B14: the morning meeting in WeCom, by the real app: card with picture, a button that makes a task, the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from sqlalchemy import delete
from sqlmodel import col

from bot.contracts import Role
from bot.loop_briefing import make_briefing
from config.groups.briefing import Briefing
from knowledge.working_days import is_working_day
from storage.repositories.customers import Customer
from storage.repositories.deals import Deal
from storage.repositories.people import PersonRecord
from storage.store import Store
from storage.tables import AccountRow
from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.browser import browser
from tests.scenarios.company import EAST, JUNJIE, MIN, SOUTH
from tests.scenarios.slack import SlackMember
from tests.scenarios.world import World, audited, buttons, company_data, running

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Steered:
    """Stands until it is moved."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def next_working_day(day: date) -> date:
    """After that day."""
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    workshop: Path, emulator: WecomEmulator, slack: SlackEmulator, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """Two teams; each has a deal that nobody followed up for a month."""
    data = company_data(workshop, tmp_path_factory.mktemp("briefing") / "data")
    async with running(data, emulator, slack) as world:
        today = world.app.clock.now().date()

        def keep(store: Store) -> None:
            for owner in (MIN, JUNJIE):
                name = f"冷落{owner.region}有限公司"
                store.customers.upsert_all([Customer(f"CB{owner.id}", name, owner_id=owner.id)])
                deal = Deal(
                    f"OB{owner.id}", f"CB{owner.id}", owner_id=owner.id, stage="quote", amount=Decimal(900_000),
                    created=today - timedelta(days=60), last_followed=today - timedelta(days=30),
                )  # fmt: skip
                store.deals.upsert_all([deal])

        await world.app.database.write(keep)
        yield world


async def test_it_comes_by_the_clock(world: World) -> None:
    """At half past eight of a working day, with its picture, to WeCom, to Slack where somebody has only that, once; its
    buttons work there. The clock is steered, all else is the running bot's."""
    app = world.app
    day = next_working_day(app.clock.now().date())
    clock = Steered(datetime.combine(day, time(8, 25), ZoneInfo("Asia/Shanghai")))

    def only_slack(store: Store) -> None:
        store.session.execute(delete(AccountRow).where(col(AccountRow.person_id) == SOUTH.id))
        accounts = {"slack": SOUTH.slack}
        said = SOUTH.id, SOUTH.name, Role.MANAGER, SOUTH.team, (SOUTH.region,), SOUTH.boss
        store.people.upsert(PersonRecord(*said, accounts=accounts))

    await app.database.write(only_slack)
    rules = app.settings.model_copy(update={"briefing": Briefing()})
    made = make_briefing(rules, clock, app.database, app.delivery, app.adapters)
    south = SlackMember(world, SOUTH.slack)

    async def strike(at: datetime) -> tuple[str, str]:
        clock.at = at
        with world.listening(EAST.wecom) as wecom, south.listening() as slack:
            await made.flow.look(at)
            await world.quiet()
        return wecom().words, slack().words

    assert await strike(clock.at) == ("", "")
    wecom, slack = await strike(clock.at + timedelta(minutes=5))
    assert "1 笔在谈商机超过 14 天没有联系" in wecom
    assert "1 笔在谈商机超过 14 天没有联系" in slack
    assert "冷落华南" not in wecom
    assert "冷落华东" not in slack
    assert await strike(clock.at + timedelta(minutes=5)) == ("", "")
    assert len(await audited(world, "brief.sent")) == 3  # the director has a phone, too


async def test_the_morning_in_wecom(world: World) -> None:
    """The largest first, of one's own team only; planned, it is a task of the manager's; another team is refused."""
    heard = await world.say(EAST.wecom, "给我今天的晨会")
    assert "1 笔在谈商机超过 14 天没有联系" in heard.words
    assert "冷落华南" not in heard.words
    [card] = [entry for entry in heard.entries if buttons(entry)]
    [planned] = [key for key in buttons(card) if key.rpartition(":")[2].startswith("planned_")]
    await world.press(EAST.wecom, card, planned.rpartition(":")[2])

    def tasks(store: Store) -> list[str]:
        viewer = store.people.get(EAST.id)
        assert viewer is not None
        return [one.text for one in store.tasks.visible_to(viewer) if one.person_id == EAST.id]

    assert await world.app.database.read(tasks) == ["按金额从大到小逐个联系，写下下一步"]
    assert "不归你看" in (await world.say(EAST.wecom, "华南组的晨会")).words


async def test_the_morning_in_slack_and_on_the_page(world: World) -> None:
    """The same there, for a rep of their own deals."""
    assert "没有联系" in (await SlackMember(world, MIN.slack).say("晨会")).words
    async with browser(world, MIN.id) as window:
        status, page = await window.page("/brief")
        assert status == 200
        assert "OBE1001" in page
        assert "OBE1002" not in page
