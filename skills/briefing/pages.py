"""/brief in the console: any day and team that the viewer may see, with rows, arithmetic, slides and picture."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.contracts import Clock, Page, PageRequest, PageResult
from bot.contracts.errors import XiaoceError
from bot.contracts.page import PageFile
from config.groups.briefing import Briefing as Rules
from knowledge.briefing.types import Brief
from skills.briefing.deck import file_name
from skills.briefing.desk import PNG, PPTX, BriefDesk, names
from skills.briefing.picture import bars
from skills.briefing.understanding import parse_day

if TYPE_CHECKING:
    from storage.database import Database
    from storage.store import Store

TEMPLATES = Path(__file__).parent / "templates"


def brief_pages(database: Database, desk: BriefDesk, clock: Clock, rules: Rules) -> list[Page]:
    """The page and its two files, for the console adapter."""
    page = BriefPage(database, desk, clock, rules)
    return [
        Page("/brief", page.show, TEMPLATES, title="briefing.page.title", group="data"),
        Page("/brief/slides/{name}", page.slides, TEMPLATES),  # a browser saves the file under the name
        Page("/brief/picture/{name}", page.picture, TEMPLATES),
    ]


class BriefPage:
    """Computed when it is opened; a day that was sent is computed anew, of what is known now."""

    def __init__(self, database: Database, desk: BriefDesk, clock: Clock, rules: Rules) -> None:
        self._database, self._desk, self._clock, self._rules = database, desk, clock, rules

    async def show(self, request: PageRequest) -> PageResult:
        """`day` and `team` choose; what can't be shown is said above today's own."""
        return await self._shown(request)

    async def _shown(self, request: PageRequest, wrong: str = "") -> PageResult:
        """`wrong`: why the file that was asked for can't be had."""
        try:
            found = await self._found(request, request.query)
        except XiaoceError as error:
            found, wrong = await self._found(request, {}), str(error)
        viewer = request.viewer
        scopes = await self._database.read(lambda store: self._desk.scopes(store, viewer))
        words, today = self._desk.words(request.language), self._desk.today(self._clock.now())
        hour = self._rules.hour_of(viewer.team)
        values = {
            "brief": found,
            "words": words,
            "wrong": wrong,
            "scopes": names(scopes, words),
            "today": today,
            "hour": f"{hour:%H:%M}",
            "bars": lambda one: bars(one.series, words, 4),
            "as_of": words.moment(found, self._desk.zone),
            "saved_as": file_name(found, words).removesuffix(".pptx"),
        }
        return PageResult("brief.html", values, status=400 if wrong else 200)

    async def slides(self, request: PageRequest) -> PageResult:
        """The deck, to save."""
        try:
            found = await self._found(request, request.query)
            file = await self._desk.deck(found, request.language, self._clock.now())
        except XiaoceError as error:  # a day that can't be, a template that can't be used
            return await self._shown(request, str(error))
        return PageResult(file=PageFile(self._desk.data / file.path, PPTX))

    async def picture(self, request: PageRequest) -> PageResult:
        """The picture, to save or forward; the page where there is none."""
        try:
            found = await self._found(request, request.query)
        except XiaoceError:
            return await self.show(request)
        files = await self._desk.pictured(found, request.language, self._clock.now())
        return PageResult(file=PageFile(self._desk.data / files[0].path, PNG)) if files else await self.show(request)

    async def _found(self, request: PageRequest, query: Mapping[str, str]) -> Brief:
        """Raises XiaoceError for a day or a team that can't be."""
        return await self._database.read(lambda store: self._brief(store, request, query))

    def _brief(self, store: Store, request: PageRequest, query: Mapping[str, str]) -> Brief:
        now, language = self._clock.now(), request.language
        day = self._day(query.get("day", ""), self._desk.today(now), language)
        scope = self._desk.scope(store, request.viewer, query.get("team", ""), language)
        return self._desk.brief(store, self._desk.asked(request.viewer, scope, day, now, language))

    def _day(self, said: str, today: date, language: str) -> date:
        day = parse_day(said, today) if said else today
        if day is None:
            raise XiaoceError(self._desk.words(language).text("errors.day", said=said[:20]))
        return day
