"""B12 on both databases, with a frozen clock: lights, one card at red, one word when it is well, whatever happens."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from bot.contracts import Context, Message, Person, Press, Role
from bot.contracts.reply import Address
from bot.loop_freshness import make_freshness
from knowledge.freshness.flags import warning
from storage.database import Database
from storage.repositories.people import PersonRecord
from storage.store import Store
from storage.tables import CampaignRow, LandedRow, LoadRow, RefusedRow
from storage.upsert import insert_new
from tests.unit.flows.telling import Telling

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 4, 10, 0, tzinfo=SHANGHAI)  # a Wednesday
OWNER = Person("C1", "钱学文", Role.CHANNEL_OWNER, "渠道组")
OTHER = Person("C2", "方晓", Role.CHANNEL_OWNER, "渠道组")
OPS = Person("O1", "周敏", Role.SALES_OPS, "销售运营部")
TOUCHES = """source: touches
title: 市场触点
system: marketing
owner: C1
from: {kind: file, path: touches.csv}
fresh: {by: exported_at, per: channel}
key: touch_id
to: touch
fields: {id: touch_id, visitor_id: visitor_id, channel: channel, at: touched_at}
"""


class House(Telling):
    """The lights of one company."""

    def anew(self) -> Any:
        return make_freshness(self.settings, self.clock, self.database, self.delivery, self.adapters)

    async def write(self, work: Any) -> Any:
        return await self.database.write(work)

    async def land(self, load: int, **newest: str) -> None:
        """A load of touches that is done: of each channel one row, exported then."""
        await self.write(lambda store: land(store, load, newest, self.clock.at))

    async def lights(self) -> dict[str, str]:
        found = await self.database.read(lambda store: store.lights.all())
        return {one.part: one.colour for one in found}

    async def say(self, person: Person, text: str = "", press: Press | None = None, **memory: object) -> list[Any]:
        said = Message("m", "wecom", f"user:{person.id}", person.id, "text", self.clock.at, text, press=press)
        return list(await self.made.skill.handle(said, self.context(person, memory)))

    def context(self, person: Person, memory: Any) -> Context:
        return Context(person, Address("wecom", f"user:{person.id}"), "zh", self.clock.at, memory)


def land(store: Store, load: int, newest: dict[str, str], at: datetime) -> None:
    loaded(store, load, "done", at)
    for channel, exported in newest.items():
        data = {"touch_id": f"{channel}{load}", "channel": channel, "exported_at": exported}
        made = {"entity": "touch", "record_id": f"{channel}{load}", "digest": str(load), "load_id": load}
        row = LandedRow(source="touches", key=f"{channel}{load}", data=data, first_at=at, changed_at=at, **made)
        insert_new(store.session, row)


def loaded(store: Store, load: int, state: str, at: datetime) -> None:
    fault = "对方 30 秒没有回应；请检查地址和网络。" if state == "failed" else ""
    row = LoadRow(id=load, source="touches", version=1, state=state, begun_at=at, ended_at=at, fault=fault)
    insert_new(store.session, row)


def fill(store: Store, text: str = TOUCHES) -> None:
    for person in (OWNER, OTHER, OPS):
        accounts = {"wecom": person.id}
        store.people.upsert(PersonRecord(person.id, person.name, person.role, person.team, accounts=accounts))
    store.sources.save("touches", text, "O1", NOW)


@pytest.fixture
async def house(database: Database) -> House:
    """The company, with touches that come every night."""
    house = House(database, NOW)
    await house.write(fill)
    return house


NIGHT = "2026-03-04 02:00:00"


async def test_the_planted_channel_is_red_and_its_owner_hears_of_it_once(house: House) -> None:
    """B12: 61 hours late is red, all others green; once, however many processes look how often."""
    await house.land(1, 展会扫码="2026-03-01 21:00:00", 搜索=NIGHT, 官网=NIGHT)
    assert await house.look() == ["user:C1: 展会扫码数据晚 61 小时"]
    assert await house.lights() == {"": "green", "展会扫码": "red", "搜索": "green", "官网": "green"}
    assert await house.look(1) == []
    await house.anew().flow.look(house.clock.at)
    assert len(await house.told()) == 1
    flags = await house.database.read(lambda store: store.lights.stale(("touch",), now=house.clock.at))
    assert warning(flags) == "展会扫码数据晚 62 小时，以下数字可能偏低。"
    assert await house.database.read(lambda store: store.lights.stale(("lead",), now=house.clock.at)) == []
    await house.land(2, 展会扫码="2026-03-04 10:30:00")
    assert await house.look(0.5) == ["user:C1: 展会扫码数据已恢复，最新到 03-04 10:30。"]
    assert await house.look(1) == []


async def test_two_processes_at_once_tell_it_once(house: House) -> None:
    """B12: each incident is claimed in the transaction that puts its card on the list."""
    await house.land(1, 展会扫码="2026-03-01 21:00:00", 搜索="2026-03-01 20:00:00")
    flows = [house.made.flow, *(house.anew().flow for _ in range(3))]
    await asyncio.gather(*(flow.look(NOW) for flow in flows))
    assert await house.told() == ["user:C1: 2 处数据晚了，最久的是搜索（62 小时）"]
    await house.land(2, 展会扫码="2026-03-04 09:00:00", 搜索="2026-03-04 09:00:00")
    await asyncio.gather(*(flow.look(NOW) for flow in flows))
    assert len(await house.told()) == 2


async def test_a_crash_before_the_commit_tells_it_once_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """B12: whoever is told is claimed and written to in one transaction: all of it or nothing."""
    await house.land(1, 展会扫码="2026-03-01 21:00:00")

    def breaks(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(house.delivery, "post", breaks)
        with pytest.raises(RuntimeError):
            await house.look()
    assert await house.lights() == {}
    assert await house.look(0.1) == ["user:C1: 展会扫码数据晚 61 小时"]
    assert await house.look(0.1) == []


async def test_red_begins_at_48_hours_and_one_second(house: House) -> None:
    """B12: frozen clock: yellow at 48:00:00, red at 48:00:01, told by 48:01."""
    await house.land(1, 搜索="2026-03-03 09:00:00")
    house.clock.at = datetime(2026, 3, 5, 9, 0, 0, tzinfo=SHANGHAI)
    assert await house.look() == []
    assert (await house.lights())["搜索"] == "yellow"
    assert await house.look(1 / 3600) == ["user:C1: 搜索数据晚 48 小时"]
    assert await house.look(59 / 3600) == []


async def test_a_channel_that_was_left_is_not_late(house: House) -> None:
    """B12: 60 days without data and no running campaign: off, nobody is told, no answer is flagged; a whole source that
    is silent is late all the same."""
    await house.write(lambda store: campaign(store, "电话外呼", date(2026, 4, 30)))
    old = "2026-01-02 02:00:00"
    await house.land(1, 展会扫码="2026-03-01 21:00:00", 行业媒体=old, 电话外呼=old, 搜索=NIGHT)
    assert await house.look() == ["user:C1: 2 处数据晚了，最久的是电话外呼（1472 小时）"]
    assert (await house.lights())["行业媒体"] == "unknown"
    [asked] = await house.say(OPS, "行业媒体的数据到了吗")
    assert asked.card.headline.startswith("– 行业媒体已停用")
    [listed] = await house.say(OPS, "数据灯")
    assert listed.card.summary == "红 2 · 黄 0 · 绿 1 · 未亮 0 · 停用 1"
    await house.land(2, 搜索="2026-03-04 11:00:00", 电话外呼="2026-03-04 11:00:00")
    assert await house.look(2) == ["user:C1: 电话外呼数据已恢复，最新到 03-04 11:00。"]
    silent = await house.look(24 * 70)
    assert silent == ["user:C1: 市场触点数据晚 1681 小时"], "every channel was left: the source itself is late"
    assert (await house.lights())["展会扫码"] == "unknown", "left meanwhile: its warning is over, and not as well again"
    await house.land(3, 行业媒体=f"{house.clock.at:%Y-%m-%d %H:%M:%S}")
    await house.look(0.1)
    assert (await house.lights())["行业媒体"] == "green", "in use again"


def campaign(store: Store, channel: str, ends: date) -> None:
    insert_new(store.session, CampaignRow(id=channel, channel=channel, ends=ends))


async def test_what_turned_red_together_is_one_card(house: House) -> None:
    """The whole system stopped: its owner gets one card, not one for each channel; a channel's own owner another."""
    run = "INSERT INTO campaigns (id, name, channel, owner_id, industries) VALUES ('A1', '', '官网', 'C2', '')"
    await house.write(lambda store: store.session.connection().exec_driver_sql(run))
    old = "2026-02-27 02:00:00"
    await house.land(1, 展会扫码="2026-02-26 02:00:00", 搜索=old, 官网=old)
    told = sorted(await house.look())
    assert told == ["user:C1: 2 处数据晚了，最久的是展会扫码（152 小时）", "user:C2: 官网数据晚 128 小时"]


async def test_nobody_is_woken_and_who_nobody_owns_is_said(house: House) -> None:
    """Quiet hours wait; sales ops hear what nobody owns, and why it is they."""
    await house.write(lambda store: fill(store, TOUCHES.replace("owner: C1\n", "")))
    await house.land(1, 搜索="2026-03-03 05:00:00")
    house.clock.at = datetime(2026, 3, 5, 6, 0, tzinfo=SHANGHAI)
    assert await house.look() == []
    assert (await house.lights())["搜索"] == "red"
    assert await house.look(2.5) == ["user:O1: 搜索数据晚 51 小时"]
    assert "没有负责人" in house.phone.shown[-1].summary


async def test_put_off_with_a_reason_and_reminded_once(house: House) -> None:
    """B12: 周末供应商不发数, in words or in a form; silent until then, one reminder, one word of the end."""
    await house.land(1, 展会扫码="2026-03-01 21:00:00")
    await house.look()
    card = house.phone.shown[-1]
    [reply, remember] = await house.say(OWNER, press=Press(card.id, "snooze"))
    assert "周末供应商不发数" in reply.text
    assert not await house.made.skill.claims("帮助", house.context(OWNER, remember.values))
    words = "周末供应商不发数，到周一"
    assert await house.made.skill.claims(words, house.context(OWNER, remember.values))
    [reply, _] = await house.say(OWNER, words, **remember.values)
    assert reply.text == "已推迟到 03-09 08:30；提前恢复会告诉您。"
    assert await house.look(100) == []
    assert await house.look(20) == ["user:C1: 展会扫码数据晚 181 小时"]
    assert await house.look(1) == []
    again = house.phone.shown[-1]
    values = {"reason": "展会结束了", "until": "news"}
    [updated] = await house.say(OWNER, press=Press(again.id, "snooze", values=values))
    assert updated.card.notice == "已推迟到有新数据为止；恢复后会告诉您。"
    assert await house.look(504) == []
    await house.land(2, 展会扫码=f"{house.clock.at:%Y-%m-%d %H:%M:%S}")
    assert await house.look() == [f"user:C1: 展会扫码数据已恢复，最新到 {house.clock.at:%m-%d %H:%M}。"]
    trail = await house.database.read(lambda store: store.audit.listing(OPS, 10, ("data.snoozed",)))
    assert [(one.actor, one.detail["reason"]) for one in trail] == [("C1", "展会结束了"), ("C1", words)]


async def test_only_who_answers_for_it_may_decide(house: House) -> None:
    """D9: another channel owner's press changes nothing; sales ops' does."""
    await house.land(1, 展会扫码="2026-03-01 21:00:00")
    await house.look()
    card = house.phone.shown[-1]
    [refused] = await house.say(OTHER, press=Press(card.id, "seen"))
    assert "不归您处理" in refused.card.notice
    [taken] = await house.say(OPS, press=Press(card.id, "seen"))
    assert taken.card.notice.startswith("收到")
    [asked] = await house.say(OTHER, "展会数据到了吗")
    assert asked.card.headline == "■ 展会扫码数据晚 61 小时（红灯）"
    assert asked.card.actions == ()
    assert "负责人 钱学文" in asked.card.summary
    [listed] = await house.say(OPS, "数据灯")
    assert [one.key for one in listed.card.actions] == ["seen", "later", "snooze"]


async def test_a_source_that_fails_is_told_after_a_while_and_flaps_are_one_incident(house: House) -> None:
    """Quality: one 500 tells nobody; an hour of it does, once; half an hour without it is the end."""
    await house.land(1, 搜索=NIGHT)
    await house.write(lambda store: loaded(store, 2, "failed", house.clock.at))
    assert await house.look(0.5) == []
    assert await house.look(0.5) == ["user:C1: “市场触点”从 03-04 10:00 起读不到"]
    assert "30 秒没有回应" in house.phone.shown[-1].summary
    await house.write(lambda store: loaded(store, 3, "done", house.clock.at))
    assert await house.look(0.1) == []
    await house.write(lambda store: loaded(store, 4, "failed", house.clock.at - timedelta(hours=2)))
    assert await house.look(0.1) == []
    await house.write(lambda store: loaded(store, 5, "done", house.clock.at))
    assert await house.look(0.1) == []
    assert await house.look(0.5) == ["user:C1: “市场触点”读取已恢复正常。"]


async def test_refused_rows_are_told_when_they_stay_and_when_they_grow(house: House) -> None:
    """Quality: what is taken by itself within minutes is nobody's work; ten times as many are news."""
    await house.land(1, 搜索=NIGHT)
    await house.write(lambda store: refuse(store, 0, 3, house.clock.at))
    assert await house.look(0.1) == []
    assert await house.look(0.5) == ["user:C1: “市场触点”有 3 行没收下"]
    await house.write(lambda store: refuse(store, 3, 30, house.clock.at))
    assert await house.look(0.6) == ["user:C1: “市场触点”有 30 行没收下"]
    assert await house.look(1) == []
    await house.write(lambda store: store.session.connection().execute(update(RefusedRow).values(state="dropped")))
    assert await house.look(0.1) == []
    assert await house.look(0.5) == ["user:C1: “市场触点”读取已恢复正常。"]


def refuse(store: Store, first: int, last: int, at: datetime) -> None:
    for number in range(first, last):
        row = RefusedRow(source="touches", key=str(number), data={}, digest="", reasons=[], load_id=1, at=at)
        store.session.add(row)


async def test_a_changed_definition_counts_anew_and_a_removed_source_has_no_lights(house: House) -> None:
    """`per` may change; what is looked at no longer is neither late nor reported as well."""
    await house.land(1, 展会扫码="2026-03-01 21:00:00", 搜索=NIGHT)
    assert len(await house.look()) == 1
    await house.write(lambda store: fill(store, TOUCHES.replace(", per: channel", "")))
    assert await house.look(0.1) == []
    assert await house.lights() == {"": "green"}
    await house.write(lambda store: store.sources.remove("touches"))
    assert await house.look(0.1) == []
    assert await house.lights() == {}


async def test_without_a_field_the_load_counts_and_nothing_yet_is_unknown(house: House) -> None:
    """The default of `fresh`."""
    plain = TOUCHES.replace("fresh: {by: exported_at, per: channel}\n", "fresh: {red: 2h, yellow: 1h}\n")
    await house.write(lambda store: fill(store, plain))
    assert await house.look() == []
    assert await house.lights() == {"": "unknown"}
    await house.land(1, 搜索="2020-01-01 00:00:00")
    assert await house.look() == []
    assert await house.lights() == {"": "green"}
    assert await house.look(3) == ["user:C1: 市场触点数据晚 3 小时"]


async def test_chinese_names_nested_values_and_unsortable_times(house: House) -> None:
    """Fields are found whatever they are called, by path too, and the newest of times that don't sort as text wins."""
    nested = TOUCHES.replace("exported_at", "导出时间").replace("per: channel", "per: 渠道.名称")
    await house.write(lambda store: fill(store, nested))
    times = ["2026/3/3 9:05", "2026/3/3 10:05", "2026-03-02T23:00:00Z", "乱", "1772500000000", "2026/12/1 8:00"]

    def rows(store: Store) -> None:
        loaded(store, 1, "done", NOW)
        for number, text in enumerate(times):
            data = {"导出时间": text, "渠道": {"名称": "展会"}}
            made = {"entity": "touch", "record_id": str(number), "digest": "", "load_id": 1, "data": data}
            insert_new(
                store.session, LandedRow(source="touches", key=str(number), first_at=NOW, changed_at=NOW, **made)
            )

    await house.write(rows)
    await house.look()
    [light] = await house.database.read(lambda store: [one for one in store.lights.all() if one.part])
    assert (light.part, light.newest_at) == ("展会", datetime(2026, 3, 3, 10, 5, tzinfo=SHANGHAI))
    assert light.ahead_at == datetime(2026, 12, 1, 8, 0, tzinfo=SHANGHAI)
