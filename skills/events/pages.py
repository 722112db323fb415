"""/events in the console: what systems reported, each event by itself, and what waits for a decision (C1, C2, C6)."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bot.contracts import Clock, Page, PageRequest, PageResult
from bot.contracts.page import PageFile
from config.locales import t
from knowledge.events.types import Catalog
from knowledge.spreadsheet import guarded
from skills.events.cards import LONGEST_REASON, TYPE, Maker
from skills.events.ports import QuarantineDesk
from skills.events.seeing import KEEPERS
from skills.events.skill import outcome
from skills.events.view import EXPORT, Kind, Listing, Waiting, detail, listing, waiting
from storage.outgoing import keep_outgoing
from storage.repositories.events import Asked, EventRecord

if TYPE_CHECKING:
    from storage.database import Database

TEMPLATES = Path(__file__).parent / "templates"
NOT_FOUND = PageResult(status=404)
_COLUMNS = ("seq", "time", "received_at", "type", "producer", "source", "id", "subject", "version", "keys", "data")
_FIELD = "f:"  # begins the name of a form's field that chooses where a field of ours comes from
_LONGEST_KEY = 256


def event_pages(
    database: Database,
    desk: QuarantineDesk,
    make: Callable[[str], Maker],
    catalog: Catalog,
    clock: Clock,
    zone: ZoneInfo,
    folder: Path,
) -> list[Page]:
    """The pages, for the console adapter. `folder`: where files for downloading are kept for a while."""
    pages = EventPages(database, desk, make, catalog, clock, zone, folder)
    both = ("GET", "POST")
    return [
        Page("/events", pages.listing, TEMPLATES, title="events.page.title", group="events", menu=KEEPERS),
        Page("/events/export/events.csv", pages.export, TEMPLATES),
        Page("/events/quarantine", pages.quarantine, TEMPLATES, methods=both),
        Page(r"/events/{seq:\d{1,18}}", pages.one, TEMPLATES),
    ]


class EventPages:
    """For sales ops, admins and owners of systems; to others there is no such page."""

    def __init__(
        self,
        database: Database,
        desk: QuarantineDesk,
        make: Callable[[str], Maker],
        catalog: Catalog,
        clock: Clock,
        zone: ZoneInfo,
        folder: Path,
    ) -> None:
        self._database, self._desk, self._make, self._catalog = database, desk, make, catalog
        self._clock, self._zone, self._folder = clock, zone, folder

    async def listing(self, request: PageRequest) -> PageResult:
        """The newest first, narrowed by what was asked."""
        asked, before = self._asked(request.query), _number(request.query.get("before", ""))
        now = self._clock.now()
        found = await self._database.read(
            lambda store: listing(store, request.viewer, self._catalog, asked, now, before or None)
        )
        return PageResult("events.html", self._listed(request, found)) if found else NOT_FOUND

    async def one(self, request: PageRequest) -> PageResult:
        """What came, what was put right, and to whom it went."""
        seq = int(request.path["seq"])
        found = await self._database.read(lambda store: detail(store, request.viewer, self._catalog, seq))
        if found is None:
            return NOT_FOUND
        event, type_ = found.event, self._catalog.get(found.event.type)
        fields = [(type_.field_named(name, request.language) if type_ else name, name) for name in event.data]
        values = {
            **self._common(request),
            "one": found,
            "event": event,
            "what": type_.what.get(request.language, "") if type_ else "",
            "fields": [(title, name, _shown(event.data[name])) for title, name in fields],
            "original": _pretty(event.original) if event.original is not None else "",
            "mended": [self._mended(one, event, request.language) for one in event.mended],
            "json": _pretty(event.data),
        }
        return PageResult("event.html", values)

    async def export(self, request: PageRequest) -> PageResult:
        """The same events as the listing, as CSV."""
        asked, now = self._asked(request.query), self._clock.now()
        found = await self._database.read(
            lambda store: listing(store, request.viewer, self._catalog, asked, now, None, EXPORT)
        )
        if found is None:
            return NOT_FOUND
        text = "\ufeff" + _csv(found, self._zone)  # Excel takes it for UTF-8 by that
        path = await asyncio.to_thread(keep_outgoing, self._folder, text.encode(), "csv", now)
        return PageResult(file=PageFile(path, "text/csv"))

    async def quarantine(self, request: PageRequest) -> PageResult:
        """What waits. POST decides about one kind of it, or takes a mapping back."""
        found = await self._database.read(lambda store: waiting(store, request.viewer, self._catalog))
        if found is None:
            return NOT_FOUND
        said = await self._posted(request, found) if request.method == "POST" else ""
        if said:
            found = await self._database.read(lambda store: waiting(store, request.viewer, self._catalog))
        return PageResult("events_quarantine.html", self._waiting(request, found or Waiting([], [], [], {}, {}), said))

    async def _posted(self, request: PageRequest, found: Waiting) -> str:
        """The sentence that says what came of it."""
        form, language, viewer = request.form, request.language, request.viewer
        if form.get("do") == "forget":
            return await self._forgotten(request, found)
        kind = next((one for one in found.kinds if one.group.key == form.get("key")), None)
        if kind is None:
            return t("events.done.gone", language)
        if form.get("do") == "discard":
            reason = form.get("reason", "").strip()[:LONGEST_REASON]
            if not reason:
                return t("events.ask_reason", language)
            done = await self._desk.discard(kind.group.key, reason, viewer)
            return t("events.done.discarded" if done else "events.done.gone", language, count=done.done if done else 0)
        if form.get("do") == "approve":
            return outcome(await self._desk.approve(kind.group.key, viewer, _chosen(kind, form)), language)
        return outcome(await self._desk.retry(kind.group.key, viewer), language)

    async def _forgotten(self, request: PageRequest, found: Waiting) -> str:
        form = request.form
        name = form.get("producer", ""), form.get("type", ""), form.get("given", "")
        mine = any((one.producer, one.type, one.given) == name for one in found.mendings)
        done = mine and await self._desk.forget(*name, request.viewer)
        return t("events.done.forgotten" if done else "events.done.gone", request.language)

    def _listed(self, request: PageRequest, found: Listing) -> dict[str, Any]:
        query = {name: value for name, value in request.query.items() if value and name != "before"}
        last = found.events[-1].seq if found.events else 0
        return {
            **self._common(request),
            "found": found,
            "query": query,
            "older": f"/events?{urlencode({**query, 'before': last})}" if found.more else "",
            "export": f"/events/export/events.csv?{urlencode(query)}",
            "types": sorted(self._catalog, key=lambda one: one.name),
            "refused": [self._refused(one.detail, one.subject, one.at, request.language) for one in found.refused],
            "today": sum(found.counts.values()),
        }

    def _waiting(self, request: PageRequest, found: Waiting, said: str) -> dict[str, Any]:
        maker = self._make(request.language)
        return {
            **self._common(request),
            "found": found,
            "said": said,
            "kinds": [
                {
                    "kind": kind,
                    "group": kind.group,
                    "headline": maker.headline(kind.group, kind.system),
                    "faults": maker.faults(kind.group),
                    "pairs": [maker.pair(kind.group, one) for one in kind.group.proposal],
                    "choices": self._choices(kind, maker),
                    "original": _pretty(kind.newest.envelope),
                }
                for kind in found.kinds
            ],
            "longest": LONGEST_REASON,
        }

    def _choices(self, kind: Kind, maker: Maker) -> list[tuple[str, str, str]]:
        """(field of ours, its title, the field of theirs that is proposed) of what is missing."""
        type_ = self._catalog.get(kind.group.type)
        proposed = {str(one["field"]): str(one["given"]) for one in kind.group.proposal}
        return [
            (name, type_.field_named(name, maker.language) if type_ else name, proposed.get(name, ""))
            for name in kind.missing
        ]

    def _common(self, request: PageRequest) -> dict[str, Any]:
        maker = self._make(request.language)
        return {
            "named": maker.type_named,
            "how": maker.how,
            "moment": self._moment,
            "TYPE": TYPE,
            "catalog": self._catalog,
        }

    def _moment(self, at: datetime | None) -> str:
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M:%S}" if at else "–"

    def _mended(self, one: Mapping[str, Any], event: EventRecord, language: str) -> str:
        type_ = self._catalog.get(event.type)
        kind, _, argument = str(one.get("how", "")).partition(":")
        name = str(one.get("field", ""))
        title = type_.field_named(name, language) if type_ and name and name != TYPE else name
        given = str(one.get("given", ""))
        key = f"events.mended.{kind if kind in _HOWS else 'other'}"
        return t(key, language, field=name, title=title, given=given, argument=argument)

    def _refused(self, detail: Mapping[str, Any], system: str, at: datetime, language: str) -> dict[str, Any]:
        reason = str(detail.get("reason", ""))
        key = f"events.refused.{reason if reason in ('producer', 'source') else 'other'}"
        type_ = str(detail.get("type", ""))
        said = t(key, language, system=system, type=self._make(language).type_named(type_))
        return {"said": said, "count": detail.get("count", 1), "at": at}

    def _asked(self, query: Mapping[str, str]) -> Asked:
        return Asked(
            type=query.get("type", "")[:200],
            system=query.get("system", "")[:40],
            key=query.get("key", "").strip()[:_LONGEST_KEY],
            since=self._midnight(query.get("since", "")),
            until=self._midnight(query.get("until", ""), 1),
            mended=query.get("mended") == "1",
        )

    def _midnight(self, text: str, days: int = 0) -> datetime | None:
        try:
            day = date.fromisoformat(text) + timedelta(days=days)
            return datetime.combine(day, time(), self._zone).astimezone(UTC)
        except (ValueError, OverflowError):
            return None


_HOWS = frozenset({"style", "renamed", "number", "moment", "date", "empty", "approved", "version"})


def _chosen(kind: Kind, form: Mapping[str, str]) -> dict[str, str] | None:
    """Field as it is sent -> field of ours; None when the form lets nobody choose."""
    said = {name.removeprefix(_FIELD): given for name, given in form.items() if name.startswith(_FIELD)}
    if not said:
        return None
    extra = {name for name, _ in kind.extra} | {str(one["given"]) for one in kind.group.proposal}
    chosen = {given: field for field, given in said.items() if given in extra and field in kind.missing}
    # What is proposed for fields that are there, but read otherwise, comes with it.
    return {
        str(one["given"]): str(one["field"]) for one in kind.group.proposal if one["given"] == one["field"]
    } | chosen


def _csv(found: Listing, zone: ZoneInfo) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for event in found.events:
        cells = {
            "time": event.time.astimezone(zone).isoformat(timespec="seconds"),
            "received_at": event.received_at.astimezone(zone).isoformat(timespec="seconds"),
            "keys": " ".join(f"{name}={value}" for name, value in found.keys.get(event.seq, {}).items()),
            "data": json.dumps(event.data, ensure_ascii=False),
        }
        row = [cells.get(name) or str(getattr(event, name, "")) for name in _COLUMNS]
        writer.writerow([guarded(cell) for cell in row])
    return out.getvalue()


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def _shown(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | float):
        return f"{value:,}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0
