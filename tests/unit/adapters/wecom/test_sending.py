"""Sending against a scripted stand-in: repeats, refreshes, errcodes, files."""

from __future__ import annotations

import asyncio
import traceback
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from adapters.wecom import WecomAdapter
from adapters.wecom.errors import Refused
from bot.contracts.adapter import Parcel
from bot.contracts.card import Action, Card
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from bot.contracts.reply import Address, CardUpdate, OutgoingFile, Reply

TO = Address("wecom", "user:zhangsan")
OK = {"errcode": 0, "errmsg": "ok", "msgid": "msg-1"}
CARD = Card("c-1", "标题", actions=(Action("useful", "有用"),))


def parcel(adapter: WecomAdapter, reply: Reply, **more: Any) -> Parcel:
    return Parcel(id="parcel-1", to=reply.to, payload=adapter.render(reply)[0], **more)


async def test_text_is_checked_for_copies(adapter: WecomAdapter, platform: Any) -> None:
    platform.says(OK)
    receipt = await adapter.send(parcel(adapter, Reply(TO, "你好")))
    assert receipt.reference == "msg-1"
    (body,) = platform.bodies("message/send")
    assert body == {
        "touser": "zhangsan",
        "agentid": 1000002,
        "msgtype": "text",
        "text": {"content": "你好"},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 1800,
    }


async def test_beyond_a_thousand_an_hour_a_message_waits(adapter: WecomAdapter, platform: Any, clock: Any) -> None:
    """PROTOCOLS, Quota: WeCom would drop it without a word."""
    platform.says(OK)
    for _ in range(1000):
        adapter._sender._pace.spend("user:zhangsan", clock.now())
    with pytest.raises(TemporaryFailure) as caught:
        await adapter.send(parcel(adapter, Reply(TO, "你好")))
    assert (caught.value.retry_after, platform.asked) == (3600.0, [])
    clock.move(3600)
    assert (await adapter.send(parcel(adapter, Reply(TO, "你好")))).reference == "msg-1"


async def test_characters_are_sent_as_they_are(adapter: WecomAdapter, platform: Any) -> None:
    """WeCom refuses \\uXXXX escapes with 40033."""
    raw: list[bytes] = []

    async def answer(request: web.Request, body: Any) -> web.StreamResponse:
        raw.append(await request.read())
        return web.json_response(OK)

    platform.answer = answer
    await adapter.send(parcel(adapter, Reply(TO, "你好👋")))
    assert "你好👋".encode() in raw[0]


async def test_a_repetition_on_purpose_is_not_checked_the_first_time(adapter: WecomAdapter, platform: Any) -> None:
    platform.says(OK)
    for attempt in (1, 2):
        await adapter.send(parcel(adapter, Reply(TO, "你好"), repeats=True, attempt=attempt))
    assert [body["enable_duplicate_check"] for body in platform.bodies("message/send")] == [0, 1]


async def test_cards_carry_the_parcels_id_and_arrive_once(adapter: WecomAdapter, platform: Any) -> None:
    platform.says(OK, {"errcode": 42014, "errmsg": "task id repeated"})
    await adapter.send(parcel(adapter, Reply(TO, card=CARD)))
    again = await adapter.send(parcel(adapter, Reply(TO, card=CARD), attempt=2))
    assert "送达" in again.note
    assert [body["template_card"]["task_id"] for body in platform.bodies("message/send")] == ["parcel-1"] * 2


async def test_update_in_place(adapter: WecomAdapter, platform: Any) -> None:
    platform.says(OK)
    await adapter.send(parcel(adapter, Reply(TO, card=CARD, update=CardUpdate("c-1", "rc"))))
    (body,) = platform.bodies("message/update_template_card")
    assert body["response_code"] == "rc"
    assert "task_id" not in body["template_card"]


async def test_a_card_that_cannot_be_updated_is_sent_anew(adapter: WecomAdapter, platform: Any) -> None:
    platform.says({"errcode": 99001, "errmsg": "code expired"}, OK)
    receipt = await adapter.send(parcel(adapter, Reply(TO, card=CARD, update=CardUpdate("c-1", "old"))))
    assert "新卡片" in receipt.note
    (body,) = platform.bodies("message/send")
    assert (body["touser"], body["template_card"]["task_id"]) == ("zhangsan", "parcel-1")


async def test_an_update_refused_after_a_busy_answer_had_not_arrived(adapter: WecomAdapter, platform: Any) -> None:
    """45009 is an answer: WeCom took nothing, so the card must not count as changed."""
    platform.says({"errcode": 45009, "errmsg": "busy"}, {"errcode": 99001, "errmsg": "code expired"}, OK)
    reply = Reply(TO, card=CARD, update=CardUpdate("c-1", "old"))
    with pytest.raises(TemporaryFailure):
        await adapter.send(parcel(adapter, reply))
    assert "新卡片" in (await adapter.send(parcel(adapter, reply, attempt=2))).note
    assert len(platform.bodies("message/send")) == 1


async def test_a_card_sent_anew_has_no_field_of_updates(adapter: WecomAdapter, platform: Any) -> None:
    """A8: replace_text is unknown to message/send."""
    platform.says({"errcode": 42022, "errmsg": "code used"}, OK)
    pressed = Card("c-1", "标题", actions=CARD.actions, pressed="useful")
    await adapter.send(parcel(adapter, Reply(TO, card=pressed, update=CardUpdate("c-1", "old"))))
    assert "replace_text" in platform.bodies("message/update_template_card")[0]["template_card"]
    assert "replace_text" not in platform.bodies("message/send")[0]["template_card"]


def cut_then(*answers: dict[str, Any]) -> Any:
    """The first answer is lost on the way; the platform has done what was asked."""
    left = list(answers)
    cut = []

    async def answer(request: web.Request, body: Any) -> web.StreamResponse:
        if not cut:
            cut.append(True)
            assert request.transport is not None
            request.transport.close()
        return web.json_response(left.pop(0) if len(left) > 1 else left[0])

    return answer


async def test_an_update_whose_answer_was_lost_had_arrived(adapter: WecomAdapter, platform: Any) -> None:
    platform.answer = cut_then(OK, {"errcode": 99001, "errmsg": "code used"})
    reply = Reply(TO, card=CARD, update=CardUpdate("c-1", "rc"))
    with pytest.raises(TemporaryFailure):
        await adapter.send(parcel(adapter, reply))
    receipt = await adapter.send(parcel(adapter, reply, attempt=2))
    assert "生效" in receipt.note
    assert platform.bodies("message/send") == []


async def test_a_replay_days_later_is_a_new_card(adapter: WecomAdapter, platform: Any, clock: Any) -> None:
    """A dead letter replayed after 72 hours must be seen, although it isn't its first attempt."""
    platform.answer = cut_then(OK, {"errcode": 99001, "errmsg": "code expired"}, OK)
    reply = Reply(TO, card=CARD, update=CardUpdate("c-1", "rc"))
    with pytest.raises(TemporaryFailure):
        await adapter.send(parcel(adapter, reply))
    clock.move(73 * 3600)
    assert (await adapter.send(parcel(adapter, reply, attempt=7))).reference == "msg-1"
    assert len(platform.bodies("message/send")) == 1


async def test_the_new_card_is_tried_again_when_only_it_failed(adapter: WecomAdapter, platform: Any) -> None:
    expired = {"errcode": 99001, "errmsg": "code expired"}
    platform.says(expired, {"errcode": -1, "errmsg": "busy"}, expired, OK)
    reply = Reply(TO, card=CARD, update=CardUpdate("c-1", "old"))
    with pytest.raises(TemporaryFailure):
        await adapter.send(parcel(adapter, reply))
    assert (await adapter.send(parcel(adapter, reply, attempt=2))).reference == "msg-1"
    assert len(platform.bodies("message/send")) == 2


async def test_stale_token_is_replaced_once(adapter: WecomAdapter, platform: Any) -> None:
    platform.says({"errcode": 40014, "errmsg": "invalid access_token"}, OK)
    assert (await adapter.send(parcel(adapter, Reply(TO, "你好")))).reference == "msg-1"
    assert platform.tokens == 2


@pytest.mark.parametrize("errcode", [40014, 42001, 40001])
async def test_permanently_stale_token_ends(adapter: WecomAdapter, platform: Any, errcode: int) -> None:
    platform.says({"errcode": errcode, "errmsg": "no"})
    with pytest.raises(Refused, match=str(errcode)):
        await adapter.send(parcel(adapter, Reply(TO, "你好")))
    assert len(platform.asked) == 2
    assert platform.tokens == 2


async def test_a_hundred_parcels_share_one_refresh(adapter: WecomAdapter, platform: Any) -> None:
    async def answer(request: web.Request, body: Any) -> web.StreamResponse:
        fresh = request.query["access_token"].startswith("TOKEN-2-")
        return web.json_response(OK if fresh else {"errcode": 42001, "errmsg": "expired"})

    platform.answer = answer
    one = parcel(adapter, Reply(TO, "你好"))
    receipts = await asyncio.gather(*(adapter.send(one) for _ in range(100)))
    assert {receipt.reference for receipt in receipts} == {"msg-1"}
    assert platform.tokens == 2


async def test_wrong_secret_is_asked_once(adapter: WecomAdapter, platform: Any) -> None:
    platform.secret_ok = False
    for _ in range(10):
        with pytest.raises(PermanentFailure, match=r"wecom\.secret"):
            await adapter.send(parcel(adapter, Reply(TO, "你好")))
    assert platform.tokens == 1
    assert platform.asked == []


@pytest.mark.parametrize(
    ("errcode", "kind"),
    [(45009, TemporaryFailure), (-1, TemporaryFailure), (81013, PermanentFailure), (12345, PermanentFailure)],
)
async def test_errcodes(adapter: WecomAdapter, platform: Any, errcode: int, kind: type[Exception]) -> None:
    platform.says({"errcode": errcode, "errmsg": "x"})
    with pytest.raises(kind, match=str(errcode)):
        await adapter.send(parcel(adapter, Reply(TO, "你好")))


async def test_errcode_0_that_reached_nobody(adapter: WecomAdapter, platform: Any) -> None:
    platform.says({**OK, "invaliduser": "zhangsan"})
    with pytest.raises(PermanentFailure, match="可见范围"):
        await adapter.send(parcel(adapter, Reply(Address("wecom", "user:ZhangSan"), "你好")))


@pytest.mark.parametrize("status", [500, 502, 429])
async def test_broken_answers_are_temporary(adapter: WecomAdapter, platform: Any, status: int) -> None:
    async def answer(request: web.Request, body: Any) -> web.StreamResponse:
        return web.Response(status=status, text="<html>")

    platform.answer = answer
    with pytest.raises(TemporaryFailure, match=str(status)):
        await adapter.send(parcel(adapter, Reply(TO, "你好")))


async def test_wrong_base_url_is_permanent(adapter: WecomAdapter, platform: Any) -> None:
    async def answer(request: web.Request, body: Any) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "https://elsewhere.example/"})

    platform.answer = answer
    with pytest.raises(PermanentFailure, match="base_url"):
        await adapter.send(parcel(adapter, Reply(TO, "你好")))


async def test_a_cut_line_is_temporary_and_says_no_secret(adapter: WecomAdapter, platform: Any, tools: Any) -> None:
    async def answer(request: web.Request, body: Any) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    platform.answer = answer
    with pytest.raises(TemporaryFailure) as caught:
        await adapter.send(parcel(adapter, Reply(TO, "你好")))
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "TOKEN-1" not in shown
    assert tools.secret not in shown


async def test_unreachable_names_no_secret(clock: Any, tools: Any, tmp_path: Path) -> None:
    adapter = WecomAdapter(tools.settings_for("http://127.0.0.1:1"), clock, "https://b.example.com", tmp_path)
    with pytest.raises(TemporaryFailure) as caught:
        await adapter.send(parcel(adapter, Reply(TO, "你好")))
    await adapter.close()
    assert tools.secret not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("user", ["", "@all", "@ALL", "a|b"])
async def test_never_to_more_than_one(adapter: WecomAdapter, user: str) -> None:
    with pytest.raises(PermanentFailure):
        await adapter.send(parcel(adapter, Reply(Address("wecom", f"user:{user}"), "你好")))


async def test_groups_go_through_appchat(adapter: WecomAdapter, platform: Any) -> None:
    platform.says({"errcode": 0, "errmsg": "ok"})
    await adapter.send(parcel(adapter, Reply(Address("wecom", "group:wr1"), "你好")))
    assert platform.bodies("appchat/send") == [{"chatid": "wr1", "msgtype": "text", "text": {"content": "你好"}}]


@pytest.mark.parametrize("payload", [{}, {"call": "x", "body": {}}, {"call": "message/send"}])
async def test_unknown_payloads_are_permanent(adapter: WecomAdapter, payload: dict[str, Any]) -> None:
    with pytest.raises(PermanentFailure):
        await adapter.send(Parcel("p", TO, payload))


FILES = [
    ("a.png", "image/png", 100, "image"),
    ("a.amr", "audio/amr", 100, "voice"),
    ("a.mp4", "video/mp4", 100, "video"),
    ("晨会.pptx", "application/octet-stream", 100, "file"),
    ("big.png", "image/png", 10 * 1024 * 1024 + 1, "file"),
]


def file_reply(tmp_path: Path, name: str, media_type: str, size: int) -> Reply:
    (tmp_path / "out").mkdir(exist_ok=True)
    (tmp_path / "out" / "f").write_bytes(b"x" * size)
    return Reply(TO, files=(OutgoingFile("out/f", name, media_type),))


@pytest.mark.parametrize(("name", "media_type", "size", "kind"), FILES)
async def test_files(
    adapter: WecomAdapter, platform: Any, tmp_path: Path, name: str, media_type: str, size: int, kind: str
) -> None:
    platform.says({**OK, "media_id": "m-1"})
    await adapter.send(parcel(adapter, file_reply(tmp_path, name, media_type, size)))
    (form,) = platform.bodies("media/upload")
    assert f'filename="{name}"'.encode() in form
    assert form.count(b"x" * min(size, 4096)) >= 1
    (body,) = platform.bodies("message/send")
    assert (body["msgtype"], body[kind]) == (kind, {"media_id": "m-1"})


async def test_a_retried_upload_is_whole_and_a_repeat_reuses_it(
    adapter: WecomAdapter, platform: Any, tmp_path: Path, clock: Any
) -> None:
    platform.says({"errcode": 40014, "errmsg": "stale"}, {**OK, "media_id": "m-1"})
    reply = file_reply(tmp_path, "a.bin", "application/octet-stream", 5000)
    await adapter.send(parcel(adapter, reply))
    await adapter.send(parcel(adapter, reply, attempt=2))
    uploads = platform.bodies("media/upload")
    assert [b"x" * 5000 in upload for upload in uploads] == [True, True]
    assert platform.bodies("message/send")[0] == platform.bodies("message/send")[1]
    clock.move(71 * 3600)
    await adapter.send(parcel(adapter, reply, attempt=3))
    assert len(platform.bodies("media/upload")) == 3


@pytest.mark.parametrize("size", [0, 5, 20 * 1024 * 1024 + 1])
async def test_files_that_wecom_does_not_take(adapter: WecomAdapter, tmp_path: Path, size: int) -> None:
    with pytest.raises(PermanentFailure, match=r"a\.bin"):
        await adapter.send(parcel(adapter, file_reply(tmp_path, "a.bin", "application/octet-stream", size)))


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "out/../../x", "missing"])
async def test_only_files_of_the_data_folder(adapter: WecomAdapter, path: str) -> None:
    with pytest.raises(PermanentFailure):
        await adapter.send(parcel(adapter, Reply(TO, files=(OutgoingFile(path, "a", "text/plain"),))))
