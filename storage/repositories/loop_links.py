"""Links between the loop's records, and those that point to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlmodel import Session

from storage.tables import CampaignRow, ContractRow, CustomerRow, DealRow, LeadRow, PersonRow, Row
from storage.upsert import table_of

LINKS: Mapping[str, type[Row]] = {  # a column of this name holds ids of these
    "campaign_id": CampaignRow,
    "lead_id": LeadRow,
    "deal_id": DealRow,
    "customer_id": CustomerRow,
    "contract_id": ContractRow,
    "owner_id": PersonRow,
    "signer_id": PersonRow,
}


@dataclass(frozen=True, slots=True)
class Dangling:
    """A link of a record to something that isn't there."""

    record_id: str
    field: str
    value: str


def dangling(session: Session, row: type[Row]) -> list[Dangling]:
    """All such links of a table's rows, by field and id."""
    table = table_of(row)
    found: list[Dangling] = []
    for name, target in LINKS.items():
        if name not in table.c:
            continue
        other = table_of(target).alias("target")
        here = table.c[name]
        query = select(table.c.id, here).where(here.is_not(None), here != "", ~exists().where(other.c.id == here))
        rows = session.connection().execute(query.order_by(table.c.id))
        found += [Dangling(record_id, name, value) for record_id, value in rows]
    return found
