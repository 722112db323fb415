"""/systems/{name}/rehearsal in the console: begin one, watch it, read its report, open the lock (C8)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.contracts import Page, PageRequest, PageResult, Role
from bot.contracts.errors import BadInput
from config.locales import t
from knowledge.events.systems import System
from skills.sandbox.ports import Rehearsals
from skills.sandbox.skill import EVENTS, FAULTS, may_rehearse
from skills.sandbox.telling import facts, headline, lines, own_faults, why

if TYPE_CHECKING:
    from storage.database import Database

TEMPLATES = Path(__file__).parent / "templates"
NOT_FOUND = PageResult(status=404)
CHOICES = (100, 1000, 5000)  # events


def sandbox_pages(database: Database, rehearsals: Rehearsals, zone: ZoneInfo) -> list[Page]:
    """The pages, for the console adapter; they are reached from a system's page."""
    pages = SandboxPages(database, rehearsals, zone)
    both = ("GET", "POST")
    return [
        Page("/systems/{name}/rehearsal", pages.begin, TEMPLATES, methods=both),
        Page("/systems/{name}/rehearsal/{id}", pages.report, TEMPLATES),
    ]


class SandboxPages:
    """For sales ops, admins and the system's owner; to others there is no such page."""

    def __init__(self, database: Database, rehearsals: Rehearsals, zone: ZoneInfo) -> None:
        self._database, self._rehearsals, self._zone = database, rehearsals, zone

    async def begin(self, request: PageRequest) -> PageResult:
        """The form. POST: `do` is rehearse, or open (admins, with a reason)."""
        system = await self._system(request)
        if system is None or not system.listens:
            return NOT_FOUND
        if request.method != "POST":
            return await self._form(request, system)
        name = request.form.get("subscription", "")
        try:
            if request.form.get("do") == "open":
                return await self._opened(request, system, name)
            id_ = await self._begun(request, system, name)
        except BadInput as error:
            return await self._form(request, system, str(error))
        return PageResult(redirect=f"/systems/{quote(system.name)}/rehearsal/{id_}")

    async def report(self, request: PageRequest) -> PageResult:
        """One rehearsal: how far it is, or what it found."""
        system = await self._system(request)
        found = await self._database.read(lambda store: store.rehearsals.get(request.path["id"]))
        if system is None or found is None or found.system != system.name:
            return NOT_FOUND
        people = await self._database.read(lambda store: store.people.names([found.by]))
        state = await self._database.read(lambda store: store.event_subscriptions.get(system.name, found.subscription))
        lang, name = request.language, f"{system.title}/{found.subscription}"
        is_live = bool(state and state.state == "live")
        running = found.state == "running"
        opened = "passed" if is_live and found.state == "passed" else "live" if is_live else "still"
        values = {
            "system": system,
            "run": found,
            "running": running,
            "headline": "" if running else headline(name, found.state, found.report, lang),
            "why": "" if running else why(found.state, found.report, lang),
            "opened": "" if running else t(f"sandbox.opened.{opened}", lang),
            "facts": facts(found.report, lang),
            "lines": lines(found.report, lang),
            "own": own_faults(found.report),
            "faults": [t(f"sandbox.fault.{one}", lang) for one in found.plan.get("faults", ())],
            "by": people.get(found.by, found.by),
            "local": self._zone,
        }
        return PageResult("rehearsal_report.html", values)

    async def _form(self, request: PageRequest, system: System, fault: str = "") -> PageResult:
        chosen = request.form.get("subscription") or request.query.get("subscription", "")
        states = await self._database.read(lambda store: store.event_subscriptions.all())
        values = {
            "system": system,
            "chosen": chosen,
            "locked": [one.name for one in system.listens if _is_locked(states.get((system.name, one.name)))],
            "faults": FAULTS,
            "choices": CHOICES,
            "usual": EVENTS,
            "admin": request.viewer.role is Role.ADMIN,
            "fault": fault,
        }
        return PageResult("rehearsal.html", values, status=422 if fault else 200)

    async def _begun(self, request: PageRequest, system: System, name: str) -> str:
        form = request.form
        faults = [one for one in FAULTS if form.get(f"fault_{one}") == "1"]
        events = form.get("events", "")
        count = int(events) if events.isdecimal() and len(events) < 7 else EVENTS
        return await self._rehearsals.begin(system.name, name, request.viewer, request.language, None, faults, count)

    async def _opened(self, request: PageRequest, system: System, name: str) -> PageResult:
        if request.viewer.role is not Role.ADMIN:
            return NOT_FOUND
        await self._rehearsals.open_lock(system.name, name, request.viewer, request.form.get("reason", "")[:200])
        return PageResult(redirect=f"/systems/{quote(system.name)}?done=opened")

    async def _system(self, request: PageRequest) -> System | None:
        system = (await self._rehearsals.systems()).get(request.path["name"])
        return system if system and may_rehearse(request.viewer, system) else None


def _is_locked(state: object) -> bool:
    return state is None or getattr(state, "state", "") == "locked"
