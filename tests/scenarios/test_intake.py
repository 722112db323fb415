"""What members and machines can do to the callback URL, and what the bot makes of it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from typing import Any

import aiohttp
import pytest

from bot.contracts import Address, Card, Message, Press, Role, SystemClock
from storage.store import Store
from tests.emulators.wecom.emulator import WecomEmulator
from tests.emulators.wecom.envelope import Tamper
from tests.emulators.wecom.poster import Delivery
from tests.scenarios.company import OPS, Employee
from tests.scenarios.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

MENU_AND_OTHER_EVENTS: tuple[Mapping[str, Any], ...] = (
    {"Event": "unsubscribe"},
    {"Event": "LOCATION", "Latitude": "31.3", "Longitude": "120.6", "Precision": "15.0", "AppType": "wxwork"},
    {"Event": "view", "EventKey": "https://example.com/page"},
    {"Event": "scancode_push", "EventKey": "scan", "ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "1"}},
    {"Event": "pic_sysphoto", "EventKey": "photo", "SendPicsInfo": {"Count": 1}},
    {"Event": "location_select", "EventKey": "place", "SendLocationInfo": {"Label": "苏州"}},
    {"Event": "batch_job_result", "BatchJob": {"JobId": "j1", "ErrCode": 0}},
    {"Event": "open_approval_change", "ApprovalInfo": {"ThirdNo": "1"}},
    {"Event": "taskcard_click", "EventKey": "key", "TaskId": "t1"},
    {"Event": "share_agent_change"},
    {"Event": "change_external_contact", "ChangeType": "add_external_contact", "WelcomeCode": "code"},
    {"Event": "msgaudit_notify"},
    {"Event": "an_event_of_the_year_2030", "Deep": {"Nested": {"Value": "1"}}},
    {"Event": ""},
)


async def test_the_callback_url_can_be_saved(world: World) -> None:
    """URL verification: the exact plaintext, and nothing to whoever can't sign."""
    assert (await world.emulator.callbacks.verify_url()).ok
    assert (await world.emulator.callbacks.verify_url(tamper=Tamper.WRONG_SIGNATURE)).status == 403
    assert not (await world.emulator.callbacks.verify_url(tamper=Tamper.WRONG_RECEIVEID)).ok


@pytest.mark.parametrize("tamper", list(Tamper))
async def test_what_is_not_from_wecom_is_refused_and_not_stored(world: World, rep: Employee, tamper: Tamper) -> None:
    """A broken or forged request costs nobody a 5xx, and leaves nothing behind."""
    with world.listening(rep.wecom) as heard:
        delivery = await world.emulator.callbacks.send_text(rep.wecom, "客户说太贵了怎么回", tamper=tamper)
        await world.quiet()
    # An upload that is cut off half-way may end as a closed connection instead of a 413.
    assert delivery.status == 200 or 400 <= delivery.status < 500 or tamper is Tamper.OVERSIZED
    assert delivery.status < 500
    assert heard().entries == ()
    assert await _stored(world, rep, delivery.msg_id) is None


async def test_rubbish_to_any_path_is_never_a_fault_of_ours(world: World) -> None:
    """What scanners of the internet send."""
    requests = [
        ("POST", "/wecom/callback", b"\xff\xfe\x00"),
        ("POST", "/wecom/callback?msg_signature=a&timestamp=x&nonce=%00", b"<xml>"),
        ("GET", "/wecom/callback?echostr=%FF", b""),
        ("PUT", "/wecom/callback", b"{}"),
        ("POST", "/wecom/callback?" + "a=b&" * 500, b"<!DOCTYPE x [<!ENTITY a 'b'>]><xml><Encrypt>&a;</Encrypt></xml>"),
        ("GET", "/../../etc/passwd", b""),
    ]
    async with aiohttp.ClientSession() as session:
        for method, path, body in requests:
            async with session.request(method, world.url + path, data=body) as response:
                assert 400 <= response.status < 500, (method, path, response.status)


async def test_the_same_message_four_times_at_once_is_answered_once(world: World, rep: Employee) -> None:
    """Persist, then acknowledge: repeats are recognised by the database, not by a cache."""
    heard = await world.say(rep.wecom, "我有几个客户", copies=4)
    assert len(heard.entries) == 1


async def test_a_message_sent_again_later_is_not_answered_again(world: World, rep: Employee) -> None:
    """WeCom repeats a message up to three times when our 200 came too late."""
    first = await world.say(rep.wecom, "我有几个客户", msg_id=4711, created_at=1_800_000_000)
    again = await world.say(rep.wecom, "我有几个客户", msg_id=4711, created_at=1_800_000_000)
    assert (len(first.entries), len(again.entries)) == (1, 0)


async def test_two_members_with_the_same_message_number_are_both_answered(world: World) -> None:
    """MsgIds of different members have collided: the sender belongs to the key."""
    one, other = world.newcomer(), world.newcomer()
    for member in (one, other):
        assert len((await world.say(member.wecom, "我有几个客户", msg_id=99)).entries) == 1


async def test_the_same_question_twice_is_answered_twice(world: World, rep: Employee) -> None:
    """WeCom drops equal messages as copies if it is asked to; asking again on purpose is no copy."""
    for _ in range(3):
        assert len((await world.say(rep.wecom, "我有几个客户")).entries) == 1


@pytest.mark.parametrize(
    "text",
    [
        "👨‍👩‍👧‍👦🏳️‍🌈👍🏽",
        "客户说太贵了怎么回 💰💰💰",
        "贵" * 10_000,
        "the customer " * 800,
        "]]>&lt;xml&gt;<![CDATA[",
        "\u202e反向\u200b零宽\u0301",
        "' OR 1=1; DROP TABLE messages; --",
        "**[点我](javascript:alert(1))** <script>alert(1)</script>",
        "   ",
        "0",
    ],
    ids=[
        "emoji",
        "words and emoji",
        "10,000 characters",
        "long English",
        "cdata",
        "odd",
        "sql",
        "markup",
        "blank",
        "0",
    ],
)
async def test_whatever_is_typed_is_answered(world: World, rep: Employee, text: str) -> None:
    """No text leaves a member without an answer, and none breaks a limit of the platform."""
    heard = await world.say(rep.wecom, text)
    assert heard.entries
    assert "编号" not in heard.words, "no error was reported"
    assert world.emulator.ledger.truncated == []
    assert world.emulator.ledger.rejected == []


async def test_an_answer_longer_than_a_message_is_split_and_stays_in_order(world: World, rep: Employee) -> None:
    """2048 bytes a message: an unfolded card's whole text follows in numbered parts, none cut."""
    card = (await world.say(rep.wecom, "恒力达和我们差在哪，客户怎么回")).card
    heard = await world.press(rep.wecom, card, "unfold")
    parts = [text for text in heard.texts if text.startswith("(")]
    assert len(parts) >= 2
    assert [text.partition(")")[0] for text in parts] == [f"({n}/{len(parts)}" for n in range(1, len(parts) + 1)]
    assert all(len(text.encode()) <= 2048 for text in heard.texts)


async def test_twenty_messages_of_a_burst_are_answered_in_order(world: World, rep: Employee) -> None:
    """One conversation is one queue, however quickly its messages come."""
    with world.listening(rep.wecom) as heard:
        for number in range(20):
            delivery = await world.emulator.callbacks.send_text(rep.wecom, f"我有几个客户 qq{number:02d}")
            assert delivery.ok
        await world.quiet()
    assert len(heard().texts) == 20
    assert all(f"qq{number:02d}" in text for number, text in enumerate(heard().texts))


async def test_a_member_never_gets_more_than_the_platform_passes_on(
    world: World, rep: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WeCom drops what is beyond 30 a minute without an error; here the limit is 5 in 0.4 s, and holds."""
    assert world.app.adapters["wecom"].limit == (30, 60.0)
    most, seconds = 5, 0.4
    monkeypatch.setattr(world.app.adapters["wecom"], "limit", (most, seconds))
    with world.listening(rep.wecom) as heard:
        for number in range(18):
            await world.emulator.callbacks.send_text(rep.wecom, f"我有几个客户 qq{number:02d}")
        await world.quiet()
    times = [entry.at.timestamp() for entry in heard().entries]
    assert len(times) == 18
    assert all(later - earlier >= seconds for earlier, later in zip(times, times[most:], strict=False))


@pytest.mark.parametrize("fields", MENU_AND_OTHER_EVENTS, ids=[str(event["Event"]) for event in MENU_AND_OTHER_EVENTS])
async def test_every_event_is_kept_and_none_is_answered(world: World, rep: Employee, fields: Mapping[str, Any]) -> None:
    """Events, known or not, are acknowledged and stored; they start no conversation."""
    with world.listening(rep.wecom) as heard:
        delivery = await world.emulator.callbacks.event(rep.wecom, fields)
        await world.quiet()
    assert delivery.status == 200
    assert heard().entries == ()
    assert await _kept(world, rep) == 1


async def test_whoever_subscribes_is_greeted_once(world: World, rep: Employee) -> None:
    """The same event repeated by the platform is one event."""
    with world.listening(rep.wecom) as heard:
        for _ in range(2):
            assert (await world.emulator.callbacks.subscribe(rep.wecom, created_at=1_800_000_000)).ok
        await world.quiet()
    [text] = heard().texts
    assert rep.name in text


@pytest.mark.parametrize("kind", ["image", "voice", "video", "file", "location", "link"])
async def test_every_kind_of_message_is_answered(world: World, rep: Employee, kind: str) -> None:
    """Files are kept and confirmed; of recordings it asks whose they are; places and links are answered as words."""
    sender = world.emulator.callbacks
    png, amr = b"\x89PNG\r\n\x1a\n" + bytes(64), b"#!AMR\n" + bytes(32)
    with world.listening(rep.wecom) as heard:
        kinds: Mapping[str, Callable[[], Awaitable[Delivery]]] = {
            "image": lambda: sender.send_image(rep.wecom, png, "photo.png"),
            "voice": lambda: sender.send_voice(rep.wecom, amr),
            "video": lambda: sender.send_video(rep.wecom, b"\0\0\0\x18ftypmp42" + bytes(64)),
            "file": lambda: sender.send_file(rep.wecom, "报价单.txt", "报价".encode()),
            "location": lambda: sender.send_location(rep.wecom, 31.3, 120.6, "苏州工业园区"),
            "link": lambda: sender.send_link(rep.wecom, "竞品报价", "恒力达的新报价", "https://example.com"),
        }
        assert (await kinds[kind]()).ok
        await world.quiet()
    assert heard().entries
    assert "编号" not in heard().words, "no error was reported"
    assert ("已收到并保存" in heard().words) == (kind in {"image", "file"})
    assert ("是和哪位客户的录音" in heard().words) == (kind in {"voice", "video"})


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\boot.ini", "/etc/shadow", "a\0b.txt", "x" * 500 + ".pdf", ""]
)
async def test_a_file_with_an_evil_name_stays_in_its_folder(world: World, rep: Employee, name: str) -> None:
    """Names of clients never become paths, and are shown without folders."""
    with world.listening(rep.wecom) as heard:
        delivery = await world.emulator.callbacks.send_file(rep.wecom, name.replace("\0", ""), b"root:x:0:0")
        assert delivery.ok
        await world.quiet()
    [text] = heard().texts
    assert "已收到并保存" in text
    assert not any(part in text for part in ("..", "/", "\\"))
    record = await world.app.database.read(
        lambda store: store.files.get(f"wecom:{world.emulator.company.agent_id}:{rep.wecom}:{delivery.msg_id}#0")
    )
    assert record
    path = (world.data / record.path).resolve()
    assert path.parent == (world.data / "files").resolve()
    assert path.read_bytes() == b"root:x:0:0"


async def test_a_file_that_is_gone_is_reported_with_its_reason(
    world: World, emulator: WecomEmulator, rep: Employee
) -> None:
    """Media lives three days on WeCom; what can't be fetched is said, not swallowed."""
    emulator.faults.fail(40007, path="/cgi-bin/media/get")
    with world.listening(rep.wecom) as heard:
        await world.emulator.callbacks.send_file(rep.wecom, "报价单.txt", b"too late")
        await world.quiet()
    [text] = heard().texts
    assert "没能保存" in text


async def test_a_full_disk_is_said_without_naming_our_folders(
    world: World, rep: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(world.data))

    monkeypatch.setattr(world.app.adapters["wecom"], "fetch", full)
    with world.listening(rep.wecom) as heard:
        await world.emulator.callbacks.send_file(rep.wecom, "报价单.txt", b"too much")
        await world.quiet()
    [text] = heard().texts
    assert "存不下" in text
    assert str(world.data) not in text


async def test_in_a_group_the_bot_speaks_only_when_it_is_addressed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Self-built WeCom apps hear no groups, so this enters where every adapter's messages enter."""
    numbers = itertools.count()

    def said(mentioned: bool) -> Message:
        return Message(
            id=f"console:group:{next(numbers)}",
            channel="console",
            conversation="user:group",
            sender=OPS.id,
            kind="text",
            at=SystemClock().now(),
            text="客户说太贵了怎么回",
            in_group=True,
            mentioned=mentioned,
        )

    before = len(await world.deliveries("sent"))
    await world.app.intake([said(mentioned=False)])
    await world.quiet()
    with monkeypatch.context() as patch:  # also when listening fails: customers may read there (D2)
        patch.setattr(world.app.coaching.listening, "_keep", None)
        await world.app.intake([said(mentioned=False)])
        await world.quiet()
    assert len(await world.deliveries("sent")) == before
    for number in range(2):  # A18: what isn't said to the bot is kept by consent, or not at all
        heard = await world.app.database.read(lambda store, n=number: store.messages.get(f"console:group:{n}"))  # type: ignore[misc]  # a default only fixes the loop's value
        assert (heard.message.text, heard.skill) == ("", "")
        assert heard.answered_at is not None
    await world.app.intake([said(mentioned=True)])
    await world.quiet()
    assert len(await world.deliveries("sent")) == before + 1


async def test_a_button_of_a_skill_that_is_not_for_ones_role_does_nothing(
    world: World, rep: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D9: a role that changed, a card that a whole group sees, a press that a browser forged."""
    monkeypatch.setattr(world.app.house.skills["help"], "roles", frozenset({Role.ADMIN}), raising=False)
    here, now = Address("console", f"user:{rep.id}"), SystemClock().now()
    cards = {"help": Card("of-help", "帮助"), "router": Card("which-one", "您想问的是？")}

    def show(store: Store) -> None:
        for skill, card in cards.items():
            store.cards.add(card, skill, here, rep.id, "", now, context={"text": "帮助"})

    await world.app.database.write(show)
    for card in cards.values():
        press = Press(card.id, "help", "h")
        await world.app.intake(
            [Message(f"console:{card.id}", "console", here.conversation, rep.id, "press", now, press=press)]
        )
        await world.quiet()
        answered = await world.app.database.read(lambda store, id_=card.id: store.messages.get(f"console:{id_}"))  # type: ignore[misc]  # a default only fixes the loop's value
        assert answered.skill == "xiaoce", "the house answers, not the skill"


async def test_many_members_at_once_get_their_own_answers(world: World) -> None:
    """Conversations run beside each other, and none gets another's words."""
    members = [world.newcomer() for _ in range(8)]
    with ExitStack() as ears:
        heard = {member.wecom: ears.enter_context(world.listening(member.wecom)) for member in members}
        await asyncio.gather(*(world.emulator.callbacks.send_text(name, f"我有几个客户 {name}") for name in heard))
        await world.quiet()
    for name, listen in heard.items():
        [text] = listen().texts
        assert name in text


async def _stored(world: World, member: Employee, msg_id: str) -> object:
    key = f"wecom:{world.emulator.company.agent_id}:{member.wecom}:{msg_id}"
    return await world.app.database.read(lambda store: store.messages.get(key))


async def _kept(world: World, member: Employee) -> int:
    """How many messages of this member are stored, answered or not."""
    person = await world.app.database.read(lambda store: store.people.get(member.id))
    assert person
    return len(await world.app.database.read(lambda store: store.messages.history(person, channel="wecom")))
