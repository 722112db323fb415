"""Field mapping and lineage, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.contracts import Clock, Page, Skill
from bot.flows.mapping_desk import MappingKeeper
from bot.loop_sources import SourcesPart
from config.settings import Settings
from knowledge.lineage.metrics import load_metrics
from knowledge.mapping.entities import load_entities
from skills.mapping.desk import MappingDesk
from skills.mapping.lineage_pages import lineage_pages
from skills.mapping.pages import mapping_pages
from skills.mapping.skill import LineageSkill
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Mapping:
    """Its skill and pages."""

    skill: Skill
    pages: Sequence[Page]


def make_mapping(settings: Settings, clock: Clock, database: Database, sources: SourcesPart) -> Mapping:
    """Raises ConfigurationError when a file of config/entities or config/lineage has a fault."""
    load_entities()
    load_metrics()
    keeper = MappingKeeper(sources.flow, sources.definitions, sources.readers)
    desk = MappingDesk(database, clock, settings.time_zone, keeper)
    pages = [*mapping_pages(desk), *lineage_pages(database, settings.time_zone)]
    return Mapping(LineageSkill(database, settings.web.public_url, settings.time_zone), pages)
