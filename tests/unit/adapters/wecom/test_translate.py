"""Recorded callbacks and the messages that they become."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.common.wecom.crypto import parse_xml
from adapters.wecom.translate import to_message
from bot.contracts.message import Location, Message, Press

RECEIVED = datetime(2025, 3, 3, tzinfo=UTC)
HEAD = "<ToUserName><![CDATA[ww1]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUserName>"
TIME = "<CreateTime>1348831860</CreateTime><AgentID>1000002</AgentID>"


def said(kind: str, fields: str, number: str = "<MsgId>1234567890123456</MsgId>") -> Message:
    xml = f"<xml>{HEAD}{TIME}<MsgType><![CDATA[{kind}]]></MsgType>{fields}{number}</xml>"
    return to_message(parse_xml(xml.encode()), 1000002, RECEIVED)


def happened(event: str, fields: str = "") -> Message:
    return said("event", f"<Event><![CDATA[{event}]]></Event>{fields}", number="")


def test_text() -> None:
    message = said("text", "<Content><![CDATA[客户说太贵了怎么回]]></Content>")
    assert message == Message(
        id="wecom:1000002:zhangsan:1234567890123456",
        channel="wecom",
        conversation="user:zhangsan",
        sender="zhangsan",
        kind="text",
        at=datetime(2012, 9, 28, 11, 31, tzinfo=UTC),
        text="客户说太贵了怎么回",
    )


def test_same_msgid_of_two_people_is_two_messages() -> None:
    data = {"MsgType": "text", "MsgId": "1", "CreateTime": "1", "Content": "x"}
    ids = {to_message({**data, "FromUserName": who}, 1, RECEIVED).id for who in ("a", "b")}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("kind", "fields", "attachment", "media_type"),
    [
        ("image", "<PicUrl><![CDATA[http://p]]></PicUrl><MediaId>m1</MediaId>", "image", ""),
        ("voice", "<MediaId>m1</MediaId><Format>amr</Format>", "voice", "audio/amr"),
        ("video", "<MediaId>m1</MediaId><ThumbMediaId>t</ThumbMediaId>", "video", ""),
        ("shortvideo", "<MediaId>m1</MediaId>", "video", ""),
        ("file", "<MediaId>m1</MediaId><FileName>报价.xlsx</FileName><FileSize>2048</FileSize>", "file", ""),
    ],
)
def test_attachments(kind: str, fields: str, attachment: str, media_type: str) -> None:
    message = said(kind, fields)
    (found,) = message.attachments
    assert (message.kind, found.kind, found.reference, found.media_type) == (
        "attachment",
        attachment,
        "m1",
        media_type,
    )
    if kind == "file":
        assert (found.name, found.size) == ("报价.xlsx", 2048)
    if kind == "video":
        assert message.raw == {"ThumbMediaId": "t"}


def test_recognised_voice_brings_its_words() -> None:
    assert said("voice", "<MediaId>m</MediaId><Recognition>你好</Recognition>").text == "你好"


def test_location_and_link() -> None:
    place = said(
        "location", "<Location_X>23.13</Location_X><Location_Y>113.35</Location_Y><Label>广州</Label><Scale>20</Scale>"
    )
    assert place.location == Location(23.13, 113.35, "广州")
    assert place.raw == {"Scale": "20"}
    link = said("link", "<Title>新闻</Title><Description>摘要</Description><Url>https://a.example</Url>")
    assert (link.kind, link.link, link.text) == ("link", "https://a.example", "新闻\n摘要")


@pytest.mark.parametrize("value", ["", "north", "nan", "1e9"])
def test_an_unreadable_location_is_kept_as_an_event(value: str) -> None:
    message = said("location", f"<Location_X>{value}</Location_X><Location_Y>1</Location_Y>")
    assert message.kind == "event"
    assert message.raw["Location_Y"] == "1"


def test_events() -> None:
    assert happened("enter_agent", "<EventKey/>").event == "enter_agent"
    assert happened("subscribe").kind == "event"
    assert happened("click", "<EventKey>help</EventKey>").text == "help"
    assert happened("view", "<EventKey>https://a.example</EventKey>").link == "https://a.example"
    here = happened("LOCATION", "<Latitude>23.104</Latitude><Longitude>113.320</Longitude><Precision>65</Precision>")
    assert here.location == Location(23.104, 113.320)
    assert here.raw["Precision"] == "65"


PRESS = (
    "<EventKey>{key}</EventKey><TaskId>p-1</TaskId><CardType>button_interaction</CardType>"
    "<ResponseCode>{code}</ResponseCode>"
)


@pytest.mark.parametrize("event", ["template_card_event", "template_card_menu_event"])
def test_press(event: str) -> None:
    """A8: a press of 展开 comes back with card, action and the handle for changing it in place."""
    message = happened(event, PRESS.format(key="talk:42:unfold", code="rc-1"))
    assert (message.kind, message.press) == ("press", Press("talk:42", "unfold", "rc-1"))
    assert message.raw["TaskId"] == "p-1"
    assert happened(event, PRESS.format(key="foreign", code="")).press == Press("", "foreign", "")


def test_repeats_of_an_event_are_one_and_other_events_are_others() -> None:
    first = happened("template_card_event", PRESS.format(key="c:useful", code="rc-1"))
    again = happened("template_card_event", PRESS.format(key="c:useful", code="rc-1"))
    second = happened("template_card_event", PRESS.format(key="c:useful", code="rc-2"))
    assert first.id == again.id
    assert first.id != second.id
    added = "<ChangeType>create_user</ChangeType><UserID>{}</UserID>"
    assert happened("change_contact", added.format("a")).id != happened("change_contact", added.format("b")).id
    assert happened("click", "<EventKey>a</EventKey>").id != happened("click", "<EventKey>b</EventKey>").id


def test_a_press_is_known_by_its_code_whenever_it_comes_again() -> None:
    """A8: a code is given for one press, so the same code later is the same press: nothing is counted twice."""
    data = {"MsgType": "event", "Event": "template_card_event", "EventKey": "c:useful", "ResponseCode": "rc-1"}
    ids = {to_message({**data, "CreateTime": time}, 7, RECEIVED).id for time in ("1740967200", "1740967260")}
    assert len(ids) == 1
    codeless = {to_message({**data, "CreateTime": time, "ResponseCode": ""}, 7, RECEIVED).id for time in ("1", "2")}
    assert len(codeless) == 2


def test_unknown_types_keep_everything() -> None:
    message = said("miniprogram", "<AppId>wx</AppId><Nested><A>1</A><A>2</A></Nested>")
    assert (message.kind, message.event) == ("event", "miniprogram")
    assert message.raw["Nested"] == {"A": ["1", "2"]}
    assert happened("sys_approval_change", "<ApprovalInfo><SpNo>1</SpNo></ApprovalInfo>").raw["ApprovalInfo"] == {
        "SpNo": "1"
    }


def test_group() -> None:
    message = said("text", "<Content>@小策 帮助</Content><ChatId>wr123</ChatId>")
    assert (message.conversation, message.in_group, message.sender) == ("group:wr123", True, "zhangsan")


@pytest.mark.parametrize("time", ["", "x", "-5", "99999999999999999999", "999999999999999"])
def test_odd_times_are_the_time_of_receipt(time: str) -> None:
    assert to_message({"MsgType": "text", "CreateTime": time}, 1, RECEIVED).at == RECEIVED


NAMES = [
    "MsgType",
    "Event",
    "EventKey",
    "FromUserName",
    "CreateTime",
    "MsgId",
    "Content",
    "MediaId",
    "ChatId",
    "Format",
    "Location_X",
    "Latitude",
    "ResponseCode",
]
VALUES: Any = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.sampled_from(["text", "event", "voice", "location", "LOCATION", "click", "template_card_event"]),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)


@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_any_fields_give_a_message_or_value_error(data: dict[str, Any]) -> None:
    try:
        message = to_message(data, 7, RECEIVED)
    except ValueError:
        assert not isinstance(data.get("MsgType"), str) or not data["MsgType"]
        return
    assert message.id.startswith("wecom:7:")
    assert message == to_message(dict(reversed(data.items())), 7, RECEIVED)


def _customer_event(change: str, **others: str) -> dict[str, str]:
    about = {"ToUserName": "ww1", "FromUserName": "sys", "CreateTime": "1740967200", "MsgType": "event"}
    who = {"UserID": "zhangsan", "ExternalUserID": "woAJ2GCAAAXtWyujaWJHDDGi0mACAAAA"}
    return {**about, "Event": "change_external_contact", "ChangeType": change, **who, **others}


def test_customer_events_arrive_whole() -> None:
    """D2: kept as an event with all its ids and the WelcomeCode; nobody is written to by translating it."""
    data = _customer_event("add_external_contact", State="booth", WelcomeCode="WELCOMECODE")
    message = to_message(data, 1000002, RECEIVED)
    assert (message.kind, message.event) == ("event", "change_external_contact")
    assert (message.sender, message.conversation) == ("zhangsan", "user:zhangsan")  # whose customer it is; not "sys"
    assert message.raw == data


def test_a_contact_who_agreed_to_the_archive_is_told_in_our_words() -> None:
    """A18: an event of its own, with who agreed and in whose conversation."""
    message = to_message(_customer_event("msg_audit_approved", WelcomeCode="x"), 1000002, RECEIVED)
    assert (message.kind, message.event, message.sender) == ("event", "contact_agreed", "zhangsan")
    assert message.raw["contact"] == "woAJ2GCAAAXtWyujaWJHDDGi0mACAAAA"


def test_customer_events_are_told_apart_and_repeats_are_not() -> None:
    """Two customers added in one second are two events; the same delivery, sent again, is one."""
    first = _customer_event("add_external_contact")
    others = (
        {**first, "ExternalUserID": "woOther"},
        {**first, "ChangeType": "del_external_contact"},
        {**first, "UserID": "lisi"},
    )
    ids = {to_message(data, 1000002, RECEIVED).id for data in (first, dict(first), *others)}
    assert len(ids) == 4
