"""Which tables the columnar copy has, and how each column is said in DuckDB.

Money stays whole 分 (`…_fen`, exact sums), moments are UTC without a zone, days are days. What no figure needs stays
out: telephone numbers, addresses, names of contacts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Boolean, Date, Float, Integer
from sqlalchemy.types import TypeEngine

from storage.tables import (
    CampaignRow,
    ContractRow,
    CustomerRow,
    DealRow,
    IdentityRow,
    LeadRow,
    MergeRow,
    PaymentRow,
    PersonRow,
    QuoteRow,
    Row,
    SpendRow,
    StageRow,
    TicketRow,
    TouchRow,
)
from storage.tables.types import UtcTime, Yuan
from storage.upsert import table_of

FORMAT = 1  # of the copy: part of its file name, so that a newer version of ours makes a new one
COPIED: tuple[type[Row], ...] = (
    PersonRow,
    CustomerRow,
    DealRow,
    StageRow,
    QuoteRow,
    CampaignRow,
    TouchRow,
    LeadRow,
    ContractRow,
    PaymentRow,
    TicketRow,
    SpendRow,
    IdentityRow,
    MergeRow,
)
LEFT_OUT = frozenset({("people", "email"), ("people", "mobile"), ("leads", "contact"), ("leads", "mobile")}) | {
    ("leads", "email"),
    ("tickets", "summary"),
    ("quotes", "note"),
}
ONLY = {"customer_merges": "undone_at IS NULL"}  # merges that were undone never were


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """One table: its name, its columns as (name, type in DuckDB), and which rows."""

    name: str
    columns: tuple[tuple[str, str], ...]
    only: str = ""


def copied_tables() -> Iterator[CopiedTable]:
    """All of them, in an order without meaning."""
    for kind in COPIED:
        table = table_of(kind)
        columns = tuple((one.name, _type(one.type)) for one in table.columns if (table.name, one.name) not in LEFT_OUT)
        yield CopiedTable(table.name, columns, ONLY.get(table.name, ""))


def _type(kind: TypeEngine[object]) -> str:
    if isinstance(kind, UtcTime):
        return "TIMESTAMP"
    if isinstance(kind, Date):
        return "DATE"
    if isinstance(kind, Boolean):
        return "BOOLEAN"
    if isinstance(kind, Float):
        return "DOUBLE"
    return "BIGINT" if isinstance(kind, (Yuan, Integer)) else "VARCHAR"
