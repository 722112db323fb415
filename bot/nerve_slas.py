"""Deadlines between business events, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.contracts import Adapter, Clock, Page, Skill
from bot.flows.deadline_ladder import LadderFlow
from bot.flows.deadlines import Deadlines, SystemOwner
from bot.flows.delivery import DeliveryFlow
from bot.flows.due import Ticker
from config.settings import Settings
from knowledge.events.types import Catalog
from knowledge.slas.loading import load_rules
from knowledge.slas.rule import Rule
from skills.sla.cards import Maker
from skills.sla.pages import sla_pages
from skills.sla.skill import Habits, SlaSkill
from storage.database import Database

LOOK_SECONDS = 30.0  # a ticker looks at least so often: other processes open deadlines, too


@dataclass(frozen=True, slots=True)
class Slas:
    """The skill and its page, what accepting events does to deadlines, and who tells people."""

    rules: Mapping[str, Rule]
    skill: Skill
    pages: Sequence[Page]
    consequence: Deadlines
    ladder: LadderFlow
    ticker: Ticker

    async def start(self) -> None:
        """Begin to tell people, on the running loop."""
        self.ticker.start()

    async def stop(self) -> None:
        """What is due meanwhile is told after the next start."""
        await self.ticker.stop()

    @property
    def after(self) -> Callable[[], None]:
        """To be called once events were accepted."""

        def wake() -> None:
            if self.consequence.has_changed():
                self.ticker.wake()

        return wake


def make_slas(
    settings: Settings,
    clock: Clock,
    database: Database,
    delivery: DeliveryFlow,
    adapters: Mapping[str, Adapter],
    catalog: Catalog,
    owner_of: SystemOwner,
) -> Slas:
    """`owner_of`: who answers for a connected system. Raises ConfigurationError when a rule has a fault."""
    own, zone = settings.slas, ZoneInfo(settings.time_zone)
    rules = load_rules(own, settings.time_zone, catalog)
    morning = timedelta(hours=own.quiet_to.hour, minutes=own.quiet_to.minute)
    habits = Habits(own.acknowledged_hours, own.later_hours, morning)

    def make(language: str, now: datetime) -> Maker:
        return Maker(language, f"{settings.public_url}/sla", zone, now, own.later_hours)

    ladder = LadderFlow(database, delivery, adapters, clock, rules, own, zone, make)
    return Slas(
        rules=rules,
        skill=SlaSkill(database, rules, make, habits),
        pages=sla_pages(database, rules, make, clock, habits),
        consequence=Deadlines(rules, own, owner_of),
        ladder=ladder,
        ticker=Ticker("deadlines", ladder.look, clock, LOOK_SECONDS),
    )
