"""Lists of deals, stages and quotes: as the CRM exports them, with every bad row named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.contracts.person import OPERATOR
from storage.database import Database
from storage.imports.customers import import_customers
from storage.imports.deals import import_deals, import_stages
from storage.imports.people import import_people
from storage.imports.quotes import import_quotes
from storage.repositories.customers import Customer
from storage.repositories.deals import Deal, StageEntry
from storage.repositories.quotes import Quote
from tests.unit.storage.company import NOW
from tests.unit.storage.test_imports import problems, sample_company, write

__all__ = ["sample_company"]  # a fixture

DEALS = (
    "商机编号,商机名称,客户编号,线索编号,负责人工号,产品,阶段,预计金额(元),主要竞品,创建日期,预计成交日期,关闭日期,"
    "结果,输单原因,最近跟进日期"
)
ZONE = ZoneInfo("Asia/Shanghai")
OPEN = "O1,泓达 折弯机,C1,L1,E1001,RZ-B110,报价,450000,恒力达,2026-01-05,2026-04-30,,进行中,,2026-02-27"
STAGES = "商机编号,阶段,进入日期"
QUOTES = (
    "报价单号,商机编号,客户编号,负责人工号,产品,报价金额(元),竞品名称,竞品报价(元),已说明差异价值,版本,报价日期,备注"
)


@pytest.fixture
async def crm(company: Database) -> Database:
    """Two reps and a customer of the first."""
    await company.write(lambda store: store.customers.upsert(Customer("C1", "苏州泓达", owner_id="E1001")))
    return company


async def test_the_sample_company(database: Database, sample_company: Path) -> None:
    """Its deals, stages and quotes load without a complaint; again: nothing changes."""
    crm = sample_company / "crm"
    await import_people(database, sample_company / "hr/people.csv")
    await import_customers(database, crm / "customers.csv")
    for first in (True, False):
        deals = await import_deals(database, crm / "opportunities.csv")
        stages = await import_stages(database, crm / "stage_history.csv")
        quotes = await import_quotes(database, crm / "quotes.csv", zone=ZONE)
        for report, least in ((deals, 560), (stages, 2000), (quotes, 500)):
            assert (report.changed, report.rejected, report.unlisted) == (0, [], 0)
            assert (report.added >= least, report.unchanged == 0) == (first, first)
    states = await database.read(lambda store: store.deal_states.open())
    assert states
    for state in states:
        assert [entry.entered for entry in state.stages if entry.stage == state.deal.stage][-1:] == [
            state.deal.stage_entered
        ]


async def test_a_deal_with_all_fields(crm: Database, tmp_path: Path) -> None:
    """Words for stages and results become keys, money is exact; the import is in the audit log."""
    report = await import_deals(crm, write(tmp_path / "d.csv", DEALS, OPEN, encoding="gb18030"), by="E9001", at=NOW)
    assert report.sentence() == "商机：新增 1，更新 0，未变 0，未导入 0。"
    assert await crm.read(lambda store: store.deals.get("O1")) == Deal(
        "O1",
        "C1",
        "泓达 折弯机",
        "E1001",
        "RZ-B110",
        "quote",
        None,
        Decimal("450000.00"),
        "恒力达",
        date(2026, 1, 5),
        date(2026, 4, 30),
        None,
        "open",
        "",
        "L1",
        date(2026, 2, 27),
    )
    [entry] = await crm.read(lambda store: store.audit.listing(OPERATOR))
    assert (entry.actor, entry.action, entry.subject) == ("E9001", "import.deals", "d.csv")


async def test_bad_deals_are_named(crm: Database, tmp_path: Path) -> None:
    """Line, column, value and reason of each; the others are loaded."""
    report = await import_deals(
        crm,
        write(
            tmp_path / "d.csv",
            DEALS,
            OPEN,
            OPEN,
            "O2,,C9,,E9,,报价,,,,,,赢单,,",
            "O3,,C1,,,,成交之后,-5,,2026-02-30,,,输赢未定,,",
            "O4,,C1,,,,,,,,,,,,",
            "O5,公海商机,C1,,,,线索,,,,,,,,",
        ),
    )
    assert problems(report) == [
        (3, "商机编号", "O1", "duplicate"),
        (4, "客户编号", "C9", "unknown_customer"),
        (4, "负责人工号", "E9", "unknown_owner"),
        (5, "阶段", "成交之后", "unknown_choice"),
        (5, "预计金额(元)", "-5", "negative"),
        (5, "创建日期", "2026-02-30", "not_a_date"),
        (5, "结果", "输赢未定", "unknown_choice"),
        (6, "阶段", "", "empty"),
    ]
    assert "请先导入客户名单" in report.rejected[1].sentence()
    last = await crm.read(lambda store: store.deals.get("O5"))
    assert last == Deal("O5", "C1", "公海商机", stage="lead")


async def test_a_deal_moves_on(crm: Database, tmp_path: Path) -> None:
    """Since when it is in its stage, the history says: not the day of the import, and not a stage it has left."""
    first = write(tmp_path / "d.csv", DEALS, OPEN)
    history = write(tmp_path / "s.csv", STAGES, "O1,线索,2026-01-05", "O1,报价,2026-02-01", "O1,报价,2026-02-20")

    async def entered() -> date | None:
        deal = await crm.read(lambda store: store.deals.get("O1"))
        assert deal
        return deal.stage_entered

    await import_deals(crm, first)
    assert await entered() is None
    report = await import_stages(crm, history)
    assert (report.added, report.unchanged) == (3, 0)
    assert await entered() == date(2026, 2, 20)
    await import_deals(crm, write(tmp_path / "d.csv", DEALS, OPEN.replace("报价", "谈判")))
    assert await entered() is None
    again = write(
        tmp_path / "s.csv", STAGES, "O1,报价,2026-02-20", "O1,谈判,2026/3/1", "O9,谈判,2026-03-01", "O1,谈判,"
    )
    report = await import_stages(crm, again)
    assert (report.added, report.unchanged) == (1, 1)
    assert problems(report) == [(4, "商机编号", "O9", "unknown_deal"), (5, "进入日期", "", "empty")]
    assert await entered() == date(2026, 3, 1)
    stages = await crm.read(lambda store: store.deals.stages(["O1", "O2"]))
    assert stages["O1"][-1] == StageEntry("O1", "negotiation", date(2026, 3, 1))
    assert stages.keys() == {"O1"}


async def test_columns_that_a_list_leaves_out_keep_their_values(crm: Database, tmp_path: Path) -> None:
    await import_deals(crm, write(tmp_path / "d.csv", DEALS, OPEN))
    short = write(
        tmp_path / "e.csv", "id;customer id;owner;stage;result;close date", "O1;C1;E1001;quote;won;2026-03-01"
    )
    report = await import_deals(crm, short)
    assert (report.changed, report.rejected) == (1, [])
    deal = await crm.read(lambda store: store.deals.get("O1"))
    assert deal
    assert (deal.result, deal.closed, deal.amount, deal.competitor) == ("won", date(2026, 3, 1), 450000, "恒力达")
    assert await crm.read(lambda store: store.deals.open()) == []
    assert await crm.read(lambda store: store.deals.closed(date(2026, 3, 1), date(2026, 3, 2))) == [deal]
    assert await crm.read(lambda store: store.deals.closed(date(2026, 3, 2), date(2026, 4, 1))) == []


async def test_quotes(crm: Database, tmp_path: Path) -> None:
    """B14 rests on them: whether the difference was explained is yes, no, or not noted; notes may be long."""
    await import_deals(crm, write(tmp_path / "d.csv", DEALS, OPEN))
    note = "第一行\n第二行" + "长" * 500
    report = await import_quotes(
        crm,
        write(
            tmp_path / "q.csv",
            QUOTES,
            f'Q1,O1,C1,E1001,RZ,1150000,恒力达,1000000,否,1,2026-02-20,"{note}"',
            "Q2,,C1,,RZ,,,,,V2,2026-02-21,",
            "Q3,O9,C1,,RZ,,,,可能,一,,",
        ),
        zone=ZONE,
    )
    assert problems(report) == [
        (5, "商机编号", "O9", "unknown_deal"),
        (5, "已说明差异价值", "可能", "unknown_choice"),
        (5, "版本", "一", "not_a_whole_number"),
        (5, "报价日期", "", "empty"),
    ]
    of_deal = await crm.read(lambda store: store.quotes.of_deals(["O1"]))
    [quote] = of_deal["O1"]
    assert quote.note == note.replace("\n", " ")
    assert (quote.amount, quote.competitor_amount, quote.explained, quote.version) == (1150000, 1000000, False, 1)
    seen = await crm.read(lambda store: store.quotes.visible_to(OPERATOR, date(2026, 2, 21), date(2026, 2, 22)))
    assert seen == [Quote("Q2", "C1", product="RZ", version=2, quoted_on=date(2026, 2, 21))]


async def test_a_quote_mark_that_is_not_closed_in_a_free_text(crm: Database, tmp_path: Path) -> None:
    """Lines it swallows are named all the same."""
    bad = 'Q1,,C1,,RZ,,,,,,2026-02-20,"没有写完'
    report = await import_quotes(
        crm,
        write(tmp_path / "q.csv", QUOTES, bad, "Q2,,C1,,RZ,,,,,,2026-02-20,", 'Q3,,C1,,RZ,,,,,,2026-02-20,"好"'),
        zone=ZONE,
    )
    assert report.rejected
    assert report.rejected[0].line == 2


async def test_when_a_quote_was_sent_and_opened(crm: Database, tmp_path: Path) -> None:
    """Times of the company's zone; whether it was opened is seen only where there is a column for it."""
    head, rest = "报价单号,商机编号,客户编号,负责人工号,报价日期,发送时间", "O1,C1,,2026-02-20"
    await import_deals(crm, write(tmp_path / "d.csv", DEALS, OPEN))
    blind = write(tmp_path / "blind.csv", head, f"Q1,{rest},2026-02-20 9:30", f"Q2,{rest},2026-02-20")
    assert (await import_quotes(crm, blind, zone=ZONE)).rejected == []
    kept = await crm.read(lambda store: store.quotes.records(["Q1", "Q2"]))
    assert [one.sent_at for one in kept.values()] == [
        datetime(2026, 2, 20, hour, half, tzinfo=UTC) for hour, half in ((1, 30), (4, 0))
    ]
    assert not any(one.opening_seen for one in kept.values())
    rows = (
        f"Q1,{rest},2026-02-20 09:30,2026年2月21日 10:05:07",
        f"Q2,{rest},2026-02-20T09:30:00+01:00,",
        f"Q3,{rest},,",
        f"Q4,{rest},昨天,2026-02-21 25:00",
        f"Q5,{rest},2026-02-20 09:30,2026-02-19 09:30",
    )
    report = await import_quotes(crm, write(tmp_path / "q.csv", f"{head},打开时间", *rows), zone=ZONE)
    assert problems(report) == [
        (5, "发送时间", "昨天", "not_a_time"),
        (5, "打开时间", "2026-02-21 25:00", "not_a_time"),
        (6, "打开时间", "2026-02-19 09:30", "opened_before_sent"),
    ]
    kept = await crm.read(lambda store: store.quotes.records(["Q1", "Q2", "Q3"]))
    assert kept["Q1"].opened_at == datetime(2026, 2, 21, 2, 5, 7, tzinfo=UTC)
    assert kept["Q2"].sent_at == datetime(2026, 2, 20, 8, 30, tzinfo=UTC)
    assert [kept[id_].opening_seen for id_ in ("Q1", "Q2", "Q3")] == [True, True, False]
