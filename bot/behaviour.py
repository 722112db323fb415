"""Help where important prompts stay without an answer, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.contracts import Adapter, Clock, Page, Skill
from bot.flows.behaviour import BehaviourFlow
from bot.flows.delivery import DeliveryFlow
from bot.flows.schedule import Task
from config.settings import Settings
from knowledge.playbook.playbook import Playbook
from skills.behaviour.cards import Maker
from skills.behaviour.pages import behaviour_pages
from skills.behaviour.skill import BehaviourSkill
from skills.coaching.casework import Desk
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The skill, its pages, and what is done by the clock."""

    skill: Skill
    pages: Sequence[Page]
    flow: BehaviourFlow

    def tasks(self) -> tuple[Task, ...]:
        """Every quarter of an hour: prompts become ignored at any time."""
        return (Task("behaviour", "*/15 * * * *", self.flow.look),)


def make_behaviour(
    settings: Settings,
    clock: Clock,
    database: Database,
    delivery: DeliveryFlow,
    adapters: Mapping[str, Adapter],
    playbook: Playbook,
    desk: Desk,
) -> Behaviour:
    """Everything."""

    def make(language: str) -> Maker:
        return Maker(language, settings.public_url, desk.kinds, playbook.vocabulary)

    return Behaviour(
        BehaviourSkill(database, make, desk.zone),
        behaviour_pages(database, make, desk.zone),
        BehaviourFlow(database, delivery, adapters, playbook, clock, desk, make),
    )
