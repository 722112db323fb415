"""PROTOCOLS, WeCom token: 7200 s, the same while valid, one hour's ban."""

from __future__ import annotations

import aiohttp

from tests.emulators.wecom import ManualClock, WecomEmulator
from tests.unit.emulators.wecom.support import ApiClient


async def test_the_same_token_while_valid_and_another_after(api: ApiClient, clock: ManualClock) -> None:
    first = await api.token()
    clock.advance(seconds=7199)
    again = await api.token()
    assert (first["expires_in"], again["expires_in"]) == (7200, 1)
    assert again["access_token"] == first["access_token"]
    clock.advance(seconds=1)
    assert (await api.token())["access_token"] != first["access_token"]


async def test_expired_wrong_and_missing_tokens(api: ApiClient, clock: ManualClock) -> None:
    old = (await api.token())["access_token"]
    clock.advance(seconds=7200)
    assert (await api.get("getcallbackip", token=old))["errcode"] == 42001
    assert (await api.get("getcallbackip", token="made-up"))["errcode"] == 40014
    assert (await api.get("getcallbackip", token=""))["errcode"] == 41001


async def test_wrong_credentials(api: ApiClient) -> None:
    assert (await api.token(corpid=""))["errcode"] == 41002
    assert (await api.token(corpsecret=""))["errcode"] == 41004
    assert (await api.token(corpid="ww0"))["errcode"] == 40013
    assert (await api.token(corpsecret="wrong"))["errcode"] == 40001


async def test_five_wrong_secrets_ban_the_address_for_an_hour(api: ApiClient, clock: ManualClock) -> None:
    for _ in range(5):
        assert (await api.token(corpsecret="wrong"))["errcode"] == 40001
    assert (await api.token())["errcode"] == 45009
    clock.advance(minutes=59)
    assert (await api.token())["errcode"] == 45009
    clock.advance(minutes=1)
    assert (await api.token())["errcode"] == 0


async def test_revoked_once_then_a_fresh_token_works(api: ApiClient, emulator: WecomEmulator) -> None:
    await api.token()
    emulator.faults.revoke_token()
    assert (await api.text())["errcode"] == 40014
    await api.token()
    assert (await api.text())["errcode"] == 0


async def test_revoked_for_good_refuses_fresh_tokens_too(api: ApiClient, emulator: WecomEmulator) -> None:
    emulator.faults.revoke_tokens_for_good()
    for _ in range(2):
        await api.token()
        assert (await api.text())["errcode"] == 40014
    assert emulator.ledger.delivered == []


async def test_with_the_clock_of_the_machine() -> None:
    async with WecomEmulator() as emulator, aiohttp.ClientSession() as session:
        api = ApiClient(emulator, session)
        assert (await api.text())["errcode"] == 0
        assert emulator.ledger.texts_to("zhangmin") == ["你好"]


async def test_the_archive_has_a_secret_and_a_token_of_its_own(api: ApiClient, emulator: WecomEmulator) -> None:
    """The app's token doesn't ask who agreed, the archive's sends nothing; at most 100 pairs at once."""
    single, archive = "msgaudit/check_single_agree", emulator.world.archive
    archive.set("Agree", "wm1", userid="zhangmin")
    pair = {"userid": "zhangmin", "exteranalopenid": "wm1"}
    await api.token()
    assert (await api.post(single, {"info": [pair]}))["errcode"] == 40014
    await api.token(corpsecret=archive.secret)
    [info] = (await api.post(single, {"info": [pair, {**pair, "exteranalopenid": "wm2"}]}))["agreeinfo"]
    assert (info["userid"], info["exteranalopenid"], info["agree_status"]) == ("zhangmin", "wm1", "Agree")
    assert (await api.post(single, {"info": [pair] * 101}))["errcode"] == 40058
    assert (await api.post("msgaudit/check_room_agree", {"roomid": "wr1"}))["errcode"] == 40058
    archive.set("Disagree", "wm1", room="wr1")
    assert (await api.post("msgaudit/check_room_agree", {"roomid": "wr1"}))["agreeinfo"][0][
        "agree_status"
    ] == "Disagree"
    assert (await api.get("agent/get", agentid="1000002"))["errcode"] == 40014
