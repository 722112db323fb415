"""From the body of a request to a Message. Pure: the same body always gives the same message.

Unknown things become kind "event" with everything in `raw`. None: nothing happened that anybody asked or that must be
kept, as our own messages coming back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.common.text import clean
from adapters.slack.events import event_message
from adapters.slack.fields import CHANNEL, NOBODY, moment, text_of
from adapters.slack.form import Asked, submitted, unpacked
from adapters.slack.places import Place
from adapters.slack.words import typed
from bot.contracts.message import Message, Press

LINK = "link:"  # how the action_id of a button begins that only opens a page
HOME = "home:"  # how the handle of a press in the Home tab begins; the person's id follows
# Secrets of a request, or keys that die within the hour: not kept.
_NOT_KEPT = frozenset({"token", "trigger_id", "response_url", "response_urls", "authorizations", "event_context"})


def to_message(body: Mapping[str, Any], received: datetime) -> Message | None:
    """Translate one request. `received` stands in when Slack names no time. Never raises."""
    if body.get("type") == "event_callback" and isinstance(body.get("event"), Mapping):
        return event_message(body, _kept(body), received)
    if isinstance(body.get("command"), str):
        return _command(body, received)
    if body.get("type") == "block_actions":
        return _pressed(body, received)
    if body.get("type") == "view_submission" and isinstance(body.get("view"), Mapping):
        return _submission(body, received)
    return _other(body, received)


def asked_form(body: Mapping[str, Any], message: Message) -> Asked | None:
    """The form to show instead of handing the press on; None when the button has none."""
    form = unpacked(_action(body).get("value")) if body.get("type") == "block_actions" else None
    if form is None or message.press is None:
        return None
    return Asked(form, message.press, message.conversation, text_of(body, "trigger_id"))


def split_action(action_id: str) -> tuple[str, str]:
    """A button's action_id as (card id, action)."""
    card_id, _, action = action_id.rpartition("|")
    return card_id, action


def _command(body: Mapping[str, Any], received: datetime) -> Message:
    user = text_of(body, "user_id")
    return Message(
        id=f"slack:command:{text_of(body, 'trigger_id') or _fingerprint(body)}",
        channel=CHANNEL,
        # The answer goes to the person alone: the channel may be one that we aren't in, and others would read it.
        conversation=user,
        sender=user,
        kind="text",
        at=received,
        text=typed(body.get("text")),
        raw=_kept({name: body.get(name) for name in ("command", "channel_id", "team_id")}),
    )


def _pressed(body: Mapping[str, Any], received: datetime) -> Message | None:
    action = _action(body)
    action_id = text_of(action, "action_id")
    if action_id.startswith(LINK):
        return None
    card_id, key = split_action(action_id)
    where = _where(body)
    if action.get("type") != "button" or not card_id or where is None:
        return _other(body, received)
    place, handle = where
    user = text_of(body.get("user"), "id")
    stamp = text_of(action, "action_ts")
    return Message(
        id=f"slack:press:{handle}:{user}:{stamp}:{_short(action_id)}",
        channel=CHANNEL,
        conversation=str(place),
        sender=user,
        kind="press",
        at=moment(stamp, received),
        press=Press(card_id=card_id, action=key, handle=handle),
        in_group=not place.is_direct,
        raw=_kept({"team": text_of(body.get("team"), "id")}),
    )


def _where(body: Mapping[str, Any]) -> tuple[Place, str] | None:
    """Conversation and handle of a press; None inside a modal."""
    view = body.get("view")
    if isinstance(view, Mapping):
        user = text_of(body.get("user"), "id")
        return (Place(user), f"{HOME}{user}") if view.get("type") == "home" and user else None
    container, message = body.get("container"), body.get("message")
    channel = text_of(body.get("channel"), "id") or text_of(container, "channel_id")
    stamp = text_of(container, "message_ts") or text_of(message, "ts")
    if not channel or not stamp:
        return None
    thread = text_of(message, "thread_ts") or text_of(container, "thread_ts")
    direct = Place(channel).is_direct
    return Place(channel, thread or ("" if direct else stamp)), f"{channel}:{stamp}"


def _submission(body: Mapping[str, Any], received: datetime) -> Message:
    view = body["view"]
    found = submitted(view)
    if found is None:
        return _other(body, received)
    press, conversation = found
    return Message(
        id=f"slack:view:{text_of(view, 'id')}",  # a view is submitted once; a second try sends the same id
        channel=CHANNEL,
        conversation=conversation,
        sender=text_of(body.get("user"), "id"),
        kind="press",
        at=received,
        press=press,
        in_group=not Place(conversation).is_direct,
        raw=_kept({"team": text_of(body.get("team"), "id")}),
    )


def _other(body: Mapping[str, Any], received: datetime) -> Message:
    """Anything else that Slack signed, kept whole. Nobody is answered: it counts as a group's small talk."""
    user = text_of(body.get("user"), "id") or text_of(body, "user_id") or NOBODY
    return Message(
        id=f"slack:other:{_fingerprint(body)}",
        channel=CHANNEL,
        conversation=text_of(body.get("channel"), "id") or user,
        sender=user,
        kind="event",
        at=received,
        event=text_of(body, "type") or "unknown",
        in_group=True,
        raw=_kept(body),
    )


def _action(body: Mapping[str, Any]) -> Mapping[str, Any]:
    actions = body.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    return first if isinstance(first, Mapping) else {}


def _kept(body: Mapping[str, Any]) -> dict[str, Any]:
    found = _cleaned({name: value for name, value in body.items() if name not in _NOT_KEPT and value})
    return found if isinstance(found, dict) else {}


def _cleaned(value: Any) -> Any:
    """The same without characters that a database refuses."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(name)): _cleaned(inner) for name, inner in value.items()}
    return [_cleaned(inner) for inner in value] if isinstance(value, list) else value


def _short(action_id: str) -> str:
    return hashlib.sha256(action_id.encode("utf-8", "replace")).hexdigest()[:16]


def _fingerprint(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode("utf-8", "replace")).hexdigest()[:32]
