"""The bot as its users run it: `xiaoce run`, a process of its own, looked at from outside."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from bot.server import free_port
from tests.benchmarks.machine import ROOT

PATIENCE = 120.0  # seconds; whoever takes longer to start has failed
LOOK_EVERY = 0.02  # more often would slow down the start that is measured


@dataclass
class Bot:
    """One configured bot. `extra`: further settings, as environment variables."""

    data: Path
    url: str = ""  # SQLAlchemy URL; "": SQLite in the data folder
    extra: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def database_url(self) -> str:
        """The URL that is really used."""
        return self.url or f"sqlite:///{self.data / 'xiaoce.db'}"

    def command(self, *arguments: str) -> None:
        """Run a command to its end. Raises CalledProcessError with what it said in `output`."""
        with (self.data / "command.log").open("ab") as log:
            subprocess.run(
                [*xiaoce(), *arguments], cwd=self.data, env=self._environment(), check=True, stdout=log, stderr=log
            )

    @contextmanager
    def running(self, *arguments: str) -> Iterator[None]:
        """`xiaoce run` until the block ends."""
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "run.log").open("ab") as log:
            self.process = self._spawn(arguments, log)
            try:
                yield
            finally:
                self._stop()

    def until_listening(self) -> None:
        """Wait until anything answers on the port."""
        self._until(lambda health: True)

    def until_ready(self) -> None:
        """Wait until questions can be answered."""
        self._until(lambda health: health.get("ready") is True)

    @property
    def memory(self) -> int:
        """Resident bytes."""
        return int(psutil.Process(self._pid()).memory_info().rss)

    @property
    def processor_seconds(self) -> float:
        """Time of the processors used so far."""
        times = psutil.Process(self._pid()).cpu_times()
        return float(times.user + times.system)

    def _pid(self) -> int:
        if self.process is None:
            raise RuntimeError("the bot is not running")
        return self.process.pid

    def _spawn(self, arguments: tuple[str, ...], log: IO[bytes]) -> subprocess.Popen[bytes]:
        command = [*xiaoce(), "run", *arguments]
        return subprocess.Popen(command, cwd=self.data, env=self._environment(), stdout=log, stderr=log)

    def _stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _until(self, wanted: Callable[[dict[str, object]], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            health = _health(self.port)
            if health is not None and wanted(health):
                return
            time.sleep(LOOK_EVERY)
        raise RuntimeError(f"the bot did not start:\n{(self.data / 'run.log').read_text(encoding='utf-8')[-3000:]}")

    def _environment(self) -> dict[str, str]:
        return {
            **environment(),
            "XIAOCE_DATA": str(self.data),
            "XIAOCE_DATABASE__URL": self.url,
            "XIAOCE_WEB__PORT": str(self.port),
            "XIAOCE_LOG__LEVEL": "WARNING",
            **self.extra,
        }


def environment() -> dict[str, str]:
    """This process's environment without its Xiaoce settings; the library of sums keeps to one thread, and Python may
    keep what it compiled, as it does where nobody forbids it."""
    left_out = ("XIAOCE_", "PYTHONDONTWRITEBYTECODE")
    others = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**others, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def xiaoce() -> list[str]:
    """The installed command; without an installation, what it would run."""
    script = Path(sys.executable).parent / "xiaoce"
    return [str(script)] if script.exists() else [sys.executable, "-c", "from bot.cli import main; main()"]


def _health(port: int) -> dict[str, object] | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        answer: dict[str, object] = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return answer
