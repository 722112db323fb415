"""The list of quotes, as the CRM exports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.contracts.person import OPERATOR
from storage.database import Database
from storage.imports import listed, values
from storage.imports.columns import CUSTOMER, DEAL, OWNER, amounts, days, merged_amount, texts
from storage.imports.layout import Layout
from storage.imports.listed import Listed, Reader
from storage.imports.report import ImportReport
from storage.imports.table import TableRow
from storage.repositories.quotes import Quote

TEXTS = ("customer_id", "deal_id", "owner_id", "product", "competitor", "note")


async def import_quotes(
    database: Database, path: Path, *, by: str = OPERATOR.id, at: datetime | None = None
) -> ImportReport:
    """Add and change quotes from a CSV or Excel file in one transaction; none is removed.

    Good rows are loaded, bad ones named in the report. A column that the file doesn't have keeps its values.
    Raises ImportRefused, with nothing changed, when the file as a whole can't be used.
    """
    moment = at or datetime.now(UTC)
    return await database.write(lambda store: listed.load(store, path, _QUOTES, by, moment))


def _readers(row: TableRow, layout: Layout) -> dict[str, Reader]:
    text = row.values
    readers: dict[str, Reader] = {"id": lambda: values.identifier("id", text["id"])}
    readers |= texts(row, TEXTS) | days(row, ("quoted_on",))
    readers |= amounts(row, "amount") | amounts(row, "competitor_amount")
    if "explained" in text:
        readers["explained"] = partial(values.yes, layout, "explained", text["explained"])
    if "version" in text:
        readers["version"] = partial(values.whole, "version", text["version"])
    return readers


def _merge(old: Quote | None, fields: Mapping[str, Any]) -> Quote:
    plain = {name: value for name, value in fields.items() if "amount_" not in name}
    money = merged_amount(fields, "amount") | merged_amount(fields, "competitor_amount")
    return replace(old or Quote(fields["id"], fields["customer_id"]), **plain, **money)


_QUOTES = Listed(
    "quotes",
    _readers,
    (CUSTOMER, DEAL, OWNER),
    lambda store, ids: store.quotes.records(ids),
    _merge,
    lambda store, quotes: store.quotes.upsert_all(quotes),
)
