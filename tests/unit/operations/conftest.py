"""Probes over a real socket, and a company for whole bots."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from bot.contracts import SystemClock
from bot.metrics import Metrics
from bot.probes import Probes
from bot.server import Server, free_port
from bot.vitals import Checks, Readiness, Vitals
from config.settings import Web
from storage.database import Database
from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.world import company_data, phones

Serve = Callable[..., AbstractAsyncContextManager[str]]


@pytest.fixture
def data(workshop: Path, tmp_path: Path) -> Path:
    """A data folder with the company in it."""
    return company_data(workshop, tmp_path / "data")


@pytest.fixture
async def emulator() -> AsyncIterator[WecomEmulator]:
    """WeCom; whatever operators do, the bot stays a careful client."""
    async with phones() as emulator:
        yield emulator
    assert emulator.violations == []


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """Who asks."""
    async with ClientSession() as session:
        yield session


@asynccontextmanager
async def serving(
    database: Database,
    *,
    token: str = "",
    learnt: bool = True,
    working: bool = True,
    replaced: bool = False,
    metrics: Metrics | None = None,
    checks: Callable[[], Awaitable[Checks]] | None = None,
) -> AsyncIterator[str]:
    """A web server with the probes; its address."""
    vitals = Vitals(metrics or Metrics(), database, SystemClock())
    probes = Probes(
        is_learnt=lambda: learnt,
        is_replaced=lambda: replaced,
        checks=checks or Readiness(database, lambda: learnt, lambda: working).checks,
        figures=vitals.page,
        token=SecretStr(token),
    )
    server = Server(Web(port=free_port()), probes)
    await server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        await server.stop()
