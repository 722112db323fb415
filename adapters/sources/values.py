"""Values of databases and files of columns, as JSON can say them."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

LONGEST = 100_000  # characters of one value: more is no field of a record


def plain(value: Any) -> Any:
    """Numbers and texts as they are, exact decimals and times as text, everything else as text."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return value.replace("\0", "")[:LONGEST]  # PostgreSQL can't hold a NUL
    if isinstance(value, Mapping):
        return {str(key).replace("\0", ""): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(one) for one in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.tzinfo is None else value.isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode()[:LONGEST]
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value.total_seconds()) if isinstance(value, timedelta) else str(value)[:LONGEST]
