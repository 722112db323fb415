"""The composition root: the only file that names every concrete class."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from adapters.console.adapter import ConsoleAdapter
from adapters.console.ports import ConsolePorts
from adapters.wecom.adapter import WecomAdapter
from bot.contracts import Adapter, Clock, Skill, SystemClock
from bot.flows.console_desk import ConsoleHistory, ConsoleSignIn
from bot.flows.conversation import ConversationFlow
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from bot.flows.intake import Intake
from bot.flows.machines import Machines
from bot.flows.router import Router
from bot.flows.schedule import Schedule, Task
from bot.flows.turn import House
from bot.server import Server
from config.settings import Settings
from knowledge.playbook.playbook import Playbook
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.retrieval.embedder import make_embedder
from knowledge.retrieval.errors import RetrievalError
from knowledge.retrieval.library import Library
from skills.customers.skill import CustomersSkill
from skills.help.skill import HelpSkill
from skills.preferences.skill import PreferencesSkill
from skills.talktracks.pages import playbook_pages
from skills.talktracks.skill import TalkTracksSkill
from storage.database import Database

if TYPE_CHECKING:
    from bot.contracts import Page

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
    intake: Intake
    delivery: DeliveryFlow
    machines: Machines
    schedule: Schedule
    server: Server
    house: House
    _tasks: list[asyncio.Task[None]]

    @property
    def public_url(self) -> str:
        """Where people reach the console."""
        return self.settings.public_url

    def migrate(self) -> None:
        """Bring the database to this version."""
        self.settings.data.mkdir(parents=True, exist_ok=True)
        self.database.migrate()

    async def start(self, *, listen: bool = True) -> None:
        """Take messages first, then learn the playbook: what comes in meanwhile is stored and answered after.

        Without `listen` only the work runs: for a command that talks with the bot in its own process.
        """
        warm = asyncio.create_task(self._warm_up(), name="warm up")
        self._tasks.append(warm)
        await self.engine.start(await self.machines.join())
        if listen:
            for adapter in self.adapters.values():
                adapter.mount(self.server.application, self.intake)
            await self.server.start()
        await self.schedule.start()
        self._tasks.append(asyncio.create_task(self._learn(warm), name="learn"))
        self._tasks.append(asyncio.create_task(self.machines.run(), name="heartbeat"))
        self._tasks += [asyncio.create_task(a.run(), name=f"run {a.name}") for a in self.adapters.values()]

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
        await self.library.close()
        self.database.close()

    async def _warm_up(self) -> None:
        """Load the embedding model beside everything else: half of that is work that Python leaves to C."""
        try:
            await self.library.warm_up()
        except RetrievalError as error:
            log.warning("no embedding model: keywords alone find answers", error=str(error))

    async def _learn(self, warm: asyncio.Task[None]) -> None:
        """Index playbook and examples, then again whenever the playbook changes."""
        known: tuple[int, int] | None = None
        while True:
            try:
                revision = await self.playbook.revision()
                if revision != known:
                    await self.playbook.refresh()
                    await self.router.refresh()
                    known = revision
                    await asyncio.wait({warm}, timeout=WARM_UP_SECONDS)
                    self.house.ready.set()
            except Exception:
                log.exception("could not learn the playbook; trying again")
            await asyncio.sleep(REFRESH_SECONDS)


def build(settings: Settings, clock: Clock | None = None) -> App:
    """Make everything, start nothing."""
    clock = clock or SystemClock()
    database = Database(settings.database_url)
    engine = Engine(database)
    library = open_library(settings)
    playbook = Playbook(database, library.collection("playbook"), _vocabulary(settings), clock)
    skills = _skills(settings, database, playbook)
    router = Router(skills, library.collection("examples"), playbook.triggers)
    pages = playbook_pages(database, playbook, clock, settings.time_zone)
    adapters = {adapter.name: adapter for adapter in _adapters(settings, clock, database, pages)}
    machines = Machines(database, clock, engine.take_over)
    delivery = DeliveryFlow(database, engine, clock, adapters, settings.delivery.retry_seconds, lambda: machines.alive)
    house = House(
        database=database,
        adapters=adapters,
        skills={skill.name: skill for skill in skills},
        router=router,
        clock=clock,
        data=settings.data,
        file_limit=settings.web.upload_limit_mb * 1024 * 1024,
    )
    schedule = Schedule(database, engine, clock, settings.time_zone, _tasks(settings, engine))
    engine.register("conversation", ConversationFlow(house, delivery).answer)
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
        intake=Intake(database, engine, clock),
        delivery=delivery,
        machines=machines,
        schedule=schedule,
        server=Server(settings.web, _health(house)),
        house=house,
        _tasks=[],
    )


def open_library(settings: Settings) -> Library:
    """The vectors, in the data folder."""
    return Library(settings.data / "vectors", make_embedder(settings.retrieval.embedder))


def open_playbook(settings: Settings, database: Database) -> Playbook:
    """The playbook alone, for commands that load it beside a running server."""
    return Playbook(database, open_library(settings).collection("playbook"), _vocabulary(settings))


def _vocabulary(settings: Settings) -> Vocabulary:
    """The company's own words for stages, industries, products and regions."""
    return Vocabulary.load(settings.playbook.vocabulary) if settings.playbook.vocabulary else Vocabulary.load()


def _skills(settings: Settings, database: Database, playbook: Playbook) -> list[Skill]:
    """What the bot can do. A new skill is added here and nowhere else."""
    skills: list[Skill] = [
        TalkTracksSkill(database, playbook, settings.public_url, settings.time_zone),
        CustomersSkill(database, playbook.vocabulary),
        PreferencesSkill(database),
    ]
    skills.append(HelpSkill(lambda: skills))
    return skills


def _adapters(settings: Settings, clock: Clock, database: Database, pages: list[Page]) -> list[Adapter]:
    """Where the bot can be talked to. A new platform is added here and nowhere else."""
    adapters: list[Adapter] = []
    if settings.console.enabled:
        ports = ConsolePorts(ConsoleSignIn(database), ConsoleHistory(database))
        adapters.append(ConsoleAdapter(settings, clock, ports, pages))
    if settings.wecom.enabled:
        adapters.append(WecomAdapter(settings.wecom, clock, settings.public_url, settings.data))
    return adapters


def _tasks(settings: Settings, engine: Engine) -> tuple[Task, ...]:
    """What happens by the clock."""

    async def forget(_slot: datetime) -> None:
        await engine.forget_finished(settings.retention.workflows_days)

    return (Task("forget", "30 3 * * *", forget),)


def _health(house: House) -> Callable[[], Awaitable[dict[str, object]]]:
    async def health() -> dict[str, object]:
        return {"ready": house.ready.is_set()}

    return health
