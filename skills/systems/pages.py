"""/systems in the console: what is connected, how each subscription stands, what was delivered (C2, C3, C5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from bot.contracts import Clock, Page, PageRequest, PageResult, Role
from bot.contracts.person import OPERATOR
from config.locales import t
from knowledge.events.types import Catalog
from knowledge.mapping.editing import difference
from skills.systems.drawing import draw
from skills.systems.ports import Chosen, Subscriptions
from skills.systems.view import DAYS, KEEPERS, Asked, SystemDetail, detail, systems

if TYPE_CHECKING:
    from storage.database import Database

TEMPLATES = Path(__file__).parent / "templates"
NOT_FOUND = PageResult(status=404)
LISTED = 50  # deliveries of one page
STATES = ("waiting", "done", "dead", "held")
LONGEST = 200  # characters of a reason or note
ALL_STATES = ("well", "failing", "disabled", "locked", "paused")
DONE = frozenset({"applied", "paused", "enabled", "opened", "replayed", "none", "removed", "gone"})


def system_pages(database: Database, desk: Subscriptions, catalog: Catalog, clock: Clock, zone: ZoneInfo) -> list[Page]:
    """The pages, for the console adapter."""
    pages = SystemPages(database, desk, catalog, clock, zone)
    both = ("GET", "POST")
    return [
        Page(
            "/systems",
            pages.listing,
            TEMPLATES,
            title="systems.title",
            group="events",
            methods=both,
            menu=KEEPERS,
        ),
        Page("/systems/{name}", pages.one, TEMPLATES, methods=both),
    ]


class SystemPages:
    """For sales ops, admins and owners of systems; to others there is no such page."""

    def __init__(self, database: Database, desk: Subscriptions, catalog: Catalog, clock: Clock, zone: ZoneInfo) -> None:
        self._database, self._desk, self._catalog = database, desk, catalog
        self._clock, self._zone = clock, zone

    async def listing(self, request: PageRequest) -> PageResult:
        """All of them, those with trouble first. POST connects one more."""
        keeper = request.viewer.role in KEEPERS
        if request.method == "POST" and keeper:
            text = request.form.get("text", "")
            name, fault = await self._desk.apply(_unix(text), "", request.viewer, None, request.language)
            return (
                PageResult(redirect=f"/systems/{quote(name)}?done=applied")
                if not fault
                else await self._listed(request, text, fault)
            )
        return await self._listed(request)

    async def one(self, request: PageRequest) -> PageResult:
        """One system. POST: `do` is pause, enable, replay, range, apply, revert or remove."""
        found = await self._found(request)
        if found is None:
            return NOT_FOUND
        if request.method != "POST":
            return self._shown(request, found)
        if request.form.get("do") in {"apply", "revert"}:
            return await self._applied(request, found)
        done, count = await self._did(request, found)
        where = "/systems" if done == "removed" else f"/systems/{quote(request.path['name'])}"
        return PageResult(redirect=f"{where}?done={done}&count={count}")

    async def _listed(self, request: PageRequest, text: str = "", fault: str = "") -> PageResult:
        viewer, now = request.viewer, self._clock.now()
        views = await self._database.read(
            lambda store: systems(store, viewer, self._desk, self._catalog, request.language, now, self._zone)
        )
        if not views and viewer.role not in KEEPERS:
            return NOT_FOUND
        states = [one.state for view in views for one in view.subscriptions]
        values = {
            **self._common(request),
            "systems": views,
            "counts": [(state, states.count(state)) for state in ALL_STATES if state in states],
            "keeps": viewer.role in KEEPERS,
            "text": text,
            "fault": fault,
        }
        return PageResult("systems.html", values, status=422 if fault else 200)

    def _shown(self, request: PageRequest, found: SystemDetail, text: str | None = None, fault: str = "") -> PageResult:
        written = found.view.system.text
        asked = _asked(request.query)
        last = found.deliveries[-1].id if len(found.deliveries) == LISTED else None
        query = {"state": asked.state, "subscription": asked.subscription, "before": last}
        values = {
            **self._common(request),
            "one": found,
            "view": found.view,
            "asked": asked,
            "states": STATES,
            "older": f"?{urlencode({k: v for k, v in query.items() if v})}#deliveries" if last else "",
            "people": {OPERATOR.id: t("systems.page.operator", request.language), **found.people},
            "text": written if text is None else text,
            "fault": fault,
            "compared": _compared(found, request.query.get("version", "")),
            "keeps": request.viewer.role in KEEPERS,
            "admin": request.viewer.role is Role.ADMIN,
            "until": self._clock.now().astimezone(self._zone),
            "since": self._clock.now().astimezone(self._zone) - timedelta(days=1),
        }
        return PageResult("system.html", values, status=422 if fault else 200)

    def _common(self, request: PageRequest) -> dict[str, Any]:
        done, count = request.query.get("done", ""), request.query.get("count", "")
        lang = request.language
        today = self._clock.now().astimezone(self._zone).date()

        def told(reason: str) -> str:
            return sentence(reason, lang)

        return {
            "local": self._zone,
            "draw": draw,
            "told": told,
            "days": [today - timedelta(days=back) for back in reversed(range(DAYS))],
            "named": lambda name: type_.named(lang) if (type_ := self._catalog.get(name)) else name,
            "field": lambda name: _field(self._catalog, name, lang),
            "done": done if done in DONE else "",
            "count": count if count.isdecimal() and len(count) < 9 else "0",
        }

    async def _found(self, request: PageRequest) -> SystemDetail | None:
        asked, now = _asked(request.query), self._clock.now()
        name, viewer, lang = request.path["name"], request.viewer, request.language
        return await self._database.read(
            lambda store: detail(store, viewer, name, asked, self._desk, self._catalog, lang, now, self._zone, LISTED)
        )

    async def _applied(self, request: PageRequest, found: SystemDetail) -> PageResult:
        """Only sales ops and admins write entries: an entry says what a system may send."""
        if request.viewer.role not in KEEPERS:
            return NOT_FOUND
        text, note = _unix(request.form.get("text", "")), request.form.get("note", "").strip()[:LONGEST]
        if request.form.get("do") == "revert":
            number = request.form.get("number", "")
            former = next((one for one in found.versions if str(one.version) == number and one.text), None)
            if former is None:
                return self._shown(request, found)
            text, note = former.text, note or f"← v{number}"
        after = request.form.get("after", "")
        number_ = int(after) if after.isdecimal() and len(after) < 9 else None
        name, fault = await self._desk.apply(text, note, request.viewer, number_, request.language)
        if fault:
            return self._shown(request, found, text, fault)
        return PageResult(redirect=f"/systems/{quote(name)}?done=applied")

    async def _did(self, request: PageRequest, found: SystemDetail) -> tuple[str, int]:
        """What came of a button: a key of DONE, and how many deliveries it concerned."""
        do, form, viewer = request.form.get("do", ""), request.form, request.viewer
        name, subscription = found.view.system.name, form.get("subscription", "")
        if do == "pause":
            done = await self._desk.pause(name, subscription, viewer, form.get("reason", "").strip()[:LONGEST])
            return ("paused" if done else "gone"), 0
        if do == "enable":
            return ("enabled" if await self._desk.enable(name, subscription, viewer) else "gone"), 0
        if do == "remove" and viewer.role in KEEPERS:
            await self._desk.remove(name, viewer)
            return "removed", 0
        count = await self._replayed(request, found, do)
        return ("replayed" if count else "none"), count

    async def _replayed(self, request: PageRequest, found: SystemDetail, do: str) -> int:
        form, name = request.form, found.view.system.name
        if do == "replay":
            id_ = form.get("id", "")
            own = await self._database.read(
                lambda store: store.event_deliveries.get(int(id_)) if id_.isdecimal() and len(id_) < 18 else None
            )
            return await self._desk.replay([own.id], request.viewer) if own and own.system == name else 0
        if do not in {"dead", "range"}:
            return 0
        since, until = self._moment(form.get("since", "")), self._moment(form.get("until", ""))
        if do == "range" and (since is None or until is None or since >= until):
            return 0
        chosen = Chosen(name, form.get("subscription", ""), since, until, form.get("delivered") == "1")
        return await self._desk.replay_all(chosen, request.viewer)

    def _moment(self, text: str) -> datetime | None:
        """As a browser's field for date and time says it, in the company's zone."""
        try:
            return datetime.fromisoformat(text).replace(tzinfo=self._zone).astimezone(UTC) if text else None
        except (ValueError, OverflowError):
            return None


def _field(catalog: Catalog, name: str, lang: str) -> str:
    """What a key is called in words."""
    type_ = next((one for one in catalog if name in one.newest.fields), None)
    return type_.field_named(name, lang) if type_ else name


def sentence(reason: str, lang: str) -> str:
    """Why an attempt failed, in words; "" when it didn't."""
    key, _, detail_ = reason.partition("|")
    return t(f"systems.reason.{key}", lang, detail=detail_) if key else ""


def _asked(query: Mapping[str, str]) -> Asked:
    state, before = query.get("state", ""), query.get("before", "")
    number = int(before) if before.isdecimal() and len(before) < 18 else None
    return Asked(state if state in STATES else "", query.get("subscription", "")[:40], number)


def _compared(found: SystemDetail, number: str) -> dict[str, Any] | None:
    """An earlier version beside the one that holds."""
    former = next((one for one in found.versions if str(one.version) == number), None)
    if former is None or former.version == found.view.version:
        return None
    return {"version": former, "difference": difference(former.text, found.view.system.text)}


def _unix(text: str) -> str:
    """A browser sends lines that end otherwise."""
    return "\n".join(text.splitlines()) + "\n"
