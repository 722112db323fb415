"""/patterns in the console: the stages as a picture, the figures, the quotes that the viewer may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.contracts import Clock, Page, PageRequest, PageResult
from bot.contracts.listening import Side
from bot.contracts.person import OPERATOR, Person
from knowledge.patterns.draft import card_id
from knowledge.patterns.record import GONE, effect_of
from skills.mining.agreeing import DECIDERS, READERS, Decisions
from skills.mining.cards import Maker, stages_of
from skills.mining.ports import Desk

if TYPE_CHECKING:
    from bot.contracts.listening import Dialogue
    from storage.database import Database
    from storage.repositories.dialogues import DialogueRecord
    from storage.repositories.patterns import Pattern
    from storage.store import Store

TEMPLATES = Path(__file__).parent / "templates"
MINED = "patterns.mined"
EXAMPLES = 5  # quoted deals on the page
NOT_FOUND = PageResult(status=404)
SIDES = {Side.OURS: "ours", Side.THEIRS: "theirs_side", Side.UNKNOWN: "unknown"}


def mining_pages(
    database: Database, desk: Desk, decisions: Decisions, maker: Maker, clock: Clock, time_zone: str
) -> list[Page]:
    """The pages, for the console adapter."""
    pages = MiningPages(database, desk, decisions, maker, clock, ZoneInfo(time_zone))
    return [
        Page(
            "/patterns",
            pages.library,
            TEMPLATES,
            title="mining.page.title",
            group="knowledge",
            methods=("GET", "POST"),
            roles=READERS,
        ),
        Page("/patterns/dialogues/{id}", pages.dialogue, TEMPLATES, roles=READERS),
    ]


@dataclass(frozen=True, slots=True)
class Library:
    """What the list shows, as far as the viewer may see it."""

    patterns: Sequence[Pattern]
    people: Mapping[str, str]
    run: Mapping[str, Any] | None  # the last one
    run_at: datetime | None


class MiningPages:
    """What each page shows."""

    def __init__(
        self, database: Database, desk: Desk, decisions: Decisions, maker: Maker, clock: Clock, zone: ZoneInfo
    ) -> None:
        self._database = database
        self._desk = desk
        self._decisions = decisions
        self._maker = maker
        self._clock = clock
        self._zone = zone

    async def library(self, request: PageRequest) -> PageResult:
        """All patterns. POST mines anew or decides about one; only sales ops may."""
        if request.method == "POST":
            return await self._posted(request)
        found = await self._database.read(lambda store: _library(store, request.viewer))
        values = {
            "patterns": [self._shown(one, found.people, request.language) for one in found.patterns],
            "run": found.run,
            "run_at": found.run_at.astimezone(self._zone).date() if found.run_at else None,
            "decides": request.viewer.role in DECIDERS,
            "started": "started" in request.query,
        }
        return PageResult("patterns.html", values)

    async def dialogue(self, request: PageRequest) -> PageResult:
        """One dialogue that is quoted, if the viewer may see it; what is quoted is marked."""
        id_ = request.path["id"]
        found = await self._database.read(lambda store: _dialogue(store, request.viewer, id_))
        if found is None:
            return NOT_FOUND
        record, dialogue, customer, cited = found
        values = {
            "title": customer or record.title,
            "turns": [(one, SIDES[one.side], self._local(one.at), one.id in cited) for one in dialogue.utterances],
        }
        return PageResult("patterns_dialogue.html", values)

    async def _posted(self, request: PageRequest) -> PageResult:
        now, what, id_ = self._clock.now(), request.form.get("do", ""), request.form.get("pattern", "")
        if request.viewer.role not in DECIDERS:
            return PageResult(redirect="/patterns")
        if what == "mine":
            await self._desk.begin(f"page:{request.viewer.id}:{now:%Y%m%d%H%M}", request.viewer, None)
            return PageResult(redirect="/patterns?started")
        if what in {"agree", "refuse"}:
            decide = self._decisions.agree if what == "agree" else self._decisions.refuse
            await decide(id_, request.viewer, now)
        return PageResult(redirect=f"/patterns#{id_}")

    def _shown(self, pattern: Pattern, people: Mapping[str, str], language: str) -> dict[str, Any]:
        counts, examples = effect_of(pattern).counts, self._examples(pattern, people)
        return {
            "id": pattern.id,
            "name": stages_of(pattern, language),
            "stages": pattern.stages,
            "trigger": self._maker.trigger_name(pattern, language),
            "state": pattern.state,
            "gone": GONE in pattern.effect,
            "owner": people.get(pattern.owner_id, ""),
            "card": f"/playbook/{card_id(pattern.id)}",
            "point": self._maker.point(pattern, language),
            "facts": self._maker.facts(pattern, language),
            "caveats": self._maker.caveats(pattern, language),
            "bars": [("with_", counts.won_with, counts.with_), ("without", counts.won_without, counts.without)],
            "examples": examples[:EXAMPLES],
            "count": len(examples),
        }

    def _examples(self, pattern: Pattern, people: Mapping[str, str]) -> list[dict[str, Any]]:
        """Quoted deals of which the viewer may see every stage's dialogue, each with its quotes in order."""
        deals: dict[int, list[Mapping[str, Any]]] = {}
        for quote in pattern.quotes:
            deals.setdefault(int(quote["example"]), []).append(quote)
        return [self._example(quotes, people) for quotes in deals.values() if _whole(quotes, len(pattern.stages))]

    def _example(self, quotes: Sequence[Mapping[str, Any]], people: Mapping[str, str]) -> dict[str, Any]:
        last = quotes[-1]
        recording = last["source"] == "recording"
        return {
            "person": people.get(last["person_id"], last["speaker"]),
            "quotes": [(quote, self._moment(quote["at"])) for quote in quotes],
            "dialogue": last["dialogue_id"],
            "folder": "/recordings" if recording else "/patterns/dialogues",
        }

    def _moment(self, iso: str) -> str:
        return self._local(datetime.fromisoformat(iso)) if iso else ""

    def _local(self, at: datetime | None) -> str:
        return at.astimezone(self._zone).strftime("%Y-%m-%d %H:%M") if at else ""


def _library(store: Store, viewer: Person) -> Library:
    patterns = store.patterns.visible_to(viewer)
    patterns.sort(key=lambda one: (one.state == "off", GONE in one.effect, -float(one.effect.get("low", 0)), one.id))
    ids = {quote["person_id"] for one in patterns for quote in one.quotes} | {one.owner_id for one in patterns}
    runs = store.audit.listing(OPERATOR, 1, (MINED,))
    last = runs[0] if runs else None
    return Library(patterns, store.people.names(ids), last.detail if last else None, last.at if last else None)


def _dialogue(store: Store, viewer: Person, id_: str) -> tuple[DialogueRecord, Dialogue, str, set[str]] | None:
    record, dialogue = store.dialogues.seen(viewer, id_), store.dialogues.read(id_)
    cited = {
        quote["utterance_id"]
        for pattern in store.patterns.visible_to(viewer)
        for quote in pattern.quotes
        if quote["dialogue_id"] == id_
    }
    if record is None or dialogue is None or not cited:
        return None
    customer = store.customers.get(record.customer_id) if record.customer_id else None
    return record, dialogue, (customer.short_name or customer.name) if customer else "", cited


def _whole(quotes: Sequence[Mapping[str, Any]], stages: int) -> bool:
    """Whether every stage is quoted: what a viewer may not see, or what was purged, leaves a gap."""
    return {int(quote["stage"]) for quote in quotes} >= set(range(1, stages + 1))
