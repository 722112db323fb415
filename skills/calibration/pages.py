"""/calibration in the console: figures, proposals with their replay, who said yes, and every version so far."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, get_args
from zoneinfo import ZoneInfo

from bot.contracts import Clock, Page, PageRequest, PageResult
from config.groups.calibration import Calibration as Rules
from skills.calibration import deciding
from skills.calibration.agenda import read_stored
from skills.calibration.view import Reader

if TYPE_CHECKING:
    from knowledge.signals.kind import Kind
    from storage.database import Database
    from storage.store import Store

TEMPLATES = Path(__file__).parent / "templates"
ROUTE = "/calibration"
OUTCOMES = frozenset(get_args(deciding.Outcome))


def calibration_pages(
    database: Database, kinds: Mapping[str, Kind], clock: Clock, rules: Rules, time_zone: str
) -> list[Page]:
    """The page, for the console adapter."""
    page = CalibrationPage(database, kinds, clock, rules, ZoneInfo(time_zone))
    methods, roles = ("GET", "POST"), deciding.PARTICIPANTS
    return [
        Page(
            ROUTE, page.show, TEMPLATES, title="calibration.page.title", group="coaching", methods=methods, roles=roles
        )
    ]


class CalibrationPage:
    """Figures are the company's; quotes are those that the viewer may see."""

    def __init__(
        self, database: Database, kinds: Mapping[str, Kind], clock: Clock, rules: Rules, zone: ZoneInfo
    ) -> None:
        self._database = database
        self._kinds = kinds
        self._clock = clock
        self._rules = rules
        self._zone = zone

    async def show(self, request: PageRequest) -> PageResult:
        """`month` chooses an agenda. POST with `do` = approve, refuse or revert decides about the proposal `id`."""
        if request.method == "POST":
            outcome = await self._database.write(lambda store: self._decide(store, request))
            return PageResult(redirect=f"{ROUTE}?done={outcome}")
        return PageResult("calibration.html", await self._database.read(lambda store: self._values(store, request)))

    def _decide(self, store: Store, request: PageRequest) -> deciding.Outcome:
        form, who = request.form, request.viewer
        id_, note, now, algorithm = form.get("id", ""), form.get("note", ""), self._clock.now(), self._rules.algorithm
        if form.get("do") == "approve":
            return deciding.approve(store, id_, form.get("party", ""), who, now, algorithm)
        if form.get("do") == "refuse":
            return deciding.refuse(store, id_, note, who, now, algorithm)
        return deciding.revert(store, id_, note, who, now, algorithm) if form.get("do") == "revert" else "closed"

    def _values(self, store: Store, request: PageRequest) -> dict[str, object]:
        reader = Reader(request.viewer, request.language, self._zone, self._kinds, self._rules.algorithm)
        agendas = store.agendas.latest()
        wanted = request.query.get("month", "")
        agenda = next((one for one in agendas if one.month == wanted), agendas[0] if agendas else None)
        figures = read_stored(agenda.figures) if agenda else []
        done = request.query.get("done", "")
        return {
            "agenda": agenda,
            "months": [one.month for one in agendas],
            "figures": [(reader.title(one.kind), one) for one in figures],
            "open": reader.views(store, store.proposals.open()),
            "history": reader.views(store, store.proposals.history()),
            "done": done if done in OUTCOMES else "",
        }
