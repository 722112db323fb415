"""The behaviour pattern library, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Adapter, Clock, Page, Skill
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from bot.flows.mining import Mining, Names
from bot.flows.mining_desk import KIND, MiningDesk
from bot.flows.schedule import Task
from config.settings import Settings
from knowledge.patterns.move import Move, load_moves
from knowledge.playbook.playbook import Playbook
from knowledge.retrieval.embedder import make_embedder
from knowledge.signals.calibration import Calibration
from knowledge.signals.kind import Kind
from skills.mining.agreeing import Decisions
from skills.mining.cards import Maker
from skills.mining.pages import mining_pages
from skills.mining.skill import MiningSkill
from storage.database import Database

if TYPE_CHECKING:
    from knowledge.patterns.reading import Reader


@dataclass(frozen=True, slots=True)
class Patterns:
    """The skill, its pages, and what is done by the clock."""

    skill: Skill
    pages: Sequence[Page]
    desk: MiningDesk

    def tasks(self) -> tuple[Task, ...]:
        """On the first of every month, before anybody is at work."""
        return (Task("patterns", "0 5 1 * *", self.desk.monthly),)


def make_patterns(
    settings: Settings,
    clock: Clock,
    database: Database,
    engine: Engine,
    delivery: DeliveryFlow,
    adapters: Mapping[str, Adapter],
    playbook: Playbook,
    kinds: Mapping[str, Kind],
) -> Patterns:
    """Everything, with its job registered. Raises ConfigurationError when a move's file has a fault."""
    moves = load_moves()
    mining = make_mining(settings, clock, database, playbook, kinds, moves)
    maker = Maker(settings.public_url, kinds)
    desk = MiningDesk(database, engine, clock, delivery, adapters, mining, maker)
    zone = ZoneInfo(settings.time_zone)
    decisions = Decisions(database, playbook, moves, kinds, settings.public_url, zone)
    engine.register(KIND, desk.work)
    return Patterns(
        MiningSkill(database, desk, decisions, maker, settings.patterns.months),
        mining_pages(database, desk, decisions, maker, clock, settings.time_zone),
        desk,
    )


def make_mining(
    settings: Settings,
    clock: Clock,
    database: Database,
    playbook: Playbook,
    kinds: Mapping[str, Kind],
    moves: Mapping[str, Move],
) -> Mining:
    """The work alone, for a command. The reader is made for each run and dropped after it: months lie between."""

    async def make(names: Names, calibration: Calibration) -> Reader:
        from knowledge.patterns.reading import Reader

        return await Reader.make(moves, calibration.of(kinds), make_embedder("use"), names, calibration.labels)

    def names() -> Names:
        from knowledge.signals.names import rival_names

        return rival_names(playbook.cards(), playbook.vocabulary)

    return Mining(database, clock, ZoneInfo(settings.time_zone), moves, names, make, settings.patterns)
