"""The composition root: what the bot is made of, and in which order it starts and stops."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from pydantic import SecretStr

from bot.behaviour import make_behaviour
from bot.coaching import Coaching, make_coaching, make_desk
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
from bot.metrics import Metrics
from bot.mining import make_patterns
from bot.probes import Probes
from bot.recordings import Recordings, make_recordings
from bot.roles import Roles
from bot.rules import make_rules
from bot.server import PortTaken, Server
from bot.vitals import Readiness, Vitals
from config.languages import operator_language
from config.locales import t
from config.settings import Settings
from knowledge.playbook.playbook import Playbook
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.retrieval.embedder import make_embedder
from knowledge.retrieval.errors import RetrievalError
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

REFRESH_SECONDS = 3.0  # how soon a running server notices a playbook that was changed by a command
WARM_UP_SECONDS = 10.0  # how long questions wait for the model at a start; then keywords alone answer them

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class App:
    """Everything that runs in one process."""

    settings: Settings
    clock: Clock
    database: Database
    engine: Engine
    library: Library
    playbook: Playbook
    router: Router
    skills: list[Skill]
    adapters: dict[str, Adapter]
    model: PatientModel
    intake: Intake
    delivery: DeliveryFlow
    machines: Machines
    schedule: Schedule
    server: Server
    house: House
    recordings: Recordings
    coaching: Coaching
    _announcer: Announcer
    _tasks: list[asyncio.Task[None]]

    @property
    def public_url(self) -> str:
        """Where people reach the console."""
        return self.settings.public_url

    def migrate(self) -> None:
        """Bring the database to this version."""
        self.settings.data.mkdir(parents=True, exist_ok=True)
        self.database.migrate()

    async def start(self, roles: Roles = Roles.ALL, *, listen: bool = True) -> None:
        """Take messages first, then learn the playbook: what comes in meanwhile is stored and answered after.

        Without `listen` only the work runs: for a command that talks with the bot in its own process.
        """
        warm = self._begin("warm up", self._warm_up()) if Roles.WORKER in roles else None
        name, able = await self.machines.join(roles.label), asyncio.Event()
        self._begin("heartbeat", self.machines.run(able))
        await (self.engine.start(name) if Roles.WORKER in roles else self.engine.connect())
        if Roles.WEB in roles and listen:
            for adapter in self.adapters.values():
                adapter.mount(self.server.application, self.intake)
        if listen:
            await self._listen(roles)
        if Roles.WORKER in roles:
            await self.schedule.start()
        able.set()
        self._begin("learn", self._learn(warm))
        if Roles.WORKER in roles:
            self._begin("open model", self._open_model())
        if Roles.WEB in roles:
            for adapter in self.adapters.values():
                self._begin(f"run {adapter.name}", adapter.run())

    async def _listen(self, roles: Roles) -> None:
        """A worker works without a port too: it often shares its machine, and web.port, with the web process."""
        try:
            await self.server.start()
        except PortTaken as error:
            if Roles.WEB in roles:
                raise
            log.warning("no /healthz", reason=str(error), remedy=t("cli.roles.no_healthz", operator_language()))

    def _begin(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(_tell_of_its_end)
        self._tasks.append(task)
        return task

    async def ready(self) -> None:
        """Wait until questions can be answered."""
        await self.house.ready.wait()

    async def stop(self) -> None:
        """Stop taking work, give everything back. What is unfinished is taken up at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.schedule.stop()
        await self.server.stop()
        await self.engine.stop()
        await self.machines.leave()
        for adapter in self.adapters.values():
            await adapter.close()
        await self.recordings.close()
        await self.model.close()
        await self.library.close()
        self.database.close()

    async def _warm_up(self) -> None:
        """Load the embedding model beside everything else: half of that is work that Python leaves to C."""
        try:
            await self.library.warm_up()
        except RetrievalError as error:
            log.warning("no embedding model: keywords alone find answers", error=str(error))

    async def _open_model(self) -> None:
        try:
            await self.model.open(lost=await self._announcer.lost())
        except Exception:
            log.exception("the language model could not be opened; plain answers until it can")

    async def _learn(self, warm: asyncio.Task[None] | None) -> None:
        """Learn the playbook, then again whenever it changes. Who answers nobody (no `warm` model) needs no index."""
        known: tuple[int, int] | None = None
        while True:
            try:
                revision = await self.playbook.revision()
                if revision != known:
                    await (self._index(warm) if warm else self.playbook.load())
                    known = revision
                    self.house.ready.set()
            except Exception:
                log.exception("could not learn the playbook; trying again")
            await asyncio.sleep(REFRESH_SECONDS)

    async def _index(self, warm: asyncio.Task[None]) -> None:
        await self.playbook.refresh()
        await self.router.refresh()
        await asyncio.wait({warm}, timeout=WARM_UP_SECONDS)


def _tell_of_its_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("background work ended; restart to have it back", work=task.get_name(), exc_info=error)


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
    own = _skills(settings, database, playbook, model, desk)
    skills: list[Skill] = [*own, rules.skill, behaviour.skill, patterns.skill, recordings.skill, guide]
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
    parts = coaching, behaviour, patterns, recordings
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
