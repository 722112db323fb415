"""The durable engine: the one file that knows DBOS.

A job is a row in the same database as our own rows, written in the same transaction. Whatever happens to this
process, every job that was committed is run until it returns; a job therefore may run twice and must look at its
own row first. Jobs of one partition run one at a time, in the order of their priority (our sequence numbers).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, repeat

import structlog

from bot.flows.engine_tables import make_engine_tables
from bot.flows.engine_watch import EngineWatch
from storage.database import Database
from storage.store import Store

APPLICATION = "xiaoce"
QUEUE = "jobs"  # one for all kinds: each queue costs the processor as much by being looked at
VERSION = "1"  # pinned: another value would leave the work of the former version waiting for ever
POLL_SECONDS = 0.1  # a person waits for this
STOP_LOOK_SECONDS = 0.1  # how soon the engine's listener sees that it is to stop; it asks nothing, as we notify nobody
AGAIN_SECONDS = (1, 5, 15, 60, 300)  # before a job that raised is run again; the last one from then on
FORGOTTEN_AT_ONCE = 500  # finished jobs deleted in one transaction
GIVE_UP_SECONDS = 86_400  # after a day of that the job ends, so that what waits behind it goes on

Work = Callable[[str], Awaitable[None]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of durable work. `key` makes it unique: the same key is run once."""

    kind: str  # name of the registered work
    key: str
    subject: str  # what the work is about: a message id, a delivery id, a slot
    partition: str
    order: int = 1
    delay_seconds: float = 0.0


class Engine:
    """Runs jobs. `register` every kind, then `start` on the event loop that the work shall run on."""

    def __init__(self, database: Database, again_seconds: Sequence[float] = AGAIN_SECONDS) -> None:
        self._database = database
        self._again_seconds = again_seconds
        self.poll_seconds = POLL_SECONDS  # before it is started, it may be told otherwise
        self._kinds: dict[str, Work] = {}
        self._watch: EngineWatch | None = None

    def register(self, kind: str, work: Work) -> None:
        """`work(subject)` is what a job of this kind does. If it raises, it is run again after a while."""
        self._kinds[kind] = work

    async def start(self, executor_id: str) -> None:
        """Begin to run jobs, those included that an earlier process of this name left behind."""
        from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

        config = DBOSConfig(
            name=APPLICATION,
            system_database_engine=self._database.engine,
            application_version=VERSION,
            executor_id=executor_id,
            serializer=DBOSPortableJSONSerializer(),
            log_level="WARNING",
            notification_listener_polling_interval_sec=STOP_LOOK_SECONDS,
        )
        DBOS(config=config)
        for kind, work in self._kinds.items():
            DBOS.workflow(name=kind, max_recovery_attempts=None)(_job(kind, work, self._again_seconds))
        DBOS.listen_queues([])  # `EngineWatch` looks at ours
        DBOS.launch()  # on the running loop's thread, so that workflows run on this loop
        queue = await DBOS.register_queue_async(
            QUEUE, partition_concurrency=1, polling_interval_sec=self.poll_seconds, on_conflict="always_update"
        )
        queue.database_backed_queue = False  # nobody changes its settings: they needn't be read before each look
        self._watch = EngineWatch(self._database, queue)
        self._watch.start()
        await self._open_client()

    async def connect(self) -> None:
        """Only be able to enqueue: for a process that runs no jobs.

        Makes the engine's tables if nobody has yet. On SQLite the one server that there is has made them.
        """
        if not self._database.is_sqlite:
            url = self._database.engine.url.render_as_string(hide_password=False)
            await asyncio.to_thread(make_engine_tables, url)
        await self._open_client()

    async def _open_client(self) -> None:
        from dbos import DBOSClient, DBOSPortableJSONSerializer

        self._client = await asyncio.to_thread(
            DBOSClient,
            system_database_engine=self._database.engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
        )

    def enqueue(self, store: Store, job: Job) -> None:
        """Add a job inside the caller's transaction: it exists exactly if the transaction commits."""
        from dbos import EnqueueOptions

        options = EnqueueOptions(
            workflow_name=job.kind,
            queue_name=QUEUE,
            workflow_id=job.key,
            app_version=VERSION,
            queue_partition_key=f"{job.kind} {job.partition}",
            priority=job.order,
        )
        if job.delay_seconds > 0:
            options["delay_seconds"] = job.delay_seconds
        self._client.enqueue_in_transaction(store.session, options, job.subject)

    async def take_over(self, executor_id: str) -> int:
        """Hand what a process that died or froze had begun to whoever runs jobs. Returns how many jobs."""
        begun = await self._client.list_workflows_async(
            status="PENDING", executor_id=executor_id, load_input=False, load_output=False
        )
        if begun:
            await self._client.resume_workflows_async([workflow.workflow_id for workflow in begun], queue_name=QUEUE)
        return len(begun)

    async def executors(self) -> set[str]:
        """The names of all processes that have begun something and not finished it, whether or not they live."""
        begun = await self._client.list_workflows_async(status="PENDING", load_input=False, load_output=False)
        return {workflow.executor_id for workflow in begun if workflow.executor_id}

    async def waiting(self) -> int:
        """How many jobs are not finished yet."""
        from dbos import DBOS

        unfinished: Sequence[object] = await DBOS.list_workflows_async(
            status=["ENQUEUED", "PENDING", "DELAYED"], load_input=False, load_output=False
        )
        return len(unfinished)

    async def forget_finished(self, days: int) -> None:
        """Delete the engine's own history of jobs that began more than `days` ago and succeeded. Our rows stay."""
        from dbos import DBOS

        before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days * 86_400))
        while done := await DBOS.list_workflows_async(
            status="SUCCESS", end_time=before, load_input=False, load_output=False, limit=FORGOTTEN_AT_ONCE
        ):
            await DBOS.delete_workflows_async([workflow.workflow_id for workflow in done])

    async def stop(self) -> None:
        """Stop taking jobs. What is under way is left to the next start."""
        await asyncio.get_running_loop().run_in_executor(ThreadPoolExecutor(1), self._destroy)
        # DBOS makes its own threads the loop's default; after it they take no work.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())

    def _destroy(self) -> None:
        from dbos import DBOS

        if self._watch:
            self._watch.stop()
        DBOS.destroy(destroy_registry=True)


def _job(kind: str, work: Work, again_seconds: Sequence[float]) -> Work:
    async def job(subject: str) -> None:
        with structlog.contextvars.bound_contextvars(job=kind, subject=subject):
            await _until_done(work, subject, again_seconds)

    job.__qualname__ = f"job_{kind}"
    return job


async def _until_done(work: Work, subject: str, again_seconds: Sequence[float]) -> None:
    """A job that raises would end for good: the engine finishes what was interrupted, not what failed."""
    began = time.monotonic()
    for wait in chain(again_seconds, repeat(again_seconds[-1])):
        try:
            await work(subject)
        except Exception:
            if time.monotonic() - began > GIVE_UP_SECONDS:
                raise
            log.exception("job failed; it is run again", seconds=wait)
            await asyncio.sleep(wait)
        else:
            return
