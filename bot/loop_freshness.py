"""Freshness lights, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.contracts import Adapter, Clock, Page, Skill
from bot.flows.delivery import DeliveryFlow
from bot.flows.freshness import CRON, FreshnessFlow, MakeMaker
from bot.flows.schedule import Task
from config.settings import Settings
from skills.freshness.cards import Maker
from skills.freshness.pages import source_pages
from skills.freshness.ports import SourceDesk
from skills.freshness.skill import FreshnessSkill
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Freshness:
    """The skill, and what is done by the clock and after loads."""

    skill: Skill
    flow: FreshnessFlow
    make: MakeMaker
    morning: timedelta

    def tasks(self) -> tuple[Task, ...]:
        """Every five minutes: data grows old by itself."""
        return (Task("freshness", CRON, self.flow.look),)

    def pages(self, database: Database, desk: SourceDesk, clock: Clock) -> list[Page]:
        """The pages of sources; `desk` loads."""
        return source_pages(database, desk, self.make, clock, self.morning)


def make_freshness(
    settings: Settings,
    clock: Clock,
    database: Database,
    delivery: DeliveryFlow,
    adapters: Mapping[str, Adapter],
) -> Freshness:
    """Everything but the pages, which need those who load, who in turn call `flow.loaded`."""
    rules, zone = settings.freshness, ZoneInfo(settings.time_zone)
    morning = timedelta(hours=rules.quiet_to.hour, minutes=rules.quiet_to.minute)

    def make(language: str, page: bool, now: datetime) -> Maker:
        return Maker(language, f"{settings.public_url}/sources" if page else "", zone, now, rules.later_hours)

    flow = FreshnessFlow(database, delivery, adapters, clock, rules, zone, make)
    return Freshness(FreshnessSkill(database, make, morning), flow, make, morning)
