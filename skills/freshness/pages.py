"""/sources in the console: lights, loads, and rows that were refused; everything of a source but its mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.contracts import Clock, Page, PageRequest, PageResult
from bot.contracts.person import OPERATOR
from config.locales import t
from skills.freshness.asked import LONGEST_REASON
from skills.freshness.cards import CHOICES, SHAPES, Maker, until_of
from skills.freshness.deciding import KEEPERS, READERS, seen, snooze
from skills.freshness.ports import SourceDesk
from skills.freshness.view import SourceDetail, detail, flat, sources

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.refusals import Refusal

TEMPLATES = Path(__file__).parent / "templates"
NOT_FOUND = PageResult(status=404)
VALUE = "v:"  # begins the name of a field that holds a column's value
DONE = frozenset({"loading", "seen", "snoozed", "gone", "mended", "dropped", "applied"})


def source_pages(
    database: Database, desk: SourceDesk, make: Callable[[str, bool, datetime], Maker], clock: Clock, morning: timedelta
) -> list[Page]:
    """The pages, for the console adapter."""
    pages = SourcePages(database, desk, make, clock, morning)
    both = ("GET", "POST")
    return [
        Page(
            "/sources",
            pages.listing,
            TEMPLATES,
            title="freshness.page.title",
            group="data",
            methods=both,
            roles=READERS,
        ),
        Page("/sources/{name}", pages.one, TEMPLATES, methods=both, roles=READERS),
    ]


class SourcePages:
    """Sales ops and admins see every source; a channel owner those that they own, and the lights of their channels."""

    def __init__(
        self,
        database: Database,
        desk: SourceDesk,
        make: Callable[[str, bool, datetime], Maker],
        clock: Clock,
        morning: timedelta,
    ) -> None:
        self._database, self._desk, self._make = database, desk, make
        self._clock, self._morning = clock, morning

    async def listing(self, request: PageRequest) -> PageResult:
        """All of them, the worst light first. POST loads, puts off, or applies a definition."""
        if request.method == "POST" and request.form.get("do") == "apply":
            return await self._applied(request)
        if request.method == "POST":
            return PageResult(redirect=f"/sources?done={await self._posted(request, request.form.get('source', ''))}")
        return await self._listed(request)

    async def one(self, request: PageRequest) -> PageResult:
        """One source: its loads, refused rows, latest rows and versions."""
        name = request.path["name"]
        found = await self._database.read(lambda store: detail(store, request.viewer, name))
        if found is None:
            return NOT_FOUND
        if request.method != "POST":
            return self._shown(request, found)
        if request.form.get("do") == "mend":
            return await self._mended(request, found)
        return PageResult(redirect=f"/sources/{quote(name)}?done={await self._posted(request, name)}")

    async def _listed(self, request: PageRequest, text: str = "", fault: str = "") -> PageResult:
        views = await self._database.read(lambda store: sources(store, request.viewer))
        lights = [light for view in views for light in view.lights]
        values = {
            **self._common(request),
            "sources": views,
            "counts": {colour: sum(one.state == colour for one in lights) for colour in SHAPES},
            "running": any(view.running for view in views),
            "keeps": request.viewer.role in KEEPERS,
            "text": text,
            "fault": fault,
        }
        return PageResult("sources.html", values, status=422 if fault else 200)

    def _shown(self, request: PageRequest, found: SourceDetail, tried: int = 0, fault: str = "") -> PageResult:
        rows = [flat(row.data) for row in found.rows]
        values = {
            **self._common(request),
            "one": found,
            "people": {OPERATOR.id: t("sources.operator", request.language), **found.people},
            "view": found.view,
            "running": found.view.running,
            "rows": rows,
            "columns": list(dict.fromkeys(name for row in rows for name in row)),
            "refusals": [self._refusal(one, request, tried) for one in found.refusals],
            "tried": tried,
            "fault": fault,
        }
        return PageResult("source.html", values, status=422 if fault else 200)

    def _common(self, request: PageRequest) -> dict[str, Any]:
        maker = self._make(request.language, True, self._clock.now())
        done = request.query.get("done", "")
        return {
            "maker": maker,
            "shapes": SHAPES,
            "done": done if done in DONE else "",
            "choices": [
                (one, t(f"freshness.until.{one}", request.language, hours=f"{maker.later_hours:g}")) for one in CHOICES
            ],
        }

    def _refusal(self, one: Refusal, request: PageRequest, tried: int) -> dict[str, Any]:
        """Columns with something wrong first; what was typed stays when it isn't taken."""
        wrong = {reason.column for reason in one.reasons}
        data = flat(one.data) | (_values(request.form) if one.id == tried else {})
        return {
            "id": one.id,
            "line": one.line,
            "place": one.place,
            "reasons": [reason.sentence(request.language) for reason in one.reasons],
            "wrong": [(name, value) for name, value in data.items() if name in wrong],
            "rest": [(name, value) for name, value in data.items() if name not in wrong],
        }

    async def _mended(self, request: PageRequest, found: SourceDetail) -> PageResult:
        id_ = _number(request.form.get("id", ""))
        former = next((flat(one.data) for one in found.refusals if one.id == id_), None)
        if former is None:
            return PageResult(redirect=f"/sources/{quote(found.view.name)}?done=gone")
        changed = {name: value for name, value in _values(request.form).items() if former.get(name) != value}
        if not changed:
            return self._shown(request, found, id_, t("freshness.page.unchanged", request.language))
        if fault := await self._desk.mend(id_, changed, request.viewer):
            return self._shown(request, found, id_, fault)
        return PageResult(redirect=f"/sources/{quote(found.view.name)}?done=mended")

    async def _applied(self, request: PageRequest) -> PageResult:
        text = request.form.get("text", "")
        if request.viewer.role not in KEEPERS:
            return PageResult(redirect="/sources")
        source, fault = await self._desk.apply(text, request.viewer, request.language)
        if fault:
            return await self._listed(request, text, fault)
        return PageResult(redirect=f"/sources/{quote(source)}?done=applied")

    async def _posted(self, request: PageRequest, source: str) -> str:
        """What came of a button: a key of DONE."""
        do, form = request.form.get("do", ""), request.form
        if do in {"seen", "snooze"}:
            return await self._decided(request, do)
        found = await self._database.read(lambda store: sources(store, request.viewer))
        if not any(one.name == source and one.opens for one in found):
            return "gone"
        if do == "drop":
            await self._desk.drop(source, _number(form.get("id", "")), request.viewer)
            return "dropped"
        await self._desk.begin(source, request.viewer)
        return "loading"

    async def _decided(self, request: PageRequest, do: str) -> str:
        form, viewer, now = request.form, request.viewer, self._clock.now()
        ids = [_number(one) for one in form.get("alarms", "").split("-") if one]
        if do == "seen":
            return "seen" if await self._database.write(lambda store: seen(store, ids, viewer, now)) else "gone"
        maker, reason = self._make(request.language, True, now), form.get("reason", "").strip()[:LONGEST_REASON]
        choice = form.get("until", "")
        until = until_of(choice if choice in CHOICES else "later", now, maker.zone, self._morning, maker.later_hours)
        count = await self._database.write(lambda store: snooze(store, ids, viewer, until, reason, now))
        return "snoozed" if count else "gone"


def _values(form: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(VALUE): value for name, value in form.items() if name.startswith(VALUE)}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0
