"""What stands in a definition, value by value: each is read, or becomes a fault at its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from knowledge.lines import At, Lines
from knowledge.mapping.faults import Fault
from knowledge.mapping.rule import UNITS

SYSTEMS = ("marketing", "sales", "service", "finance", "other")
_SPAN = re.compile(r"(\d{1,5})\s*(m|min|h|d|w|分钟|小时|天|周)")
_SECONDS = {
    "m": 60,
    "min": 60,
    "分钟": 60,
    "h": 3600,
    "小时": 3600,
    "d": 86_400,
    "天": 86_400,
    "w": 604_800,
    "周": 604_800,
}
_CURRENCY = re.compile(r"[A-Z]{3}")
_HIGHEST_RATE = 1_000_000


class Said:
    """The values of one definition; `faults` are collected, so that whoever mends it mends it once."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.faults: list[Fault] = []

    def rates(self, tree: Any) -> Mapping[str, Decimal]:
        """CNY for one unit of each currency."""
        rates: dict[str, Decimal] = {}
        for code, rate in tree.items() if isinstance(tree, Mapping) else [("", tree)]:
            found = _rate(rate)
            if not _CURRENCY.fullmatch(str(code)) or not 0 < found < _HIGHEST_RATE:
                self.fault(("rates", str(code)), "bad_rate", code=code, rate=rate)
            rates[str(code)] = found
        return rates

    def currency(self, at: At, value: Any) -> tuple[str, str]:
        """(Code, the source's field that says it); one of them is ""."""
        if value is None:
            return "", ""
        if isinstance(value, Mapping) and isinstance(value.get("from"), str):
            return "", value["from"]
        code = str(value).upper()
        if not _CURRENCY.fullmatch(code):
            self.fault(at, "bad_currency", value=value)
        elif code != "CNY" and self._lines.tree and not self._has_rate(code):
            self.fault(at, "no_rate", code=code)
        return code, ""

    def _has_rate(self, code: str) -> bool:
        rates = self._lines.tree.get("rates")
        return isinstance(rates, Mapping) and code in rates

    def unit(self, at: At, value: Any) -> str:
        """Of money; "" where nothing is said."""
        if value is not None and str(value) not in UNITS:
            self.fault(at, "bad_unit", value=value, expected=("元", "万元", "千元", "分"))
        return "" if value is None else str(value)

    def words(self, at: At, value: Any) -> Mapping[str, str]:
        """The source's words → ours."""
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.fault(at, "bad_words")
            return {}
        return {str(theirs): word(ours) for theirs, ours in value.items()}

    def zone(self, tree: Mapping[str, Any]) -> str:
        """An IANA name, or ""."""
        name = self.text(tree, "zone")
        try:
            return ZoneInfo(name).key if name else ""
        except (ValueError, OSError, KeyError):
            self.fault(("zone",), "bad_zone", value=name)
            return ""

    def system(self, tree: Mapping[str, Any]) -> str:
        """One of SYSTEMS."""
        system = self.text(tree, "system") or "other"
        if system not in SYSTEMS:
            self.fault(("system",), "bad_system", value=system, expected=SYSTEMS)
        return system

    def span(self, at: At, value: Any) -> int | None:
        """Seconds of 15m, 1h, 2 天; None where nothing is said."""
        if value is None:
            return None
        found = _SPAN.fullmatch(str(value).strip())
        if found is None or int(found[1]) == 0:
            self.fault(at, "bad_span", value=value)
            return None
        return int(found[1]) * _SECONDS[found[2]]

    def names(self, at: At, value: Any) -> tuple[str, ...]:
        """One name or several."""
        names = value if isinstance(value, list) else [] if value is None else [value]
        if any(isinstance(name, (list, dict)) or name is None or str(name) == "" for name in names):
            self.fault(at, "bad_names")
            return ()
        return tuple(str(name) for name in names)

    def text(self, tree: Mapping[str, Any], key: str, at: At = ()) -> str:
        """A text, or ""."""
        value = tree.get(key)
        if isinstance(value, (list, dict)):
            self.fault((*at, key), "not_text", word=key)
            return ""
        return "" if value is None else str(value)

    def known(self, tree: Mapping[str, Any], keys: Iterable[str], at: At) -> None:
        """Keys that mean nothing are faults: most are misspelt."""
        for key in tree:
            if key not in keys:
                near = get_close_matches(str(key), tuple(keys), 1)
                self.fault((*at, key), "unknown_key", word=key, expected=near or keys)

    def fault(self, at: At, problem: str, **details: object) -> None:
        """Note one."""
        said = {
            key: "、".join(map(str, value)) if isinstance(value, (list, tuple, Mapping)) else value
            for key, value in details.items()
        }
        self.faults.append(Fault(self._lines.line(at), at, problem, said))


def _rate(said: Any) -> Decimal:
    """0 for what is no number."""
    try:
        found = Decimal(str(said))
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)


def word(value: Any) -> str:
    """A plain true or no in YAML is a truth value; people meant the word."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
