"""The bot as a process of its own, as an operator runs it: the `xiaoce` command and environment variables."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.world import slack_settings

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from bot.cli import main; main()")
PATIENCE = 90.0  # seconds until a start is given up
LOOK_SECONDS = 0.02


@dataclass
class BotProcess:
    """One bot that can be killed and started again."""

    data: Path
    emulator: WecomEmulator
    port: int
    more: Mapping[str, str] = field(default_factory=dict)  # further settings, as environment variables
    slack: SlackEmulator | None = None
    role: str = "run"  # or web, worker
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its web server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        """Where its rows are."""
        return self.more.get("DATABASE__URL", f"sqlite:///{self.data / 'xiaoce.db'}")

    @property
    def log(self) -> Path:
        """What it wrote, over all its lives."""
        return self.data.parent / ("bot.log" if self.role == "run" else f"{self.role}-{self.port}.log")

    def environment(self) -> dict[str, str]:
        """The settings, as a service manager would give them."""
        company = self.emulator.company
        settings = {
            "DATA": str(self.data),
            "WEB__PORT": str(self.port),
            "WECOM__ENABLED": "true",
            "WECOM__CORP_ID": company.corp_id,
            "WECOM__AGENT_ID": str(company.agent_id),
            "WECOM__SECRET": company.secret,
            "WECOM__TOKEN": company.token,
            "WECOM__AES_KEY": company.aes_key,
            "WECOM__BASE_URL": self.emulator.base_url,
            "DELIVERY__RETRY_SECONDS": "[0.2, 0.2, 0.5, 1]",
            "BRIEFING__ENABLED": "false",  # whatever the hour is, members get only what they asked for
            **self._slack(),
            **self.more,
        }
        paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        ours = {f"XIAOCE_{name}": value for name, value in settings.items()}
        return {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", **ours}

    def spawn(self) -> None:
        """Start it; returns before it listens."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, self.role], cwd=self.data.parent, env=self.environment(), stdout=log, stderr=log
            )
        if self.role == "worker":
            return
        self.emulator.set_callback(f"{self.url}/wecom/callback")
        if self.slack is not None:
            self.slack.set_callback(f"{self.url}/slack/events")

    async def start(self) -> float:
        """Start it and wait until it takes messages; the seconds that this took."""
        begun = time.perf_counter()
        self.spawn()
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while await self._health(session) is None:
                await asyncio.sleep(LOOK_SECONDS)
        return time.perf_counter() - begun

    async def ready(self) -> None:
        """Wait until it can also answer."""
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while await self._health(session) is not True:
                await asyncio.sleep(LOOK_SECONDS)

    async def kill(self) -> None:
        """kill -9: no goodbye, no flush."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """As a service manager stops it."""
        await self._end(signal.SIGTERM)

    async def command(self, *words: str) -> str:
        """Another `xiaoce` command beside it; what it printed. Fails when the command fails."""
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *words,
            cwd=self.data.parent,
            env=self.environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()
        return output.decode()

    def _slack(self) -> dict[str, str]:
        given = slack_settings(self.slack) if self.slack else {}
        return {
            f"SLACK__{name.upper()}": str(value).lower() if value is True else str(value)
            for name, value in given.items()
        }

    async def _end(self, number: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(number)
            await asyncio.to_thread(process.wait)

    async def _health(self, session: aiohttp.ClientSession) -> bool | None:
        """Whether it is ready; None while nobody listens."""
        if self.process is not None and self.process.poll() is not None:
            raise RuntimeError(f"the bot ended with {self.process.returncode}:\n{self.log.read_text()[-3000:]}")
        try:
            async with session.get(f"{self.url}/healthz") as response:
                return bool((await response.json())["ready"])
        except aiohttp.ClientError:
            return None
