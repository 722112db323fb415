"""A recording from its file to the card: transcribed stretch by stretch, understood, told (A16, A17).

Every stretch is stored as soon as it is heard: whatever happens to this process, the job is run again and goes on
behind the last one. The transcription itself is done by another process (`adapters/speech`).
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from adapters.common.language import language as language_of
from adapters.speech.adapter import SpeechTranscriber
from adapters.speech.timings import timings
from bot.contracts import Clock
from bot.contracts.errors import ConfigurationError, UnusableRecording
from bot.contracts.listening import Dialogue, Hints, Stretch, Utterance
from bot.flows.persist import persistently
from bot.flows.recording_desk import forget_file, permitted
from bot.flows.recording_names import Names
from bot.flows.recording_news import RecordingNews
from bot.flows.understanding import understand
from knowledge.listening.sides import given, is_internal, sides_of
from knowledge.signals.detector import Detector
from skills.recordings.report import Report, Understood, report_of
from storage.database import Database
from storage.imports.transcripts import read_transcript, transcript_of
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.files import FileRecord
from storage.repositories.signals import signal_id
from storage.repositories.tasks import Task, task_id
from storage.store import Store

SPEED = 0.35  # seconds of work for a second of sound, before this machine has been measured
LOOKED_AT = 50  # utterances of a transcript whose language nobody said

Consider = Callable[[str, Sequence[str]], Awaitable[object]]

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Listening:
    """One recording under way."""

    record: DialogueRecord
    file: FileRecord
    path: Path
    customer: str = ""
    total: int = 1
    seconds: float = 0.0
    done: list[Stretch] = field(default_factory=list)


class RecordingFlow:
    """Transcribes, understands and tells."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        data: Path,
        transcriber: SpeechTranscriber,
        detector: Callable[[], Awaitable[Detector]],
        names: Names,
        news: RecordingNews,
        zone: ZoneInfo,
        consider: Consider,
    ) -> None:
        """`consider(dialogue_id, signal_ids)` decides about prompts, as soon as a recording was understood."""
        self._database = database
        self._clock = clock
        self._data = data
        self._transcriber = transcriber
        self._detector = detector
        self._names = names
        self._news = news
        self._zone = zone
        self._consider = consider

    async def run(self, dialogue_id: str) -> None:
        """The job. Run again after a crash, it goes on; run twice, it does nothing the second time."""
        listening = await persistently(lambda: self._database.write(lambda store: self._begin(store, dialogue_id)))
        if listening is None:
            return
        try:
            await self._listen(listening)
        except UnusableRecording as error:
            await self._refuse(listening, error.reason, str(error))
        except ConfigurationError as error:
            await self._news.unavailable(listening.record, listening.file, str(error))
            raise  # the engine tries again, until an operator has put it right

    async def correct(self, dialogue_id: str, *, ours: str | None = None, customer_id: str | None = None) -> bool:
        """Understand a finished recording again with other sides, or another customer ("": none)."""
        found = await persistently(lambda: self._database.read(lambda store: _finished(store, dialogue_id)))
        if found is None:
            return False
        record, dialogue = found
        report = report_of(record.summary)
        sides = report.sides if ours is None else given(dialogue.utterances, ours)
        understood = await understand(dialogue, sides, report.measures, await self._detector(), self._day(record))
        customer = record.customer_id if customer_id is None else customer_id
        replaced = await persistently(
            lambda: self._database.write(lambda store: self._replace(store, record, understood, customer))
        )
        if replaced:
            await self._consider(record.id, [signal_id(one, dialogue_id=record.id) for one in understood.signals])
        return replaced

    def _begin(self, store: Store, dialogue_id: str) -> Listening | None:
        if not store.dialogues.transcribing(dialogue_id):
            return None
        record = store.dialogues.get(dialogue_id)
        file = store.files.get(record.file_id) if record else None
        if record is None or file is None:
            store.dialogues.refuse(dialogue_id, "unreadable")
            return None
        customer = store.customers.get(record.customer_id) if record.customer_id else None
        name = (customer.short_name or customer.name) if customer else ""
        listening = Listening(record, file, self._data / file.path, name)
        listening.done = store.dialogues.stretches(dialogue_id)
        return listening

    async def _listen(self, listening: Listening) -> None:
        if (said := await asyncio.to_thread(_transcribed, listening.path)) is not None:
            listening.seconds = max((one.end or 0.0 for one in said), default=0.0)
            await self._finish(listening, said, timings(said))
            return
        sound = await self._transcriber.probe(listening.path)
        listening.seconds = sound.seconds
        listening.total = await self._transcriber.stretches(listening.path)
        hints = Hints(names=self._names.hot_words(listening.customer))
        await self._news.progress(
            listening.record, listening.file, len(listening.done), listening.total, self._minutes(listening)
        )
        if not await self._hear(listening, hints):
            return  # purged meanwhile
        utterances = await self._transcriber.speakers(listening.path, listening.done, hints)
        measured = await self._transcriber.measure(listening.path, utterances)
        measures = {speaker: asdict(values) for speaker, values in measured.items()}
        await self._finish(listening, utterances, measures)

    async def _hear(self, listening: Listening, hints: Hints) -> bool:
        """Every stretch that is not stored yet. False when there is nothing to hear for any more."""
        began, first, id_ = time.monotonic(), len(listening.done), listening.record.id
        async for stretch in self._transcriber.transcribe(listening.path, hints, tuple(listening.done)):
            if not await self._keep(id_, stretch):
                return False
            listening.done.append(stretch)
            spent = (time.monotonic() - began) / (len(listening.done) - first)
            left = spent * (listening.total - len(listening.done))
            minutes = max(1, math.ceil(left / 60))
            await self._news.progress(listening.record, listening.file, len(listening.done), listening.total, minutes)
        return True

    async def _keep(self, dialogue_id: str, stretch: Stretch) -> bool:
        return await persistently(
            lambda: self._database.write(lambda store: store.dialogues.keep_stretch(dialogue_id, stretch))
        )

    async def _finish(
        self, listening: Listening, utterances: Sequence[Utterance], measures: Mapping[str, Mapping[str, object]]
    ) -> None:
        record = listening.record
        known = await persistently(lambda: self._database.read(lambda s: self._names.known(s, record, utterances)))
        sides = sides_of(utterances, known)
        if is_internal(sides):
            await self._refuse(listening, "internal", "")
            return
        heard = listening.done[0].language if listening.done else ""
        language = heard or language_of(" ".join(one.text for one in utterances[:LOOKED_AT]))
        dialogue = _dialogue(record, utterances, language)
        understood = await understand(dialogue, sides, measures, await self._detector(), self._day(record))
        about = {"language": language, "seconds": listening.seconds, "summary": understood.report.to_json()}
        payload = understood

        def store_all(store: Store) -> None:
            if store.dialogues.finish(record.id, payload.dialogue.utterances, **about):
                self._note(store, record, payload)
                self._news.result(store, record.id, listening.file, payload)

        await persistently(lambda: self._database.write(store_all))
        await self._consider(record.id, [signal_id(signal, dialogue_id=record.id) for signal in payload.signals])
        log.info("recording ready", dialogue=record.id, seconds=round(listening.seconds), signals=len(payload.signals))

    def _note(self, store: Store, record: DialogueRecord, understood: Understood) -> None:
        """Signals and tasks, each once."""
        now = self._clock.now()
        about = {"dialogue_id": record.id, "customer_id": record.customer_id, "person_id": record.person_id}
        for signal in understood.signals:
            store.signals.add(signal, happened_at=record.begun_at or now, found_at=now, **about)
        for task in _tasks(record, understood.report, now):
            store.tasks.add(task)

    def _replace(self, store: Store, record: DialogueRecord, understood: Understood, customer_id: str) -> bool:
        """The same with what was noted before taken away; without consent of the new customer nothing stays."""
        if customer_id != record.customer_id and not permitted(store, customer_id, record.person_id):
            return False
        about = {"customer_id": customer_id, "summary": understood.report.to_json()}
        if not store.dialogues.finish(record.id, understood.dialogue.utterances, **about):
            return False
        changed = store.dialogues.get(record.id) or record
        store.signals.forget_all(record.id)
        wanted = {task.id for task in _tasks(changed, understood.report, self._clock.now())}
        store.tasks.keep_only(record.id, wanted, customer_id)
        self._note(store, changed, understood)
        return True

    async def _refuse(self, listening: Listening, reason: str, why: str) -> None:
        """Say why, and forget the file: its sender has it."""
        record, file = listening.record, listening.file

        def refuse(store: Store) -> None:
            if store.dialogues.refuse(record.id, reason):
                self._news.refused(store, record, file, reason, why)

        await persistently(lambda: self._database.write(refuse))
        await forget_file(self._database, self._data, file.id)
        log.info("recording refused", dialogue=record.id, reason=reason)

    def _minutes(self, listening: Listening) -> int:
        return max(1, math.ceil(listening.seconds * SPEED / 60))

    def _day(self, record: DialogueRecord) -> date:
        return (record.begun_at or record.created_at).astimezone(self._zone).date()


def _transcribed(path: Path) -> list[Utterance] | None:
    """The transcript that came with it; None: there is none. Its import has seen that it can be read."""
    transcript = transcript_of(path)
    return read_transcript(transcript) if transcript.is_file() else None


def _finished(store: Store, dialogue_id: str) -> tuple[DialogueRecord, Dialogue] | None:
    record, dialogue = store.dialogues.get(dialogue_id), store.dialogues.read(dialogue_id)
    return (record, dialogue) if record and dialogue and record.state == "ready" else None


def _dialogue(record: DialogueRecord, utterances: Sequence[Utterance], language: str) -> Dialogue:
    return Dialogue(
        record.id,
        record.source,
        tuple(utterances),
        customer_id=record.customer_id,
        person_id=record.person_id,
        begun_at=record.begun_at,
        language=language,
    )


def _tasks(record: DialogueRecord, report: Report, now: datetime) -> list[Task]:
    """What we promised, as tasks of whose recording it is."""
    return [
        Task(
            task_id(record.id, one.utterance_id, one.text),
            record.person_id,
            one.text,
            now,
            customer_id=record.customer_id,
            dialogue_id=record.id,
            utterance_id=one.utterance_id,
            due=one.due,
        )
        for one in report.ours
    ]
