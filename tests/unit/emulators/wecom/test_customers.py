"""PROTOCOLS, external contact: the event, and its WelcomeCode that is good once within 20 seconds."""

from __future__ import annotations

from typing import Any

from tests.emulators.wecom import ManualClock, WecomEmulator
from tests.unit.emulators.wecom.support import ApiClient, CallbackApp

WELCOME = "externalcontact/send_welcome_msg"


def greeting(code: str, **more: Any) -> dict[str, Any]:
    return {"welcome_code": code, "text": {"content": "您好，我是张敏"}, **more}


async def test_a_new_customer_is_welcomed_once(api: ApiClient, emulator: WecomEmulator, app: CallbackApp) -> None:
    await emulator.callbacks.add_customer("zhangmin", "王经理", state="展会")
    (event,) = app.received
    assert (event["FromUserName"], event["Event"], event["ChangeType"]) == (
        "sys",
        "change_external_contact",
        "add_external_contact",
    )
    assert (event["UserID"], event["State"]) == ("zhangmin", "展会")
    assert (await api.post(WELCOME, greeting(event["WelcomeCode"], attachments=[{"msgtype": "poem"}])))[
        "errcode"
    ] == 40058
    assert (await api.post(WELCOME, greeting(event["WelcomeCode"])))["errcode"] == 0
    assert (await api.post(WELCOME, greeting(event["WelcomeCode"])))["errcode"] == 41051
    assert emulator.ledger.texts_to(event["ExternalUserID"]) == ["您好，我是张敏"]


async def test_codes_live_twenty_seconds_and_may_be_absent(
    api: ApiClient, emulator: WecomEmulator, app: CallbackApp, clock: ManualClock
) -> None:
    await api.token()
    await emulator.callbacks.add_customer("zhangmin", "王经理")
    await emulator.callbacks.add_customer("liwei", "李总", welcome=False)
    clock.advance(seconds=20)
    assert (await api.post(WELCOME, greeting(app.received[0]["WelcomeCode"])))["errcode"] == 41050
    assert "WelcomeCode" not in app.received[1]


async def test_customers_can_be_looked_up_until_they_leave(
    api: ApiClient, emulator: WecomEmulator, app: CallbackApp
) -> None:
    await emulator.callbacks.add_customer("zhangmin", "王经理", state="展会", external_userid="wm1")
    found = await api.get("externalcontact/get", external_userid="wm1")
    assert found["external_contact"]["name"] == "王经理"
    assert (found["follow_user"][0]["userid"], found["follow_user"][0]["state"]) == ("zhangmin", "展会")
    assert (await api.get("externalcontact/list", userid="zhangmin"))["external_userid"] == ["wm1"]
    await emulator.callbacks.change_customer("edit_external_contact", "zhangmin", "wm1")
    await emulator.callbacks.remove_customer("zhangmin", "wm1", by_customer=True)
    assert [event["ChangeType"] for event in app.received[1:]] == ["edit_external_contact", "del_follow_user"]
    assert (await api.get("externalcontact/get", external_userid="wm1"))["errcode"] == 84061
    assert (await api.get("externalcontact/list", userid="zhangmin"))["errcode"] == 84061
