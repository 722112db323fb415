"""How the records of an entity are kept: rows of a table of their own, or the CRM's customers and deals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from sqlalchemy import inspect, select
from sqlmodel import Session

from storage.fold import fold
from storage.imports.short_names import short_name
from storage.reasons import Reason
from storage.repositories.deals import Deals
from storage.repositories.people import People
from storage.tables import (
    CampaignRow,
    ContractRow,
    CustomerRow,
    DealRow,
    LeadRow,
    PaymentRow,
    Row,
    SpendRow,
    TicketRow,
    TouchRow,
)
from storage.upsert import table_of, upsert_all

KINDS: Mapping[str, type[Row]] = {
    "campaign": CampaignRow,
    "touch": TouchRow,
    "lead": LeadRow,
    "deal": DealRow,
    "customer": CustomerRow,
    "contract": ContractRow,
    "payment": PaymentRow,
    "ticket": TicketRow,
    "spend": SpendRow,
}
Record = dict[str, Any]


class Kept(Protocol):
    """Where the records of one entity are."""

    def read(self, ids: Sequence[str]) -> dict[str, Record]:
        """Whole records, by id; at most a chunk of them."""
        ...

    def refused(self, records: Sequence[Record]) -> dict[str, Reason]:
        """Those that can't be kept as they are, by id."""
        ...

    def merged(self, old: Record | None, new: Record) -> Record:
        """The whole record after a change."""
        ...

    def put(self, records: Sequence[Record]) -> None:
        """Insert or replace whole records."""
        ...


def kept(session: Session, entity: str) -> Kept:
    """The place of an entity's records. KeyError for an unknown one."""
    special = {"customer": _Customers, "deal": _Deals}
    return special[entity](session) if entity in special else _Rows(session, KINDS[entity])


class _Rows:
    """A table whose columns are called like the fields."""

    def __init__(self, session: Session, row: type[Row]) -> None:
        self._session = session
        self._row = row
        self._columns = _columns(row)  # field -> column
        self._defaults = _defaults(row)

    def read(self, ids: Sequence[str]) -> dict[str, Record]:
        table = table_of(self._row).c
        query = select(*(table[column] for column in self._columns.values())).where(table.id.in_(ids))
        fields = tuple(self._columns)
        found = self._session.connection().execute(query) if ids else ()
        return {record["id"]: record for row in found if (record := dict(zip(fields, row, strict=True)))}

    def refused(self, records: Sequence[Record]) -> dict[str, Reason]:
        return {}

    def merged(self, old: Record | None, new: Record) -> Record:
        said = {name: self._defaults[name] if value is None else value for name, value in new.items()}
        return {**(old or self._defaults), **said}

    def put(self, records: Sequence[Record]) -> None:
        columns = self._columns.items()
        rows = [{column: record[name] for name, column in columns} for record in records]
        upsert_all(self._session, self._row, rows)


class _Customers(_Rows):
    """Customers: found by folded names, owned by somebody who is known."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, CustomerRow)

    def refused(self, records: Sequence[Record]) -> dict[str, Reason]:
        owners = {record["owner_id"] for record in records if record.get("owner_id")}
        known = People(self._session).known(owners) if owners else set()
        return {
            record["id"]: Reason("owner_id", owner, "unknown_owner")
            for record in records
            if (owner := record.get("owner_id")) and owner not in known
        }

    def merged(self, old: Record | None, new: Record) -> Record:
        said = {name: value for name, value in new.items() if name != "short_name" or value}
        record = super().merged(old, {**said, "owner_id": said["owner_id"] or None} if "owner_id" in said else said)
        if "short_name" not in said and (old is None or old["name"] != record["name"]):
            record["short_name"] = short_name(record["name"])
        return record | {"name_key": fold(record["name"]), "short_key": fold(record["short_name"])}


class _Deals(_Rows):
    """Deals: of a customer that is known; since when one is in its stage, the history says."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, DealRow)

    def refused(self, records: Sequence[Record]) -> dict[str, Reason]:
        named = {record["customer_id"] for record in records if record.get("customer_id")}
        table = table_of(CustomerRow).c
        query = select(table.id).where(table.id.in_(named))
        known = set(self._session.connection().execute(query).scalars()) if named else set()
        return {
            record["id"]: Reason("customer_id", customer, "unknown_customer")
            for record in records
            if (customer := record.get("customer_id")) is not None and customer not in known
        }

    def merged(self, old: Record | None, new: Record) -> Record:
        record = super().merged(old, {**new, "result": new["result"] or "open"} if "result" in new else new)
        moved = old is not None and old["stage"] != record["stage"]
        return record | {"stage_entered": None} if moved else record

    def put(self, records: Sequence[Record]) -> None:
        super().put(records)
        Deals(self._session).follow([record["id"] for record in records])


@cache
def _columns(row: type[Row]) -> dict[str, str]:
    return {attr.key: attr.columns[0].name for attr in inspect(row).column_attrs}


@cache
def _defaults(row: type[Row]) -> Record:
    """What a field has when nobody said anything: the table's own defaults, None where it has none."""
    fields = row.model_fields
    return {name: None if fields[name].is_required() else fields[name].default for name in _columns(row)}
