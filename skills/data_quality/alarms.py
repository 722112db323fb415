"""What an owner says to a warning about data: later, or that they know. Called inside a transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.contracts import Context, Press
from config.locales import t

if TYPE_CHECKING:
    from storage.store import Store

MOST_DAYS = 90
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Said:
    """What is answered; not `done`: ask again."""

    done: bool
    text: str


def answered(store: Store, noted: Mapping[str, Any], press: Press, context: Context, later: int) -> Said:
    """Put the incidents of the card off, or note that the person knows of them."""
    ids = [int(id_) for id_ in noted.get("alarms", ())]
    if press.action == "seen":
        changed = [store.alarms.seen(id_, context.person.id, context.now) for id_ in ids]
        return Said(True, _t("noted" if any(changed) else "gone", context))
    days = _days(press, later)
    if days is None:
        return Said(False, _t("bad_days", context))
    until, reason = context.now + timedelta(days=days), press.values.get("reason", "").strip()[:LONGEST_REASON]
    put_off = [store.alarms.snooze(id_, until, reason, context.person.id) for id_ in ids]
    if any(put_off):
        detail = {"alarms": ids, "days": days, "reason": reason}
        store.audit.add(context.person.id, "quality.snoozed", "", detail, context.now)
    return Said(True, _t("snoozed", context, days=days) if any(put_off) else _t("gone", context))


def _days(press: Press, later: int) -> int | None:
    said = press.values.get("days", "").strip() or str(later)
    return int(said) if said.isdecimal() and len(said) <= 3 and 1 <= int(said) <= MOST_DAYS else None


def _t(key: str, context: Context, **values: object) -> str:
    return t(f"data_quality.alarm.{key}", context.language, **values)
