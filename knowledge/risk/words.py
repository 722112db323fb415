"""Contributions and levels as sentences, Chinese and English."""

from __future__ import annotations

from config.locales import t
from knowledge.risk.model import Assessment, Contribution

NOTICEABLE = 0.05
"""Log-odds below which a value neither raises nor lowers the risk noticeably (about one point in a hundred)."""


def sentence(one: Contribution, lang: str = "zh") -> str:
    """One feature: what was measured, and which way it moves the risk. A missing value says that it is missing."""
    title = one.feature.title(lang)
    if one.value is None:
        key = "missing_counted" if abs(one.amount) >= NOTICEABLE else "missing"
        return t(f"risk.{key}", lang, title=title, effect=_effect(one.amount, lang))
    return t("risk.reason", lang, said=_said(one, lang), effect=_effect(one.amount, lang))


def verdict(found: Assessment, lang: str = "zh") -> str:
    """The level with its probability; where too little is known, that."""
    known = sum(one.value is not None for one in found.contributions)
    values = {"percent": f"{found.probability:.0%}", "known": known, "of": len(found.contributions)}
    return t(f"risk.level.{found.level}", lang, **values)


def _said(one: Contribution, lang: str) -> str:
    return t(f"risk.feature.{one.feature.key}.said", lang, value=format(one.value, one.feature.shown))


def _effect(amount: float, lang: str) -> str:
    if abs(amount) < NOTICEABLE:
        return t("risk.effect.none", lang)
    return t("risk.effect.up" if amount > 0 else "risk.effect.down", lang)
