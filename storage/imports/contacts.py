"""The list of the customers' people, as the CRM exports it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.contracts.person import OPERATOR
from storage.database import Database
from storage.imports import listed, values
from storage.imports.columns import CUSTOMER, DEAL, texts
from storage.imports.layout import Layout
from storage.imports.listed import Listed, Reader, Reference
from storage.imports.report import ImportReport
from storage.imports.table import TableRow
from storage.repositories.consents import Kind
from storage.repositories.customer_people import ACCOUNTS, CustomerPerson
from storage.store import Store

TEXTS = ("customer_id", "name", "title", "deal_id", "mobile", "wecom", "slack")


async def import_contacts(
    database: Database, path: Path, *, by: str = OPERATOR.id, at: datetime | None = None
) -> ImportReport:
    """Add and change customers' people from a CSV or Excel file in one transaction; none is removed.

    Good rows are loaded, bad ones named in the report, and so is whoever refused to be listened to. A column that the
    file doesn't have keeps its values. Raises ImportRefused, with nothing changed, when the file can't be used.
    """
    moment = at or datetime.now(UTC)

    def work(store: Store) -> ImportReport:
        store.consents.hold()  # nobody refuses before these rows are there
        return listed.load(store, path, _CONTACTS, by, moment)

    return await database.write(work)


def _readers(row: TableRow, layout: Layout) -> dict[str, Reader]:
    text = row.values
    readers: dict[str, Reader] = {"id": lambda: values.identifier("id", text["id"])} | texts(row, TEXTS)
    if "email" in text:
        readers["email"] = text["email"].lower
    if "decides" in text:
        readers["decides"] = partial(values.yes, layout, "decides", text["decides"])
    return readers


def _merge(old: CustomerPerson | None, fields: Mapping[str, Any]) -> CustomerPerson:
    return replace(old or CustomerPerson(fields["id"], fields["customer_id"], fields["name"]), **fields)


def _not_refused(kind: Kind, store: Store, ids: Iterable[str]) -> set[str]:
    """Who hasn't refused to be listened to: an address in whatever case."""
    said = {subject.lower(): one.given for (of, subject), one in store.consents.latest().items() if of == kind}
    return {id_ for id_ in ids if said.get(id_.lower()) is not False}


_AGREED = (
    Reference("customer_id", "customer_refused", partial(_not_refused, "customer")),
    *(Reference(account, "person_refused", partial(_not_refused, "person")) for account in ACCOUNTS),
)
_CONTACTS = Listed(
    "contacts",
    _readers,
    (CUSTOMER, DEAL, *_AGREED),
    lambda store, ids: store.customer_people.records(ids),
    _merge,
    lambda store, people: store.customer_people.upsert_all(people),
)
