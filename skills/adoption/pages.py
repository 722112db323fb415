"""/ramp in the console: the curves, the cohorts, and how they were made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Clock, Page, PageRequest, PageResult
from config.locales import t
from skills.adoption.chart import draw
from skills.adoption.people import newcomers
from skills.adoption.ramp import cohorts, compare, curve
from skills.adoption.skill import READERS
from skills.adoption.words import Words

if TYPE_CHECKING:
    from storage.database import Database

TEMPLATES = Path(__file__).parent / "templates"


def adoption_pages(database: Database, clock: Clock, time_zone: str) -> list[Page]:
    """The page, for the console adapter."""
    page = RampPage(database, clock, ZoneInfo(time_zone))
    return [Page("/ramp", page.show, TEMPLATES, title="adoption.page.title", group="coaching", roles=READERS)]


class RampPage:
    """Groups of the people whom the viewer may see; nobody by name."""

    def __init__(self, database: Database, clock: Clock, zone: ZoneInfo) -> None:
        self._database, self._clock, self._zone = database, clock, zone

    async def show(self, request: PageRequest) -> PageResult:
        """Everything on one page."""
        found = await self._database.read(lambda store: newcomers(store, request.viewer, self._zone))
        today, language = self._clock.now().astimezone(self._zone).date(), request.language
        words = Words(language)
        all_, compared = curve(found.starts, today), compare(found.starts, today)
        pair = [(t("adoption.with", language), compared.with_), (t("adoption.without", language), compared.without)]
        everybody = (t("adoption.everybody", language), all_)
        groups = [(words.cohort(year, half), one) for year, half, one in cohorts(found.starts, today)]
        values = {
            "all": all_,
            "median": words.median(all_),
            "chart": draw([everybody, *pair]),
            "cohorts": [(name, words.median(one), one) for name, one in groups],
            "pair": [(name, words.median(one), one) for name, one in pair],
            "verdict": words.verdict(compared),
            "basis": (words.basis(found), words.landmark(compared)),
        }
        return PageResult("ramp.html", values)
