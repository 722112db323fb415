"""A1, A18, D2: a running bot pulls the chat archive: what agreed people write becomes a card on the rep's phone."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.wecom_archive import client
from adapters.wecom_archive.adapter import WecomArchiveAdapter
from adapters.wecom_archive.ports import Opened, Place
from bot.contracts.listening import Source
from bot.contracts.person import OPERATOR
from storage.imports.rooms import direct
from tests.emulators.wecom.emulator import WecomEmulator
from tests.emulators.wecom_archive import ArchiveEmulator
from tests.scenarios.company import JUNJIE, MIN
from tests.scenarios.test_prompts import ALWAYS
from tests.scenarios.world import Heard, World, audited, company_data, running, until

pytestmark = pytest.mark.asyncio(loop_scope="module")
ZHANG, LI, WU = "wmZhangGong0001", "wmLiGong0001", "wmWuGong0001"  # customers' people
AGREED, REFUSED, ASKED = "wrAgreed", "wrRefused", "wrAsked"
ROOMS = f"""会话ID,客户编号,员工账号,外部联系人ID,联系人称呼,同意存档
{AGREED},C001,{MIN.wecom},{ZHANG},张工,是
{REFUSED},C002,{MIN.wecom},{LI},李工,否
{ASKED},C101,{JUNJIE.wecom},{WU},吴工,企业微信
,C102,{JUNJIE.wecom},{WU},吴工,企业微信
"""


class Wall:
    """What is in the archive, and who writes there."""

    def __init__(self, folder: Path) -> None:
        self.emulator = ArchiveEmulator(folder)
        self.rooms = folder / "rooms.csv"
        self.rooms.write_text(ROOMS, encoding="utf-8")

    def say(
        self, sender: str, text: str, room: str = AGREED, fault: str = "", to: str = MIN.wecom, **more: object
    ) -> int:
        body = {
            "msgid": f"{len(self.emulator.pulls())}_{text}_{room}",
            "action": "send",
            "from": sender,
            "tolist": [to],
            "roomid": room,
            "msgtime": int(datetime.now(UTC).timestamp() * 1000),
        }
        line = json.dumps({**body, "msgtype": "text", "text": {"content": text}, **more}, ensure_ascii=False)
        return self.emulator.add(line, fault=fault)


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Wall:
    return Wall(tmp_path_factory.mktemp("archive"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lifetime() -> AsyncIterator[AsyncExitStack]:
    """Closing it ends the first bot: one runs in a process."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def data(workshop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return company_data(workshop, tmp_path_factory.mktemp("archive") / "data")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(data: Path, wall: Wall, emulator: WecomEmulator, lifetime: AsyncExitStack) -> World:
    """The bot, at an archive in which something stands already."""
    patch = lifetime.enter_context(pytest.MonkeyPatch.context())
    patch.setattr(client, "WORKER", ArchiveEmulator.worker)
    wall.say(LI, "绝密：我们只有三十万预算", REFUSED)
    wall.say(WU, "绝密：没人问过我", ASKED, to=JUNJIE.wecom)
    return await lifetime.enter_async_context(started(data, wall, emulator))


def started(data: Path, wall: Wall, emulator: WecomEmulator):  # type: ignore[no-untyped-def]  # as `running`
    own = wall.emulator.settings(wall.rooms, corp_id=emulator.company.corp_id)
    return running(data, emulator, coaching=ALWAYS, wecom_archive=own)


async def read(world: World, seq: int) -> None:
    """Wait until the archive is read up to there, and everything about it is done."""
    adapter = world.app.adapters["wecom_archive"]
    assert isinstance(adapter, WecomArchiveAdapter)

    async def done() -> bool:
        return (await adapter._ports.archive.place()).seq >= seq

    await until(done)
    await world.quiet()


async def heard_after(world: World, member: str, seq: int) -> Heard:
    with world.listening(member) as heard:
        await read(world, seq)
    return heard()


async def kept(world: World) -> dict[str, list[str]]:
    """Room -> what is kept of it."""
    rows = await world.app.database.read(lambda store: store.dialogues.visible_to(OPERATOR, source=Source.CHAT))
    said = await world.app.database.read(lambda store: store.dialogues.read_all([row.id for row in rows]))
    return {row.room: [one.text for one in said[row.id].utterances] for row in rows}


async def test_a_customers_words_become_a_card_and_unagreed_ones_nothing(world: World, wall: Wall, data: Path) -> None:
    """A1, A18: signal and card for the rep; of rooms without consent not a word is in any file of the bot."""
    seq = wall.say(ZHANG, "你们的价格太贵了，超出我们的预算了")
    heard = await heard_after(world, MIN.wecom, seq)
    assert "客户觉得价格高" in heard.words
    assert "太贵了" in (await world.press(MIN.wecom, heard.card, "unfold")).words
    assert await kept(world) == {AGREED: ["你们的价格太贵了，超出我们的预算了"]}
    held = b"".join(path.read_bytes() for path in data.glob("xiaoce.db*"))
    assert "太贵了".encode() in held
    assert "绝密".encode() not in held


async def test_a_message_that_kills_the_library_costs_itself_alone(world: World, wall: Wall) -> None:
    """So does a child that somebody kills: what comes after it is read, and the audit log names the one that isn't."""
    bad = wall.say(ZHANG, "坏消息", fault="die")
    await read(world, wall.say(ZHANG, "收到"))
    entries = await audited(world, "archive.rejected")
    assert [(entry.subject, entry.detail["reason"]) for entry in entries] == [(str(bad), "died")]
    adapter = world.app.adapters["wecom_archive"]
    assert isinstance(adapter, WecomArchiveAdapter)
    os.kill(adapter._sdk.child.pid or 0, signal.SIGKILL)
    await read(world, wall.say(ZHANG, "好的"))
    assert (await kept(world))[AGREED][1:] == ["收到", "好的"]


async def test_who_agrees_in_wecom_is_heard_from_then_on(world: World, wall: Wall, emulator: WecomEmulator) -> None:
    """A18: the event for two who write directly, the interface for a group; both by the archive's own secret."""
    delivery = await emulator.callbacks.change_customer("msg_audit_approved", JUNJIE.wecom, WU, WelcomeCode="x")
    assert delivery.ok
    await world.quiet()
    await read(world, wall.say(WU, "私下说，太贵了", "", to=JUNJIE.wecom))
    assert (await kept(world))[direct(JUNJIE.wecom, WU)] == ["私下说，太贵了"]
    assert ASKED not in await kept(world)
    emulator.world.archive.set("Agree", WU, room=ASKED)
    os.utime(wall.rooms)  # the list was saved again: WeCom is asked anew
    asked = len(emulator.requests_to("/cgi-bin/msgaudit/check_room_agree"))
    await until(lambda: _later(len(emulator.requests_to("/cgi-bin/msgaudit/check_room_agree")) >= asked + 2))
    await read(world, wall.say(WU, "群里说", ASKED, to=JUNJIE.wecom))
    assert (await kept(world))[ASKED] == ["群里说"]


async def test_who_says_no_in_the_archive_is_forgotten(world: World, wall: Wall) -> None:
    """A18: at the next pull, with everything that was said before."""
    body = {"userid": WU, "disagree_time": 1}
    seq = wall.say(WU, "", "", to=JUNJIE.wecom, msgtype="disagree", disagree=body)
    await read(world, seq)
    wall.say(WU, "别记", "", to=JUNJIE.wecom)
    await read(world, seq + 1)
    assert (await kept(world))[direct(JUNJIE.wecom, WU)] == []


async def test_the_doctor_finds_it_in_order(world: World, wall: Wall) -> None:
    """Library, keys, list of rooms, and the right to ask; a bad row of the list is named."""
    adapter = world.app.adapters["wecom_archive"]
    assert await adapter.check(datetime.now(UTC)) == []
    wall.rooms.write_text(ROOMS.replace("C102", "C999"), encoding="utf-8")
    [said] = await adapter.check(datetime.now(UTC))
    assert "C999" in said
    wall.rooms.write_text(ROOMS, encoding="utf-8")


async def test_a_restart_reads_nothing_twice_and_the_place_decides(
    world: World, wall: Wall, data: Path, emulator: WecomEmulator, lifetime: AsyncExitStack
) -> None:
    """The next process goes on behind the last message; whoever was overtaken stores nothing."""
    before, last = await kept(world), len(wall.emulator._messages)
    adapter = world.app.adapters["wecom_archive"]
    assert isinstance(adapter, WecomArchiveAdapter)
    line = json.dumps(
        {"msgid": "late", "from": ZHANG, "roomid": AGREED, "msgtime": 1_772_415_000_000, "msgtype": "text"}
    )
    assert not await adapter._ports.archive.keep(Place(1), Place(2), [Opened(2, line)])
    await lifetime.aclose()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "WORKER", ArchiveEmulator.worker)
        pulls = len(wall.emulator.pulls())
        async with started(data, wall, emulator) as again:
            seq = wall.say(ZHANG, "重启之后")
            await read(again, seq)
            after = await kept(again)
    assert set(wall.emulator.pulls()[pulls:]) <= {last, seq}
    assert after == {**before, AGREED: [*before[AGREED], "重启之后"]}


async def _later(value: bool) -> bool:
    return value
