"""The events of the Events API, as JSON."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from tests.emulators.slack.posts import CHANNEL_TYPES, as_json
from tests.emulators.slack.rooms import Post, Room
from tests.emulators.slack.workspace import Workspace

Event = dict[str, Any]
SUBSCRIPTIONS = {"im": "message.im", "channel": "message.channels", "group": "message.groups"}


def callback(workspace: Workspace, event: Mapping[str, Any], at: int, event_id: str = "") -> dict[str, Any]:
    """The outer envelope of every event."""
    who = {"enterprise_id": None, "team_id": workspace.team_id, "user_id": workspace.bot_user_id}
    return {
        "token": workspace.verification_token,
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id or f"Ev{secrets.token_hex(5).upper()}",
        "event_time": at,
        "authorizations": [{**who, "is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": False,
        "event_context": f"4-{secrets.token_urlsafe(24)}",
    }


def message(post: Post, room: Room, workspace: Workspace) -> Event:
    """Somebody wrote; the bot's own messages come too."""
    return {**as_json(post, workspace), **_place(room, post.ts), **_parent(post, room)}


def app_mention(post: Post, room: Room, workspace: Workspace) -> Event:
    """Somebody wrote to the bot by name."""
    event = {**as_json(post, workspace), **_place(room, post.ts), "type": "app_mention"}
    del event["channel_type"]
    return event


def changed(before: Post, after: Post, room: Room, workspace: Workspace, ts: str) -> Event:
    """A message says something else now."""
    both = {"message": as_json(after, workspace), "previous_message": as_json(before, workspace)}
    return {"type": "message", "subtype": "message_changed", **both, "hidden": True, "ts": ts, **_place(room, ts)}


def deleted(before: Post, room: Room, workspace: Workspace, ts: str) -> Event:
    """A message is gone."""
    gone = {"previous_message": as_json(before, workspace), "deleted_ts": before.ts}
    return {"type": "message", "subtype": "message_deleted", **gone, "hidden": True, "ts": ts, **_place(room, ts)}


def file_shared(file: str, user: str, room: Room, ts: str) -> Event:
    """A file was put into a conversation."""
    return {
        "type": "file_shared",
        "channel_id": room.id,
        "file_id": file,
        "user_id": user,
        "file": {"id": file},
        "event_ts": ts,
    }


def home_opened(user: str, channel: str, tab: str, ts: str, view: Mapping[str, Any] | None) -> Event:
    """Somebody looks at the app's page."""
    event = {"type": "app_home_opened", "user": user, "channel": channel, "event_ts": ts, "tab": tab}
    return {**event, "view": view} if view else event


def assistant_started(user: str, room: Room, thread_ts: str, context: Mapping[str, Any], ts: str) -> Event:
    """Somebody opened a new assistant thread."""
    thread = {"user_id": user, "context": dict(context), "channel_id": room.id, "thread_ts": thread_ts}
    return {"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": ts}


def joined(user: str, room: Room, team: str, ts: str) -> Event:
    """Somebody (or the bot) came into a channel."""
    kind = "C" if room.kind == "channel" else "G"
    return {
        "type": "member_joined_channel",
        "user": user,
        "channel": room.id,
        "channel_type": kind,
        "team": team,
        "event_ts": ts,
    }


def _place(room: Room, ts: str) -> dict[str, str]:
    return {"channel": room.id, "event_ts": ts, "channel_type": CHANNEL_TYPES[room.kind]}


def _parent(post: Post, room: Room) -> dict[str, str]:
    parent = room.find(post.thread_ts) if post.is_reply else None
    return {"parent_user_id": parent.user} if parent else {}
