"""The morning meeting, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.contracts import Adapter, Clock, Page
from bot.flows.briefing import CRON, BriefingFlow
from bot.flows.by_clock import ByClock
from bot.flows.delivery import DeliveryFlow
from bot.flows.schedule import Task
from config.briefing import load_brief_rules
from config.settings import Settings
from knowledge.playbook.vocabulary import Vocabulary
from skills.briefing.desk import BriefDesk
from skills.briefing.pages import brief_pages
from skills.briefing.skill import BriefingSkill
from storage.database import Database


@dataclass(frozen=True, slots=True)
class BriefingParts:
    """Its skill, its page, and what is done by the clock."""

    skill: BriefingSkill
    pages: Sequence[Page]
    flow: BriefingFlow

    def tasks(self) -> tuple[Task, ...]:
        """Every five minutes: teams have hours of their own, and an outage is caught up."""
        return (Task("briefing", CRON, self.flow.look),)


def make_desk(settings: Settings) -> BriefDesk:
    """Raises ConfigurationError when the rules or the vocabulary have a fault."""
    words, rules = settings.playbook.vocabulary, settings.briefing
    return BriefDesk(
        load_brief_rules(rules.rules),
        Vocabulary.load(words) if words else Vocabulary.load(),
        ZoneInfo(settings.time_zone),
        settings.public_url,
        settings.data,
        rules.template,
    )


def make_briefing(
    settings: Settings, clock: Clock, database: Database, delivery: DeliveryFlow, adapters: Mapping[str, Adapter]
) -> BriefingParts:
    """Everything."""
    desk = make_desk(settings)
    flow = BriefingFlow(ByClock(database, delivery, adapters, clock), settings.briefing, desk)
    pages = brief_pages(database, desk, clock, settings.briefing)
    return BriefingParts(BriefingSkill(database, desk), pages, flow)
