"""Who works at the customers', as the CRM knows them."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from storage.tables.base import Row


class CustomerPersonRow(Row, table=True):
    """One person at a customer's. Accounts are not unique: a consultant works for two customers."""

    __tablename__ = "customer_people"
    __table_args__ = (Index(None, "customer_id"),)

    id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id")
    deal_id: str = ""  # "": takes part in all of the customer's deals
    name: str
    title: str = ""
    decides: bool | None = None  # None: not noted
    mobile: str = ""
    email: str = ""  # lower case
    wecom: str = ""  # external_userid
    slack: str = ""
