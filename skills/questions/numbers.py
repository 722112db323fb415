"""Numbers in words: a unit's way to be read in each language. Pure."""

from __future__ import annotations

from config.locales import t
from knowledge.metrics.registry import Unit

_YI, _WAN = 10**8, 10**4
_MILLION, _THOUSAND = 10**6, 10**3
FEW = 30
"""Cases below which a rate or an average is named as one of few."""


def said(value: float | None, unit: Unit, language: str) -> str:
    """123.4 万元, 27.8%, 12 天; what can't be had says why. Money in yuan, rates as 0..1."""
    if value is None:
        return t("questions.none", language)
    if unit == "yuan":
        return _yuan(value, language)
    if unit == "rate":
        return f"{value:.1%}"
    return t(f"questions.unit.{unit}", language, number=plain(value, unit))


def plain(value: float, unit: Unit) -> str:
    """The digits alone, as exact as the unit is read."""
    if unit in {"count", "yuan", "number"} and float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.2f}" if unit == "yuan" else f"{value:,.1f}"


def difference(change: float, unit: Unit, language: str) -> str:
    """How much more or less, without a sign: 3.4 个百分点, 12 万元."""
    if unit == "rate":
        return t("questions.points", language, number=f"{abs(change) * 100:.1f}")
    return said(abs(change), unit, language)


def percent(part: float, whole: float) -> str:
    """33.3%; "" of nothing."""
    return f"{part / whole:.1%}" if whole else ""


def cell(value: float | None, unit: Unit) -> str:
    """In a column whose head names the unit; "–" where there is no number."""
    if value is None:
        return "–"
    return f"{value:.1%}" if unit == "rate" else plain(value, unit)


def _yuan(value: float, language: str) -> str:
    size = abs(value)
    if language == "en":
        if size >= _MILLION:
            return f"CNY {value / _MILLION:,.2f}M"
        return f"CNY {value / _THOUSAND:,.1f}K" if size >= _WAN else f"CNY {value:,.0f}"
    if size >= _YI:
        return f"{value / _YI:,.2f} 亿元"
    return f"{f'{value / _WAN:,.1f}'.removesuffix('.0')} 万元" if size >= _WAN else f"{value:,.0f} 元"
