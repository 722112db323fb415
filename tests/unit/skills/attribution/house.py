"""A company with enough journeys for every model: two regions, two channel owners, forty wins."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.contracts import Person, Role
from storage.store import Store
from storage.tables import (
    CampaignRow,
    ContractRow,
    CustomerRow,
    DealRow,
    LandedRow,
    LeadRow,
    PaymentRow,
    PersonRow,
    TouchRow,
)
from storage.upsert import table_of, upsert_all

NOW = datetime(2026, 6, 30, 2, tzinfo=UTC)
FIRST = datetime(2026, 1, 1, 4, tzinfo=UTC)
CHANNELS = ("搜索", "展会扫码", "官网")

OPS = Person("E4", "周敏", Role.SALES_OPS)
EAST = Person("E2", "李伟", Role.MANAGER, team="华东组")
DIRECTOR = Person("E3", "沈国华", Role.DIRECTOR, regions=("华南",))
FAIRS = Person("E5", "冯丽", Role.CHANNEL_OWNER)
REPS = (("E10", "华东组", "E2"), ("E11", "华南组", "E6"))
JOURNEYS = 120  # every third one is won


def rows() -> list[Any]:
    """Journey i: 1–4 touches; its customer is in the east or the south by turns."""
    made: list[Any] = [
        PersonRow(id=person.id, name=person.name, role=person.role, team=person.team, regions=person.regions)
        for person in (OPS, EAST, DIRECTOR, FAIRS)
    ]
    made += [PersonRow(id=id_, name=id_, role="rep", team=team, manager_id=boss) for id_, team, boss in REPS]
    made += [
        CampaignRow(id=f"M{at}", name=name, channel=name, owner_id=FAIRS.id if name == "展会扫码" else OPS.id)
        for at, name in enumerate(CHANNELS)
    ]
    for number in range(JOURNEYS):
        made += _journey(number)
    return made


def _journey(number: int) -> list[Any]:
    owner, region = (REPS[number % 2][0], ("华东", "华南")[number % 2])
    begin = FIRST + timedelta(hours=7 * number)
    steps = [CHANNELS[(number * number + 2 * step + number // 5) % 3] for step in range(1 + number % 4)]
    made: list[Any] = [
        TouchRow(
            id=f"T{number:03}{step}",
            visitor_id=f"V{number:03}",
            channel=channel,
            campaign_id=f"M{CHANNELS.index(channel)}",
            action="点击",
            at=begin + timedelta(days=step),
            cost=Decimal(10),
        )
        for step, channel in enumerate(steps)
    ]
    lead, day = f"L{number:03}", (begin + timedelta(days=5)).date()
    made.append(
        LeadRow(
            id=lead,
            visitor_id=f"V{number:03}",
            company=f"客户{number:03}公司",
            mobile="19900000001",
            region=region,
            campaign_id=f"M{CHANNELS.index(steps[-1])}",
            created_at=begin + timedelta(days=4),
        )
    )
    if number % 3 == 0:
        made += _won(number, lead, owner, region, day)
    return made


def one_more(store: Store) -> None:
    """A lead of the east that was none before is won."""
    _write(store, _won(118, "L118", "E10", "华东", date(2026, 3, 1)))


def _won(number: int, lead: str, owner: str, region: str, day: date) -> list[Any]:
    id_ = f"{number:03}"
    return [
        CustomerRow(id=f"C{id_}", name=f"客户{id_}公司", name_key=id_, region=region, owner_id=owner),
        DealRow(
            id=f"D{id_}",
            name=f"商机{id_}",
            customer_id=f"C{id_}",
            owner_id=owner,
            lead_id=lead,
            created=day,
            closed=day + timedelta(days=20),
            result="won",
            amount=Decimal(1000 + number),
        ),
        ContractRow(id=f"K{id_}", deal_id=f"D{id_}", customer_id=f"C{id_}", amount=Decimal(1000 + number), signed=day),
        PaymentRow(id=f"P{id_}", contract_id=f"K{id_}", paid=day + timedelta(days=30), amount=Decimal(500)),
    ]


def keep(store: Store) -> None:
    """Write them; one deal's row as it came from a source."""
    _write(store, rows())
    for entity, id_, data in (
        ("deal", "D000", {"商机编号": "D000"}),
        ("lead", "L000", {"线索编号": "L000", "手机": "+86 199-0000-0001"}),
    ):
        row = LandedRow(
            source="crm",
            key=id_,
            entity=entity,
            record_id=id_,
            line=7,
            data=data,
            digest="x",
            load_id=1,
            first_at=NOW,
            changed_at=NOW,
        )
        store.session.add(row)
    store.session.flush()


def _write(store: Store, made: list[Any]) -> None:
    for row in made:
        names = [column.name for column in table_of(type(row)).columns]
        upsert_all(store.session, type(row), [{name: getattr(row, name.removesuffix("_fen")) for name in names}])
