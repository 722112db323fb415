"""Columns that several kinds of list have: amounts, dates, texts, and the ids of other things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from storage.imports import values
from storage.imports.listed import Reader, Reference
from storage.imports.table import TableRow

UNITS = {"wan": 10_000, "yuan": 1}  # ending of the column -> yuan


def amounts(row: TableRow, field: str) -> dict[str, Reader]:
    """Readers of the columns that say an amount: `{field}_wan`, `{field}_yuan`."""
    units = {f"{field}_{ending}": unit for ending, unit in UNITS.items()}
    return {
        column: partial(values.amount, column, row.values[column], unit)
        for column, unit in units.items()
        if column in row.values
    }


def merged_amount(fields: Mapping[str, Any], field: str) -> dict[str, Any]:
    """The amount that the columns say, if there is such a column."""
    said = [fields[f"{field}_{ending}"] for ending in UNITS if f"{field}_{ending}" in fields]
    return {field: next((amount for amount in said if amount is not None), None)} if said else {}


def texts(row: TableRow, names: Iterable[str]) -> dict[str, Reader]:
    """Readers of the columns whose text is taken as it is."""
    return {name: partial(str, row.values[name]) for name in names if name in row.values}


def days(row: TableRow, names: Iterable[str]) -> dict[str, Reader]:
    """Readers of the columns with dates."""
    return {name: partial(values.day, name, row.values[name]) for name in names if name in row.values}


OWNER = Reference("owner_id", "unknown_owner", lambda store, ids: store.people.known(ids))
CUSTOMER = Reference("customer_id", "unknown_customer", lambda store, ids: store.customers.records(ids))
DEAL = Reference("deal_id", "unknown_deal", lambda store, ids: store.deals.records(ids))
