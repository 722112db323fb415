"""From the lists and chats that are imported to signals about who takes part, and about proposals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.coaching import make_desk
from bot.contracts import Message
from bot.contracts.listening import Side
from bot.flows.listening import ListeningFlow
from config.sample_company.generate import generate
from config.settings import load_settings
from knowledge.signals.deal_rules import deal_signals
from knowledge.signals.load import load_kinds
from skills.coaching.pipeline import facts_of
from storage.database import Database
from storage.imports.chats import import_chats
from storage.imports.contacts import import_contacts
from storage.imports.customers import import_customers
from storage.imports.deals import import_deals, import_stages
from storage.imports.people import import_people
from storage.imports.quotes import import_quotes
from storage.repositories.signals import StoredSignal
from storage.store import Store

NOW = datetime(2026, 3, 30, 2, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
PEOPLE = "工号,姓名,角色,团队,大区,上级工号,企业微信账号", "E1001,张敏,销售,华东组,华东,,zhangmin"
CUSTOMERS = "客户编号,客户名称,负责人工号", "C1,苏州泓达,E1001"
DEALS = "商机编号,客户编号,负责人工号,阶段,创建日期,结果", "O1,C1,E1001,报价,2026-01-05,进行中", "O9,C1,,线索,,输单"
STAGES = "商机编号,阶段,进入日期", "O1,报价,2026-02-20"
CONTACTS = (
    "联系人编号,客户编号,姓名,决策人,商机编号,邮箱,企业微信外部联系人ID,Slack账号",
    "P1,C1,王建国,是,,,wm1,",
    "P2,C1,李燕,否,O1,li@example.com,wm2,U2",
    "P3,C1,赵磊,是,O9,,,",  # of another deal
)
QUOTES = "报价单号,商机编号,客户编号,负责人工号,产品,报价日期,发送时间"
PEOPLE_KINDS = {"single_threaded", "decision_maker_away"}


class Clock:
    def now(self) -> datetime:
        return NOW


@dataclass
class House:
    """The lists, and the look at deals that `xiaoce run` has every half hour."""

    database: Database
    folder: Path

    async def load(self, load: Any, *lines: str, **more: Any) -> None:
        file = self.folder / f"{load.__name__}.csv"
        file.write_text("\n".join(lines), encoding="utf-8")
        report = await load(self.database, file, **more)
        assert report.rejected == []

    async def chats(self, *said: tuple[str, int]) -> None:
        """Who wrote how many days ago, in a room of two contacts and one who isn't listed."""
        rooms = ["会话ID,商机编号,客户编号,员工账号,外部联系人ID,联系人称呼,同意存档"]
        rooms += [
            f"wr1,O1,C1,zhangmin,{who},{name},是" for who, name in (("wm1", "王总"), ("wm2", "李工"), ("wm3", ""))
        ]
        (self.folder / "rooms.csv").write_text("\n".join(rooms), encoding="utf-8")
        messages = []
        for number, (who, days) in enumerate(said):
            at = int((NOW - timedelta(days=days)).timestamp()) * 1000
            one = {"msgid": f"m{number}", "action": "send", "from": who, "tolist": ["x"], "roomid": "wr1"}
            messages.append(json.dumps({**one, "msgtime": at, "msgtype": "text", "text": {"content": "好的"}}))
        (self.folder / "a.jsonl").write_text("\n".join(messages), encoding="utf-8")
        assert (await import_chats(self.database, self.folder, ZONE)).rejected == []

    async def watch(self) -> dict[str, StoredSignal]:
        told: list[str] = []

        async def consider(ids: Sequence[str]) -> None:
            told.extend(ids)

        unused: Any = None  # nothing was said in the last three days, so nobody listens
        desk = make_desk(load_settings(data=self.folder))
        await ListeningFlow(self.database, unused, Clock(), desk, unused, consider, unused, unused, unused).watch(NOW)
        found = await self.database.read(
            lambda store: store.signals.between(NOW - timedelta(days=1), NOW + timedelta(1))
        )
        assert {one.id for one in found} == set(told)
        return {one.kind: one for one in found}


@pytest.fixture
async def house(migrated_sqlite_url: str, tmp_path: Path) -> Any:
    database = Database(migrated_sqlite_url)
    house = House(database, tmp_path)
    loads = ((import_people, PEOPLE), (import_customers, CUSTOMERS), (import_deals, DEALS), (import_stages, STAGES))
    for load, lines in loads:
        await house.load(load, *lines)
    yield house
    database.close()


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ([("wm2", 30), ("zhangmin", 5)], {"single_threaded": "李燕", "decision_maker_away": "王建国"}),
        ([("wm1", 10), ("zhangmin", 5)], {"single_threaded": "王建国"}),
        ([("wm1", 30), ("wm2", 10)], {"decision_maker_away": "王建国"}),
        ([("wm1", 20), ("wm2", 10)], {}),
        ([("wm2", 20), ("wm3", 10)], {}),
        ([("zhangmin", 5)], {}),
    ],
    ids=["only who doesn't decide", "only who decides", "who decides no more", "both", "a stranger", "nobody answered"],
)
async def test_who_takes_part(house: House, said: list[tuple[str, int]], due: dict[str, str]) -> None:
    """A1, A4: from the lists to the signal; a stranger may be the one who is missed."""
    await house.load(import_contacts, *CONTACTS)
    await house.chats(*said)
    found = await house.watch()
    assert {kind: found[kind].facts["name"] for kind in PEOPLE_KINDS & found.keys()} == due


async def test_without_a_list_of_people_nothing_is_said_of_them(house: House) -> None:
    """Missing is missing."""
    await house.chats(("wm2", 30))
    assert not PEOPLE_KINDS & (await house.watch()).keys()


@pytest.mark.parametrize(
    ("times", "due"),
    [
        (",打开时间\nQ1,O1,C1,,RZ-B110,2026-03-20,2026-03-24 10:00,", True),
        (",打开时间\nQ1,O1,C1,,RZ-B110,2026-03-20,2026-03-24 10:00,2026-03-24 11:00", False),
        (",打开时间\nQ1,O1,C1,,RZ-B110,2026-03-20,,", False),
        (",打开时间\nQ1,O1,C1,,RZ-B110,2026-03-20,2026-03-29 10:00,", False),
        ("\nQ1,O1,C1,,RZ-B110,2026-03-20,2026-03-24 10:00", False),
    ],
    ids=["not opened", "opened", "on paper", "just sent", "nobody sees it"],
)
async def test_a_proposal_that_nobody_opened(house: House, times: str, due: bool) -> None:
    """A1, A4: only what can be seen to be opened, three days after it was sent."""
    await house.load(import_quotes, QUOTES + times, zone=ZONE)
    found = (await house.watch()).get("proposal_unopened")
    assert (found is not None) is due
    if found:
        assert (found.facts["title"], found.facts["days"]) == ("RZ-B110 Q1", "6")


async def test_a_listed_slack_account_tells_the_side(house: House) -> None:
    """A1: a stranger of Slack is of the customer where the list says so, and nobody else is."""
    await house.load(import_contacts, *CONTACTS)
    await house.chats(("zhangmin", 30))
    desk, unused = make_desk(load_settings(data=house.folder)), _Engine()
    flow = ListeningFlow(house.database, unused, Clock(), desk, unused, unused, unused, unused, unused)  # type: ignore[arg-type]  # only hears
    for number, sender in enumerate(("U2", "U9")):
        await flow.hear(Message(f"s{number}", "slack", "group:wr1", sender, "text", NOW, "你好", in_group=True))
    heard = await house.database.read(lambda store: store.dialogues.read("wr1:2026-W14"))
    assert heard is not None
    assert [(one.side, one.speaker, one.account) for one in heard.utterances] == [
        (Side.THEIRS, "李燕", "U2"),
        (Side.UNKNOWN, "", "U9"),
    ]


class _Engine:
    """Takes jobs, and runs none."""

    def enqueue(self, store: Any, job: Any) -> None:
        """Nothing reads."""


async def test_the_sample_company(migrated_sqlite_url: str, tmp_path: Path) -> None:
    """What is planted is found through the doors, and nothing else of the three kinds."""
    facts = generate(tmp_path, today=NOW.astimezone(ZONE).date()).facts
    database, crm = Database(migrated_sqlite_url), tmp_path / "crm"
    await import_people(database, tmp_path / "hr/people.csv")
    await import_customers(database, crm / "customers.csv")
    await import_deals(database, crm / "opportunities.csv")
    await import_stages(database, crm / "stage_history.csv")
    for report in (
        await import_contacts(database, crm / "contacts.csv"),
        await import_quotes(database, crm / "quotes.csv", zone=ZONE),
        await import_chats(database, tmp_path / "chat", ZONE),
    ):
        assert (report.added > 500, report.rejected) == (True, [])

    kinds = load_kinds()

    def look(store: Store) -> list[tuple[str, str]]:
        found = []
        for state in store.deal_states.open():
            deal = facts_of(state, store.contacts.moments(deal_id=state.deal.id), ZONE, NOW)
            found += [(signal.kind, state.deal.id) for signal in deal_signals(deal, kinds, NOW)]
        return found

    found = await database.read(look)
    quotes = await database.read(lambda store: store.quotes.records(facts.unopened_proposals))
    for kind, planted in (
        ("single_threaded", set(facts.single_threaded_deals)),
        ("decision_maker_away", set(facts.silent_deciders)),
        ("proposal_unopened", {one.deal_id for one in quotes.values()}),
    ):
        assert {deal for key, deal in found if key == kind} == planted, kind
    database.close()
