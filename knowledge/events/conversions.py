"""Values of one type as another, exactly or not at all: used along a type's history and by approved mappings. Pure.

Nothing is rounded: an amount that the other type can't hold raises, and whoever asked sees why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from knowledge.events.types import Retyped

NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,12})?")
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d{1,12})?")
_FACTOR = re.compile(r"factor:([1-9]\d{0,8})")
_DAY = re.compile(r"(\d{4})([-/.年]?)(\d{1,2})\2?月?(\d{1,2})日?")
_LATEST = 253_402_300_799  # 9999-12-31 in seconds


class Unconvertible(Exception):
    """A value can't be the other type without a guess or a loss."""


def converted(value: Any, how: str) -> Any:
    """A value by an approved mapping's word: "", number, factor:10000, zone:Asia/Shanghai … Raises Unconvertible."""
    if not how:
        return value
    if match := _FACTOR.fullmatch(how):
        return times(number(value), int(match[1]))
    if how.startswith("zone:"):
        return moment(value, how.removeprefix("zone:"))
    if how not in _BY_NAME:
        raise Unconvertible(how)
    return _BY_NAME[how](value)


def newer(value: Any, change: Retyped) -> Any:
    """An older version's value as the next version has it. Raises Unconvertible."""
    found = _FORWARD[change.before, change.after](value)
    return times(found, change.factor) if change.factor != 1 else found


def older(value: Any, change: Retyped) -> Any:
    """A newer value as the version before had it. Raises Unconvertible."""
    found = times(value, change.factor, divide=True) if change.factor != 1 else value
    return _FORWARD[change.after, change.before](found)


def number(value: Any) -> int | float:
    """12, "12", "12.50"; with commas only where the groups are whole."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    said = value.strip() if isinstance(value, str) else ""
    if _GROUPED.fullmatch(said):
        said = said.replace(",", "")
    if not NUMBER.fullmatch(said):
        raise Unconvertible(value)
    return _plain(Decimal(said))


def times(value: int | float, factor: int, *, divide: bool = False) -> int | float:
    """Multiplied, or divided, without any rounding."""
    try:
        exact = Decimal(str(value))
        return _plain(exact / factor if divide else exact * factor)
    except InvalidOperation as error:
        raise Unconvertible(value) from error


def text(value: Any) -> str:
    """A text, number or truth value as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return format(Decimal(str(value)), "f")
    raise Unconvertible(value)


def truth(value: Any) -> bool:
    """true, "false", 1, "是"."""
    found = {"true": True, "1": True, "是": True, "yes": True, "false": False, "0": False, "否": False, "no": False}
    said = text(value).strip().lower()
    if said not in found:
        raise Unconvertible(value)
    return found[said]


def day(value: Any) -> str:
    """A year-first day: 2026/3/1, 20260301, 2026年3月1日; of a moment only midnight, whose day can't be another."""
    said = value.strip() if isinstance(value, str) else ""
    if match := re.fullmatch(r"(\S+?)[T ]00:00(:00(\.0+)?)?(Z|[+-]\d\d:?\d\d)?", said):
        said = match[1]
    match = _DAY.fullmatch(said)
    try:
        if not match or (not match[2] and len(said) != 8):
            raise ValueError(said)
        return date(int(match[1]), int(match[3]), int(match[4])).isoformat()
    except ValueError as error:
        raise Unconvertible(value) from error


def moment(value: Any, zone: str = "") -> str:
    """A moment in any form of ISO 8601, as RFC 3339. Without an offset it is of `zone`. Raises Unconvertible."""
    try:
        found = datetime.fromisoformat(value.strip().replace("/", "-"))
        if found.tzinfo is None and zone:
            found = found.replace(tzinfo=ZoneInfo(zone))
    except (AttributeError, ValueError, KeyError) as error:
        raise Unconvertible(value) from error
    if found.tzinfo is None:
        raise Unconvertible(value)
    return found.isoformat()


def of_seconds(value: Any) -> str:
    """Seconds since 1970 as a moment."""
    seconds = number(value)
    if not 0 <= seconds <= _LATEST:
        raise Unconvertible(value)
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def seconds_of(value: Any) -> int:
    """A moment as whole seconds since 1970."""
    found = datetime.fromisoformat(moment(value)).timestamp()
    if found != int(found):
        raise Unconvertible(value)
    return int(found)


def only(value: Any) -> Any:
    """The only one of a list."""
    if not isinstance(value, list) or len(value) != 1:
        raise Unconvertible(value)
    return value[0]


def _same(value: Any) -> Any:
    return value


def _whole(value: Any) -> int:
    found = number(value)
    if found != int(found):
        raise Unconvertible(value)
    return int(found)


def _plain(exact: Decimal) -> int | float:
    """As JSON writes it, when JSON can hold it exactly."""
    if exact == exact.to_integral_value():
        return int(exact)
    found = float(exact)
    if Decimal(str(found)) != exact:
        raise Unconvertible(exact)
    return found


_FORWARD: Mapping[tuple[str, str], Callable[[Any], Any]] = {
    ("number", "number"): number,
    ("integer", "number"): number,
    ("number", "integer"): _whole,
    ("integer", "integer"): _whole,
    ("string", "number"): number,
    ("number", "string"): text,
    ("string", "integer"): _whole,
    ("integer", "string"): text,
    ("boolean", "string"): text,
    ("string", "boolean"): truth,
    ("string", "array"): lambda value: [value],
    ("array", "string"): only,
    ("seconds", "date-time"): of_seconds,
    ("date-time", "seconds"): seconds_of,
}
CHANGES = frozenset(_FORWARD)
"""What a version may say under `retyped`; each has its way back."""

_BY_NAME: Mapping[str, Callable[[Any], Any]] = {
    "number": number,
    "integer": _whole,
    "text": text,
    "boolean": truth,
    "list": lambda value: value if isinstance(value, list) else [value],
    "only": only,
    "date": day,
    "moment": moment,
    "seconds": of_seconds,
    "milliseconds": lambda value: of_seconds(times(number(value), 1000, divide=True)),
    "trim": lambda value: text(value).strip(),
}
NAMES = (*_BY_NAME, "factor:", "zone:")
"""What an approved mapping may say under `convert`."""
