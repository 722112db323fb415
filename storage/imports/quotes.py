"""The list of quotes, as the CRM exports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.contracts.person import OPERATOR
from storage.database import Database
from storage.imports import listed, values
from storage.imports.columns import CUSTOMER, DEAL, OWNER, amounts, days, merged_amount, texts
from storage.imports.layout import Layout
from storage.imports.listed import Listed, Reader
from storage.imports.report import ImportReport, Problem
from storage.imports.table import TableRow
from storage.repositories.quotes import Quote

TEXTS = ("customer_id", "deal_id", "owner_id", "product", "competitor", "note")


async def import_quotes(
    database: Database, path: Path, *, zone: ZoneInfo, by: str = OPERATOR.id, at: datetime | None = None
) -> ImportReport:
    """Add and change quotes from a CSV or Excel file in one transaction; none is removed. Times are of `zone`.

    Good rows are loaded, bad ones named in the report. A column that the file doesn't have keeps its values.
    Raises ImportRefused, with nothing changed, when the file as a whole can't be used.
    """
    moment = at or datetime.now(UTC)
    return await database.write(lambda store: listed.load(store, path, _quotes(zone), by, moment))


def _readers(zone: ZoneInfo, row: TableRow, layout: Layout) -> dict[str, Reader]:
    text = row.values
    readers: dict[str, Reader] = {"id": lambda: values.identifier("id", text["id"])}
    readers |= texts(row, TEXTS) | days(row, ("quoted_on",))
    readers |= amounts(row, "amount") | amounts(row, "competitor_amount")
    if "explained" in text:
        readers["explained"] = partial(values.yes, layout, "explained", text["explained"])
    if "sent_at" in text:
        readers["sent_at"] = partial(values.moment, "sent_at", text["sent_at"], zone)
    if "opened_at" in text:
        readers["opened_at"] = partial(_opened, zone, text)
    if "version" in text:
        readers["version"] = partial(values.whole, "version", text["version"])
    return readers


def _opened(zone: ZoneInfo, text: Mapping[str, str]) -> datetime | None:
    at = values.moment("opened_at", text["opened_at"], zone)
    try:
        sent = values.moment("sent_at", text.get("sent_at", ""), zone)
    except Problem:  # named where it stands
        return at
    if at and sent and at < sent:
        raise Problem("opened_before_sent", "opened_at")
    return at


def _merge(old: Quote | None, fields: Mapping[str, Any]) -> Quote:
    plain = {name: value for name, value in fields.items() if "amount_" not in name}
    money = merged_amount(fields, "amount") | merged_amount(fields, "competitor_amount")
    new = replace(old or Quote(fields["id"], fields["customer_id"]), **plain, **money)
    # A file without a column for it can't say that nobody opened it.
    return replace(new, opening_seen=new.sent_at is not None) if "opened_at" in fields else new


def _quotes(zone: ZoneInfo) -> Listed[Quote]:
    return Listed(
        "quotes",
        partial(_readers, zone),
        (CUSTOMER, DEAL, OWNER),
        lambda store, ids: store.quotes.records(ids),
        _merge,
        lambda store, quotes: store.quotes.upsert_all(quotes),
    )
