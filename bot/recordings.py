"""What listens to recordings, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from adapters.speech.adapter import SpeechTranscriber
from adapters.speech.playback import Playback
from bot.contracts import Adapter, Clock, Page, Skill
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from bot.flows.purge import PurgeFlow
from bot.flows.recording import RecordingFlow
from bot.flows.recording_desk import KIND, RecordingDesk
from bot.flows.recording_names import Names
from bot.flows.recording_news import RecordingNews
from bot.flows.schedule import Task
from config.settings import Settings
from knowledge.playbook.playbook import Playbook
from knowledge.signals.detector import Detector
from skills.recordings.pages import recording_pages
from skills.recordings.skill import RecordingsSkill
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Recordings:
    """The skill, its pages, its flow, and what is done by the clock."""

    skill: Skill
    pages: Sequence[Page]
    flow: RecordingFlow
    desk: RecordingDesk
    transcriber: SpeechTranscriber
    playback: Playback
    purge: PurgeFlow

    async def close(self) -> None:
        """End the processes that listen."""
        await self.transcriber.close()
        await self.playback.close()

    def tasks(self) -> tuple[Task, ...]:
        """Every minute: recordings without a job get one, and what a revoked consent left on the disk goes (A18)."""

        async def tidy(_slot: datetime) -> None:
            await self.purge.finish()
            await self.desk.take_up()

        return (Task("recordings", "* * * * *", tidy),)


def make_recordings(
    settings: Settings,
    clock: Clock,
    database: Database,
    engine: Engine,
    delivery: DeliveryFlow,
    adapters: Mapping[str, Adapter],
    playbook: Playbook,
    detector: Callable[[], Awaitable[Detector]],
    consider: Callable[[str, Sequence[str]], Awaitable[object]],
) -> Recordings:
    """Everything, with its job registered. `consider(dialogue_id, signal_ids)` decides about prompts."""

    def rivals() -> list[str]:
        return [name for card in playbook.cards() for name in card.names]

    zone = ZoneInfo(settings.time_zone)
    transcriber, playback = SpeechTranscriber(settings.speech, settings.data), Playback(settings.speech, settings.data)
    news = RecordingNews(database, delivery, adapters, clock, settings.public_url)
    names = Names(settings.company, rivals, settings.speech.our_channel)
    flow = RecordingFlow(database, clock, settings.data, transcriber, detector, names, news, zone, consider)
    desk = RecordingDesk(database, engine, clock, settings.data, flow)
    engine.register(KIND, flow.run)
    return Recordings(
        RecordingsSkill(database, desk, settings.public_url),
        recording_pages(database, clock, settings.data, playback.playable, settings.time_zone),
        flow,
        desk,
        transcriber,
        playback,
        PurgeFlow(database, settings.data),
    )
