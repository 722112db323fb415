"""What values show: telephone numbers, mail addresses, ids; the unit in a header; which part of a date is the day."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.mapping.entities import EntityField

_SHAPES = {
    "mobile": re.compile(r"\+?[\d\s()-]{7,20}"),
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
}
SHAPED = frozenset(_SHAPES)  # fields whose values give them away
_ID = re.compile(r"(?=.*\d)[\w\-/.]{2,40}")
_COMPANY = re.compile(r"公司|集团|厂|中心|院|co\.|ltd|inc|gmbh|llc", re.IGNORECASE)
_COMPANIES = {"company", "customer_name"}
_NUMERIC = re.compile(r"[-+]?[\d,.]+")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|\d{2})(.*)")
_UNITS = (
    (re.compile(r"[（(\[]\s*(万元|万|10k cny)\s*[）)\]]|_wan$|万元"), "万元"),
    (re.compile(r"[（(\[]\s*(千元|k)\s*[）)\]]|千元"), "千元"),
    (re.compile(r"[（(\[]\s*分\s*[）)\]]|cents?$|_fen$", re.IGNORECASE), "分"),
)
_MOST = 0.8  # of the values must have a shape


def looks_like(name: str, business: EntityField, texts: Sequence[str]) -> bool | None:
    """Whether values have the shape that the field's must have; None: it has none of its own."""
    if shape := _SHAPES.get(name):
        return _mostly(shape, texts)
    if business.type == "id":
        return _mostly(_ID, texts) or None
    if name in _COMPANIES:
        return True if sum(bool(_COMPANY.search(text)) for text in texts) >= len(texts) / 2 else None
    if business.type == "text":
        others = any(_mostly(shape, texts) for shape in _SHAPES.values())
        return False if others or _mostly(_NUMERIC, texts) else None
    if business.type in {"date", "time", "flag", "choice"}:
        return True  # readable as one: few values are so by chance
    return None


def unit_of(header: str) -> str:
    """The unit of money that a header says: 金额(万元), budgetCents; "" for yuan."""
    return next((unit for pattern, unit in _UNITS if pattern.search(header)), "")


def dates_format(texts: Sequence[str]) -> str:
    """The format of dates that end with the year, if the values prove it: a 13th month doesn't exist. "" else."""
    found = [match for text in texts if (match := _YEAR_LAST.fullmatch(text.strip()))]
    if not found or len(found) < len(texts):
        return ""
    firsts, seconds = {int(one[1]) for one in found}, {int(one[3]) for one in found}
    day_first, month_first = max(firsts) > 12, max(seconds) > 12
    if day_first == month_first or any(one[5].strip() for one in found):
        return ""
    mark, year = found[0][2], "%Y" if len(found[0][4]) == 4 else "%y"
    return mark.join(("%d", "%m", year) if day_first else ("%m", "%d", year))


def _mostly(shape: re.Pattern[str], texts: Sequence[str]) -> bool:
    return sum(bool(shape.fullmatch(text)) for text in texts) >= _MOST * len(texts)
