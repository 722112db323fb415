"""Customers, seen by those who may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, bindparam, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.contracts.person import Person
from storage.fold import contains, fold
from storage.permissions import visible
from storage.tables import CustomerRow, MergeRow, PersonRow
from storage.upsert import upsert_all

VIEWERS = 512  # whose statements are kept
_KEYS = (CustomerRow.name_key, CustomerRow.short_key)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the CRM."""

    id: str
    name: str
    short_name: str = ""  # as people call it
    industry: str = ""
    province: str = ""
    region: str = ""
    annual_amount: Decimal | None = None  # CNY yuan a year
    owner_id: str = ""  # "": nobody, the public pool (公海)
    owner_name: str = ""  # read only
    tier: str = ""
    created: date | None = None


@dataclass(frozen=True, slots=True)
class Values:
    """What stands in some columns of the customers that a viewer may see."""

    owners: frozenset[str]  # names
    industries: frozenset[str]


class Customers:
    """The customers. Every listing takes a viewer."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def visible_to(self, viewer: Person, *, name: str = "", limit: int = 50, offset: int = 0) -> list[Customer]:
        """Customers the viewer may see whose name contains `name`, the largest first."""
        part = fold(name)
        values = {"part": part, "limit": limit, "offset": offset}
        return self._with_owners(self._session.exec(_page(viewer, named=bool(part)), params=values).all())

    def count(self, viewer: Person, *, name: str = "") -> int:
        """How many `visible_to` would list without a limit."""
        part = fold(name)
        query = select(func.count()).select_from(_query(viewer, named=bool(part)).subquery())
        return self._session.exec(query, params={"part": part}).one()

    def mentioned_in(self, viewer: Person, text: str) -> list[Customer]:
        """Customers the viewer may see whose name or short name occurs in the text; the longest name first."""
        return self._with_owners(self._session.exec(_mentioned(viewer), params={"words": fold(text)}).all())

    def named_in(self, viewer: Person, text: str) -> list[Customer]:
        """The same without those whose name only stands inside another's: 恒锐 in 恒锐精密."""
        found = self.mentioned_in(viewer, text) if text.strip() else []
        return [one for one in found if not any(one.name != two.name and one.name in two.name for two in found)]

    def seen(self, viewer: Person, ids: Iterable[str]) -> list[Customer]:
        """Those of the ids that the viewer may see, the largest first; those that were merged into others, too."""
        amount = col(CustomerRow.annual_amount).desc().nulls_last()
        seen = visible(viewer, CustomerRow), col(CustomerRow.id).in_(list(ids))
        query = select(CustomerRow).where(*seen).order_by(amount, col(CustomerRow.id))
        return self._with_owners(self._session.exec(query).all())

    def values(self, viewer: Person) -> Values:
        """Owners and industries of the customers that the viewer may see."""
        connection, (owners, industries) = self._session.connection(), _values(viewer)
        return Values(
            frozenset(connection.execute(owners).scalars()),
            frozenset(filter(None, connection.execute(industries).scalars())),
        )

    def largest(self, count: int) -> list[str]:
        """The ids of the customers with the largest yearly amounts, the largest first."""
        amount = col(CustomerRow.annual_amount)
        query = (
            select(CustomerRow.id).where(amount.is_not(None)).order_by(amount.desc(), col(CustomerRow.id)).limit(count)
        )
        return list(self._session.exec(query))

    def names(self) -> set[str]:
        """Every name of every customer, whoever may see them: to be masked, never to be shown."""
        rows = self._session.exec(select(CustomerRow.name, CustomerRow.short_name))
        return {name for row in rows for name in row if name}

    def get(self, customer_id: str) -> Customer | None:
        """One customer, for the flows; check `visible_to` before showing it."""
        row = self._session.get(CustomerRow, customer_id)
        return self._with_owners([row])[0] if row else None

    def records(self, ids: Iterable[str]) -> dict[str, Customer]:
        """What is kept under these ids, for imports; unknown ids are left out."""
        query = select(CustomerRow).where(col(CustomerRow.id).in_(list(ids)))
        return {customer.id: customer for customer in self._with_owners(self._session.exec(query).all())}

    def upsert(self, customer: Customer) -> None:
        """Add or change a customer; its owner must be known."""
        self.upsert_all([customer])

    def upsert_all(self, customers: Sequence[Customer]) -> None:
        """The same for many, in one round trip."""
        upsert_all(self._session, CustomerRow, [_columns(customer) for customer in customers])

    def _with_owners(self, rows: Sequence[CustomerRow]) -> list[Customer]:
        ids = {row.owner_id for row in rows if row.owner_id}
        query = select(PersonRow.id, PersonRow.name).where(col(PersonRow.id).in_(ids))
        names = dict(self._session.exec(query).all()) if ids else {}
        return [_customer(row, names.get(row.owner_id or "", "")) for row in rows]


def _query(viewer: Person, *, named: bool = False) -> SelectOfScalar[CustomerRow]:
    """What the viewer may see, each customer once; `named`: with the folded text `part` in a name."""
    query = select(CustomerRow).where(visible(viewer, CustomerRow), ~_shown_elsewhere(viewer))
    part = bindparam("part", type_=String())
    return query.where(_called(lambda key: contains(key, part))) if named else query


def _shown_elsewhere(viewer: Person) -> ColumnElement[bool]:
    """Merged into a customer that this viewer sees as well; who sees only the one that went keeps it (B13)."""
    kept = select(CustomerRow.id).where(visible(viewer, CustomerRow)).correlate(None)
    here = col(MergeRow.gone_id) == col(CustomerRow.id), col(MergeRow.undone_at).is_(None)
    return exists().where(*here, col(MergeRow.kept_id).in_(kept))


def _called(says: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """By its names, or by those of customers that were merged into it."""
    gone = aliased(CustomerRow)
    joined = select(MergeRow.kept_id).join(gone, col(gone.id) == col(MergeRow.gone_id))
    also = joined.where(col(MergeRow.undone_at).is_(None), or_(says(gone.name_key), says(gone.short_key)))
    return or_(*(says(key) for key in _KEYS), col(CustomerRow.id).in_(also))


# Every message is looked through for customers and their owners. Making these statements takes longer than running
# them, so they are kept for the people who write most.
@lru_cache(VIEWERS)
def _page(viewer: Person, *, named: bool) -> SelectOfScalar[CustomerRow]:
    amount = col(CustomerRow.annual_amount).desc().nulls_last()
    query = _query(viewer, named=named).order_by(amount, col(CustomerRow.id))
    return query.limit(bindparam("limit", type_=Integer())).offset(bindparam("offset", type_=Integer()))


@lru_cache(VIEWERS)
def _mentioned(viewer: Person) -> SelectOfScalar[CustomerRow]:
    words = bindparam("words", type_=String())
    query = _query(viewer).where(_called(lambda key: contains(words, key)))
    return query.order_by(func.length(CustomerRow.name_key).desc(), col(CustomerRow.id))


@lru_cache(VIEWERS)
def _values(viewer: Person) -> tuple[SelectOfScalar[str], SelectOfScalar[str]]:
    seen = visible(viewer, CustomerRow)
    owners = select(PersonRow.name).join(CustomerRow).where(seen).distinct()
    return owners, select(CustomerRow.industry).where(seen).distinct()


def _customer(row: CustomerRow, owner_name: str) -> Customer:
    values: dict[str, Any] = row.model_dump(exclude={"name_key", "short_key", "owner_id"})
    return Customer(**values, owner_id=row.owner_id or "", owner_name=owner_name)


def _columns(customer: Customer) -> dict[str, Any]:
    """By column: making a CustomerRow of each would take half the time of an import."""
    return {
        "id": customer.id,
        "name": customer.name,
        "short_name": customer.short_name,
        "name_key": fold(customer.name),
        "short_key": fold(customer.short_name),
        "industry": customer.industry,
        "province": customer.province,
        "region": customer.region,
        "annual_amount_fen": customer.annual_amount,
        "owner_id": customer.owner_id or None,
        "tier": customer.tier,
        "created": customer.created,
    }
