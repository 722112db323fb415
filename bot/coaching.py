"""What listens and what prompts, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Adapter, Clock
from bot.flows.calibration import CRON, CalibrationFlow
from bot.flows.coach import CoachFlow
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from bot.flows.listening import Ears, ListeningFlow, Names
from bot.flows.mail import MailFlow
from bot.flows.risk import RiskFlow
from bot.flows.rules import RuleFlow
from bot.flows.schedule import Task
from config.settings import Settings
from knowledge.playbook.playbook import Playbook
from knowledge.retrieval.embedder import make_embedder
from knowledge.signals.calibration import Calibration
from knowledge.signals.load import load_kinds
from skills.coaching.casework import Desk
from skills.rules.matching import Matcher
from storage.database import Database

if TYPE_CHECKING:
    from datetime import datetime, time

    from knowledge.signals.detector import Detector


@dataclass(frozen=True, slots=True)
class Coaching:
    """The flows, and what they do by the clock."""

    coach: CoachFlow
    listening: ListeningFlow
    mails: MailFlow
    ears: Ears
    desk: Desk
    settings: Settings
    calibration: CalibrationFlow
    matcher: Matcher

    def tasks(self) -> tuple[Task, ...]:
        """Every half hour a look at deals and archives; every five minutes what was put off; two digests a day; once a
        month what was called wrong."""
        rules = self.settings.coaching

        async def put_off(_slot: datetime) -> None:
            await self.coach.put_off()

        return (
            Task("listen", "*/30 * * * *", self.listening.watch),
            Task("put off", "*/5 * * * *", put_off),
            Task("morning digest", _daily(rules.quiet_to), self.coach.morning),
            Task("evening digest", _daily(rules.digest_at), self.coach.evening),
            Task("calibration", CRON, self.calibration.monthly),
        )


def make_desk(settings: Settings) -> Desk:
    """The policy with every kind of signal. Raises ConfigurationError for a signal without a policy or card (A4)."""
    return Desk(load_kinds(), settings.coaching, ZoneInfo(settings.time_zone))


def make_coaching(
    settings: Settings,
    clock: Clock,
    database: Database,
    engine: Engine,
    delivery: DeliveryFlow,
    adapters: Mapping[str, Adapter],
    playbook: Playbook,
    desk: Desk,
) -> Coaching:
    """The flows, with their jobs registered."""
    coach = CoachFlow(database, delivery, adapters, playbook, clock, desk, settings.public_url)
    ears = make_ears(database, playbook, desk)
    mails = MailFlow(database, engine, clock, settings.data, desk.zone, delivery, adapters)
    matcher = Matcher(ears.detector)
    by_rules = RuleFlow(database, clock, matcher).fired
    by_risk = RiskFlow(database, clock, ears.detector, settings.data / "risk", desk.zone).fired
    listening = ListeningFlow(database, engine, clock, desk, ears, coach.consider, mails, by_rules, by_risk)
    engine.register("listening", listening.examine)
    rules, url = settings.calibration, settings.public_url
    calibration = CalibrationFlow(database, ears, desk, delivery, adapters, clock, rules, url)
    return Coaching(coach, listening, mails, ears, desk, settings, calibration, matcher)


def make_ears(database: Database, playbook: Playbook, desk: Desk) -> Ears:
    """The detector, which takes about a second to make and is made when it is first needed."""

    async def make(names: Names, calibration: Calibration) -> Detector:
        from knowledge.signals.detector import Detector

        return await Detector.make(calibration.of(desk.kinds), make_embedder("use"), names, calibration.labels)

    def names() -> Names:
        from knowledge.signals.names import rival_names

        return rival_names(playbook.cards(), playbook.vocabulary)

    return Ears(make, names, database)


def _daily(at: time) -> str:
    """A time of day as a crontab line."""
    return f"{at.minute} {at.hour} * * *"
