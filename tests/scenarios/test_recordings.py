"""Recordings through every platform: consent first, then transcript, card and page (A16, A17, A18)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.contracts.person import OPERATOR
from storage.repositories.consents import Consent
from storage.repositories.dialogues import DialogueRecord
from storage.store import Store
from tests.scenarios.browser import Browser, browser, card_id, words
from tests.scenarios.company import ANNA, JUNJIE, MIN, Employee
from tests.scenarios.slack import SlackMember
from tests.scenarios.world import World, words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
CALL = Path(__file__).parents[1] / "fixtures" / "audio" / "call.flac"
HENGRUI, DINGFENG, YUANYANG = "苏州恒锐精密机械有限公司", "东莞鼎峰电器有限公司", "宁波远洋厨房电器有限公司"
PATIENCE = 400.0  # seconds: a busy machine transcribes half a minute in that time


async def agreed(world: World, customer_id: str, *, given: bool = True) -> None:
    now = world.app.clock.now()
    consent = Consent("customer", customer_id, given, now, "operator", "test")
    await world.app.database.write(lambda store: store.consents.add(consent))


async def recordings(world: World, person_id: str) -> list[DialogueRecord]:
    def look(store: Store) -> list[DialogueRecord]:
        viewer = store.people.get(person_id)
        assert viewer
        return store.dialogues.visible_to(viewer, person_id=person_id)

    return await world.app.database.read(look)


async def patiently(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await condition():
            await asyncio.sleep(0.1)


async def finished(world: World, person_id: str) -> DialogueRecord:
    """Wait until the person's recording is over and its card delivered."""

    async def over() -> bool:
        found = await recordings(world, person_id)
        return bool(found) and found[0].state in {"ready", "refused"}

    await patiently(over)
    await patiently(world._idle)
    return (await recordings(world, person_id))[0]


async def upload(window: Browser, name: str, content: bytes, text: str = "") -> None:
    """A file from the console, with words beside it."""
    url = window.world.url
    async with window.session.post(f"{url}/chat/uploads", params={"name": name}, data=content) as response:
        assert response.status == 201, await response.text()
        upload_id = (await response.json())["id"]
    body = {"id": upload_id.replace("0", "1"), "text": text, "uploads": [upload_id]}
    async with window.session.post(f"{url}/chat/messages", json=body) as response:
        assert response.status == 202, await response.text()


async def test_a_recording_at_wecom_ends_as_a_card_and_a_page(world: World) -> None:
    """A16, A17: the file that a rep sends is transcribed; card and page say who spoke; others see nothing of it."""
    await agreed(world, "C001")
    with world.listening(MIN.wecom) as heard:
        delivery = await world.emulator.callbacks.send_file(MIN.wecom, f"{HENGRUI} 电话.flac", CALL.read_bytes())
        assert delivery.ok
        record = await finished(world, MIN.id)
    assert record.state == "ready", record.reason
    said = heard().words
    assert "正在转写" in said
    assert "请选哪位是您" in said  # nobody said whose name is whose: asked, not guessed
    async with browser(world, MIN.id) as window, browser(world, JUNJIE.id) as stranger:
        status, page = await window.page(f"/recordings/{record.id}")
        assert status == 200
        assert "Chicago" in page
        assert "data-start=" in page
        assert (await stranger.page(f"/recordings/{record.id}"))[0] == 404
        assert record.id in (await window.page("/recordings"))[1]
        assert record.id not in (await stranger.page("/recordings"))[1]
        await _sound_is_served_in_ranges(window, stranger, record.id)


async def _sound_is_served_in_ranges(window: Browser, stranger: Browser, id_: str) -> None:
    """D9 holds for the sound as well; a player jumps by asking for ranges."""
    path = f"{window.world.url}/recordings/{id_}/sound"
    async with window.session.get(path, headers={"Range": "bytes=10-19"}) as response:
        assert response.status == 206
        assert await response.read() == CALL.read_bytes()[10:20]
        assert response.content_type == "audio/flac"
    async with stranger.session.get(path) as response:
        assert response.status == 404


async def test_a_press_tells_the_sides(world: World) -> None:
    """A17: after "I am 说话人1" the card, the transcript and the page know the sides."""
    record = (await recordings(world, MIN.id))[0]
    cards = [e for e in world.emulator.ledger if e.recipient == MIN.wecom and e.msgtype == "template_card"]
    card = next(e for e in reversed(cards) if "我是" in words_of(e.payload))
    heard = await world.press(MIN.wecom, card, "side_0")
    assert "已更正" in heard.words
    dialogue = await world.app.database.read(lambda store: store.dialogues.read(record.id))
    assert {one.side.value for one in dialogue.utterances if one.speaker} == {"ours", "theirs"}


async def test_a_recording_in_slack_ends_as_a_card(world: World) -> None:
    """A16: the same through Slack, where one progress message is changed in place."""
    await agreed(world, "C003")
    member = SlackMember(world, ANNA.slack)
    with member.listening() as heard:
        beside = f"with {YUANYANG}"
        said = await world.slack.callbacks.send_file(ANNA.slack, "call.flac", CALL.read_bytes(), text=beside)
        assert said.ok, said.deliveries
        record = await finished(world, ANNA.id)
    assert record.state == "ready", record.reason
    assert record.customer_id == "C003"
    assert "which speaker are you" in heard().words
    assert "is transcribed" in heard().words


async def test_an_upload_in_the_console_asks_for_the_customer(world: World) -> None:
    """A17: not named anywhere, so it asks; the consent of the chosen one counts; the skill tells it again."""
    await agreed(world, "C101")
    async with browser(world, JUNJIE.id) as window:
        await upload(window, "meeting.flac", CALL.read_bytes())
        await world.quiet()
        await patiently(lambda: _shows(window, "是和哪位客户的录音"))
        asked = next(e for e in window.shown if "是和哪位客户的录音" in e["html"])
        key = "pick_" + b"C101".hex()
        await window.press(card_id([asked]), key)
        record = await finished(world, JUNJIE.id)
        assert record.state == "ready"
        assert record.customer_id == "C101"
        await patiently(lambda: _shows(window, "请选哪位是您"))
        assert "Chicago" not in words(await window.say("我的待办"))
        again = words(await window.say(f"上次和{DINGFENG}的通话说了什么"))
        assert "鼎峰：" in again


async def _shows(window: Browser, text: str) -> bool:
    return any(text in json.dumps(entry, ensure_ascii=False) for entry in window.shown)


async def test_without_consent_nothing_is_kept(world: World) -> None:
    """A18: the file is deleted, no dialogue is begun, and the rep reads how to note a consent; a refusal stays one."""
    with world.listening(MIN.wecom) as heard:
        await world.emulator.callbacks.send_file(MIN.wecom, "无锡泓达金属制品有限公司.flac", CALL.read_bytes())
        await world.quiet()
    assert "什么也没保存" in heard().words
    assert all(one.customer_id != "C002" for one in await recordings(world, MIN.id))
    kept = [path for path in (world.data / "files").iterdir() if path.stat().st_size == CALL.stat().st_size]
    files = await world.app.database.read(lambda store: [one.file_id for one in store.dialogues.visible_to(OPERATOR)])
    assert len(kept) == len([one for one in files if one])
    await agreed(world, "C002", given=False)
    refused = await world.press(MIN.wecom, heard().card, "agreed_pick_" + b"C002".hex())
    assert "明确不同意" in refused.words


async def test_chats_are_answered_while_two_recordings_are_under_way(world: World, rep: Employee) -> None:
    """A16: a long meeting never stands before a chat. The answer comes while both are still being heard."""
    for number in range(2):
        longer = CALL.read_bytes() + bytes(number)  # another file, the same sound
        await world.emulator.callbacks.send_file(JUNJIE.wecom, f"{DINGFENG} {number}.flac", longer)
    await patiently(lambda: _some(world, "transcribing"))
    with world.listening(rep.wecom) as heard:
        sent = len(world.emulator.ledger)
        await world.emulator.callbacks.send_text(rep.wecom, "客户说太贵了怎么回")
        await patiently(lambda: _told(world, rep.wecom, sent))
    assert await _some(world, "transcribing")
    assert heard().words
    await patiently(world._idle)
    assert [one.state for one in (await recordings(world, JUNJIE.id))[:2]] == ["ready", "ready"]


async def _some(world: World, state: str) -> bool:
    return state in {one.state for one in await recordings(world, JUNJIE.id)}


async def _told(world: World, member: str, since: int) -> bool:
    ledger = [world.emulator.ledger[at] for at in range(since, len(world.emulator.ledger))]
    return any(entry.recipient == member for entry in ledger)


async def test_what_is_no_recording_is_refused_with_the_reason(world: World) -> None:
    """A16: wrong content under a recording's name; its file goes."""
    with world.listening(MIN.wecom) as heard:
        await world.emulator.callbacks.send_file(MIN.wecom, f"{HENGRUI}.mp3", b"this is no sound at all" * 99)
        record = await finished(world, MIN.id)
    assert record.state == "refused"
    assert "读不出声音" in heard().words


async def test_a_revoked_consent_deletes_everything(world: World) -> None:
    """A18: file, words, cards and what was sent of them."""
    record = next(one for one in await recordings(world, MIN.id) if one.state == "ready")
    file = await world.app.database.read(lambda store: store.files.get(record.file_id))
    now = world.app.clock.now()
    await world.app.recordings.purge.revoke("customer", "C001", by="operator", at=now, source="test")
    assert not (world.data / file.path).exists()
    dialogue = await world.app.database.read(lambda store: store.dialogues.read(record.id))
    assert dialogue.utterances == ()
    assert await world.app.database.read(lambda store: store.cards.get(f"{record.id}_result")) is None
    sent = await world.deliveries("sent")
    assert not [one for one in sent if record.id in json.dumps(one.payload)]
