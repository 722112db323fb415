"""The composition root: what the bot is made of."""

from __future__ import annotations

from datetime import datetime

from pydantic import SecretStr

from bot.behaviour import make_behaviour
from bot.coaching import make_coaching, make_desk
from bot.contracts import Adapter, Clock, Skill, SystemClock
from bot.contracts.model import Model
from bot.doors import Doors
from bot.flows.archive import Agreements
from bot.flows.conversation import ConversationFlow
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from bot.flows.home import HomeDesk
from bot.flows.intake import Intake
from bot.flows.machines import Machines
from bot.flows.model_desk import Announcer
from bot.flows.patience import Patience, PatientModel
from bot.flows.retention import RetentionFlow
from bot.flows.router import Router
from bot.flows.schedule import Schedule, Task
from bot.flows.trace import traced
from bot.flows.turn import House
from bot.loop import make_loop
from bot.metrics import Metrics
from bot.mining import make_patterns
from bot.nerve import make_nerve
from bot.probes import Probes
from bot.process import App
from bot.recordings import make_recordings
from bot.rules import make_rules
from bot.server import Server
from bot.vitals import Readiness, Vitals
from config.settings import Settings
from knowledge.playbook.playbook import Playbook
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.retrieval.embedder import make_embedder
from knowledge.retrieval.library import Library
from skills.adoption.pages import adoption_pages
from skills.adoption.skill import AdoptionSkill
from skills.calibration.pages import calibration_pages
from skills.calibration.skill import CalibrationSkill
from skills.coaching.casework import Desk
from skills.coaching.pages import coaching_pages
from skills.coaching.skill import CoachingSkill
from skills.customers.skill import CustomersSkill
from skills.help.skill import HelpSkill
from skills.preferences.skill import PreferencesSkill
from skills.talktracks.pages import playbook_pages
from skills.talktracks.skill import TalkTracksSkill
from storage.database import Database


def build(settings: Settings, clock: Clock | None = None) -> App:
    """Make everything, start nothing."""
    clock = clock or SystemClock()
    database = Database(settings.database_url)
    engine = Engine(database)
    library = open_library(settings)
    playbook = Playbook(database, library.collection("playbook"), _vocabulary(settings), clock)
    adapters: dict[str, Adapter] = {}
    pulse = settings.machines
    machines = Machines(
        database,
        clock,
        engine.take_over,
        engine.executors,
        beat_seconds=pulse.beat_seconds,
        silent_seconds=pulse.silent_seconds,
    )
    metrics = Metrics()
    waits = settings.delivery.retry_seconds
    delivery = DeliveryFlow(database, engine, clock, adapters, waits, lambda: machines.alive, metrics)
    announcer = Announcer(database, delivery, adapters, clock)
    doors = Doors(settings, clock, database, engine)
    model = PatientModel(doors.model(playbook, announcer, metrics))
    guide = HelpSkill(lambda: skills)
    desk = make_desk(settings)
    coaching = make_coaching(settings, clock, database, engine, delivery, adapters, playbook, desk)
    hears = coaching.ears.detector, coaching.listening.recorded
    recordings = make_recordings(settings, clock, database, engine, delivery, adapters, playbook, *hears)
    rules = make_rules(settings, clock, database, desk, coaching.matcher)
    behaviour = make_behaviour(settings, clock, database, delivery, adapters, playbook, desk)
    patterns = make_patterns(settings, clock, database, engine, delivery, adapters, playbook, desk.kinds)
    loop = make_loop(settings, clock, database, engine, delivery, adapters, model)
    nerve = make_nerve(settings, clock, database, engine, delivery, adapters, machines)
    own = _skills(settings, database, playbook, model, desk)
    skills: list[Skill] = [
        *own,
        rules.skill,
        behaviour.skill,
        patterns.skill,
        recordings.skill,
        *loop.skills,
        *nerve.skills,
        guide,
    ]
    router = Router(skills, library.collection("examples"), playbook.triggers, model)
    pages = [
        *playbook_pages(database, playbook, clock, settings.time_zone),
        *coaching_pages(database, desk, clock),
        *calibration_pages(database, desk.kinds, clock, settings.calibration, settings.time_zone),
        *adoption_pages(database, clock, settings.time_zone),
        *rules.pages,
        *behaviour.pages,
        *patterns.pages,
        *recordings.pages,
        *loop.pages,
        *nerve.pages,
    ]
    home = HomeDesk(database, skills, guide.prompts, clock, "slack")
    adapters.update((adapter.name, adapter) for adapter in doors.platforms(pages, home))
    house = House(
        database=database,
        adapters=adapters,
        skills={skill.name: skill for skill in skills},
        router=router,
        clock=clock,
        data=settings.data,
        file_limit=settings.web.upload_limit_mb * 1024 * 1024,
        patience=Patience(settings.llm.seconds, settings.llm.unseen_seconds),
        hear=coaching.listening.hear,
        agreed=Agreements(database).came,
        read_mail=coaching.mails.handed_in,
    )
    parts = coaching, behaviour, patterns, recordings, loop, nerve
    tasks = (*_tasks(settings, clock, database, engine), *(task for part in parts for task in part.tasks()))
    schedule = Schedule(database, engine, clock, settings.time_zone, tasks)
    probes = _probes(database, house, machines, Vitals(metrics, database, clock), settings.web.metrics_token)
    engine.register("conversation", traced(ConversationFlow(house, delivery, metrics).answer))
    engine.register("delivery", delivery.deliver)
    engine.register("cron", schedule.run_slot)
    return App(
        settings=settings,
        clock=clock,
        database=database,
        engine=engine,
        library=library,
        playbook=playbook,
        router=router,
        skills=skills,
        adapters=adapters,
        model=model,
        intake=Intake(database, engine, clock, metrics),
        delivery=delivery,
        machines=machines,
        schedule=schedule,
        server=Server(settings.web, probes),
        house=house,
        recordings=recordings,
        coaching=coaching,
        loop=loop,
        nerve=nerve,
        _announcer=announcer,
        _tasks=[],
    )


def open_library(settings: Settings) -> Library:
    """The vectors, in the data folder or in a server."""
    retrieval = settings.retrieval
    return Library(settings.data / "vectors", make_embedder(retrieval.embedder), retrieval.chroma_url)


def open_playbook(settings: Settings, database: Database) -> Playbook:
    """The playbook alone, for commands that load it beside a running server."""
    return Playbook(database, open_library(settings).collection("playbook"), _vocabulary(settings))


def _vocabulary(settings: Settings) -> Vocabulary:
    """The company's own words for stages, industries, products and regions."""
    return Vocabulary.load(settings.playbook.vocabulary) if settings.playbook.vocabulary else Vocabulary.load()


def _skills(settings: Settings, database: Database, playbook: Playbook, model: Model, desk: Desk) -> list[Skill]:
    """What the bot can do. A new skill is added here and nowhere else."""
    return [
        TalkTracksSkill(database, playbook, settings.public_url, settings.time_zone, model),
        CustomersSkill(database, playbook.vocabulary),
        PreferencesSkill(database),
        CoachingSkill(database, desk, settings.public_url),
        CalibrationSkill(database, desk.kinds, settings.calibration, settings.public_url, settings.time_zone),
        AdoptionSkill(database, settings.public_url, settings.time_zone),
    ]


def _tasks(settings: Settings, clock: Clock, database: Database, engine: Engine) -> tuple[Task, ...]:
    """What happens by the clock."""
    retention = RetentionFlow(database, clock, settings.retention, settings.data, engine.forget_finished)

    async def forget(_slot: datetime) -> None:
        await retention.run()

    return (Task("forget", "30 3 * * *", forget),)


def _probes(database: Database, house: House, machines: Machines, vitals: Vitals, token: SecretStr) -> Probes:
    """What machines may ask of the web server."""
    return Probes(
        is_learnt=house.ready.is_set,
        is_replaced=machines.replaced.is_set,
        checks=Readiness(database, house.ready.is_set, lambda: machines.alive).checks,
        figures=vitals.page,
        token=token,
    )
