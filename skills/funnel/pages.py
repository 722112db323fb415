"""/funnel in the console: steps, groups, benchmarks, why it changed, rejected leads, advice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Clock, Page, PageRequest, PageResult
from knowledge.funnel.stored import EXPLAINING, explain, facts
from knowledge.metrics.periods import last_days
from skills.funnel.chart import Drawing, steps, waterfall
from skills.funnel.skill import READERS, WIDER
from skills.funnel.words import Words
from storage.repositories.funnel import DIMENSIONS

if TYPE_CHECKING:
    from datetime import datetime

    from knowledge.funnel.stored import Facts
    from storage.database import Database
    from storage.store import Store

TEMPLATES = Path(__file__).parent / "templates"
SPANS = (30, 90, 365)  # days to choose from, besides all
LISTED = 100  # rejected leads on the page


def funnel_pages(database: Database, clock: Clock, time_zone: str) -> list[Page]:
    """The page, for the console adapter."""
    page = FunnelPage(database, clock, ZoneInfo(time_zone))
    return [Page("/funnel", page.show, TEMPLATES, title="funnel.page.title", group="data", roles=READERS)]


class FunnelPage:
    """Counts over the leads that the viewer may see."""

    def __init__(self, database: Database, clock: Clock, zone: ZoneInfo) -> None:
        self._database, self._clock, self._zone = database, clock, zone

    async def show(self, request: PageRequest) -> PageResult:
        """Everything on one page: `days` chooses the leads' creation, `by` the groups, `along` the waterfall."""
        return await self._database.read(lambda store: self._page(store, request, self._clock.now()))

    def _page(self, store: Store, request: PageRequest, now: datetime) -> PageResult:
        days = next((one for one in SPANS if request.query.get("days") == str(one)), 0)
        by = next((one for one in DIMENSIONS if request.query.get("by") == one), DIMENSIONS[0])
        along = next((one for one in EXPLAINING if request.query.get("along") == one), EXPLAINING[0])
        today, words = now.astimezone(self._zone).date(), Words(request.language)
        period = last_days(days, today) if days else None
        shown = tuple(dict.fromkeys((by, "channel")))
        found = facts(store, request.viewer, now, self._zone, period=period, dimensions=shown)
        values = {
            "facts": found,
            "words": words,
            "days": days,
            "spans": SPANS,
            "by": by,
            "along": along,
            "dimensions": DIMENSIONS,
            "late": words.late(found),
            "missing": words.missing(found),
            "drawing": steps(words.steps(found.total, found.whole)),
        }
        if found.whole:
            values |= self._more(found, by, words) | self._why(store, request, now, along, days or WIDER, words)
            values["names"] = {one.id: one.name for one in store.people.visible_to(request.viewer)}
        return PageResult("funnel.html", values)

    def _more(self, found: Facts, by: str, words: Words) -> dict[str, object]:
        groups = found.by.get(by, {})
        order = sorted(groups.items(), key=(lambda one: one[0]) if by == "month" else (lambda one: -one[1].leads))
        advised = found.advised
        return {
            "groups": order,
            "proposals": [words.advice(one, found.trust) for one in advised.advice] if advised else [],
            "silent": words.silent(advised),
            "waiting": found.rescue.waiting[:LISTED] if found.rescue else (),
            "local": self._zone,
        }

    def _why(
        self, store: Store, request: PageRequest, now: datetime, along: str, days: int, words: Words
    ) -> dict[str, object]:
        today = now.astimezone(self._zone).date()
        why = explain(store, request.viewer, now, self._zone, last_days(days, today))
        names = words.text("page.before"), words.text("page.after"), words.text("page.rest")
        both = why.reasons.before.n and why.reasons.after.n
        drawing: Drawing | None = waterfall(why.reasons.dimensions[along], names, words.name) if both else None
        return {"why": why, "why_days": days, "explaining": EXPLAINING, "falls": drawing}
