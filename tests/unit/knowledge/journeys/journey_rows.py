"""A small company's rows for journeys, each there for one rule."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from storage.store import Store
from storage.tables import (
    CampaignRow,
    ContractRow,
    CustomerRow,
    DealRow,
    IdentityRow,
    LeadRow,
    MergeRow,
    PaymentRow,
    SpendRow,
    TouchRow,
)
from storage.upsert import table_of, upsert_all

NOW = datetime(2026, 6, 30, 2, tzinfo=UTC)


def at(text: str) -> datetime:
    """Shanghai time, "01-05 10:00" of 2026."""
    return datetime.fromisoformat(f"2026-{text}:00+08:00")


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def touch(id_: str, visitor: str, channel: str, when: str, campaign: str = "", cost: str | None = None) -> TouchRow:
    cost_ = Decimal(cost) if cost else None
    return TouchRow(id=id_, visitor_id=visitor, channel=channel, campaign_id=campaign, at=at(when), cost=cost_)


def deal(id_: str, customer: str, lead: str, created: str, closed: str = "", amount: int = 0) -> DealRow:
    return DealRow(
        id=id_,
        customer_id=customer,
        owner_id="",
        lead_id=lead,
        created=day(created),
        closed=day(closed) if closed else None,
        result="won" if closed else "open",
        amount=Decimal(amount),
    )


ROWS: list[Any] = [
    *(CustomerRow(id=id_, name=id_, name_key=id_) for id_ in ("C1", "C2", "C3")),
    # V1: search, then two touches in one second (T2b before T2a in the file), lead, deal, win; a touch after the win
    touch("T1", "V1", "搜索", "01-05 10:00"),
    touch("T2b", "V1", "抖音", "01-06 10:00"),
    touch("T2a", "V1", "官网", "01-06 10:00"),
    LeadRow(id="L1", visitor_id="V1", region="华东", created_at=at("01-07 09:00"), sql_at=at("01-09 09:00")),
    deal("D1", "C1", "L1", "01-10", "03-10", 100),
    touch("T3", "V1", "展会扫码", "03-10 18:00"),  # on the day of the win: still before it
    touch("T4", "V1", "搜索", "03-12 10:00"),  # after it: begins a new journey
    ContractRow(id="K1", deal_id="D1", customer_id="C1", amount=Decimal(120), signed=day("03-11")),
    PaymentRow(id="P1", contract_id="K1", paid=day("04-01"), amount=Decimal("70.05")),
    PaymentRow(id="P2", contract_id="K1", paid=day("05-01"), amount=Decimal("-20.05"), kind="退款"),
    PaymentRow(id="P3", contract_id="K1", paid=None, due=day("07-01"), amount=Decimal(50)),
    # V2 works at the same customer: one buying group, one journey at account level
    touch("T5", "V2", "行业媒体", "01-08 10:00"),
    LeadRow(id="L2", visitor_id="V2", region="华南", created_at=at("01-09 10:00")),
    IdentityRow(entity="lead", record_id="L2", customer_id="C1", how="name", at=NOW),
    # a repeat order without a lead, of the customer that was merged into C1
    deal("D2", "C2", "", "04-01", "05-01", 40),
    MergeRow(id=1, kept_id="C1", gone_id="C2", at=NOW),
    # undone: C3 stays by itself
    MergeRow(id=2, kept_id="C1", gone_id="C3", at=NOW, undone_at=NOW),
    # V3 never converted; its first touch lies before the look-back
    touch("T6", "V3", "搜索", "01-01 10:00"),
    touch("T7", "V3", "", "06-01 10:00", "M1"),  # no channel of its own: the campaign's
    # V4: an old touch, and a lead long after it
    touch("T8", "V4", "搜索", "01-01 10:00"),
    LeadRow(id="L4", visitor_id="V4", region="华东", created_at=at("06-20 10:00")),
    # a lead without a visitor, and one that lies in the future
    LeadRow(id="L5", region="华东", created_at=at("06-21 10:00")),
    LeadRow(id="L6", visitor_id="V3", region="华东", created_at=at("12-01 10:00")),
    CampaignRow(id="M1", channel="代理商", owner_id="E1", starts=day("06-01"), ends=day("06-10"), budget=Decimal(100)),
    CampaignRow(
        id="M2", channel="展会扫码", owner_id="E2", starts=day("06-21"), ends=day("07-10"), budget=Decimal(200)
    ),
    CampaignRow(id="M3", channel="搜索", owner_id="E2", starts=day("06-01"), ends=day("06-10"), budget=Decimal(999)),
    touch("T9", "V9", "搜索", "06-02 10:00", "M3", "5.50"),
    touch("T10", "V9", "搜索", "06-02 10:00", "M3", "5.50"),
    SpendRow(id="S1", campaign_id="M1", channel="", day=day("06-03"), amount=Decimal(80)),
]


def keep(store: Store) -> None:
    """Write all of them."""
    for row in ROWS:
        table = table_of(type(row))
        known = {column.name: getattr(row, column.name.removesuffix("_fen"), None) for column in table.columns}
        upsert_all(store.session, type(row), [known])
