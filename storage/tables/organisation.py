"""Who works here, under which accounts, for which customers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, false
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import UtcTime, Words, Yuan


class PersonRow(Row, table=True):
    """Somebody of the company."""

    __tablename__ = "people"
    __table_args__ = (Index(None, "team"), Index(None, "manager_id"))

    id: str = Field(primary_key=True)  # employee number
    name: str
    role: str  # a value of Role
    team: str = ""
    regions: tuple[str, ...] = Field(default=(), sa_type=Words, nullable=False)
    manager_id: str = ""  # no foreign key: an import may bring the manager later
    email: str = ""
    mobile: str = ""
    hired: date | None = None
    language: str = "zh"
    gone: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  # left the company; rows stay


class AccountRow(Row, table=True):
    """Where a person is on a channel: at most one account each, and an account belongs to one person."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("person_id", "channel"),)

    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="people.id", ondelete="CASCADE")


class CustomerRow(Row, table=True):
    """A customer of the CRM."""

    __tablename__ = "customers"
    __table_args__ = (Index(None, "owner_id"), Index(None, "region"))

    id: str = Field(primary_key=True)
    name: str
    short_name: str = ""
    name_key: str  # folded, for comparing
    short_key: str = ""
    industry: str = ""
    province: str = ""
    region: str = ""
    annual_amount: Decimal | None = Field(default=None, sa_type=Yuan, sa_column_kwargs={"name": "annual_amount_fen"})
    owner_id: str | None = Field(default=None, foreign_key="people.id")  # nobody: the public pool (公海)
    tier: str = ""
    created: date | None = None


class PreferenceRow(Row, table=True):
    """One thing that a person chose."""

    __tablename__ = "preferences"

    person_id: str = Field(primary_key=True, foreign_key="people.id", ondelete="CASCADE")
    key: str = Field(primary_key=True)
    value: Any = Field(sa_type=JSON, nullable=False)
    at: datetime = Field(sa_type=UtcTime)


class SignInRow(Row, table=True):
    """A way into the console. Only the token's SHA-256 is here, so a copy of the table opens nothing."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index(None, "person_id"),)

    token_hash: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="people.id", ondelete="CASCADE")
    issued_at: datetime = Field(sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)
