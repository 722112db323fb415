"""A14: `xiaoce patterns`, as an operator types it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from config.settings import load_settings
from storage.database import Database
from storage.repositories.deals import Deal
from storage.store import Store
from tests.unit.cli.test_cli import _own_folder, run
from tests.unit.storage.company import OTHER, REP, record
from tests.won_deals import keep

__all__ = ["_own_folder"]  # a fixture
STAGES = "Answer the concern → Re-anchor on value → Close with a reason to decide now"


def _write(work: Callable[[Store], None]) -> None:
    settings = load_settings()
    settings.data.mkdir(exist_ok=True)
    database = Database(settings.database_url)
    database.migrate()
    asyncio.run(database.write(work))
    database.close()


def _fill(store: Store) -> None:
    store.people.upsert_all([record(REP), record(OTHER)])
    keep(store, {REP.id: "C1", OTHER.id: "C2"}, datetime.now(UTC).date())


def _all_lost(store: Store) -> None:
    deals = store.deals.closed(date.min, date.max)
    store.deals.upsert_all([Deal(one.id, one.customer_id, closed=one.closed, result="lost") for one in deals])


@pytest.mark.usefixtures("_own_folder")
def test_mining_keeps_what_it_finds_and_says_when_it_is_gone() -> None:
    """A14: nothing to read, then a pattern with figures and quotes, then outcomes that differ."""
    assert "no closed deals" in run("patterns", "mine")[1]
    _write(_fill)
    code, output = run("patterns", "mine")
    words = " ".join(output.split())
    assert code == 0
    assert "Read 120 dialogues of 120 closed deals (60 won, 60 lost)" in words
    assert "1 can be relied on" in words
    listed = run("patterns", "list", "--quotes")[1]
    assert STAGES in listed
    assert "Close with a reason to decide now · 小李" in listed
    assert "Version: v1" in listed
    assert "quotes of 24 dialogues · to be decided" in listed
    _write(_all_lost)
    assert "none can be relied on" in " ".join(run("patterns", "mine")[1].split())
