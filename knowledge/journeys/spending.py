"""What channels cost, and what came back: ROAS, cost of a conversion."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from knowledge.journeys.building import UNNAMED

if TYPE_CHECKING:
    from storage.warehouse import Warehouse

SQL = Path(__file__).with_name("spending.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Spend:
    """Of one channel, in yuan, and from which books it is: spends, touches, budget."""

    yuan: float = 0.0
    books: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spending:
    """By channel."""

    of: dict[str, Spend] = field(default_factory=dict)

    def roas(self, channel: str, value: float) -> float | None:
        """Value for each yuan spent; None where nothing was spent."""
        spent = self.of.get(channel, Spend()).yuan
        return value / spent if spent > 0 else None

    def each(self, channel: str, conversions: float) -> float | None:
        """Yuan for each conversion; None where nothing was spent or nothing credited."""
        spent = self.of.get(channel, Spend()).yuan
        return spent / conversions if spent > 0 and conversions > 0 else None


async def spending(
    warehouse: Warehouse, since: datetime, now: datetime, zone: ZoneInfo, campaigns: Collection[str] | None = None
) -> Spending:
    """All spending since then, or that of some campaigns."""
    found: dict[str, Spend] = {}
    for row in await warehouse.query(SQL, _values(since, now, zone, campaigns)):
        known = found.get(row["channel"], Spend())
        found[row["channel"]] = Spend(known.yuan + float(row["yuan"]), (*known.books, row["book"]))
    return Spending(found)


def _values(since: datetime, now: datetime, zone: ZoneInfo, campaigns: Collection[str] | None) -> dict[str, Any]:
    def day(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    return {
        "since": since.astimezone(UTC).replace(tzinfo=None),
        "now": now.astimezone(UTC).replace(tzinfo=None),
        "since_day": day(since),
        "today": day(now),
        "unknown": UNNAMED,
        "everything": campaigns is None,
        "campaigns": sorted(campaigns or ()),
    }
