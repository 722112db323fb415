"""A company of a handful of rows, whose figures can be computed by hand; today is Friday, 20 November 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bot.contracts import Person, Role
from knowledge.metrics.plan import Span
from storage.store import Store
from storage.tables import (
    CampaignRow,
    ContractRow,
    CustomerRow,
    DeadlineRow,
    DealRow,
    DialogueRow,
    IdentityRow,
    LeadRow,
    MergeRow,
    PaymentRow,
    PersonRow,
    PromptRow,
    QuoteRow,
    Row,
    SignalRow,
    SpendRow,
    TaskRow,
    TicketRow,
    TouchRow,
    UtteranceRow,
)

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 20))

REP = Person("E1001", "张敏", Role.REP, "华东组", ("华东",), "E2001")
OTHER = Person("E1002", "林凯文", Role.REP, "华南组", ("华南",), "E2002")
MANAGER = Person("E2001", "周主管", Role.MANAGER, "华东组", ("华东",), "E3001")
SOUTH = Person("E2002", "许主管", Role.MANAGER, "华南组", ("华南",), "E3001")
DIRECTOR = Person("E3001", "吴总监", Role.DIRECTOR, "", ("华东",))
OPS = Person("E4001", "运营", Role.SALES_OPS)
ADMIN = Person("E6001", "管理员", Role.ADMIN)
OWNER = Person("E5001", "渠道", Role.CHANNEL_OWNER, "市场部", ("总部",))
GONE = Person("E1003", "离职", Role.REP, "华东组", ("华东",), "E2001")
PEOPLE = (REP, OTHER, MANAGER, SOUTH, DIRECTOR, OPS, ADMIN, OWNER, GONE)


def day(month: int, number: int) -> date:
    return date(2026, month, number)


def at(number: int, hour: int = 2, month: int = 11) -> datetime:
    """In UTC: 2 o'clock is 10 in Shanghai."""
    return datetime(2026, month, number, hour, tzinfo=UTC)


def yuan(amount: float | str) -> Decimal:
    return Decimal(str(amount))


def keep(store: Store) -> None:
    """All rows, those first that others point to."""
    for kind in (_people, _customers, _marketing, _deals, _quotes, _money, _service, _talk, _waiting):
        store.session.add_all(kind())
        store.session.flush()


def _people() -> list[Row]:
    return [
        PersonRow(
            id=one.id,
            name=one.name,
            role=one.role,
            team=one.team,
            regions=one.regions,
            manager_id=one.manager_id,
            gone=one is GONE,
        )
        for one in PEOPLE
    ]


def _customers() -> list[Row]:
    def customer(number: int, region: str, province: str, owner: str, tier: str, created: date, **more: Any) -> Row:
        name = f"客户{number}"
        return CustomerRow(
            id=f"C{number}",
            name=name,
            name_key=name,
            region=region,
            province=province,
            owner_id=owner,
            tier=tier,
            created=created,
            **more,
        )

    return [
        customer(1, "华东", "江苏", "E1001", "A", date(2025, 1, 1), industry="新能源"),
        customer(2, "华南", "广东", "E1002", "B", day(11, 5), industry="家电"),
        customer(3, "华东", "浙江", "E1001", "A", day(11, 6)),
        customer(4, "华东", "江苏", "E1001", "A", day(11, 7)),  # the same as C1
    ]


def _marketing() -> list[Row]:
    def lead(number: int, when: datetime, channel: str, campaign: str, region: str, **more: Any) -> Row:
        return LeadRow(id=f"L{number}", created_at=when, channel=channel, campaign_id=campaign, region=region, **more)

    return [
        MergeRow(kept_id="C1", gone_id="C4", at=NOW),
        CampaignRow(id="K1", name="搜索投放", channel="搜索", owner_id="E5001", starts=day(11, 1)),
        CampaignRow(id="K2", name="展会", channel="展会扫码", owner_id="E4001", starts=day(11, 1)),
        TouchRow(id="T1", visitor_id="V1", channel="搜索", campaign_id="K1", at=at(2), cost=yuan(100), action="点击"),
        TouchRow(
            id="T2", visitor_id="V1", channel="搜索", campaign_id="K1", at=at(3), cost=yuan("50.50"), action="点击"
        ),
        TouchRow(
            id="T3", visitor_id="V2", channel="展会扫码", campaign_id="K2", at=at(3), cost=yuan(999), action="扫码"
        ),
        TouchRow(
            id="T4", visitor_id="V4", channel="搜索", campaign_id="K1", at=datetime(2026, 10, 31, 15, 59, tzinfo=UTC)
        ),
        TouchRow(id="T5", visitor_id="V3", channel="搜索", campaign_id="K1", at=datetime(2026, 10, 31, 16, tzinfo=UTC)),
        SpendRow(id="S1", channel="展会扫码", campaign_id="K2", day=day(11, 3), amount=yuan(300)),
        lead(1, at(2), "搜索", "K1", "华东", industry="新能源", valid=True, sql_at=at(2) + timedelta(hours=10)),
        lead(2, at(3), "搜索", "K1", "华东", valid=False, invalid_at=at(4), invalid_reason="电话未接通"),
        lead(3, at(4), "展会扫码", "K2", "华南", valid=True, sql_at=at(4) + timedelta(hours=30)),
        lead(4, at(5), "展会扫码", "K2", "华南"),
        lead(5, at(15, month=10), "搜索", "K1", "华东", valid=True, sql_at=at(3)),
        IdentityRow(entity="lead", record_id="L1", customer_id="C4", how="name", at=NOW),
    ]


def _deals() -> list[Row]:
    def deal(number: int, customer: str, owner: str, amount: float | None, created: date, **more: Any) -> Row:
        return DealRow(
            id=f"D{number}",
            customer_id=customer,
            owner_id=owner,
            amount=None if amount is None else yuan(amount),
            created=created,
            **more,
        )

    return [
        deal(1, "C1", "E1001", 1_000_000, day(11, 3), closed=day(11, 13), result="won", lead_id="L1", stage="contract"),
        deal(
            2, "C2", "E1002", 500_000, day(11, 5), closed=day(11, 15), result="lost", lead_id="L3", lost_reason="价格"
        ),
        deal(3, "C4", "E1001", 2_000_000, day(10, 1), closed=day(11, 11), result="won", stage="contract"),
        deal(4, "C3", "E1001", 300_000, day(11, 10), stage="quote", last_followed=day(11, 18)),
        deal(5, "C2", "E1002", 400_000, day(10, 1), stage="demo", last_followed=day(11, 1)),
        deal(6, "C2", "E1002", None, day(11, 19), stage="lead"),
    ]


def _quotes() -> list[Row]:
    def quote(number: int, amount: str, rival: str, explained: bool | None, **more: Any) -> Row:
        return QuoteRow(
            id=f"Q{number}",
            deal_id="D1",
            customer_id="C1",
            owner_id="E1001",
            amount=yuan(amount),
            competitor_amount=yuan(rival) if rival else None,
            explained=explained,
            quoted_on=day(11, 10),
            **more,
        )

    return [
        quote(1, "115.00", "100.00", False, sent_at=at(10), opening_seen=True, opened_at=at(11)),  # 15 % exactly
        quote(2, "114.99", "100.00", False),
        quote(3, "200.00", "100.00", True, sent_at=at(10), opening_seen=True),
        quote(4, "500.00", "", False),
        quote(5, "130.00", "100.00", None),
    ]


def _money() -> list[Row]:
    def contract(number: int, deal: str, customer: str, amount: float, signed: date) -> Row:
        return ContractRow(
            id=f"H{number}", deal_id=deal, customer_id=customer, signer_id="E1001", amount=yuan(amount), signed=signed
        )

    def payment(number: int, contract_: int, amount: float, due: date, paid: date | None, kind: str = "到货款") -> Row:
        return PaymentRow(
            id=f"P{number}",
            contract_id=f"H{contract_}",
            amount=yuan(amount),
            due=due,
            paid=paid,
            kind=kind,
            region="华东",
        )

    return [
        contract(1, "D1", "C1", 1_000_000, day(11, 13)),
        contract(2, "D3", "C4", 1_800_000, day(11, 12)),
        contract(3, "", "C3", 70_000, day(2, 1)),
        contract(4, "", "C1", 100_000, day(3, 1)),
        payment(1, 1, 300_000, day(11, 14), day(11, 14), "预付款"),
        payment(2, 1, 500_000, day(11, 16), day(11, 18)),
        payment(3, 2, 400_000, day(11, 15), None),
        payment(4, 2, -50_000, day(11, 17), day(11, 17), "refund"),
        payment(5, 2, 600_000, day(12, 1), None),
        payment(6, 3, 100_000, day(11, 20), None),
    ]


def _service() -> list[Row]:
    return [
        TicketRow(
            id="W1",
            customer_id="C1",
            contract_id="H1",
            severity="P1",
            opened_at=at(10),
            closed_at=at(10, 12),
            satisfaction=5,
        ),
        TicketRow(id="W2", customer_id="C2", severity="P2", opened_at=at(12), closed_at=at(13), satisfaction=2),
        TicketRow(id="W3", customer_id="C4", severity="P2", opened_at=at(19)),
    ]


def _talk() -> list[Row]:
    def dialogue(number: int, source: str, state: str = "ready", **more: Any) -> Row:
        return DialogueRow(
            id=f"G{number}", source=source, state=state, customer_id="C1", person_id="E1001", created_at=at(11), **more
        )

    def spoken(number: int, dialogue_: int, side: str, start: float, end: float) -> Row:
        return UtteranceRow(
            dialogue_id=f"G{dialogue_}", id=f"u{number}", seq=number, text="…", side=side, start=start, end=end
        )

    def signal(number: int, kind: str, when: datetime) -> Row:
        return SignalRow(
            id=f"X{number}",
            kind=kind,
            sureness=1,
            facts={},
            customer_id="C1",
            person_id="E1001",
            happened_at=when,
            found_at=when,
        )

    def prompt(number: int, state: str, response: str) -> Row:
        return PromptRow(
            id=f"M{number}",
            kind="price",
            person_id="E1001",
            decided_at=at(10),
            state=state,
            arithmetic={},
            response=response,
            responded_at=at(11) if response else None,
        )

    return [
        dialogue(1, "recording", begun_at=at(10), seconds=90.0),
        dialogue(2, "recording"),
        dialogue(3, "recording", "refused"),
        dialogue(4, "chat"),
        spoken(1, 1, "ours", 0, 30),
        spoken(2, 1, "theirs", 30, 60),
        spoken(3, 1, "ours", 60, 90),
        spoken(4, 2, "ours", 0, 30),  # nobody else is heard
        signal(1, "price", at(10)),
        signal(2, "own_rule", at(11)),
        signal(3, "price", at(10, month=10)),
        TaskRow(id="A1", person_id="E1001", customer_id="C1", text="…", due=day(11, 19), created_at=at(10)),
        TaskRow(id="A2", person_id="E1001", customer_id="C1", text="…", due=day(11, 25), created_at=at(10)),
        TaskRow(id="A3", person_id="E1001", text="…", due=day(11, 1), state="done", created_at=at(10), done_at=at(11)),
        prompt(1, "sent", "used"),
        prompt(2, "sent", "ignored"),
        prompt(3, "withheld", ""),
    ]


def _waiting() -> list[Row]:
    """Deadlines: met, missed, late now, not due yet, cancelled."""

    def deadline(number: int, opened: datetime, due: datetime, closed: datetime | None, state: str, who: str) -> Row:
        about: dict[str, Any] = {"customer_id": "C1", "person_id": who, "region": "华东" if who == "E1001" else "华南"}
        seen: dict[str, Any] = {"opened_at": opened, "due_at": due, "closed_at": closed, "state": state}
        return DeadlineRow(
            sla="order_to_purchase", sla_version=1, case_key=f"SO{number}", opened_seq=number, **seen, **about
        )

    half = timedelta(minutes=30)
    return [
        deadline(1, at(5, 1), at(5, 2), at(5, 1) + half, "met", "E1001"),
        deadline(2, at(10, 0), at(10, 1), at(10, 3), "missed", "E1001"),
        deadline(3, at(18), at(19), None, "late", "E1002"),
        deadline(4, at(18), at(25), None, "open", "E1001"),
        deadline(5, at(11), at(12), at(11, 3), "cancelled", "E1001"),
    ]
