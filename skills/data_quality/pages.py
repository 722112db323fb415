"""/quality in the console: the gates, and the rows behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.contracts import Clock, Page, PageRequest, PageResult, Person, Role
from knowledge.identity.review import DECIDERS
from knowledge.quality.board import Figure, board, evidence, figure_of
from knowledge.quality.gates import KINDS, Gate, Standards
from skills.data_quality.drawing import Spark, spark
from skills.data_quality.words import Words, grouped, percent
from storage.repositories.impossible import Moment

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.alarms import Alarm
    from storage.repositories.people import PersonRecord
    from storage.repositories.quality import Day, Evidence
    from storage.store import Store

TEMPLATES = Path(__file__).parent / "templates"
PAGE = 50
DAYS = 30
SEE_HISTORY = frozenset({Role.SALES_OPS, Role.ADMIN})  # what is noted day by day is the whole company's
NOT_FOUND = PageResult(status=404)


@dataclass(frozen=True, slots=True)
class Row:
    """One gate on the board."""

    figure: Figure
    name: str
    share: str
    least: str
    bad: str
    spark: Spark | None


def quality_pages(database: Database, standards: Standards, clock: Clock, zone: ZoneInfo) -> list[Page]:
    """The pages, for the console adapter."""
    pages = QualityPages(database, standards, clock, zone)
    return [
        Page("/quality", pages.board, TEMPLATES, title="data_quality.page.title", group="data"),
        Page("/quality/{gate}", pages.gate, TEMPLATES),
    ]


class QualityPages:
    """What the viewer's own rows show; nobody sees others' rows."""

    def __init__(self, database: Database, standards: Standards, clock: Clock, zone: ZoneInfo) -> None:
        self._database, self._standards, self._clock, self._zone = database, standards, clock, zone

    async def board(self, request: PageRequest) -> PageResult:
        """Every gate, grouped by kind."""
        return await self._database.read(lambda store: self._board(store, request))

    async def gate(self, request: PageRequest) -> PageResult:
        """One gate with its rows, some at a time."""
        gate = self._standards.gate(request.path["gate"])
        if gate is None:
            return NOT_FOUND
        return await self._database.read(lambda store: self._gate(store, gate, request))

    def _board(self, store: Store, request: PageRequest) -> PageResult:
        viewer, words = request.viewer, Words(request.language)
        figures = board(store, viewer, self._standards, self._moment())
        since = self._moment().today - timedelta(days=DAYS)
        days = store.quality.days(since) if viewer.role in SEE_HISTORY else {}
        rows = [_row(figure, words, days.get(figure.gate.name, [])) for figure in figures if figure.total]
        values = {
            "kinds": [(kind, *_divided([row for row in rows if row.figure.gate.kind == kind])) for kind in KINDS],
            "red": [row for row in rows if row.figure.colour == "red"],
            "count": len(rows),
            "empty": list(dict.fromkeys(words.entity(one.gate.entity) for one in figures if not one.total)),
            "pairs": store.identity.count(viewer) if viewer.role in DECIDERS else 0,
            "history": viewer.role in SEE_HISTORY,
        }
        return PageResult("quality_board.html", values)

    def _gate(self, store: Store, gate: Gate, request: PageRequest) -> PageResult:
        viewer, words, moment = request.viewer, Words(request.language), self._moment()
        figure = figure_of(store, viewer, self._standards, gate, moment)
        offset = _number(request.query.get("from", ""))
        rows = evidence(store, viewer, self._standards, gate, moment, PAGE + 1, offset)
        people = {one.id: one for one in store.people.records(_owners(figure, rows)).values()}
        alarm = next((one for one in store.alarms.open("quality") if one.subject == gate.name), None)
        values = {
            "row": _row(figure, words, []),
            "verdict": words.verdict(figure) if figure.total else "",
            "todo": f"data_quality.todo.{gate.kind}",
            "values": [(words.value(gate, value), count) for value, count in figure.values.items()],
            "groups": _groups(figure, people, words),
            "rows": [(row, words.rule(hint) if gate.kind == "possible" else hint) for row, hint in rows[:PAGE]],
            "people": {id_: one.name for id_, one in people.items()},
            "before": max(offset - PAGE, 0) if offset else None,
            "after": offset + PAGE if len(rows) > PAGE else None,
            "alarm": self._alarm(store, alarm, viewer),
            "decides": viewer.role in DECIDERS,
        }
        return PageResult("quality_gate.html", values)

    def _alarm(self, store: Store, alarm: Alarm | None, viewer: Person) -> Mapping[str, str] | None:
        """Who was told, for those who see everybody."""
        if alarm is None or alarm.told_at is None or viewer.role not in SEE_HISTORY:
            return None
        names = store.people.names(alarm.people)
        until = alarm.snoozed_until
        return {
            "people": ", ".join(names.get(id_, id_) for id_ in alarm.people),
            "date": f"{alarm.told_at.astimezone(self._zone):%Y-%m-%d}",
            "until": f"{until.astimezone(self._zone):%Y-%m-%d}" if until else "",
            "reason": alarm.snooze_reason,
        }

    def _moment(self) -> Moment:
        return Moment(self._clock.now(), self._zone)


def _row(figure: Figure, words: Words, days: Sequence[Day]) -> Row:
    shares = [one.good / one.total for one in days if one.total]
    least, bad = percent(figure.gate.least), words.bad(figure) if figure.bad else ""
    return Row(figure, words.gate(figure.gate), percent(figure.share), least, bad, spark(shares, figure.gate.least))


def _divided(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """(those with something to mend, the worst against its gate first; those without)."""
    wrong = [row for row in rows if row.figure.bad]
    wrong.sort(key=lambda row: row.figure.share - row.figure.gate.least)
    return wrong, [row for row in rows if not row.figure.bad]


def _groups(figure: Figure, people: Mapping[str, PersonRecord], words: Words) -> list[tuple[str, list[Any]]]:
    """By region, team and owner, where rows tell them; those with something to mend."""
    regions = {part.region: part.region for part in figure.parts if part.region}
    teams = {id_: one.team for id_, one in people.items() if one.team}
    owners = {id_: one.name for id_, one in people.items()}
    named = (("by_region", regions), ("by_team", teams), ("by_owner", owners))
    groups = [(key, grouped(figure.parts, names)) for key, names in named]
    return [
        (key, [(words.part(name), percent(good / total), total - good, total) for name, good, total in rows])
        for key, every in groups
        if (rows := [one for one in every if one[1] < one[2]])
    ]


def _owners(figure: Figure, rows: Sequence[tuple[Evidence, str]]) -> set[str]:
    return {id_ for id_ in (*(part.owner_id for part in figure.parts), *(row.owner_id for row, _ in rows)) if id_}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 8 else 0
