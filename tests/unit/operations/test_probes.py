"""The three pages that machines ask for, over a real socket and real databases."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession
from sqlalchemy import text

from bot.recent import Recent
from storage.database import Database
from tests.unit.operations.conftest import serving

TOKEN = "a-long-bearer-token"


async def test_a_process_that_lives_says_so(database: Database, session: ClientSession) -> None:
    async with serving(database) as url, session.get(f"{url}/healthz") as response:
        assert (response.status, await response.json()) == (200, {"ready": True})


async def test_a_process_whose_work_another_has_must_be_restarted(database: Database, session: ClientSession) -> None:
    async with serving(database, replaced=True) as url, session.get(f"{url}/healthz") as response:
        assert response.status == 503


async def test_all_well_is_200_with_each_check(database: Database, session: ClientSession) -> None:
    async with serving(database) as url, session.get(f"{url}/readyz") as response:
        assert response.status == 200
        checks = (await response.json())["checks"]
    assert checks == {"database": "ok", "migrations": "ok", "index": "ok", "worker": "ok"}


@pytest.mark.parametrize(
    ("how", "what"), [({"learnt": False}, "index"), ({"working": False}, "worker")], ids=["index", "worker"]
)
async def test_what_is_missing_is_503_with_the_reason(
    database: Database, session: ClientSession, how: dict[str, bool], what: str
) -> None:
    async with serving(database, **how) as url, session.get(f"{url}/readyz") as response:  # type: ignore[arg-type]  # two of its switches
        assert response.status == 503
        body = await response.json()
    assert body["ready"] is False
    assert [name for name, result in body["checks"].items() if result != "ok"] == [what]


async def test_tables_of_an_older_version_are_not_ready(database: Database, session: ClientSession) -> None:
    await database.write(lambda store: _set_revision(store.session.connection(), "0001"))
    async with serving(database) as url, session.get(f"{url}/readyz") as response:
        assert response.status == 503
        assert "0001" in (await response.json())["checks"]["migrations"]


async def test_tables_that_a_newer_process_has_migrated_stay_ready(database: Database, session: ClientSession) -> None:
    """While processes are updated one after the other, those of the version before go on working."""
    await database.write(lambda store: _set_revision(store.session.connection(), "9999"))
    async with serving(database) as url, session.get(f"{url}/readyz") as response:
        assert response.status == 200


async def test_a_database_that_is_away_is_said_and_the_figures_page_still_comes(
    tmp_path: Path, session: ClientSession
) -> None:
    database = Database(f"postgresql+psycopg://nobody@/none?host={tmp_path}")
    async with serving(database) as url:
        async with session.get(f"{url}/readyz") as response:
            assert response.status == 503
            checks = (await response.json())["checks"]
        async with session.get(f"{url}/metrics") as response:
            page = await response.text()
    database.close()
    assert checks["database"] != "ok"
    assert checks["migrations"] != "ok"
    assert "xiaoce_database_up 0.0" in page
    assert "xiaoce_messages_waiting" not in page


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Proto"])
async def test_what_a_proxy_passes_on_is_not_local(database: Database, session: ClientSession, header: str) -> None:
    """The port is public: whoever comes through the proxy sees neither figures nor reasons."""
    async with serving(database, learnt=False) as url:
        async with session.get(f"{url}/metrics", headers={header: "127.0.0.1"}) as response:
            assert response.status == 403
            assert "xiaoce_" not in await response.text()
        async with session.get(f"{url}/readyz", headers={header: "127.0.0.1"}) as response:
            assert (response.status, await response.json()) == (503, {"ready": False})


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "[", "10.0.0.1"])
async def test_a_web_page_that_leads_here_sees_nothing(database: Database, session: ClientSession, host: str) -> None:
    """DNS rebinding: the browser of somebody on this machine asks us under another name."""
    async with serving(database) as url, session.get(f"{url}/metrics", headers={"Host": host}) as response:
        assert response.status in {400, 403}


async def test_the_token_opens_from_everywhere(database: Database, session: ClientSession) -> None:
    elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    async with serving(database, token=TOKEN) as url:
        for given, status in ((TOKEN, 200), ("wrong", 403), ("", 403)):
            headers = {**elsewhere, "Authorization": f"Bearer {given}"}
            async with session.get(f"{url}/metrics", headers=headers) as response:
                assert response.status == status, given
        async with session.get(f"{url}/readyz", headers={**elsewhere, "Authorization": f"Bearer {TOKEN}"}) as response:
            assert "checks" in await response.json()


async def test_no_token_set_means_that_an_empty_one_opens_nothing(database: Database, session: ClientSession) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer "}
    async with serving(database) as url, session.get(f"{url}/metrics", headers=headers) as response:
        assert response.status == 403


async def test_many_probes_are_one_look_and_none_waits_for_ever() -> None:
    """A database that hangs must not be asked again by every probe."""
    looks, release = 0, asyncio.Event()

    async def look() -> int:
        nonlocal looks
        looks += 1
        await release.wait()
        return looks

    recent = Recent(look, seconds=60)
    results = await asyncio.gather(*(recent.get(0.05) for _ in range(20)), return_exceptions=True)
    assert all(isinstance(result, TimeoutError) for result in results)
    release.set()
    assert [await recent.get(1) for _ in range(3)] == [1, 1, 1]


async def test_a_value_that_grew_old_is_looked_up_again_and_errors_do_not_stay() -> None:
    answers: list[int | Exception] = [1, ValueError("away"), 3]

    async def look() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    recent = Recent(look, seconds=0)
    assert await recent.get(1) == 1
    with pytest.raises(ValueError, match="away"):
        await recent.get(1)
    assert await recent.get(1) == 3


def _set_revision(connection: object, revision: str) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})  # type: ignore[attr-defined]  # a Connection
