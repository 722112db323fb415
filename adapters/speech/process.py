"""The worker process as the bot sees it: started when needed, watched, and ended when it hangs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import psutil
import structlog

from adapters.common.child import Child, ChildLost
from adapters.speech.errors import WorkerLost
from adapters.speech.messages import LARGEST_LINE, WorkerConfig

LEAST_WORK = 0.05  # seconds of processor time between two looks: less is no work

log = structlog.get_logger(__name__)


class Worker:
    """One process, one request at a time. Not safe for several tasks at once: the adapter takes turns."""

    def __init__(self, config: WorkerConfig, *, look_seconds: float, hang_seconds: float) -> None:
        self._look_seconds = look_seconds
        self._hang_seconds = hang_seconds
        threads = str(config.threads)
        self._child = Child(
            "adapters.speech.worker",
            json.dumps(asdict(config)),
            largest_line=LARGEST_LINE,
            variables={"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
        )

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self._child.pid

    @property
    def asked(self) -> int:
        """Requests until now, with repeated ones."""
        return self._child.asked

    async def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request. Raises WorkerLost when the process died or had to be killed."""
        try:
            return await self._child.ask(request, self._watch)
        except ChildLost as error:
            log.warning("speech_worker_lost", status=self._child.status, work=request["do"])
            raise WorkerLost() from error

    async def kill(self) -> None:
        """End the process, whatever it is doing."""
        await self._child.kill()

    async def _watch(self, line: asyncio.Future[bytes], pid: int) -> None:
        """Wait for the line. Raises ChildLost when the process computes nothing for too long."""
        idle, before = 0.0, -1.0
        while not (await asyncio.wait({line}, timeout=self._look_seconds))[0]:
            used = await asyncio.to_thread(_processor_seconds, pid)
            idle = idle + self._look_seconds if used - before < LEAST_WORK else 0.0
            before = used
            if idle >= self._hang_seconds:
                raise ChildLost()


def _processor_seconds(pid: int) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
