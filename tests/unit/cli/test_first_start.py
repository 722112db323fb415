"""What a start says to whoever started it: read from a process of its own, as in a terminal or a service manager."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.cli.checkup_database import examine_database
from bot.contracts import SystemClock
from bot.flows.machines import Machines
from bot.server import free_port
from config.settings import load_settings
from storage.database import Database

ENDS = {"run": "Ctrl-C", "worker": "worker 已启动"}
XIAOCE = str(Path(sys.executable).parent / "xiaoce")


@contextmanager
def started(folder: Path, role: str, **settings: str) -> Iterator[str]:
    """What it says until it has started, warnings included; then it is stopped."""
    ours = {f"XIAOCE_{name}": value for name, value in settings.items()}
    environment = {**os.environ, "LC_ALL": "zh_CN.UTF-8", "PYTHONUNBUFFERED": "1", "COLUMNS": "200", **ours}
    process = subprocess.Popen(
        [XIAOCE, role], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout
    said = ""
    try:
        for line in process.stdout:
            said += line
            if ENDS[role] in line:
                break
        yield said
    finally:
        process.terminate()
        rest, _ = process.communicate(timeout=60)
    assert process.returncode in {0, -signal.SIGTERM}, said + rest


def test_the_first_start_says_what_comes_next_and_where_it_listens(tmp_path: Path) -> None:
    """Nobody can sign in yet; and the proxy needs the address that people don't use."""
    port = str(free_port())
    with started(tmp_path, "run", WEB__PORT=port, WEB__PUBLIC_URL="https://bot.example.com") as said:
        assert "https://bot.example.com" in said
        assert f"监听 http://127.0.0.1:{port}" in said
        assert "xiaoce people import" in said
        assert "--sample" in said
        assert "people token" not in said, "there is nobody to make one for"


@pytest.mark.postgres
def test_a_worker_beside_the_web_process_works_without_a_port(tmp_path: Path, postgres_url: str) -> None:
    """D10: both have the same settings, so web.port is taken. Without web.public_url its links would go astray."""
    with socket.socket() as web:
        web.bind(("127.0.0.1", 0))
        web.listen()
        port = str(web.getsockname()[1])
        with started(tmp_path, "worker", WEB__PORT=port, DATABASE__URL=postgres_url) as said:
            assert said.count("no /healthz") == 1
            assert "XIAOCE_WEB__PORT" in said
            assert f"链接会指向 http://127.0.0.1:{port}" in said
    settings = {"WEB__PORT": str(free_port()), "WEB__PUBLIC_URL": "https://bot.example.com"}
    with started(tmp_path, "worker", DATABASE__URL=postgres_url, **settings) as said:
        assert "no /healthz" not in said, "it has a port of its own"
        assert "web.public_url" not in said


@pytest.mark.parametrize("public_url", ["", "https://bot.example.com"])
async def test_the_doctor_minds_where_links_of_several_lead(migrated_sqlite_url: str, public_url: str) -> None:
    settings = load_settings(database={"url": migrated_sqlite_url}, web={"public_url": public_url})
    database = Database(migrated_sqlite_url)

    async def nothing(_: str) -> int:
        return 0

    await Machines(database, SystemClock(), nothing).join("web")
    assert [found for found in await examine_database(settings) if "web.public_url" in found.remedy] == []
    await Machines(database, SystemClock(), nothing).join("worker")
    wrong = [found.well for found in await examine_database(settings) if "web.public_url" in found.remedy]
    database.close()
    assert wrong == ([] if public_url else [False])
