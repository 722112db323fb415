"""`xiaoce dev slack`, as a new user starts it: a command, a page, an answer."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.server import free_port
from tests.faults.process import COMMAND, ROOT

PATIENCE = 120.0  # seconds: the sample company is made and learnt first
REP = "U0RZ1001"


@pytest.mark.timeout(300)
async def test_a_question_is_answered_on_the_page(tmp_path: Path) -> None:
    """D1: without an account; Ctrl-C ends it in peace."""
    async with _dev(tmp_path) as (address, process), aiohttp.ClientSession(address) as session:
        async with session.get("/client") as response:
            assert response.status == 200
        async with session.post("/client/do/say", json={"user": REP, "text": "客户说太贵了怎么回"}) as response:
            assert response.status == 200, await response.text()
        async with asyncio.timeout(PATIENCE):
            while "先问贵在和什么比" not in str(await _history(session)):
                await asyncio.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(process.wait, 20) == 0
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert "warning" not in log


@asynccontextmanager
async def _dev(folder: Path) -> AsyncIterator[tuple[str, subprocess.Popen[bytes]]]:
    web, port = free_port(), free_port()
    settings = {"XIAOCE_DATA": str(folder / "data"), "XIAOCE_WEB__PORT": str(web), "PYTHONPATH": str(ROOT)}
    with (folder / "log").open("wb") as log:
        command = [*COMMAND, "dev", "slack", "--port", str(port)]
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **settings}, stdout=log, stderr=log)
    try:
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while not await _listens(session, f"http://127.0.0.1:{web}/healthz"):
                assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")
                await asyncio.sleep(0.2)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        await asyncio.to_thread(process.wait)


async def _listens(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return bool((await response.json())["ready"])
    except aiohttp.ClientError:
        return False


async def _history(session: aiohttp.ClientSession) -> Any:
    async with session.get("/client/history", params={"user": REP}) as response:
        assert response.status == 200, await response.text()
        return await response.json()
