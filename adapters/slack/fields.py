"""Reading fields of bodies that may be anything. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

CHANNEL = "slack"
NOBODY = "slack"  # who sent what no person did


def text_of(data: Any, name: str) -> str:
    """The field's text; "" when there is none."""
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""


def id_of(data: Any, name: str) -> str:
    """A field that is an id, or an object with one."""
    value = data.get(name) if isinstance(data, dict) else None
    return text_of(value, "id") or (value if isinstance(value, str) else "")


def whole_of(data: Any, name: str) -> int | None:
    """A whole number that isn't negative."""
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def moment(stamp: str, otherwise: datetime) -> datetime:
    """The time of a Slack timestamp ("1355517523.000008")."""
    try:
        return datetime.fromtimestamp(float(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return otherwise
