"""A process of ours that may die: asked one thing at a time, a JSON object a line. `child_end.py` is its own end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from bot.contracts.errors import XiaoceError

ROOT = Path(__file__).parent.parent.parent
OURS = "XIAOCE_"  # settings, secrets among them, that a process which handles strangers' bytes shall not have

# Waits until the line is there; raises ChildLost when it has waited long enough. The number is the process's.
Watch = Callable[["asyncio.Future[bytes]", int], Awaitable[object]]


_BROKEN = (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError)


class ChildLost(XiaoceError):
    """The process broke off, hung, or said what nobody understands; the next question starts it again."""


def pack(values: Mapping[str, Any]) -> bytes:
    """One line."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def unpack(line: bytes) -> dict[str, Any]:
    """The object of a line. Raises ValueError."""
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


class Child:
    """Started when it is first asked, and after each death. Not safe for several tasks at once: they take turns."""

    def __init__(
        self, module: str, *arguments: str, largest_line: int, variables: Mapping[str, str] | None = None
    ) -> None:
        """`module` is run with `python -m`; `variables` are added to an environment without the bot's settings."""
        self._command = (sys.executable, "-m", module, *arguments)
        self._variables = dict(variables or {})
        self._largest_line = largest_line
        self._process: asyncio.subprocess.Process | None = None
        self.asked = 0  # questions until now, with repeated ones
        self.status: int | None = None  # of the process that was lost last

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def ask(self, request: Mapping[str, Any], watch: Watch) -> dict[str, Any]:
        """The answer. Raises ChildLost when the process died or had to be killed."""
        process = await self._running()
        self.asked += 1
        try:
            return await self._exchange(process, {"id": self.asked, **request}, watch)
        except (*_BROKEN, ChildLost) as error:
            await self.kill()
            raise ChildLost() from error

    async def kill(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        self.status = await process.wait()

    async def _exchange(
        self, process: asyncio.subprocess.Process, request: Mapping[str, Any], watch: Watch
    ) -> dict[str, Any]:
        reader, writer = process.stdout, process.stdin
        if reader is None or writer is None:
            raise ChildLost()
        writer.write(pack(request))
        await writer.drain()
        while True:
            answer = unpack(await _line(reader, process.pid, watch))
            if answer.get("id") == request["id"]:  # else the answer to somebody who gave up waiting
                return answer

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=ROOT,
                env={**kept, **self._variables},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=self._largest_line,
            )
        return self._process


async def _line(reader: asyncio.StreamReader, pid: int, watch: Watch) -> bytes:
    line = asyncio.ensure_future(reader.readuntil(b"\n"))
    try:
        await watch(line, pid)
        return line.result()
    finally:
        line.cancel()
