"""How far a channel's data is trusted: as somebody set it, else as the house believes; and who may set it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.contracts import Person, Role
from bot.contracts.errors import BadInput
from config.attribution import Channels
from config.locales import t
from storage.repositories.attribution import Confidence

if TYPE_CHECKING:
    from storage.store import Store

SET = "attribution.confidence"  # in the audit log
KEEPERS = frozenset({Role.SALES_OPS, Role.ADMIN})
NOTE = 200  # characters


@dataclass(frozen=True, slots=True)
class Trust:
    """In percent. `by` "": the house's default."""

    percent: int
    by: str = ""
    note: str = ""


def trusted(defaults: Channels, known: Mapping[str, Confidence]) -> dict[str, Trust]:
    """By channel; of others `trust_of` gives the default."""
    found = {channel: Trust(percent) for channel, percent in defaults.confidence.items()}
    return found | {one.channel: Trust(one.percent, one.by, one.note) for one in known.values()}


def may_set(viewer: Person, channel: str, own: frozenset[str]) -> bool:
    """Sales ops and admins all; whoever answers for campaigns of a channel, that one."""
    return viewer.role in KEEPERS or (viewer.role is Role.CHANNEL_OWNER and channel in own)


def percent_of(text: str, language: str) -> int:
    """0–100 from what somebody typed. Raises BadInput."""
    plain = text.strip().removesuffix("%").removesuffix("％").strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 3 and int(plain) <= 100):
        raise BadInput(t("attribution.confidence.wrong", language, text=text[:20]))
    return int(plain)


def set_confidence(store: Store, viewer: Person, channel: str, percent: int, note: str, at: datetime) -> bool:
    """Keep it and say so in the audit log. False when the viewer may not."""
    if not channel or not may_set(viewer, channel, store.attribution.own_channels(viewer.id)):
        return False
    before = store.attribution.confidences().get(channel)
    store.attribution.set_confidence(Confidence(channel, percent, note[:NOTE], viewer.id, at))
    detail = {"percent": percent, "before": before.percent if before else None, "note": note[:NOTE]}
    store.audit.add(viewer.id, SET, channel, detail, at)
    return True
