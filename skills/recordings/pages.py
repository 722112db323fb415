"""Recordings in the console: the list, one with its transcript and player, and its sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.contracts import Clock, Page, PageRequest, PageResult
from bot.contracts.listening import Side, Signal, Source, Utterance
from bot.contracts.page import PageFile
from bot.contracts.person import Person
from knowledge.risk.telling import KEPT, table
from skills.recordings.cards import Maker
from skills.recordings.names import is_recording, speaker_of
from skills.recordings.report import Report, report_of
from storage.imports.transcripts import is_role

if TYPE_CHECKING:
    from skills.recordings.ports import Playable
    from storage.database import Database
    from storage.repositories.dialogues import DialogueRecord
    from storage.repositories.files import FileRecord
    from storage.repositories.tasks import Task
    from storage.store import Store

TEMPLATES = Path(__file__).parent / "templates"
LISTED = 100
NOT_FOUND = PageResult(status=404)
_SIDES = {Side.OURS: "ours", Side.THEIRS: "theirs_side", Side.UNKNOWN: "unknown"}


def recording_pages(
    database: Database, clock: Clock, data: Path, playable: Playable, time_zone: str = "Asia/Shanghai"
) -> list[Page]:
    """The pages, for the console adapter."""
    pages = RecordingPages(database, clock, data, playable, ZoneInfo(time_zone))
    return [
        Page("/recordings", pages.list, TEMPLATES, title="recordings.page.list", group="coaching"),
        Page("/recordings/{id}", pages.show, TEMPLATES, methods=("GET", "POST")),
        Page("/recordings/{id}/sound", pages.sound, TEMPLATES),
    ]


@dataclass(frozen=True, slots=True)
class Found:
    """One recording with everything that its page shows."""

    record: DialogueRecord
    utterances: Sequence[Utterance]
    signals: Sequence[Signal]
    tasks: Sequence[Task]
    customer: str
    person: str
    has_sound: bool


class RecordingPages:
    """What each page shows. A viewer sees what the queries let them see (D9)."""

    def __init__(self, database: Database, clock: Clock, data: Path, playable: Playable, zone: ZoneInfo) -> None:
        self._database = database
        self._clock = clock
        self._data = data
        self._playable = playable
        self._zone = zone

    async def list(self, request: PageRequest) -> PageResult:
        """The latest recordings."""
        records, customers, people = await self._database.read(lambda store: _latest(store, request.viewer))
        rows = [
            {
                "id": one.id,
                "title": one.title,
                "customer": customers.get(one.customer_id, ""),
                "person": people.get(one.person_id, one.person_id),
                "at": (one.begun_at or one.created_at).astimezone(self._zone),
                "length": clock_of(one.seconds) if one.seconds else "",
                "state": one.state,
            }
            for one in records
        ]
        return PageResult("recordings_list.html", {"rows": rows})

    async def show(self, request: PageRequest) -> PageResult:
        """One recording. POST ticks one of its tasks, or takes the tick away."""
        id_ = request.path["id"]
        if request.method == "POST":
            return await self._ticked(request, id_)
        found = await self._database.read(lambda store: _found(store, request.viewer, id_))
        return PageResult("recordings_show.html", self._values(found, request.language)) if found else NOT_FOUND

    async def sound(self, request: PageRequest) -> PageResult:
        """The file, or a copy that browsers play, for whoever may see the recording."""

        def look(store: Store) -> FileRecord | None:
            record = store.dialogues.seen(request.viewer, request.path["id"])
            return store.files.get(record.file_id) if record and record.state == "ready" else None

        file = await self._database.read(look)
        if file is None or not is_recording(file):  # a transcript that came without sound
            return NOT_FOUND
        return PageResult(file=PageFile(*await self._playable(self._data / file.path, file.media_type)))

    async def _ticked(self, request: PageRequest, dialogue_id: str) -> PageResult:
        task_id, now = request.form.get("task", ""), self._clock.now()

        def tick(store: Store) -> None:
            seen = {task.id for task in store.tasks.of_dialogue(request.viewer, dialogue_id)}
            if task_id in seen and not store.tasks.reopen(task_id):
                store.tasks.close(task_id, "done", now)

        await self._database.write(tick)
        return PageResult(redirect=f"/recordings/{dialogue_id}#tasks")

    def _values(self, found: Found, language: str) -> dict[str, Any]:
        report = report_of(found.record.summary)
        maker = Maker(language, "")
        noted = _noted(found.signals, maker)
        return {
            "record": found.record,
            "title": found.customer or found.record.title,
            "person": found.person,
            "begun": (found.record.begun_at or found.record.created_at).astimezone(self._zone),
            "length": clock_of(found.record.seconds or 0),
            "has_sound": found.has_sound,
            "turns": [_turn(one, noted.get(one.id, ()), maker.language) for one in found.utterances],
            "signals": [(*told, _moment(one)) for one in found.signals for told in maker.risks([one])],
            "tasks": [(task, maker.by(task.due)) for task in found.tasks if task.state != "dropped"],
            "theirs": [one.text + maker.by(one.due) for one in report.promises if one.side is Side.THEIRS],
            "points": _points(report, found.utterances),
            "next_step": report.next_step,
            "no_next_step": report.no_next_step,
            "speakers": _speakers(report, maker.language),
            "risk": table(risk, language) if (risk := (found.record.summary or {}).get(KEPT)) else None,
            "pace": f"recordings.page.pace_{'en' if found.record.language == 'en' else 'zh'}",
        }


def clock_of(seconds: float) -> str:
    """Minutes and seconds: 3:07; from an hour on 1:03:07."""
    whole = int(seconds)
    minutes = f"{whole // 60 % 60:02d}" if whole >= 3600 else str(whole // 60)
    return f"{whole // 3600}:{minutes}:{whole % 60:02d}" if whole >= 3600 else f"{minutes}:{whole % 60:02d}"


def marked(text: str, quotes: Sequence[str]) -> list[tuple[str, bool]]:
    """The text in pieces, those that a signal cites marked."""
    places = sorted((at, at + len(quote)) for quote in set(quotes) if quote and (at := text.find(quote)) >= 0)
    pieces, end = [], 0
    for begin, stop in places:
        if begin < end:
            continue
        pieces += [(text[end:begin], False), (text[begin:stop], True)]
        end = stop
    return [piece for piece in [*pieces, (text[end:], False)] if piece[0]]


def _noted(signals: Sequence[Signal], maker: Maker) -> dict[str, list[tuple[str, str]]]:
    """Titles and quotes of signals, by utterance."""
    noted: dict[str, list[tuple[str, str]]] = {}
    for signal in signals:
        for headline, _ in maker.risks([signal]):
            for one in signal.evidence:
                noted.setdefault(one.utterance_id, []).append((headline, one.quote))
    return noted


def _turn(said: Utterance, noted: Sequence[tuple[str, str]], language: str) -> dict[str, Any]:
    return {
        "id": said.id,
        "speaker": _name(said.speaker, language),
        "side": _SIDES[said.side],
        "start": said.start,
        "clock": clock_of(said.start or 0),
        "pieces": marked(said.text, [quote for _, quote in noted]),
        "signals": list(dict.fromkeys(title for title, _ in noted)),
    }


def _name(speaker: str, language: str) -> str:
    """As people read it; "" for REP and the like, which say no more than the side beside it."""
    return "" if is_role(speaker) else speaker_of(speaker, language)


def _moment(signal: Signal) -> float | None:
    return signal.evidence[0].start if signal.evidence else None


def _points(report: Report, utterances: Sequence[Utterance]) -> list[tuple[str, float | None]]:
    starts = {one.id: one.start for one in utterances}
    return [(point.text, starts.get(point.utterance_id)) for point in report.points]


def _speakers(report: Report, language: str) -> list[dict[str, Any]]:
    return [
        {"name": _name(name, language), "side": _SIDES[report.sides.get(name, Side.UNKNOWN)], **values}
        for name, values in report.measures.items()
    ]


def _latest(store: Store, viewer: Person) -> tuple[Sequence[DialogueRecord], Mapping[str, str], Mapping[str, str]]:
    found = store.dialogues.visible_to(viewer, source=Source.RECORDING, limit=LISTED)
    customers = store.customers.records({one.customer_id for one in found if one.customer_id})
    names = {id_: one.short_name or one.name for id_, one in customers.items()}
    return found, names, store.people.names(one.person_id for one in found)


def _found(store: Store, viewer: Person, id_: str) -> Found | None:
    record = store.dialogues.seen(viewer, id_)
    if record is None or record.source is not Source.RECORDING:
        return None
    dialogue = store.dialogues.read(id_)
    customer = store.customers.get(record.customer_id) if record.customer_id else None
    return Found(
        record,
        dialogue.utterances if dialogue else (),
        [one.signal for one in store.signals.visible_to(viewer, dialogue_id=id_)],
        store.tasks.of_dialogue(viewer, id_),
        (customer.short_name or customer.name) if customer else "",
        store.people.names([record.person_id]).get(record.person_id, record.person_id),
        record.state == "ready" and (file := store.files.get(record.file_id)) is not None and is_recording(file),
    )
