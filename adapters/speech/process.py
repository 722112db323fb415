"""The worker process as the bot sees it: started when needed, watched, and ended when it hangs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil
import structlog

from adapters.speech.errors import WorkerLost
from adapters.speech.messages import LARGEST_LINE, WorkerConfig, pack, unpack

ROOT = Path(__file__).parent.parent.parent
LEAST_WORK = 0.05  # seconds of processor time between two looks: less is no work
OURS = "XIAOCE_"  # settings, secrets among them, that a process which reads strangers' files shall not have

log = structlog.get_logger(__name__)


class Worker:
    """One process, one request at a time. Not safe for several tasks at once: the adapter takes turns."""

    def __init__(self, config: WorkerConfig, *, look_seconds: float, hang_seconds: float) -> None:
        self._config = config
        self._look_seconds = look_seconds
        self._hang_seconds = hang_seconds
        self._process: asyncio.subprocess.Process | None = None
        self._asked = 0

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def asked(self) -> int:
        """Requests until now, with repeated ones."""
        return self._asked

    async def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request. Raises WorkerLost when the process died or had to be killed."""
        process = await self._running()
        self._asked += 1
        number = self._asked
        try:
            return await self._exchange(process, {"id": number, **request})
        except (ConnectionError, asyncio.IncompleteReadError, WorkerLost) as error:
            await self.kill()
            log.warning("speech_worker_lost", status=process.returncode, work=request["do"])
            raise WorkerLost() from error

    async def _exchange(self, process: asyncio.subprocess.Process, request: Mapping[str, Any]) -> dict[str, Any]:
        reader, writer = process.stdout, process.stdin
        if reader is None or writer is None:
            raise WorkerLost()
        writer.write(pack(request))
        await writer.drain()
        while True:
            answer = unpack(await self._line(process, reader))
            if answer["id"] == request["id"]:  # else the answer to somebody who gave up waiting
                return answer

    async def _line(self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader) -> bytes:
        """The next line. Raises WorkerLost when the process computes nothing for too long."""
        line = asyncio.ensure_future(reader.readuntil(b"\n"))
        idle, before = 0.0, -1.0
        try:
            while not (await asyncio.wait({line}, timeout=self._look_seconds))[0]:
                used = await asyncio.to_thread(_processor_seconds, process.pid)
                idle = idle + self._look_seconds if used - before < LEAST_WORK else 0.0
                before = used
                if idle >= self._hang_seconds:
                    raise WorkerLost()
            return line.result()
        finally:
            line.cancel()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "adapters.speech.worker",
                json.dumps(asdict(self._config)),
                cwd=ROOT,
                env=_environment(self._config.threads),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=LARGEST_LINE,
            )
        return self._process

    async def kill(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


def _processor_seconds(pid: int) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def _environment(threads: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
