"""Identity and data quality, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.contracts import Adapter, Clock, Page, Skill
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from bot.flows.identity import KIND, IdentityFlow
from bot.flows.quality import QualityFlow
from bot.flows.schedule import Task
from config.settings import Settings
from knowledge.quality.gates import load_standards
from skills.data_quality.pages import quality_pages
from skills.data_quality.review_pages import review_pages
from skills.data_quality.skill import DataQualitySkill
from storage.database import Database


@dataclass(frozen=True, slots=True)
class DataQuality:
    """The skill, its pages, and what is done after loads and by the clock."""

    skill: Skill
    pages: Sequence[Page]
    identity: IdentityFlow
    flow: QualityFlow
    at: str  # cron

    def tasks(self) -> tuple[Task, ...]:
        """Looking for doubles before anybody is at work, the gates when the owners are."""
        return Task("identity", "20 3 * * *", self.identity.nightly), Task("quality", self.at, self.flow.look)


def make_data_quality(
    settings: Settings,
    clock: Clock,
    database: Database,
    engine: Engine,
    delivery: DeliveryFlow,
    adapters: Mapping[str, Adapter],
) -> DataQuality:
    """Everything, with its job registered. Raises ConfigurationError when a gate or a list has a fault."""
    rules, zone, url = settings.quality, ZoneInfo(settings.time_zone), settings.public_url
    standards = load_standards(rules.folder)
    identity = IdentityFlow(database, engine, clock, settings.identity)
    engine.register(KIND, identity.work)
    return DataQuality(
        DataQualitySkill(database, standards, url, zone, rules.later_days),
        [
            *quality_pages(database, standards, clock, zone),
            *review_pages(database, identity.ask, clock, zone, settings.identity.certain),
        ],
        identity,
        QualityFlow(database, delivery, adapters, clock, rules, standards, zone, url),
        f"{rules.at.minute} {rules.at.hour} * * *",
    )
