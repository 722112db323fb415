"""`python -m tests.benchmarks.scale_worker URL NAME`: a process that runs jobs until it is ended.

Three kinds: our conversation with an empty skill and a platform that takes everything; the engine alone, with as many
workflows and steps; and a job that only commits as often as ours does.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from aiohttp import web
from sqlalchemy import text

from bot.contracts import (
    Address,
    Attachment,
    Context,
    Direct,
    Fetched,
    Happening,
    Message,
    Outcome,
    Parcel,
    Payload,
    Receipt,
    Receive,
    Reply,
    Role,
    SystemClock,
)
from bot.contracts.errors import FetchFailed
from bot.contracts.skill import Example
from bot.flows.conversation import ConversationFlow
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine, Job
from bot.flows.intake import Intake
from bot.flows.router import Router
from bot.flows.turn import House
from bot.logs import configure_logs
from bot.metrics import Metrics
from config.settings import Log
from knowledge.retrieval.embedder import make_embedder
from knowledge.retrieval.library import Library
from knowledge.retrieval.passage import Passage
from storage.database import Database
from storage.repositories.people import PersonRecord
from storage.store import Store

OUR_KIND, ENGINE_KIND, BARE_KIND = "conversation", "engine", "bare"
STEPS = ("read", "answer", "keep", "send")  # what our conversation does one after the other, each durable in its way
CHANNEL = "bench"
COMMAND = "empty"
PEOPLE = 200
TOGETHER = 20  # messages of one transaction while everything is accepted


@dataclass(frozen=True)
class EmptySkill:
    """Says one thing."""

    name: str = "empty"
    commands: tuple[str, ...] = (COMMAND,)
    patterns: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    roles: frozenset[Role] = frozenset()
    private: bool = False

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """One text."""
        return [Reply(context.to, text="好的")]


class EverythingTaken:
    """A platform that accepts each parcel at once."""

    name = CHANNEL
    limit = (1_000_000, 1.0)
    drafts = False
    unasked = True

    def mount(self, app: web.Application, receive: Receive) -> None:
        """Nobody calls."""

    def render(self, reply: Reply) -> list[Payload]:
        """One payload."""
        return [{"text": reply.text}]

    async def send(self, parcel: Parcel) -> Receipt:
        """Accepted."""
        return Receipt(reference=parcel.id)

    async def draft(self, to: Address, answers: str, text: str) -> None:
        """Nobody looks."""

    async def direct(self, sender: str) -> Direct | None:
        """There are no groups."""
        return None

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> Fetched:
        """There are none."""
        raise FetchFailed("No message of the benchmark brings a file.")

    async def check(self, now: datetime) -> list[str]:
        """In order."""
        return []

    async def run(self) -> None:
        """Nothing."""

    async def close(self) -> None:
        """Nothing."""


class BareWork:
    """What a reply costs us in transactions, and nothing else: one snapshot, two commits of one row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, subject: str) -> None:
        """Do it."""
        await self._database.read(lambda store: store.messages.get(subject))
        await self._database.write(lambda store: _note(store, f"{subject} answered"))
        await self._database.write(lambda store: _note(store, f"{subject} sent"))


async def engine_work(subject: str) -> None:
    """The same steps as the engine's own: each does nothing, and the engine keeps what it returned."""
    from dbos import DBOS

    for name in STEPS:
        await DBOS.run_step_async({"name": name}, _nothing, subject)


async def _nothing(subject: str) -> str:
    return subject


async def prepare(database: Database) -> None:
    """Tables, and people who talk."""
    database.migrate()
    people = [
        PersonRecord(id=_person(number), name="销售", role=Role.REP, accounts={CHANNEL: _person(number)})
        for number in range(PEOPLE)
    ]
    await database.write(lambda store: store.people.upsert_all(people))
    engine = Engine(database)
    await engine.start("bench:prepare")  # makes its tables; no kinds are registered, so it runs nothing
    await engine.stop()


async def enqueue_all(database: Database, kind: str, count: int) -> None:
    """Accept so many messages, or put so many other jobs on the queue."""
    engine = Engine(database)
    await engine.connect()
    intake = Intake(database, engine, SystemClock())
    for start in range(0, count, TOGETHER):
        numbers = range(start, min(start + TOGETHER, count))
        if kind == OUR_KIND:
            await intake([_message(number, count) for number in numbers])
        else:
            await database.write(partial(_enqueue, engine=engine, kind=kind, numbers=numbers, count=count))


def _enqueue(store: Store, engine: Engine, kind: str, numbers: range, count: int) -> None:
    for number in numbers:
        partition = _person(number % max(1, count // 10))
        engine.enqueue(store, Job(kind, f"{kind}:{number}", f"{kind}:{number}", partition, order=number + 1))


def _message(number: int, count: int) -> Message:
    person = _person(number % PEOPLE)
    place = f"place:{number % max(1, count // 10)}"
    return Message(
        id=f"bench:{number}",
        channel=CHANNEL,
        conversation=place,
        sender=person,
        kind="text",
        at=SystemClock().now(),
        text=COMMAND,
    )


def _person(number: int) -> str:
    return f"B{number:04}"


def _note(store: Store, key: str) -> None:
    insert = text("INSERT INTO conversation_memory VALUES ('raw', :place, 'raw', '{}', :at)")
    store.session.connection().execute(insert, {"place": key, "at": SystemClock().now().replace(tzinfo=None)})


async def _work(url: str, name: str, folder: Path) -> None:
    database, clock, metrics = Database(url), SystemClock(), Metrics()
    engine = Engine(database)
    adapter, skill = EverythingTaken(), EmptySkill()
    delivery = DeliveryFlow(database, engine, clock, {CHANNEL: adapter}, (1.0,), metrics=metrics)
    library = Library(folder / "vectors", make_embedder("use"))
    house = House(
        database=database,
        adapters={CHANNEL: adapter},
        skills={skill.name: skill},
        router=Router([skill], library.collection("examples"), _no_passages),
        clock=clock,
        data=folder,
        file_limit=1,
    )
    house.ready.set()
    engine.register(OUR_KIND, ConversationFlow(house, delivery, metrics).answer)
    engine.register("delivery", delivery.deliver)
    engine.register(ENGINE_KIND, engine_work)
    engine.register(BARE_KIND, BareWork(database))
    await engine.start(name)
    sys.stdout.write(json.dumps({"started": name}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


async def _no_passages() -> list[Passage]:
    return []


if __name__ == "__main__":
    configure_logs(Log(level="ERROR"))
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(_work(sys.argv[1], sys.argv[2], Path(home)))
