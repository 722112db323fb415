"""Journeys and attribution, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.contracts import Clock, Page, Skill
from bot.flows.attribution import AttributionFlow
from bot.flows.schedule import Task
from config.attribution import load_channels, use
from config.settings import Settings
from skills.attribution.desk import Desk
from skills.attribution.pages import attribution_pages
from skills.attribution.skill import AttributionSkill
from storage.database import Database
from storage.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Attribution:
    """The skill, its pages, the flow, and the copy that others may ask, too."""

    skill: Skill
    pages: Sequence[Page]
    flow: AttributionFlow
    warehouse: Warehouse

    def tasks(self) -> tuple[Task, ...]:
        """At night, before the day's first questions."""
        return (Task("attribution", "40 4 * * *", self.flow.nightly),)


def make_attribution(settings: Settings, clock: Clock, database: Database) -> Attribution:
    """Nothing is opened yet. Raises ConfigurationError when the channels' file has a fault."""
    chosen = settings.attribution
    warehouse = Warehouse(database, settings.data / "warehouse", chosen.memory_mb)
    channels = load_channels(chosen.channels)
    use(channels)  # whoever names a channel calls it the same
    desk = Desk(database, warehouse, channels, chosen, ZoneInfo(settings.time_zone))
    return Attribution(
        AttributionSkill(desk, settings.public_url),
        attribution_pages(desk, clock, settings.data),
        AttributionFlow(desk, warehouse, clock),
        warehouse,
    )
