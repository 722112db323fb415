"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

# SQLite numbers rows by itself only when the type is spelt INTEGER.
BigSerial = BigInteger().with_variant(Integer(), "sqlite")


class UtcTime(TypeDecorator[datetime]):
    """A moment, stored in UTC and returned aware. SQLite alone would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses times without a zone: nobody would know what they mean."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: pass an aware datetime.")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Yuan(TypeDecorator[Decimal]):
    """Money in CNY, stored as whole 分 (1/100 yuan): sums are exact on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Rounded to whole 分, half to even."""
        return None if value is None else int((value * 100).to_integral_value())

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        """In yuan, with two decimals."""
        return None if value is None else Decimal(value).scaleb(-2)


class Words(TypeDecorator[tuple[str, ...]]):
    """A few short words in one column: `|华东|华南|`, so that one is found by looking for `|华东|`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:
        """Words with `|` in them are refused."""
        words = value or ()
        if any("|" in word or not word for word in words):
            raise ValueError(f"{words!r}: a word must not be empty or contain '|'.")
        return "".join(f"|{word}" for word in words) + "|" if words else ""

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[str, ...]:
        """In the order they were given."""
        return tuple((value or "").strip("|").split("|")) if value else ()


class Items(TypeDecorator[tuple[Any, ...]]):
    """A few values in one column, as a JSON array."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[Any, ...] | None, dialect: Dialect) -> list[Any]:
        """Whatever JSON can say."""
        return list(value or ())

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[Any, ...]:
        """In their order."""
        return tuple(value or ())
