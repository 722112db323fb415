"""Who works at the customers', seen by whoever sees the customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, or_, select
from sqlmodel import Session

from bot.contracts.person import Person
from storage.chunks import chunks
from storage.permissions import visible
from storage.records import Records
from storage.repositories.consents import Kind
from storage.tables import CustomerPersonRow
from storage.upsert import table_of

ACCOUNTS = ("wecom", "email", "slack")  # what somebody writes from


@dataclass(frozen=True, slots=True)
class CustomerPerson:
    """One person at a customer's."""

    id: str
    customer_id: str
    name: str
    deal_id: str = ""  # "": takes part in all of the customer's deals
    title: str = ""
    decides: bool | None = None  # None: not noted
    mobile: str = ""
    email: str = ""  # lower case
    wecom: str = ""  # external_userid
    slack: str = ""


_people = table_of(CustomerPersonRow)
_ORDER = _people.c.decides.desc().nulls_last(), _people.c.name, _people.c.id


class CustomerPeople:
    """The customers' people. What is shown to somebody takes a viewer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, CustomerPersonRow, CustomerPerson)

    def visible_to(self, viewer: Person, customer_id: str) -> list[CustomerPerson]:
        """Who works at a customer's that the viewer may see; those who decide first."""
        mine = _people.c.customer_id == customer_id, visible(viewer, CustomerPersonRow)
        return self._records.found(self._records.select().where(*mine).order_by(*_ORDER))

    def of_customers(self, ids: Iterable[str]) -> dict[str, list[CustomerPerson]]:
        """By customer, for the flows; customers of whom nobody is known are left out."""
        found: dict[str, list[CustomerPerson]] = {}
        for some in chunks(sorted(set(ids))):
            query = self._records.select().where(_people.c.customer_id.in_(some)).order_by(*_ORDER)
            for person in self._records.found(query):
                found.setdefault(person.customer_id, []).append(person)
        return found

    def names(self) -> list[str]:
        """What everybody is called, once each, so that no name leaves the house."""
        return list(self._session.connection().execute(select(_people.c.name).distinct()).scalars())

    def records(self, ids: Iterable[str]) -> dict[str, CustomerPerson]:
        """What is kept under these ids, for imports; unknown ids are left out."""
        return self._records.these(ids)

    def upsert_all(self, people: Sequence[CustomerPerson]) -> None:
        """Add or change; customers must be known."""
        self._records.put_all(people)


def forget_people(connection: Connection, kind: Kind, subject: str) -> dict[str, set[str]]:
    """Delete the people of a customer, or whoever writes from an account; their names by customer."""
    if kind == "room":
        return {}
    whose = _people.c.customer_id == subject if kind == "customer" else _with_account(subject)
    names: dict[str, set[str]] = {}
    for customer_id, name in connection.execute(
        delete(_people).where(whose).returning(_people.c.customer_id, _people.c.name)
    ):
        names.setdefault(customer_id, set()).add(name)
    return names


def _with_account(account: str) -> ColumnElement[bool]:
    """The rows of whoever writes from an account, whatever the platform."""
    values: dict[str, Any] = {name: account.lower() if name == "email" else account for name in ACCOUNTS}
    return or_(*(_people.c[name] == value for name, value in values.items()))
