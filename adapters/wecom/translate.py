"""From a callback's fields to a Message. Pure: the same fields always give the same message."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.common.wecom.buttons import split_key
from bot.contracts.message import Attachment, AttachmentKind, Location, Message, MessageKind, Press

CHANNEL = "wecom"
USER, GROUP = "user:", "group:"  # how conversations begin

_ATTACHMENTS: Mapping[str, AttachmentKind] = {
    "image": "image",
    "voice": "voice",
    "video": "video",
    "shortvideo": "video",
    "file": "file",
}
_VOICE_TYPES = {"amr": "audio/amr", "speex": "audio/speex", "silk": "audio/silk"}
_PRESSES = ("template_card_event", "template_card_menu_event")
# Events whose repeats WeCom documents as recognisable by sender, time, event and key. Others (change_contact)
# may happen twice in one second with different content, so all of theirs counts.
_KEYED = frozenset({"subscribe", "unsubscribe", "enter_agent", "location", "click", "view"})
# What fields of Message hold; the rest stays in `raw`.
_HELD = frozenset({"ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "AgentID", "ChatId"})


def to_message(data: Mapping[str, Any], agent_id: int, received: datetime) -> Message:
    """Translate one decrypted callback. `received` stands in when WeCom names no time.

    Unknown types become kind "event" with everything in `raw`, so that nothing is lost.
    Raises ValueError when there is no MsgType: then it is no message.
    """
    kind = _text(data, "MsgType").lower()
    if not kind:
        raise ValueError("no MsgType")
    if kind == "event":
        return _event(data, agent_id, received)
    if kind == "text":
        return _message(data, agent_id, received, "text", ("Content",), text=_text(data, "Content"))
    if kind in _ATTACHMENTS:
        return _attachment(data, agent_id, received, _ATTACHMENTS[kind])
    if kind == "location":
        return _place(data, agent_id, received)
    if kind == "link":
        words = "\n".join(part for part in (_text(data, "Title"), _text(data, "Description")) if part)
        held = ("Title", "Description", "Url")
        return _message(data, agent_id, received, "link", held, text=words, link=_text(data, "Url"))
    return _message(data, agent_id, received, "event", (), event=kind, raw=dict(data))


def _attachment(data: Mapping[str, Any], agent_id: int, received: datetime, kind: AttachmentKind) -> Message:
    attachment = Attachment(
        kind=kind,
        reference=_text(data, "MediaId"),
        name=_text(data, "FileName") or _text(data, "Title"),
        media_type=_VOICE_TYPES.get(_text(data, "Format").lower(), ""),
        size=_whole(data, "FileSize"),
    )
    return _message(
        data,
        agent_id,
        received,
        "attachment",
        ("MediaId", "FileName", "Recognition"),
        attachments=(attachment,),
        text=_text(data, "Recognition"),
    )


def _place(data: Mapping[str, Any], agent_id: int, received: datetime) -> Message:
    location = _location(data, "Location_X", "Location_Y", _text(data, "Label"))
    if location is None:
        return _message(data, agent_id, received, "event", (), event="location_unreadable", raw=dict(data))
    held = ("Location_X", "Location_Y", "Label")
    return _message(data, agent_id, received, "location", held, location=location, text=location.label)


def _event(data: Mapping[str, Any], agent_id: int, received: datetime) -> Message:
    event, key = _text(data, "Event"), _text(data, "EventKey")
    if event.lower() in _PRESSES:
        card_id, action = split_key(key)
        press = Press(card_id=card_id, action=action, handle=_text(data, "ResponseCode"))
        return _message(data, agent_id, received, "press", (), press=press, event=event)
    if event == "change_external_contact" and _text(data, "ChangeType") == "msg_audit_approved":
        raw = {**data, "contact": _text(data, "ExternalUserID")}
        return _message(data, agent_id, received, "event", (), event="contact_agreed", raw=raw)
    return _message(
        data,
        agent_id,
        received,
        "event",
        (),
        event=event,
        text=key if event.lower() == "click" else "",
        link=key if event.lower() == "view" else "",
        location=_location(data, "Latitude", "Longitude") if event.lower() == "location" else None,
        raw=dict(data),
    )


def _message(
    data: Mapping[str, Any],
    agent_id: int,
    received: datetime,
    kind: MessageKind,
    held: tuple[str, ...],
    **fields: Any,
) -> Message:
    group = _text(data, "ChatId")
    sender = _sender(data)
    rest = {name: value for name, value in data.items() if name not in _HELD and name not in held}
    return Message(
        id=_identity(data, agent_id),
        channel=CHANNEL,
        conversation=f"{GROUP}{group}" if group else f"{USER}{sender}",
        sender=sender,
        kind=kind,
        at=_time(data, received),
        in_group=bool(group),
        mentioned=bool(group),  # WeCom hands over a group's message only when the app is addressed
        **{"raw": rest, **fields},
    )


def _sender(data: Mapping[str, Any]) -> str:
    """Whose doing it is. Customer-contact events come from "sys" and name the employee whose customer it is."""
    sender = _text(data, "FromUserName")
    return (_text(data, "UserID") or sender) if sender == "sys" else sender


def _identity(data: Mapping[str, Any], agent_id: int) -> str:
    """The key under which WeCom repeats the same delivery: MsgId *and* sender, since MsgIds have collided."""
    sender, number = _text(data, "FromUserName"), _text(data, "MsgId")
    if number and _text(data, "MsgType").lower() != "event":
        return f"wecom:{agent_id}:{sender}:{number}"
    event = _text(data, "Event") or _text(data, "MsgType")
    if event.lower() in _PRESSES and _text(data, "ResponseCode"):
        return f"wecom:{agent_id}:{sender}:{event[:64]}:{_fingerprint(data)}"  # each press has a code of its own
    return f"wecom:{agent_id}:{sender}:{_text(data, 'CreateTime')}:{event[:64]}:{_fingerprint(data)}"


def _fingerprint(data: Mapping[str, Any]) -> str:
    """What tells two events of the same second apart, as 16 characters, because keys may have 1024 bytes."""
    event = _text(data, "Event").lower()
    if event in _PRESSES:
        what: Any = [_text(data, name) for name in ("EventKey", "TaskId", "ResponseCode")]
    elif event in _KEYED:
        what = _text(data, "EventKey")
    else:
        what = data
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _whole(data: Mapping[str, Any], name: str) -> int | None:
    value = _text(data, name)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def _time(data: Mapping[str, Any], received: datetime) -> datetime:
    seconds = _whole(data, "CreateTime")
    # Beyond the year 9999 datetime has no value; such a time is as good as none.
    return datetime.fromtimestamp(seconds, UTC) if seconds and seconds < 253_402_300_800 else received


def _location(data: Mapping[str, Any], latitude: str, longitude: str, label: str = "") -> Location | None:
    try:
        north, east = float(_text(data, latitude)), float(_text(data, longitude))
    except ValueError:
        return None
    return Location(north, east, label) if abs(north) <= 90 and abs(east) <= 180 else None
