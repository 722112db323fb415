"""Flags on answers: which late data stands behind a number (B12). `store.lights.stale` finds them."""

from __future__ import annotations

from collections.abc import Sequence

from config.locales import t
from storage.repositories.lights import Flag

NAMED = 3  # in one sentence; more are counted


def named(flags: Sequence[Flag], lang: str = "zh") -> str:
    """展会扫码数据晚 61 小时、财务数据晚 30 小时; those beyond the first few are counted."""
    some = t("freshness.flag.and", lang).join(flag.sentence(lang) for flag in flags[:NAMED])
    return some + (t("freshness.flag.more", lang, count=len(flags) - NAMED) if len(flags) > NAMED else "")


def warning(flags: Sequence[Flag], lang: str = "zh") -> str:
    """One sentence for an answer: "展会扫码数据晚 61 小时，以下数字可能偏低。"; "" when nothing is late."""
    return t("freshness.flag.warning", lang, late=named(flags, lang)) if flags else ""
