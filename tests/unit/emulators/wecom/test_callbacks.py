"""PROTOCOLS, WeCom callback: verification, deadline, re-sends, every message and event, and wrong ones."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulators.wecom import ManualClock, Outcome, Tamper, WecomEmulator
from tests.unit.emulators.wecom.samples import MULTIPLE, TEXT_NOTICE, VOTE
from tests.unit.emulators.wecom.support import ApiClient, CallbackApp


async def test_url_verification_wants_the_exact_plaintext(emulator: WecomEmulator, app: CallbackApp) -> None:
    assert (await emulator.callbacks.verify_url()).ok
    app.echo_suffix = "\n"
    assert not (await emulator.callbacks.verify_url()).ok
    assert (await emulator.callbacks.verify_url(tamper=Tamper.WRONG_SIGNATURE)).status == 403
    assert (await emulator.callbacks.verify_url(tamper=Tamper.WRONG_RECEIVEID)).status == 403


async def test_a_text_arrives_complete(emulator: WecomEmulator, app: CallbackApp, clock: ManualClock) -> None:
    delivery = await emulator.callbacks.send_text("zhangmin", "你好 ]]> <b>")
    assert (delivery.ok, delivery.status, len(delivery.attempts)) == (True, 200, 1)
    assert 0 < delivery.seconds < 5
    assert app.received == [
        {
            "ToUserName": emulator.company.corp_id,
            "FromUserName": "zhangmin",
            "CreateTime": str(int(clock.now().timestamp())),
            "MsgType": "text",
            "Content": "你好 ]]> <b>",
            "MsgId": delivery.msg_id,
            "AgentID": str(emulator.company.agent_id),
        }
    ]


async def test_media_can_be_fetched(api: ApiClient, emulator: WecomEmulator, app: CallbackApp) -> None:
    sender = emulator.callbacks
    await sender.send_image("zhangmin", b"\xff\xd8\xff picture")
    await sender.send_voice("zhangmin", b"#!AMR\n sound")
    await sender.send_video("zhangmin", b"....ftypfilm")
    await sender.send_file("zhangmin", "名单.xlsx", b"table")
    assert [message["MsgType"] for message in app.received] == ["image", "voice", "video", "file"]
    assert [emulator.media.get(m["MediaId"]).content[-5:] for m in app.received] == [
        b"cture",
        b"sound",
        b"pfilm",
        b"table",
    ]
    assert (app.received[1]["Format"], app.received[3]["FileName"]) == ("amr", "名单.xlsx")
    async with api.session.get(app.received[0]["PicUrl"]) as response:
        assert response.status == 200


async def test_places_links_and_events(emulator: WecomEmulator, app: CallbackApp) -> None:
    sender = emulator.callbacks
    await sender.send_location("zhangmin", 31.2, 121.5, "上海")
    await sender.send_link("zhangmin", "题", "述", "https://example.com")
    await sender.enter_agent("zhangmin")
    await sender.subscribe("zhangmin")
    await sender.unsubscribe("zhangmin")
    await sender.click_menu("zhangmin", "brief")
    await sender.change_contact("delete_user", "liwei")
    await sender.event("zhangmin", {"Event": "msgaudit_notify"})
    assert [message.get("Event") for message in app.received] == [
        None,
        None,
        "enter_agent",
        "subscribe",
        "unsubscribe",
        "click",
        "change_contact",
        "msgaudit_notify",
    ]
    assert app.received[0]["Label"] == "上海"
    assert app.received[6]["UserID"] == "liwei"
    assert all("MsgId" not in message for message in app.received[2:])


async def test_no_answer_within_the_deadline_brings_the_same_message_three_times_more(
    emulator: WecomEmulator, app: CallbackApp
) -> None:
    app.delay = 0.3
    delivery = await emulator.callbacks.send_text("zhangmin", "在吗", deadline=0.1)
    assert [attempt.status for attempt in delivery.attempts] == [0, 0, 0, 0]
    assert emulator.chats.of("zhangmin")[0].note.startswith("TimeoutError")


async def test_an_error_brings_it_again_until_it_is_taken(emulator: WecomEmulator, app: CallbackApp) -> None:
    app.statuses = [500, 502]
    delivery = await emulator.callbacks.send_text("zhangmin", "在吗")
    assert [attempt.status for attempt in delivery.attempts] == [500, 502, 200]
    assert {message["MsgId"] for message in app.received} == {delivery.msg_id}


async def test_four_copies_at_once_and_a_chosen_msg_id(emulator: WecomEmulator, app: CallbackApp) -> None:
    await emulator.callbacks.send_text("zhangmin", "在吗", msg_id=42, copies=4)
    await emulator.callbacks.send_text("liwei", "撞号", msg_id=42)
    assert [message["MsgId"] for message in app.received] == ["42"] * 5


@pytest.mark.parametrize("tamper", list(Tamper))
async def test_wrong_callbacks_are_really_wrong(emulator: WecomEmulator, app: CallbackApp, tamper: Tamper) -> None:
    delivery = await emulator.callbacks.send_text("zhangmin", "坏的", tamper=tamper)
    assert not delivery.ok
    assert len(delivery.attempts) == 1
    assert app.received == []
    assert emulator.chats.of("zhangmin") == []


async def test_a_pressed_button(
    api: ApiClient, emulator: WecomEmulator, app: CallbackApp, button_card: dict[str, Any]
) -> None:
    await api.card(button_card)
    entry = emulator.ledger.delivered_to("zhangmin")[0]
    await emulator.callbacks.press_button("zhangmin", entry, "reject")
    event = app.received[0]
    assert (event["Event"], event["EventKey"], event["TaskId"]) == ("template_card_event", "reject", "quote-1")
    assert (event["CardType"], "SelectedItems" in event) == ("button_interaction", False)
    with pytest.raises(ValueError, match="no button"):
        await emulator.callbacks.press_button("zhangmin", entry, "sell")
    with pytest.raises(LookupError):
        await emulator.callbacks.press_button("liwei", entry, "reject")


async def test_choices_and_menus(api: ApiClient, emulator: WecomEmulator, app: CallbackApp) -> None:
    for card in (VOTE, MULTIPLE, TEXT_NOTICE):
        await api.card(card)
    sender = emulator.callbacks
    await sender.press_button("zhangmin", "vote-1", "vote", {"good": ["need", "next"]})
    await sender.press_button("zhangmin", "stage-1", "save", {"stage": ["quote"], "month": ["4"]})
    await sender.press_menu("zhangmin", "brief-2026-03-02", "off")
    first, second, third = app.received
    assert first["SelectedItems"]["SelectedItem"]["OptionIds"]["OptionId"] == ["need", "next"]
    keys = [item["QuestionKey"] for item in second["SelectedItems"]["SelectedItem"]]
    assert keys == ["stage", "month"]
    assert (third["Event"], third["EventKey"]) == ("template_card_menu_event", "off")
    with pytest.raises(ValueError, match="no options"):
        await sender.press_button("zhangmin", "stage-1", "save", {"stage": ["moon"]})


async def test_answers_in_the_response(emulator: WecomEmulator, app: CallbackApp) -> None:
    reply = "<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[收到]]></Content></xml>"
    app.answer = app.crypto.encrypt_message(reply, "1", "1772413200").encode()
    await emulator.callbacks.send_text("zhangmin", "在吗")
    assert emulator.ledger.texts_to("zhangmin") == ["收到"]
    assert emulator.violations == []
    app.answer = b'{"ok": true}'
    await emulator.callbacks.send_text("zhangmin", "在吗")
    assert "neither empty nor a sealed reply" in emulator.violations[0]
    assert len(emulator.ledger.of(Outcome.DELIVERED)) == 1


async def test_many_at_once(emulator: WecomEmulator, app: CallbackApp) -> None:
    sender = emulator.callbacks
    envelopes = [sender.prepare("zhangmin", {"MsgType": "text", "Content": str(number)}) for number in range(200)]
    deliveries = await sender.post_many(envelopes, concurrency=20)
    assert all(delivery.ok for delivery in deliveries)
    assert {message["Content"] for message in app.received} == {str(number) for number in range(200)}
