"""How long something takes, in words. Pure."""

from __future__ import annotations

from config.locales import t

DAY, HOUR, MINUTE = 86_400, 3600, 60
EXACT = 600  # seconds: from here on, single ones say nothing


def lasting(seconds: float, language: str, *, days: bool = True) -> str:
    """3 天 4 小时, 2 小时 10 分钟, 5 分钟, 40 秒. `days`: whether 24 hours are a day; not of working time."""
    left = int(abs(seconds))
    parts = []
    for unit, size in ((("day", DAY),) if days else ()) + (("hour", HOUR), ("minute", MINUTE), ("second", 1)):
        if unit == "second" and abs(seconds) >= EXACT:
            break
        count, left = divmod(left, size)
        if count:
            parts.append(t(f"slas.lasting.{unit}", language, count=count))
        elif parts:
            break
        if len(parts) == 2:
            break
    return " ".join(parts) or t("slas.lasting.second", language, count=0)


def rate(share: float | None) -> str:
    """91.2 %; – where there is nothing to divide."""
    return "–" if share is None else f"{share:.1%}"
