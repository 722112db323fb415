"""The closed loop, put together: a part of the composition root. Sources, mapping, identity, journeys, freshness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.contracts import Adapter, Clock, Page, Skill
from bot.contracts.model import Model
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from bot.flows.schedule import Task
from bot.flows.source_desk import PageDesk
from bot.loop_attribution import make_attribution
from bot.loop_briefing import make_briefing
from bot.loop_freshness import make_freshness
from bot.loop_funnel import make_funnel
from bot.loop_mapping import make_mapping
from bot.loop_quality import make_data_quality
from bot.loop_questions import make_questions
from bot.loop_sources import make_sources
from config.settings import Settings
from storage.database import Database
from storage.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Loop:
    """Its skills, pages, and what is done by the clock."""

    skills: Sequence[Skill]
    pages: Sequence[Page]
    work: Sequence[Task]
    warehouse: Warehouse

    async def close(self) -> None:
        """End the process that copies, give back its files."""
        await self.warehouse.close()

    def tasks(self) -> tuple[Task, ...]:
        """All of them."""
        return tuple(self.work)


def make_loop(
    settings: Settings,
    clock: Clock,
    database: Database,
    engine: Engine,
    delivery: DeliveryFlow,
    adapters: Mapping[str, Adapter],
    model: Model | None = None,
) -> Loop:
    """Everything, with its jobs registered. Raises ConfigurationError when a file of config/ has a fault."""
    attribution = make_attribution(settings, clock, database)
    freshness = make_freshness(settings, clock, database, delivery, adapters)
    quality = make_data_quality(settings, clock, database, engine, delivery, adapters)
    after = [quality.identity.after, attribution.flow.loaded, freshness.flow.loaded]
    sources = make_sources(settings, clock, database, engine, after=after)
    desk = PageDesk(sources.flow, sources.definitions, sources.mending)
    mapping = make_mapping(settings, clock, database, sources)
    funnel = make_funnel(settings, clock, database)
    briefing = make_briefing(settings, clock, database, delivery, adapters)
    others = [attribution.skill, freshness.skill, mapping.skill, funnel.skill, quality.skill, briefing.skill]
    questions = make_questions(settings, clock, database, delivery, adapters, attribution.warehouse, others, model)
    parts = attribution, freshness, quality, sources, briefing, questions
    return Loop(
        skills=[*others, questions.skill],
        pages=[
            *questions.pages,
            *briefing.pages,
            *attribution.pages,
            *freshness.pages(database, desk, clock),
            *mapping.pages,
            *quality.pages,
            *funnel.pages,
        ],
        work=[task for part in parts for task in part.tasks()],
        warehouse=attribution.warehouse,
    )
