"""/sla in the console: the board, one case, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from bot.contracts import Clock, Page, PageRequest, PageResult
from config.locales import t
from knowledge.slas.rule import Rule
from skills.sla.board import DAYS, LISTED, SHOWN, WEEKS, Asked, Week, board, case
from skills.sla.cards import CHOICES, Maker, until_of
from skills.sla.chart import trend
from skills.sla.deciding import KEEPERS, LONGEST_REASON, acknowledge, drop_history, resolve, snooze
from skills.sla.skill import Habits
from skills.sla.words import rate

if TYPE_CHECKING:
    from storage.database import Database

TEMPLATES = Path(__file__).parent / "templates"
DONE = frozenset({"mine", "snoozed", "resolved", "gone", "reason", "dropped"})
LONGEST_CASE = 100  # characters


def sla_pages(
    database: Database,
    rules: Mapping[str, Rule],
    make: Callable[[str, datetime], Maker],
    clock: Clock,
    habits: Habits,
) -> list[Page]:
    """The page, for the console adapter."""
    pages = SlaPages(database, rules, make, clock, habits)
    return [Page("/sla", pages.show, TEMPLATES, title="slas.page.title", group="events", methods=("GET", "POST"))]


class SlaPages:
    """Everybody sees the rows that are theirs to see."""

    def __init__(
        self,
        database: Database,
        rules: Mapping[str, Rule],
        make: Callable[[str, datetime], Maker],
        clock: Clock,
        habits: Habits,
    ) -> None:
        self._database, self._rules, self._make = database, rules, make
        self._clock, self._habits = clock, habits

    async def show(self, request: PageRequest) -> PageResult:
        """The board, or one case. POST: what somebody does about a deadline."""
        if request.method == "POST":
            return await self._posted(request)
        key = request.query.get("case", "").strip()[:LONGEST_CASE]
        return await (self._case(request, key) if key else self._board(request))

    async def _board(self, request: PageRequest) -> PageResult:
        now, language = self._clock.now(), request.language
        rule = request.query.get("rule", "")
        region, person = (request.query.get(name, "")[:LONGEST_CASE] for name in ("region", "person"))
        asked = Asked(rule if rule in self._rules else "", region, person)
        known = await self._database.read(lambda store: board(store, request.viewer, self._rules, now, language, asked))
        values = {
            **self._common(request, now),
            "board": known,
            "asked": asked,
            "rules": [(name, one.named(language)) for name, one in self._rules.items()],
            "trend": trend(known.weeks, self._day, lambda week: self._told(week, language)),
            "weeks": WEEKS,
            "days": DAYS,
            "shown": LISTED if request.query.get("all") else SHOWN,
            "may_drop": request.viewer.role in KEEPERS,
            "here": self._here(request),
        }
        return PageResult("sla.html", values)

    async def _case(self, request: PageRequest, key: str) -> PageResult:
        now = self._clock.now()

        def find(store: Any) -> tuple[Any, Mapping[str, str]]:
            found = case(store, request.viewer, self._rules, key)
            return found, store.people.names({note.person_id for item in found for note in item.notes})

        found, names = await self._database.read(find)
        orders = {"order_no"}
        values = {
            **self._common(request, now),
            "key": key,
            "items": found,
            "names": names,
            "is_order": any(one.rule and one.rule.key in orders for one in found),
            "here": f"/sla?case={quote(key)}",
        }
        return PageResult("sla_case.html", values, status=200 if found else 404)

    async def _posted(self, request: PageRequest) -> PageResult:
        done = await self._done(request)
        here = self._here(request)
        return PageResult(redirect=f"{here}{'&' if '?' in here else '?'}done={done}")

    async def _done(self, request: PageRequest) -> str:
        """What came of a button: one of DONE."""
        form, viewer, now = request.form, request.viewer, self._clock.now()
        ids, reason = [_number(form.get("id", ""))], form.get("reason", "").strip()[:LONGEST_REASON]
        do, habits = form.get("do", ""), self._habits
        if do == "mine":
            hours = habits.acknowledged_hours
            count = await self._database.write(lambda store: acknowledge(store, ids, viewer, now, hours))
            return "mine" if count else "gone"
        if do in ("resolve", "drop") and not reason:
            return "reason"
        if do == "drop":
            rules = [name for name in (form.get("rule", ""),) if name]
            count = await self._database.write(lambda store: drop_history(store, rules, viewer, reason, now))
            return "dropped" if count else "gone"
        if do == "resolve":
            count = await self._database.write(lambda store: resolve(store, ids, viewer, reason, now))
            return "resolved" if count else "gone"
        chosen = form.get("until", "")
        zone = self._make(request.language, now).zone
        until = until_of(chosen if chosen in CHOICES else "later", now, zone, habits.morning, habits.later_hours)
        count = await self._database.write(lambda store: snooze(store, ids, viewer, until, reason, now))
        return "snoozed" if count else "gone"

    def _here(self, request: PageRequest) -> str:
        """The page with its filters."""
        kept = {name: value for name in ("rule", "region", "person", "case") if (value := request.query.get(name, ""))}
        return f"/sla?{urlencode(kept)}" if kept else "/sla"

    def _common(self, request: PageRequest, now: datetime) -> dict[str, Any]:
        done, maker = request.query.get("done", ""), self._make(request.language, now)
        hours = f"{maker.later_hours:g}"
        return {
            "maker": maker,
            "now": now,
            "rate": rate,
            "done": done if done in DONE else "",
            "choices": [(one, t(f"slas.until.{one}", request.language, hours=hours)) for one in CHOICES],
        }

    def _day(self, week: Week) -> str:
        return f"{week.begins.astimezone(self._make('zh', week.begins).zone):%m-%d}"

    def _told(self, week: Week, language: str) -> str:
        return t("slas.page.trend_text", language, day=self._day(week), rate=rate(week.rate), count=week.due)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0
