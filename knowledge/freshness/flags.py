"""Flags on answers: which late data stands behind a number (B12). `store.lights.stale` finds them."""

from __future__ import annotations

from collections.abc import Sequence

from config.locales import t
from storage.repositories.lights import Flag

NAMED = 3  # in one sentence; more are counted


def warning(flags: Sequence[Flag], lang: str = "zh") -> str:
    """One sentence for an answer: "展会扫码数据晚 61 小时，以下数字可能偏低。"; "" when nothing is late."""
    if not flags:
        return ""
    named = t("freshness.flag.and", lang).join(flag.sentence(lang) for flag in flags[:NAMED])
    more = t("freshness.flag.more", lang, count=len(flags) - NAMED) if len(flags) > NAMED else ""
    return t("freshness.flag.warning", lang, late=named + more)
