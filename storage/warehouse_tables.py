"""Which tables the columnar copy has, and how each column is said in DuckDB.

Money stays whole 分 (`…_fen`, exact sums), moments are UTC without a zone, days are days. What no figure needs stays
out: telephone numbers, addresses, names of contacts, and every word that was said: of utterances only when and by which
side they were spoken.
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
    StageRow,
    TaskRow,
    TicketRow,
    TouchRow,
    UtteranceRow,
)
from storage.tables.types import UtcTime, Yuan
from storage.upsert import table_of

FORMAT = 3  # of the copy: part of its file name, so that a newer version of ours makes a new one
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
    DialogueRow,
    UtteranceRow,
    SignalRow,
    TaskRow,
    PromptRow,
    DeadlineRow,
)
LEFT_OUT = frozenset(
    (table, column)
    for table, columns in {
        "people": ("email", "mobile"),
        "leads": ("contact", "mobile", "email"),
        "tickets": ("summary",),
        "quotes": ("note",),
        "dialogues": ("title", "file_id", "room", "contacts", "summary", "leftovers"),
        "utterances": ("text", "speaker", "account", "words", "seq", "at"),
        "signals": ("evidence", "facts"),
        "tasks": ("text", "utterance_id"),
        "prompts": ("signal_ids", "arithmetic", "event", "card_id"),
        "deadlines": (
            "reason",
            "resolved_by",
            "acknowledged_by",
            "acknowledged_at",
            "snoozed_until",
            "rung",
            "rounds",
            "next_at",
        ),
    }.items()
    for column in columns
)
ONLY = {
    "customer_merges": "undone_at IS NULL",  # merges that were undone never were
    "utterances": '"end" IS NOT NULL',  # spoken ones: of the others nobody knows how long they took
}


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
