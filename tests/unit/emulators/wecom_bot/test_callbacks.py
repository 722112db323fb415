"""PROTOCOLS, AI bot over HTTP: verification, every message and event, repeats, wrong ones."""

from __future__ import annotations

import base64

import aiohttp
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.emulators.wecom_bot import ManualClock, Tamper, WecomBotEmulator
from tests.unit.emulators.wecom_bot.support import CallbackBot

GROUP = "wrSalesEast"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


async def test_url_verification(http: WecomBotEmulator, bot: CallbackBot) -> None:
    assert (await http.callback_url.verify_url()).ok
    assert (await http.callback_url.verify_url(tamper=Tamper.WRONG_SIGNATURE)).status == 403
    assert (await http.callback_url.verify_url(tamper=Tamper.WRONG_RECEIVEID)).status == 403


async def test_a_text_arrives_complete(http: WecomBotEmulator, bot: CallbackBot) -> None:
    delivery = await http.callbacks.send_text("zhangmin", "华东电子 的合同到期了吗？")
    (message,) = bot.received
    assert message.pop("response_url").startswith(f"{http.base_url}/cgi-bin/aibot/response?response_code=")
    assert message == {
        "msgid": delivery.msg_id,
        "aibotid": http.bot.bot_id,
        "chattype": "single",
        "from": {"userid": "zhangmin"},
        "msgtype": "text",
        "text": {"content": "华东电子 的合同到期了吗？"},
    }
    assert delivery.ok
    assert http.violations == []


async def test_in_a_group_the_bot_is_mentioned_and_files_do_not_come(http: WecomBotEmulator, bot: CallbackBot) -> None:
    quoted = {"msgtype": "text", "text": {"content": "上周的报价"}}
    await http.callbacks.send_text("zhangmin", "这个客户跟进到哪了", chat=GROUP, quote=quoted)
    (message,) = bot.received
    assert (message["chattype"], message["chatid"]) == ("group", GROUP)
    assert message["text"]["content"] == "@小策智能机器人 这个客户跟进到哪了"
    assert message["quote"] == quoted
    with pytest.raises(ValueError, match="groups"):
        await http.callbacks.send_file("zhangmin", "a.pdf", b"%PDF-1.7", chat=GROUP)
    with pytest.raises(LookupError):
        await http.callbacks.send_text("wangfang", "我不在群里", chat=GROUP)


async def test_files_are_encrypted_and_live_five_minutes(
    http: WecomBotEmulator, bot: CallbackBot, clock: ManualClock, session: aiohttp.ClientSession
) -> None:
    await http.callbacks.send_image("zhangmin", PNG)
    await http.callbacks.send_file("zhangmin", "报价单.pdf", b"%PDF-1.7 quote")
    await http.callbacks.send_mixed("zhangmin", ["看这张图", PNG])
    await http.callbacks.send_voice("zhangmin", "明天上午拜访华东电子")
    image, file, mixed, voice = bot.received
    assert list(image["image"]) == ["url"]  # no key of its own in HTTP mode
    async with session.get(file["file"]["url"]) as response:
        assert "%E6%8A%A5%E4%BB%B7%E5%8D%95.pdf" in response.headers["Content-Disposition"]
        assert _open(await response.read(), http.bot.aes_key) == b"%PDF-1.7 quote"
    words, picture = mixed["mixed"]["msg_item"]
    assert (words["text"]["content"], picture["msgtype"]) == ("看这张图", "image")
    assert voice["voice"] == {"content": "明天上午拜访华东电子"}
    clock.advance(minutes=5)
    async with session.get(file["file"]["url"]) as response:
        assert response.status == 404


async def test_events(http: WecomBotEmulator, bot: CallbackBot, clock: ManualClock) -> None:
    await http.callbacks.enter_chat("zhangmin")
    await http.callbacks.give_feedback("zhangmin", "trace_1", 2, "少了价格", [2])
    entered, thumb = bot.received
    assert entered["create_time"] == int(clock.now().timestamp())
    assert (entered["msgtype"], entered["event"]) == ("event", {"eventtype": "enter_chat"})
    assert "response_url" not in entered
    assert thumb["event"]["feedback_event"] == {
        "id": "trace_1",
        "type": 2,
        "content": "少了价格",
        "inaccurate_reason_list": [2],
    }


async def test_the_same_message_again_until_it_is_taken(http: WecomBotEmulator, bot: CallbackBot) -> None:
    bot.statuses = [500, 503]
    delivery = await http.callbacks.send_text("zhangmin", "在吗")
    assert [attempt.status for attempt in delivery.attempts] == [500, 503, 200]
    assert {message["msgid"] for message in bot.received} == {delivery.msg_id}
    bot.delay = 0.3
    slow = await http.callbacks.send_text("zhangmin", "慢", deadline=0.1, retries=1)
    assert [attempt.status for attempt in slow.attempts] == [0, 0]
    assert http.chats.of("zhangmin")[-1].note


async def test_duplicates_and_disorder(http: WecomBotEmulator, bot: CallbackBot) -> None:
    http.faults.duplicate_callbacks()
    delivery = await http.callbacks.send_text("zhangmin", "一次")
    assert [message["msgid"] for message in bot.received] == [delivery.msg_id] * 2


@pytest.mark.parametrize("tamper", [tamper for tamper in Tamper if tamper is not Tamper.OVERSIZED])
async def test_wrong_callbacks(http: WecomBotEmulator, bot: CallbackBot, tamper: Tamper) -> None:
    delivery = await http.callbacks.send_text("zhangmin", "伪造", tamper=tamper)
    assert delivery.status == 403
    assert bot.received == []


def _open(sealed: bytes, aes_key: str) -> bytes:
    key = base64.b64decode(aes_key + "=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = decryptor.update(sealed) + decryptor.finalize()
    assert len(plain) % 32 == 0
    return plain[: -plain[-1]]
