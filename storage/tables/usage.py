"""What outside services were used for, where there is a limit."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger
from sqlmodel import Field

from storage.tables.base import Row


class ModelUsageRow(Row, table=True):
    """Tokens of the language model on one day, of all machines together."""

    __tablename__ = "model_usage"

    day: date = Field(primary_key=True)
    tokens: int = Field(sa_type=BigInteger)
