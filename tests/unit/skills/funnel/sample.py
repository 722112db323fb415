"""The sample company's loop in a database: leads, campaigns, touches, contracts and payments of its systems."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from openpyxl import load_workbook

from config.sample_company.generate import generate
from storage.database import Database
from storage.imports.customers import import_customers
from storage.imports.deals import import_deals
from storage.imports.people import import_people
from storage.store import Store

TODAY = date(2026, 7, 15)
NOW = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


async def load(database: Database, folder: Path) -> None:
    """Everything that a funnel needs."""
    generate(folder, today=TODAY)
    await import_people(database, folder / "hr/people.csv")
    await import_customers(database, folder / "crm/customers.csv")
    await import_deals(database, folder / "crm/opportunities.csv")

    def write(store: Store) -> None:
        parts = {"campaign": campaigns, "lead": leads, "touch": touches, "contract": contracts, "payment": payments}
        for entity, read in parts.items():
            written = store.loop.write(entity, list(read(folder)))
            assert not written.refused

    await database.write(write)


def campaigns(folder: Path) -> Iterator[dict[str, object]]:
    for one in json.loads((folder / "marketing/campaigns.json").read_text("utf-8"))["campaigns"]:
        yield {
            "id": one["id"],
            "name": one["name"],
            "channel": one["channel"]["label"],
            "starts": datetime.fromtimestamp(one["startAt"] / 1000, ZONE).date(),
            "ends": datetime.fromtimestamp(one["endAt"] / 1000, ZONE).date(),
            "budget": Decimal(one["budgetCents"]) / 100,
            "owner_id": one["ownerId"],
        }


def leads(folder: Path) -> Iterator[dict[str, object]]:
    for row in _rows(folder / "marketing/leads.csv"):
        yield {
            "id": row["线索编号"],
            "visitor_id": row["访客ID"],
            "company": row["公司名称"],
            "contact": row["联系人"],
            "industry": row["行业"],
            "region": row["大区"],
            "channel": row["来源渠道"],
            "campaign_id": row["活动编号"],
            "created_at": _time(row["创建时间"]),
            "valid": row["状态"] == "有效",
            "invalid_reason": row["无效原因"],
            "invalid_at": _time(row["无效标记时间"]),
            "sql_at": _time(row["SQL时间"]),
        }


def touches(folder: Path) -> Iterator[dict[str, object]]:
    for row in _rows(folder / "marketing/touches.csv"):
        yield {
            "id": row["touch_id"],
            "visitor_id": row["visitor_id"],
            "channel": row["channel"],
            "campaign_id": row["campaign_id"],
            "at": _time(row["touched_at"]),
            "cost": Decimal(row["cost_cny"] or 0),
        }


def contracts(folder: Path) -> Iterator[dict[str, object]]:
    book = load_workbook(folder / "crm/contracts.xlsx", read_only=True)
    table = [row for row in book["合同台账"].iter_rows(values_only=True) if any(row)]
    book.close()
    place = next(at for at, row in enumerate(table) if "合同编号" in row)
    for row in table[place + 1 :]:
        found = dict(zip(table[place], row, strict=False))
        if found["商机编号"]:
            signed = found["签约日期"]
            yield {
                "id": found["合同编号"],
                "deal_id": found["商机编号"],
                "customer_id": found["客户编号"] or "",
                "amount": Decimal(str(found["合同金额(万元)"])) * 10000,
                "signed": signed.date() if isinstance(signed, datetime) else signed,
            }


def payments(folder: Path) -> Iterator[dict[str, object]]:
    text = (folder / "finance/payments.sql").read_text("utf-8")
    for found in re.finditer(
        r"^\('(.*?)', '(.*?)', '.*?', '(.*?)', '.*?', (NULL|'.*?'), (-?[\d.]+), '.*?'\)", text, re.M
    ):
        paid = None if found[4] == "NULL" else date.fromisoformat(found[4].strip("'"))
        yield {"id": found[1], "contract_id": found[2], "kind": found[3], "paid": paid, "amount": Decimal(found[5])}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE) if text else None
