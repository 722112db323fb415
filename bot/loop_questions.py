"""Questions in figures, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from bot.contracts import Adapter, Clock, Page, Skill
from bot.contracts.model import Model
from bot.flows.by_clock import ByClock
from bot.flows.delivery import DeliveryFlow
from bot.flows.questions import CRON, FORGET_CRON, SubscriptionFlow
from bot.flows.schedule import Task
from bot.flows.wording import tells_of_the_other_side
from config.settings import Settings
from knowledge.metrics.loading import load_registry
from knowledge.metrics.plan import Plan
from knowledge.playbook.vocabulary import Vocabulary
from skills.adoption.skill import AdoptionSkill
from skills.behaviour.skill import BehaviourSkill
from skills.calibration.skill import CalibrationSkill
from skills.coaching.skill import CoachingSkill
from skills.customers.skill import CustomersSkill
from skills.help.skill import HelpSkill
from skills.mining.skill import MiningSkill
from skills.preferences.skill import PreferencesSkill
from skills.questions.answering import Answering
from skills.questions.desk import Desk
from skills.questions.pages import question_pages
from skills.questions.skill import QuestionsSkill
from skills.questions.yielding import others
from skills.recordings.skill import RecordingsSkill
from skills.rules.skill import RulesSkill
from skills.talktracks.skill import TalkTracksSkill
from storage.database import Database
from storage.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Questions:
    """The skill, its pages, and what is sent by the clock."""

    skill: Skill
    pages: Sequence[Page]
    flow: SubscriptionFlow

    def tasks(self) -> tuple[Task, ...]:
        """Subscriptions every five minutes; at night old questions go."""
        return (Task("subscriptions", CRON, self.flow.send), Task("asked_questions", FORGET_CRON, self.flow.forget))


def make_desk(settings: Settings, database: Database, warehouse: Warehouse, model: Model | None = None) -> Desk:
    """`model` proposes plans for what the grammar doesn't know (D1).

    Raises ConfigurationError when a metric's file has a fault.
    """
    words = settings.playbook.vocabulary
    vocabulary = Vocabulary.load(words) if words else Vocabulary.load()
    registry = partial(load_registry, settings.metrics.folder)
    registry()  # a fault in a company's own file is told at the start, not to whoever asks first
    return Desk(database, warehouse, registry, vocabulary, ZoneInfo(settings.time_zone), model)


def make_questions(
    settings: Settings,
    clock: Clock,
    database: Database,
    delivery: DeliveryFlow,
    adapters: Mapping[str, Adapter],
    warehouse: Warehouse,
    loop: Sequence[Skill],
    model: Model | None = None,
) -> Questions:
    """`loop`: its other skills. Raises ConfigurationError when a metric's file has a fault."""
    desk = make_desk(settings, database, warehouse, model)
    answering = Answering(desk, settings.data, settings.public_url)
    flow = SubscriptionFlow(ByClock(database, delivery, adapters, clock), answering, desk.zone)
    pages = question_pages(answering, clock)
    return Questions(QuestionsSkill(answering, _others(loop)), pages, flow)


def _others(loop: Sequence[Skill]) -> Callable[[str, Plan], bool]:
    """Whether a sentence is better left to one of all other skills."""
    own = (
        TalkTracksSkill,
        CustomersSkill,
        PreferencesSkill,
        CoachingSkill,
        CalibrationSkill,
        AdoptionSkill,
        RulesSkill,
        BehaviourSkill,
        MiningSkill,
        RecordingsSkill,
        HelpSkill,
    )
    return others([*own, *loop], tells_of_the_other_side).keep
