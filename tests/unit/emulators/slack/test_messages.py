"""chat.*, conversations.*, users.*: what the API answers and what people see."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.emulators.slack import Outcome, SlackEmulator
from tests.unit.emulators.slack.support import CHANNEL, OTHER, USER, ApiClient, actions, button, section


async def test_a_message_stands_in_the_channel(api: ApiClient, emulator: SlackEmulator) -> None:
    answer = await api.say("报价", blocks=[section("*报价*"), actions(button())])
    assert (answer["ok"], answer["channel"]) == (True, CHANNEL)
    assert answer["message"]["bot_id"] == emulator.workspace.bot_id
    assert all(block["block_id"] for block in answer["message"]["blocks"])
    (entry,) = emulator.ledger.delivered_to(CHANNEL)
    assert (entry.text, entry.ts, entry.outcome) == ("报价", answer["ts"], Outcome.DELIVERED)
    assert [entry.method for entry in emulator.ledger.accepted] == ["chat.postMessage"]
    assert emulator.violations == []


async def test_where_the_bot_may_write(api: ApiClient, emulator: SlackEmulator) -> None:
    dm = await api.say(channel=USER)
    assert dm["channel"] == emulator.dm(USER).id
    assert (await api.say(channel="#sales"))["channel"] == CHANNEL
    errors = [(await api.say(channel=name))["error"] for name in ("C0WHERE", "C0NOBOT", "C0SECRET", "C0OLD", "U0WHO")]
    assert errors == ["channel_not_found", "not_in_channel", "channel_not_found", "is_archived", "channel_not_found"]


async def test_tokens_and_scopes(api: ApiClient, emulator: SlackEmulator) -> None:
    async def error(token: str) -> Any:
        return (await api.call("auth.test", token=token))["error"]

    assert await error("") == "not_authed"
    assert await error("xoxb-other") == "invalid_auth"
    assert await error(emulator.workspace.app_token) == "not_allowed_token_type"
    emulator.faults.revoke(emulator.workspace.bot_token)
    assert await error(emulator.workspace.bot_token) == "token_revoked"
    async with SlackEmulator(scopes=("chat:write",)) as poor:
        answer = await ApiClient(poor, api.session).get("users.info", user=USER)
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "users:read", "chat:write")


async def test_threads(api: ApiClient, emulator: SlackEmulator) -> None:
    parent = (await api.say("题"))["ts"]
    reply = await api.say("答", thread_ts=parent)
    assert reply["message"]["thread_ts"] == parent
    thread = await api.get("conversations.replies", channel=CHANNEL, ts=parent)
    assert [message["text"] for message in thread["messages"]] == ["题", "答"]
    assert thread["messages"][0]["reply_count"] == 1
    history = await api.get("conversations.history", channel=CHANNEL)
    assert [message["text"] for message in history["messages"]] == ["题"]
    await api.say("答二", thread_ts=reply["ts"])
    assert "is a reply" in emulator.violations[0]


async def test_history_has_pages_and_metadata(api: ApiClient) -> None:
    for number in range(5):
        await api.say(str(number), metadata={"event_type": "parcel", "event_payload": {"id": f"p{number}"}})
    first = await api.get("conversations.history", channel=CHANNEL, limit="2", include_all_metadata="true")
    assert [message["metadata"]["event_payload"]["id"] for message in first["messages"]] == ["p4", "p3"]
    cursor = first["response_metadata"]["next_cursor"]
    second = await api.get("conversations.history", channel=CHANNEL, limit="2", cursor=cursor)
    assert [message["text"] for message in second["messages"]] == ["2", "1"]
    assert "metadata" not in second["messages"][0]
    oldest = first["messages"][1]["ts"]
    newer = await api.get("conversations.history", channel=CHANNEL, oldest=oldest)
    assert [message["text"] for message in newer["messages"]] == ["4"]


async def test_changing_and_deleting(api: ApiClient, emulator: SlackEmulator) -> None:
    ts = (await api.say("旧", blocks=[section()]))["ts"]
    answer = await api.call("chat.update", channel=CHANNEL, ts=ts, text="新", blocks=[])
    assert (answer["message"]["text"], "blocks" in answer["message"]) == ("新", False)
    (changed,) = emulator.ledger.updated
    assert (changed.text, changed.ts) == ("新", ts)
    said = (await emulator.callbacks.say(USER, "我的", CHANNEL)).post
    for method, error in (("chat.update", "cant_update_message"), ("chat.delete", "cant_delete_message")):
        more = {"text": "x"} if method == "chat.update" else {}
        assert (await api.call(method, channel=CHANNEL, ts=said.ts, **more))["error"] == error
        assert (await api.call(method, channel=CHANNEL, ts="1.000001", **more))["error"] == "message_not_found"
    assert (await api.call("chat.delete", channel=CHANNEL, ts=ts))["ok"]
    assert [post.text for post in emulator.channel(CHANNEL).posts] == ["我的"]
    assert emulator.ledger.of(Outcome.DELETED)[0].ts == ts


async def test_text_alone_on_blocks_is_warned_of(api: ApiClient, emulator: SlackEmulator) -> None:
    ts = (await api.say(blocks=[section()]))["ts"]
    await api.call("chat.update", channel=CHANNEL, ts=ts, text="新")
    assert "blocks: []" in emulator.warnings[0]


async def test_only_one_person_sees_an_ephemeral_message(api: ApiClient, emulator: SlackEmulator) -> None:
    place = {"channel": CHANNEL, "text": "只给你"}
    assert (await api.call("chat.postEphemeral", **place, user=USER))["message_ts"]
    assert [len(emulator.channel(CHANNEL).seen_by(user)) for user in (USER, OTHER)] == [1, 0]
    assert (await api.call("chat.postEphemeral", **place, user="U0WHO"))["error"] == "user_not_in_channel"
    emulator.world.away.add(OTHER)
    assert (await api.call("chat.postEphemeral", **place, user=OTHER))["ok"]
    assert [entry.reason for entry in emulator.ledger.dropped] == [f"{OTHER} isn't there"]
    ts = emulator.channel(CHANNEL).posts[0].ts
    assert (await api.call("chat.update", channel=CHANNEL, ts=ts, text="改"))["error"] == "message_not_found"


async def test_people_and_conversations(api: ApiClient, emulator: SlackEmulator) -> None:
    user = (await api.get("users.info", user=USER))["user"]
    assert (user["profile"]["real_name"], user["profile"]["email"]) == ("张敏", "u0zhangmin@example.com")
    assert (await api.get("users.info", user="U0WHO"))["error"] == "user_not_found"
    assert (await api.call("users.info", user=USER))["error"] == "invalid_arguments"  # takes no JSON
    found = await api.get("users.lookupByEmail", email="u0liwei@example.com")
    assert found["user"]["id"] == OTHER
    dm = (await api.call("conversations.open", users=USER))["channel"]["id"]
    info = (await api.get("conversations.info", channel=dm))["channel"]
    assert (info["is_im"], info["user"]) == (True, USER)
    assert (await api.get("conversations.info", channel="C0NOBOT"))["channel"]["is_member"] is False
    members = (await api.get("conversations.members", channel=CHANNEL))["members"]
    assert set(members) == {USER, OTHER, emulator.workspace.bot_user_id}


async def test_a_multipart_form_is_taken(api: ApiClient, emulator: SlackEmulator) -> None:
    form = aiohttp.FormData({"channel": CHANNEL, "text": "好 & 多"})
    form.add_field("unfurl_links", "true", content_type="text/plain")
    headers = {"Authorization": f"Bearer {emulator.workspace.bot_token}"}
    async with api.session.post(f"{emulator.base_url}/api/chat.postMessage", data=form, headers=headers) as response:
        assert (await response.json())["ok"]
    assert emulator.ledger.texts_to(CHANNEL) == ["好 & 多"]


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
        (b"\xff\xfe", "application/x-www-form-urlencoded", "invalid_form_data"),
        (b"text", "application/xml", "invalid_post_type"),
    ],
)
async def test_malformed_bodies(api: ApiClient, body: bytes, content_type: str, error: str) -> None:
    headers = {"Content-Type": content_type, "Authorization": f"Bearer {api.emulator.workspace.bot_token}"}
    url = f"{api.emulator.base_url}/api/chat.postMessage"
    async with api.session.post(url, data=body, headers=headers) as response:
        assert (await response.json())["error"] == error
