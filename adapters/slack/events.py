"""From an Events API callback to a Message. Pure; see `translate`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.slack.fields import CHANNEL, NOBODY, id_of, moment, text_of, whole_of
from adapters.slack.places import Place
from adapters.slack.words import mentions, typed
from bot.contracts.message import Attachment, AttachmentKind, Message, MessageKind

EXTERNAL = "external:"  # how the reference of a file begins that isn't kept by Slack
_QUESTIONS = frozenset({"", "file_share", "thread_broadcast", "me_message"})
_NO_FILE = frozenset({"tombstone", "hidden_by_limit"})
HOME_OPENED, CHAT_OPENED, ASSISTANT = "home_opened", "enter_chat", "assistant_thread_started"


def event_message(body: Mapping[str, Any], kept: dict[str, Any], received: datetime) -> Message | None:
    """Translate an event_callback whose `event` is an object; `kept` is what of it may be stored.

    None for what our own app said or changed: taken as a question it would answer itself for ever.
    """
    event: Mapping[str, Any] = body["event"]
    kind = text_of(event, "type")
    if kind in ("message", "app_mention"):
        return _said(body, event, kept, received)
    if kind == "app_home_opened":
        name = HOME_OPENED if event.get("tab") == "home" else CHAT_OPENED
        return _happened(body, kept, received, name, Place(id_of(event, "channel")), id_of(event, "user"))
    if kind.startswith("assistant_thread_"):
        thread = event.get("assistant_thread")
        place = Place(text_of(thread, "channel_id"), text_of(thread, "thread_ts"))
        return _happened(body, kept, received, kind, place, text_of(thread, "user_id"))
    place = Place(id_of(event, "channel") or id_of(event.get("item"), "channel"))
    return _happened(body, kept, received, kind or "unknown", place, id_of(event, "user"))


def _said(
    body: Mapping[str, Any], event: Mapping[str, Any], kept: dict[str, Any], received: datetime
) -> Message | None:
    if _is_own(body, event):
        return None
    name = _not_a_question(body, event)
    place = Place(id_of(event, "channel"), text_of(event, "thread_ts"))
    sender = id_of(event, "user") or id_of(event.get("message"), "user") or id_of(event.get("previous_message"), "user")
    if name or not sender:
        return _happened(body, kept, received, name or "message.nobody", place, sender)
    return _question(body, event, place, sender, received)


def _question(
    body: Mapping[str, Any], event: Mapping[str, Any], place: Place, sender: str, received: datetime
) -> Message:
    addressed = event.get("type") == "app_mention"
    direct = _is_direct(event)
    if not direct and not place.thread:
        place = Place(place.channel, text_of(event, "ts"))  # the answer opens a thread under the question
    files = _attachments(event)
    kind: MessageKind = "attachment" if files else "text"
    return Message(
        id=_identity(body),
        channel=CHANNEL,
        conversation=str(place),
        sender=sender,
        kind=kind,
        at=moment(text_of(event, "ts"), received),
        text=typed(event.get("text"), _bots(body), addressed=addressed),
        attachments=files,
        in_group=not direct,
        mentioned=addressed and not direct,
        raw={"team": text_of(event, "team") or text_of(body, "team_id"), "ts": text_of(event, "ts")},
    )


def _happened(
    body: Mapping[str, Any], kept: dict[str, Any], received: datetime, name: str, place: Place, sender: str
) -> Message:
    """Something that isn't a question. Without a person of whom it is, it counts as a group's: nobody is answered."""
    event = body["event"]
    conversation = str(place) if place.channel else sender or text_of(body, "team_id") or NOBODY
    return Message(
        id=_identity(body),
        channel=CHANNEL,
        conversation=conversation,
        sender=sender or NOBODY,
        kind="event",
        at=moment(text_of(event, "event_ts") or text_of(event, "ts"), received),
        event=name,
        in_group=not sender or not place.channel.startswith("D"),
        raw=kept,
    )


def _not_a_question(body: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """What a message is that must not be answered; "" for a question."""
    subtype = text_of(event, "subtype")
    if text_of(event, "bot_id") or subtype == "bot_message":
        return "message.bot"  # two bots that answer each other never end
    if subtype not in _QUESTIONS:
        return f"message.{subtype}"
    if event.get("type") == "message" and not _is_direct(event) and mentions(event.get("text"), _bots(body)):
        return "message.mention"  # the same words come as app_mention
    return ""


def _is_own(body: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether our app wrote it, or it is the change of something that our app wrote."""
    app, bots = text_of(body, "api_app_id"), _bots(body)
    for said in (event, event.get("message"), event.get("previous_message")):
        if not isinstance(said, dict):
            continue
        by = text_of(said, "app_id") or text_of(said.get("bot_profile"), "app_id")
        if (app and by == app) or id_of(said, "user") in bots:
            return True
    return False


def _bots(body: Mapping[str, Any]) -> frozenset[str]:
    """Our own user ids, as Slack names them with each event."""
    found = body.get("authorizations")
    entries = found if isinstance(found, list) else []
    ids = (text_of(entry, "user_id") for entry in entries if isinstance(entry, dict) and entry.get("is_bot"))
    return frozenset(user for user in ids if user)


def _is_direct(event: Mapping[str, Any]) -> bool:
    kind = text_of(event, "channel_type")
    return kind == "im" if kind else Place(id_of(event, "channel")).is_direct


def _identity(body: Mapping[str, Any]) -> str:
    """event_id: the same at every repetition. Without one, which Slack doesn't send, the event's own words."""
    event = body["event"]
    number = text_of(body, "event_id")
    if number:
        return f"slack:{number}"
    parts = [text_of(event, name) for name in ("type", "user", "channel", "event_ts", "ts")]
    return f"slack:event:{text_of(body, 'team_id')}:{':'.join(parts)}"


def _attachments(event: Mapping[str, Any]) -> tuple[Attachment, ...]:
    files = event.get("files")
    found = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return tuple(_attachment(file) for file in found if text_of(file, "mode") not in _NO_FILE)


def _attachment(file: dict[str, Any]) -> Attachment:
    media_type = text_of(file, "mimetype")
    milliseconds = whole_of(file, "duration_ms")
    return Attachment(
        kind=_kind(file, media_type),
        reference=_reference(file),
        name=text_of(file, "name") or text_of(file, "title"),
        media_type=media_type,
        size=whole_of(file, "size"),
        seconds=milliseconds / 1000 if milliseconds is not None else None,
    )


def _reference(file: dict[str, Any]) -> str:
    number = text_of(file, "id")
    if file.get("is_external") or text_of(file, "mode") == "external":
        return f"{EXTERNAL}{number}"
    return text_of(file, "url_private_download") or text_of(file, "url_private") or number


def _kind(file: dict[str, Any], media_type: str) -> AttachmentKind:
    if text_of(file, "subtype") == "slack_audio" or media_type.startswith("audio/"):
        return "voice"
    if media_type.startswith("image/"):
        return "image"
    return "video" if media_type.startswith("video/") else "file"
