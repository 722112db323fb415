"""B1: `xiaoce sources load`, killed while it reads and again while it maps, ends as if nothing had been."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.store import Store
from tests.faults.process import COMMAND

ROWS = 3000
DEFINITION = """source: touches
from: {kind: file, path: touches.csv}
key: touch_id
to: touch
fields:
  id: touch_id
  visitor_id: visitor_id
  channel: channel
  at: touched_at
  cost: cost_cny
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a source, and a file of 3,000 rows, two of which can't be taken."""
    folder = tmp_path / "data"
    (folder / "sources").mkdir(parents=True)
    (tmp_path / "touches.yaml").write_text(DEFINITION, encoding="utf-8")
    lines = (f"T{n},V{n % 97},展会,2026-01-{n % 28 + 1:02d} 08:00:00,{n % 50}\n" for n in range(ROWS - 2))
    text = "touch_id,visitor_id,channel,touched_at,cost_cny\n" + "".join(lines)
    (folder / "sources" / "touches.csv").write_text(text + "X1,V1,展会,never,1\nX2,V1,展会,2026-01-01,much\n", "utf-8")
    return folder


@pytest.fixture
def database(data: Path) -> Iterator[Database]:
    """What the command writes, seen from beside it."""
    opened = Database(f"sqlite:///{data.resolve()}/xiaoce.db")
    opened.migrate()
    yield opened
    opened.close()


def test_killed_while_reading_and_while_mapping(data: Path, database: Database) -> None:
    """Nobody sees half of it; afterwards everything is there once."""
    assert _xiaoce(data, "apply", str(data.parent / "touches.yaml")).wait(60) == 0
    _killed_when(_xiaoce(data, "load"), lambda: database.read_here(_staged) >= ROWS // 4)
    seen = database.read_here(lambda store: (store.loop.count("touch"), store.landing.count(), _staged(store)))
    assert seen[:2] == (0, {})
    assert 0 < seen[2] < ROWS, "it was killed in the middle"
    _killed_when(_xiaoce(data, "load"), lambda: database.read_here(_mapped) > 0)
    assert database.read_here(lambda store: store.loop.count("touch")) in (0, ROWS - 2)
    assert _xiaoce(data, "load").wait(120) == 1, "two rows were refused"
    ends = database.read_here(lambda store: store.loads.history("touches"))
    assert sum(load.added for load in ends) == ROWS - 2
    assert database.read_here(lambda store: (store.loop.count("touch"), store.refusals.counts())) == (
        ROWS - 2,
        {"touches": 2},
    )
    assert _xiaoce(data, "load").wait(60) == 1
    assert (
        sum(load.added + load.changed for load in database.read_here(lambda s: s.loads.history("touches"))) == ROWS - 2
    )


def _xiaoce(data: Path, *words: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "XIAOCE_DATA": str(data), "XIAOCE_SOURCES__BATCH_ROWS": "100"}
    return subprocess.Popen([*COMMAND, "sources", *words], env=environment)


def _killed_when(process: subprocess.Popen[bytes], is_time: Callable[[], bool]) -> None:
    while not is_time() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(10)


def _staged(store: Store) -> int:
    load = store.loads.latest("touches")
    return sum(store.staging.counts(load.id)) if load else 0


def _mapped(store: Store) -> int:
    load = store.loads.latest("touches")
    return store.staging.count(load.id, "good") if load else 0
