"""From what WeCom says about the bot to a Message. Pure: the same body always gives the same message."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from adapters.common.wecom.buttons import split_key
from bot.contracts.message import Attachment, AttachmentKind, Message, MessageKind, Press

CHANNEL = "wecom_bot"
USER, GROUP = "user:", "group:"  # how conversations begin

StreamKind = Literal["message", "press", "welcome", ""]  # what is answered; "": nothing can be answered

_MEDIA: Mapping[str, AttachmentKind] = {"image": "image", "file": "file", "video": "video"}
_HELD = frozenset({"msgid", "aibotid", "chatid", "chattype", "from", "response_url", "create_time", "msgtype"})


def to_message(body: Mapping[str, Any], received: datetime, name: str = "") -> Message:
    """Translate one callback. `received` stands in when WeCom names no time; `name` is the bot's, for mentions.

    Unknown types become kind "event" with everything in `raw`. Raises ValueError when there is no msgtype.
    """
    kind = _text(body, "msgtype").lower()
    if not kind:
        raise ValueError("no msgtype")
    if kind == "event":
        return _event(body, received)
    if kind in ("text", "voice"):  # voice comes as the words that WeCom heard, never as sound
        words = _mentionless(_text(_part(body, kind), "content"), body, name)
        return _message(body, received, "text", text=words, raw=_rest(body, kind))
    if kind in _MEDIA:
        return _message(body, received, "attachment", attachments=(_attachment(body, kind),), raw=_rest(body, kind))
    if kind == "mixed":
        return _mixed(body, received, name)
    return _message(body, received, "event", event=kind, raw=_rest(body))


def stream_kind(message: Message) -> StreamKind:
    """Which kind of answer WeCom takes to this."""
    if message.press is not None:
        return "press"
    if message.kind == "event":
        return "welcome" if message.event == "enter_chat" else ""
    return "message"


def stream_id(message_id: str) -> str:
    """The stream in which a message is answered, known to every process that knows the message."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:32]


def target(conversation: str) -> tuple[str, int]:
    """chatid and chat_type (1 one person, 2 a group) of a conversation."""
    if conversation.startswith(GROUP):
        return conversation.removeprefix(GROUP), 2
    return conversation.removeprefix(USER), 1


def event_type(body: Mapping[str, Any]) -> str:
    """The event's name; "" when this is none."""
    return _text(_part(body, "event"), "eventtype")


def _event(body: Mapping[str, Any], received: datetime) -> Message:
    event = event_type(body)
    if event != "template_card_event":
        return _message(body, received, "event", event=event, raw=_rest(body))
    # The details are nested in an object of the event's name; some clients were seen to get them flat.
    outer = _part(body, "event")
    detail = _part(outer, event) or outer
    card_id, action = split_key(_text(detail, "event_key"))
    handle = f"{_text(detail, 'task_id')}|{_sender(body)}"
    press = Press(card_id=card_id, action=action, handle=handle)
    return _message(body, received, "press", event=event, press=press, raw=_rest(body))


def _mixed(body: Mapping[str, Any], received: datetime, name: str) -> Message:
    found = _part(body, "mixed").get("msg_item")
    items = [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []
    words = "\n".join(_text(_part(item, "text"), "content") for item in items if item.get("msgtype") == "text")
    files = tuple(_attachment(item, kind) for item in items if (kind := _text(item, "msgtype")) in _MEDIA)
    text = _mentionless(words, body, name)
    return _message(
        body, received, "attachment" if files else "text", text=text, attachments=files, raw=_rest(body, "mixed")
    )


def _attachment(body: Mapping[str, Any], kind: str) -> Attachment:
    media = _part(body, kind)
    reference = {"url": _text(media, "url"), "key": _text(media, "aeskey")}
    name = _text(media, "filename") or _text(media, "name")
    return Attachment(kind=_MEDIA[kind], reference=json.dumps(reference) if reference["url"] else "", name=name)


def _message(body: Mapping[str, Any], received: datetime, kind: MessageKind, **fields: Any) -> Message:
    sender, group = _sender(body), _text(body, "chatid") if _text(body, "chattype") == "group" else ""
    return Message(
        id=_identity(body, sender),
        channel=CHANNEL,
        conversation=f"{GROUP}{group}" if group else f"{USER}{sender}",
        sender=sender,
        kind=kind,
        at=_time(body, received),
        in_group=bool(group),
        mentioned=bool(group),  # the bot gets a group's message only when it is mentioned
        **fields,
    )


def _identity(body: Mapping[str, Any], sender: str) -> str:
    """The key under which WeCom repeats the same delivery: msgid *and* sender, since MsgIds have collided."""
    number = _text(body, "msgid")
    if not number:
        stable = {name: value for name, value in body.items() if name != "response_url"}
        number = hashlib.sha256(json.dumps(stable, sort_keys=True).encode()).hexdigest()[:32]
    return f"{CHANNEL}:{_text(body, 'aibotid')[:64]}:{sender}:{number[:128]}"


def _mentionless(text: str, body: Mapping[str, Any], name: str) -> str:
    """A group's message without the "@bot" that called us."""
    if _text(body, "chattype") != "group":
        return text
    if name and f"@{name}" in text:
        return text.replace(f"@{name}", "", 1).strip()
    return re.sub(r"^\s*@\S+\s*", "", text).strip()


def _rest(body: Mapping[str, Any], *also: str) -> dict[str, Any]:
    """What no field holds. Never response_url: who has it can speak for the bot."""
    return {name: value for name, value in body.items() if name not in _HELD and name not in also}


def _sender(body: Mapping[str, Any]) -> str:
    return _text(_part(body, "from"), "userid")


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _time(body: Mapping[str, Any], received: datetime) -> datetime:
    seconds = body.get("create_time")
    known = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < 253_402_300_800
    return datetime.fromtimestamp(seconds, UTC) if known and isinstance(seconds, int) else received
