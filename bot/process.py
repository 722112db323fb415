"""What runs in one process: the parts in the order in which they start and stop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from bot.coaching import Coaching
from bot.contracts import Adapter, Clock, Skill
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from bot.flows.intake import Intake
from bot.flows.machines import Machines
from bot.flows.model_desk import Announcer
from bot.flows.patience import PatientModel
from bot.flows.router import Router
from bot.flows.schedule import Schedule
from bot.flows.turn import House
from bot.loop import Loop
from bot.nerve import Nerve
from bot.recordings import Recordings
from bot.roles import Roles
from bot.server import PortTaken, Server
from config.languages import operator_language
from config.locales import t
from config.settings import Settings
from knowledge.playbook.playbook import Playbook
from knowledge.retrieval.errors import RetrievalError
from knowledge.retrieval.library import Library
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
    loop: Loop
    nerve: Nerve
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
            self.nerve.mount(self.server.application)
        if listen:
            await self._listen(roles)
        if Roles.WORKER in roles:
            await self.schedule.start()
            await self.nerve.start()
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
        await self.nerve.stop()
        await self.server.stop()
        await self.engine.stop()
        await self.machines.leave()
        for adapter in self.adapters.values():
            await adapter.close()
        await self.recordings.close()
        await self.loop.close()
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
