"""Who counts as new, from what is stored: people whom the viewer may see (D9), nobody by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Person
from skills.adoption.ramp import Start

if TYPE_CHECKING:
    from storage.store import Store


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Those who count, and how many don't."""

    starts: tuple[Start, ...]
    earlier: int = 0  # hired before the oldest deal: their first one may be older than the records
    since: date | None = None  # the oldest deal


def newcomers(store: Store, viewer: Person, zone: ZoneInfo) -> Newcomers:
    """Salespeople hired since the CRM's deals begin. Deals won before the hiring day were somebody else's."""
    hired, since = store.people.reps_hired(viewer), store.deals.first_day()
    if since is None:
        return Newcomers((), len(hired))
    new = {id_: day for id_, day in hired.items() if day >= since}
    won, prompted = store.deals.won_on(new), store.prompts.first_sent(new)
    starts = tuple(
        Start(
            day,
            next((one for one in won.get(id_, ()) if one >= day), None),
            prompted[id_].astimezone(zone).date() if id_ in prompted else None,
        )
        for id_, day in sorted(new.items())
    )
    return Newcomers(starts, len(hired) - len(new), since)
