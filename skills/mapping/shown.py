"""Values of records as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from config.locales import t


def shown_value(value: Any, lang: str, zone: ZoneInfo | None = None) -> str:
    """Money with thousands' commas, yes and no in words, times to the minute (UTC unless a zone is given)."""
    if value is None or value in ("", ()):
        return "–"
    if isinstance(value, bool):
        return t(f"mapping.{'yes' if value else 'no'}", lang)
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, datetime):
        at = value.astimezone(zone) if zone else value
        return f"{at:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return "、".join(value) if isinstance(value, tuple) else str(value)


def shown_values(values: Iterable[Any], lang: str) -> list[str]:
    """Several of them."""
    return [shown_value(value, lang) for value in values]
