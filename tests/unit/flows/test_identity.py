"""B13: whose records are, and looking for doubles, on both databases; planted facts of the sample company."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.contracts.person import OPERATOR
from bot.flows.identity import EVERYTHING, IdentityFlow
from config.groups.identity import Identity as Rules
from config.sample_company.generate import generate
from knowledge.quality.board import board
from knowledge.quality.gates import load_standards
from storage.database import Database
from storage.imports.customers import import_customers
from storage.imports.deals import import_deals
from storage.imports.people import import_people
from storage.repositories.customers import Customer
from storage.repositories.identity import Identity
from storage.repositories.impossible import Moment
from storage.store import Store
from tests.unit.storage.empty import open_empty

NOW = datetime(2026, 7, 15, 2, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock:
    def now(self) -> datetime:
        return NOW


def flow(database: Database) -> IdentityFlow:
    """Without an engine: the test does the jobs' work."""
    return IdentityFlow(database, None, Clock(), Rules())


async def test_records_find_their_customers_by_key_then_by_name(database: Database) -> None:
    def fill(store: Store) -> None:
        names = {"A": "苏州泓达汽车零部件有限公司", "B": "武汉宏图电梯有限公司", "C": "武汉宏图电梯有限责任公司"}
        store.customers.upsert_all([Customer(id_, name) for id_, name in names.items()])
        store.loop.write("deal", [{"id": "D1", "customer_id": "A", "lead_id": "L1"}])
        leads = {
            "L1": "别的名字",
            "L2": "蘇州泓達汽車零部件有限责任公司",
            "L3": "武汉宏图电梯股份有限公司",
            "L4": "陌生公司",
        }
        store.loop.write("lead", [{"id": id_, "company": name} for id_, name in leads.items()])
        store.loop.write("contract", [{"id": "H1", "deal_id": "D1"}, {"id": "H2", "customer_name": names["B"]}])
        payments = [{"id": "P1", "contract_id": "H1"}, {"id": "P2", "contract_id": "H2"}, {"id": "P3"}]
        store.loop.write("payment", [*payments, {"id": "P4", "customer_id": "B", "contract_id": "H1"}])
        store.loop.write("ticket", [{"id": "T1", "customer_id": "nobody", "customer_name": names["A"]}])
        store.identity.put([Identity("ticket", "T2", "C", "person", 1.0, NOW, "E1")])

    await database.write(fill)

    async def owners(entity: str, *ids: str) -> Mapping[str, str]:
        return await database.read(lambda store: store.identity.customer_of(entity, ids))

    linked = {one.entity: one for one in await flow(database).link()}
    assert (linked["lead"].by_key, linked["lead"].by_name, linked["lead"].records) == (1, 1, 4)
    assert await owners("lead", "L1", "L2", "L3", "L4") == {"L1": "A", "L2": "A"}, "L3 may be B or C: nobody is guessed"
    assert await owners("contract", "H1", "H2") == {"H1": "A", "H2": "B"}, "written exactly so: C is another way"
    assert await owners("payment", "P1", "P2", "P3", "P4") == {"P1": "A", "P2": "B", "P4": "B"}
    assert await owners("ticket", "T1", "T2") == {"T1": "A", "T2": "C"}
    assert all(one.changed == 0 for one in await flow(database).link()), "again: nothing new"

    await database.write(lambda store: store.identity.merges.merge("B", "C", "person", "E1", NOW))
    await flow(database).work("customer")
    assert (await owners("lead", "L3"))["L3"] == "B", "they are one now, so the name is no longer in doubt"
    assert await owners("ticket", "T2") == {"T2": "B"}


async def test_the_sample_companys_planted_facts(tmp_path: Path) -> None:
    """12 duplicate pairs, 10 industries off the list, 26, 8 and 10 gaps, 480 invalid leads: all of them, no others."""
    folder = tmp_path / "sample"
    facts = generate(folder, today=date(2026, 7, 15)).facts
    with open_empty(tmp_path) as database:
        await import_people(database, folder / "hr" / "people.csv")
        await import_customers(database, folder / "crm" / "customers.csv")
        await import_deals(database, folder / "crm" / "opportunities.csv")
        await database.write(lambda store: store.loop.write("lead", _leads(folder)))
        await flow(database).work(EVERYTHING)
        found = await database.read(lambda store: store.identity.doubts(OPERATOR, 100))
        assert {frozenset((one.left_id, one.right_id)) for one in found} == {
            frozenset((one.original, one.copy)) for one in facts.duplicates
        }
        assert (await flow(database).search()).new == 0
        moment = Moment(NOW, SHANGHAI)
        figures = await database.read(lambda store: board(store, OPERATOR, load_standards(), moment))
        bad = {one.gate.name: one.bad for one in figures if one.bad}
        assert bad == {
            "customer.annual_amount.filled": 26,
            "customer.industry.filled": 8,
            "customer.tier.filled": 10,
            "customer.industry.listed": len(facts.off_list_industries),
            "lead.valid": len(facts.rejected_leads),
            "customer.single": 12,
        }
        off_list = await database.read(
            lambda store: store.quality.holding(OPERATOR, "customer", "industry", _off_list(figures))
        )
        assert {row.id for row in off_list} == set(facts.off_list_industries)
        links = await database.read(lambda store: store.identity.links("lead"))
        assert sum(one.how == "key" for one in links.values()) > 400


def _off_list(figures: Any) -> list[str]:
    return [value for one in figures if one.gate.name == "customer.industry.listed" for value in one.values]


def _leads(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / "marketing" / "leads.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            created = datetime.fromisoformat(row["创建时间"]).replace(tzinfo=SHANGHAI)
            named = {"company": "公司名称", "contact": "联系人", "mobile": "手机", "email": "邮箱", "industry": "行业"}
            named |= {"region": "大区", "channel": "来源渠道", "campaign_id": "活动编号", "invalid_reason": "无效原因"}
            values = {name: row[header] for name, header in named.items()}
            yield values | {"id": row["线索编号"], "created_at": created, "valid": row["状态"] == "有效"}
