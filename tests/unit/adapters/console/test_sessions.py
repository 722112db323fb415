"""Sessions: the page of devices, time limits, and what ends them; on real databases where the rows are meant."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.console import Opening
from adapters.console.device import device_of
from bot.contracts import Person, Role
from bot.contracts.person import OPERATOR
from bot.flows.console_desk import ConsoleSignIn
from config.groups.signin import Signin
from storage.database import Database
from storage.repositories.people import PersonRecord
from storage.store import Store
from tests.signing_in import follow_link
from tests.unit.adapters.console.conftest import Desk, StillClock, signed_in

LAPTOP = {"User-Agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15"}
BY_LINK = Opening("link", "token-1", "Safari · Mac", "203.0.113.9")
BY_WECOM = Opening("wecom", "zhangmin", "WeCom · iPhone", "203.0.113.9")


@pytest.fixture
def signin() -> Signin:
    return Signin(idle_minutes=60)


@pytest.fixture
async def others(desk: Desk) -> Any:
    """The same person on a laptop."""
    app = web.Application()
    assert desk.adapter
    desk.adapter.mount(app, desk.receive)
    async with TestClient(TestServer(app), headers=LAPTOP) as client:
        yield client


async def test_a_person_sees_their_devices_and_ends_one(rep, others, desk):
    await signed_in(others, "token-rep")
    page = await (await rep.get("/sessions")).text()
    assert "Safari · Mac" in page
    assert page.count("本机") == 1
    [other] = re.findall(r'name="session" value="(s-[^"]+)"', page)
    assert (await others.get("/chat/history")).status == 200
    response = await rep.post("/sessions", data={"session": other}, allow_redirects=False)
    assert response.headers["Location"] == "/sessions"
    assert (await others.get("/chat/history")).status == 401
    assert (await rep.get("/chat/history")).status == 200


async def test_signing_out_everywhere_else_keeps_this_browser(rep, others):
    await signed_in(others, "token-rep")
    await rep.post("/sessions", data={"session": "others"})
    assert (await others.get("/chat/history")).status == 401
    assert (await rep.get("/chat/history")).status == 200


async def test_nobody_sees_or_ends_the_sessions_of_others(rep, others, desk):
    """D9."""
    await signed_in(others, "token-manager")
    [theirs] = [session.id for _, session in desk.opened.values() if session.person.id == "u2"]
    assert theirs not in await (await rep.get("/sessions")).text()
    await rep.post("/sessions", data={"session": theirs})
    assert (await others.get("/chat/history")).status == 200


async def test_a_session_ends_when_its_owner_does_nothing(rep, clock):
    for _ in range(5):
        clock.forward(minutes=50)
        assert (await rep.get("/chat/history")).status == 200
    clock.forward(minutes=61)
    assert (await rep.get("/chat/history")).status == 401


async def test_a_session_ends_after_its_whole_time_whatever_is_done(rep, clock):
    for _ in range(9):
        clock.forward(minutes=50)
        assert (await rep.get("/chat/history")).status == 200
    clock.forward(minutes=31)
    assert (await rep.get("/chat/history")).status == 401


async def test_an_open_window_is_nobody_at_work(rep, clock, desk):
    """The stream looks by itself every few seconds; that must not keep a session alive for ever."""
    async with rep.get("/chat/stream") as stream:
        clock.forward(minutes=30)
        await stream.content.readline()
        assert {session.seen_at for _, session in desk.opened.values()} == {clock.at - timedelta(minutes=30)}


async def test_signing_in_makes_a_new_key_and_ends_the_old_session(rep, desk):
    """Session fixation: a key that somebody knew before is worth nothing after."""
    [before] = desk.opened
    assert "Anna Schmidt" in await follow_link(rep, "token-manager")
    [after] = desk.opened
    assert before != after
    stolen = {"Cookie": f"xiaoce_session={before}"}
    rep.session.cookie_jar.clear()
    assert (await rep.get("/chat/history", headers=stolen)).status == 401


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) MicroMessenger/7.0.1 wxwork/4.1.30", "WeCom · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit Chrome/140.0 Mobile Safari/537.36", "Chrome · Android"),
        ("<script>", ""),
        ("", ""),
    ],
)
def test_a_device_has_a_name_that_its_owner_knows(agent: str, device: str) -> None:
    assert device_of(agent) == device


class TestRows:
    """The real tables behind it, on both databases."""

    @pytest.fixture
    async def sign_in(self, database: Database, clock: StillClock) -> ConsoleSignIn:
        def fill(store: Store) -> None:
            store.people.upsert(PersonRecord("E1", "张敏", Role.REP, accounts={"wecom": "zhangmin"}))
            store.people.upsert(PersonRecord("E2", "王磊", Role.REP, accounts={"wecom": "wanglei"}))
            store.sign_ins.issue("E1", "token-1", clock.now())
            store.sign_ins.issue("E2", "token-2", clock.now())

        await database.write(fill)
        return ConsoleSignIn(database, clock)

    async def test_a_session_is_found_by_its_key_only(self, sign_in: ConsoleSignIn) -> None:
        key = await sign_in.begin(BY_LINK, "")
        assert key
        found = await sign_in.session(key)
        assert found
        assert (found.person.id, found.way, found.device) == ("E1", "link", "Safari · Mac")
        for wrong in (
            "",
            ".",
            found.id,
            f"{found.id}.",
            f"{found.id}.guess",
            key[:-1],
            f"x{key}",
            "令牌.令牌",
            "\ud800.x",
        ):
            assert await sign_in.session(wrong) is None

    async def test_strangers_open_nothing(self, sign_in: ConsoleSignIn) -> None:
        for opening in (
            replace(BY_LINK, proof="guess"),
            replace(BY_WECOM, proof="nobody"),
            replace(BY_WECOM, way="link"),
        ):
            assert await sign_in.begin(opening, "") is None
        assert await sign_in.begin(replace(BY_LINK, proof="\ud800"), "") is None

    async def test_a_replaced_token_ends_its_sessions_and_no_others(self, sign_in, database, clock) -> None:
        by_link, by_wecom = await sign_in.begin(BY_LINK, ""), await sign_in.begin(BY_WECOM, "")
        await database.write(lambda store: store.sign_ins.revoke("E1", clock.now()))
        assert await sign_in.session(by_link) is None
        assert await sign_in.session(by_wecom)

    async def test_an_account_that_moves_to_somebody_else_takes_nobody_along(self, sign_in, database) -> None:
        key = await sign_in.begin(BY_WECOM, "")

        def move(store: Store) -> None:
            store.people.upsert(PersonRecord("E1", "张敏", Role.REP, accounts={"wecom": ""}))
            store.people.upsert(PersonRecord("E2", "王磊", Role.REP, accounts={"wecom": "zhangmin"}))

        await database.write(move)
        assert await sign_in.session(key) is None

    async def test_who_leaves_is_out_everywhere(self, sign_in, database, clock) -> None:
        keys = [await sign_in.begin(BY_LINK, ""), await sign_in.begin(BY_WECOM, "")]
        assert await database.write(lambda store: store.web_sessions.end_all("E1", clock.now())) == 2
        assert [await sign_in.session(key) for key in keys] == [None, None]

    async def test_a_new_role_counts_at_once(self, sign_in, database) -> None:
        key = await sign_in.begin(BY_LINK, "")
        await database.write(lambda store: store.people.upsert(PersonRecord("E1", "张敏", Role.MANAGER)))
        assert (await sign_in.session(key)).person.role is Role.MANAGER

    async def test_the_former_session_of_a_browser_ends(self, sign_in: ConsoleSignIn) -> None:
        first = await sign_in.begin(BY_LINK, "")
        assert first
        second = await sign_in.begin(replace(BY_LINK, proof="token-2"), first)
        assert second
        assert await sign_in.session(first) is None
        assert await sign_in.session(second)

    async def test_people_end_their_own_sessions_only(self, sign_in: ConsoleSignIn) -> None:
        keys = [await sign_in.begin(BY_LINK, ""), await sign_in.begin(replace(BY_LINK, proof="token-2"), "")]
        found = [await sign_in.session(key or "") for key in keys]
        ids = [one.id for one in found if one]
        await sign_in.end(Person("E1", "张敏", Role.REP), ids)
        assert [bool(await sign_in.session(key or "")) for key in keys] == [False, True]
        assert [one.id for one in await sign_in.sessions(Person("E2", "王磊", Role.REP))] == ids[1:]

    async def test_what_is_spent_is_spent_for_every_machine(self, sign_in, database, clock) -> None:
        assert [await sign_in.spend("state:1"), await sign_in.spend("state:1")] == [True, False]
        assert not await ConsoleSignIn(database, clock).spend("state:1")

    async def test_old_sessions_and_marks_are_forgotten_young_ones_kept(self, sign_in, database, clock) -> None:
        old = await sign_in.begin(BY_LINK, "")
        await sign_in.spend("state:1")
        clock.forward(days=32)
        young = await sign_in.begin(BY_WECOM, "")
        await sign_in.spend("state:2")
        await sign_in.tidy()
        assert await sign_in.session(old) is None
        assert await sign_in.session(young)
        assert [await sign_in.spend("state:1"), await sign_in.spend("state:2")] == [True, False]

    async def test_signing_in_and_out_is_in_the_audit_log_without_secrets(self, sign_in, database) -> None:
        """D10."""
        key = await sign_in.begin(BY_LINK, "")
        session = await sign_in.session(key)
        await sign_in.end(session.person, [session.id])
        entries = await database.read(lambda store: store.audit.listing(OPERATOR))
        assert [entry.action for entry in entries] == ["session.ended", "session.begun"]
        assert "token-1" not in str(entries)
        assert key.partition(".")[2] not in str(entries)

    async def test_a_copy_of_the_table_opens_nothing(self, sign_in, database) -> None:
        key = await sign_in.begin(BY_LINK, "")
        with database.engine.connect() as connection:
            rows = str(connection.exec_driver_sql("SELECT * FROM web_sessions").all())
        assert key.partition(".")[2] not in rows
        assert "token-1" not in rows
