"""conversations.*: where the bot is, and what was said there."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.methods.method import TIER_3, Answer, Call, Method
from tests.emulators.slack.posts import with_replies
from tests.emulators.slack.rooms import Post, Room
from tests.emulators.slack.shapes.schema import Flag, Number, Spec, Text

READ = ("channels:read", "groups:read", "im:read")
HISTORY = ("channels:history", "groups:history", "im:history")
PAGE: dict[str, Spec] = {
    "channel": Text(required=True),
    "cursor": Text(),
    "limit": Number(low=1, high=1000),
    "oldest": Text(),
    "latest": Text(),
    "inclusive": Flag(),
    "include_all_metadata": Flag(),
}


def open_dm(call: Call) -> Answer:
    """conversations.open: the DM with one person."""
    given = call.args.get("users", "")
    if "," in given:
        call.world.record.violation("conversations.open: group DMs aren't emulated")
        raise SlackError("invalid_user_combination")
    if not given and not call.args.get("channel"):
        raise SlackError("users_list_not_supplied")
    if given == call.world.workspace.bot_user_id:
        raise SlackError("cannot_dm_bot")
    room = call.world.rooms.im(given) if given else call.world.rooms.for_bot(call.args["channel"])
    whole = _room_json(call, room) if call.args.get("return_im") else {"id": room.id}
    return {"no_op": True, "already_open": True, "channel": whole}


def info(call: Call) -> Answer:
    """conversations.info."""
    return {"channel": _room_json(call, call.world.rooms.for_bot(call.args["channel"], joined=False))}


def members(call: Call) -> Answer:
    """conversations.members."""
    room = call.world.rooms.for_bot(call.args["channel"], joined=False)
    everybody = sorted(room.members | ({call.world.workspace.bot_user_id} if room.bot_in else set()))
    return {"members": everybody, "response_metadata": {"next_cursor": ""}}


def history(call: Call) -> Answer:
    """conversations.history: the newest first, without replies in threads."""
    room = call.world.rooms.for_bot(call.args["channel"])
    posts = [post for post in room.posts if not post.is_reply and not post.only_for and _within(call, post)]
    return _page(call, room, posts[::-1])


def replies(call: Call) -> Answer:
    """conversations.replies: a thread, the oldest first."""
    room = call.world.rooms.for_bot(call.args["channel"])
    thread = room.thread(call.args["ts"])
    if not thread:
        raise SlackError("thread_not_found")
    return _page(call, room, [post for post in thread if post.ts == call.args["ts"] or _within(call, post)])


def _within(call: Call, post: Post) -> bool:
    oldest, latest = call.args.get("oldest", ""), call.args.get("latest", "")
    if call.args.get("inclusive") and post.ts in (oldest, latest):
        return True
    at = float(post.ts)
    return (not oldest or at > float(oldest)) and (not latest or at < float(latest))


def _page(call: Call, room: Room, posts: list[Post]) -> Answer:
    start, size = _cursor(call.args.get("cursor", "")), call.args.get("limit", 100)
    end = start + size
    with_metadata = call.args.get("include_all_metadata", False)
    shown = [with_replies(post, room, call.world.workspace, metadata=with_metadata) for post in posts[start:end]]
    more = end < len(posts)
    following = base64.b64encode(f"next:{end}".encode()).decode() if more else ""
    return {"messages": shown, "has_more": more, "response_metadata": {"next_cursor": following}}


def _cursor(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("next:"))
    except (binascii.Error, ValueError) as error:
        raise SlackError("invalid_cursor") from error


def _room_json(call: Call, room: Room) -> dict[str, Any]:
    own: dict[str, Any] = {"user": room.user} if room.kind == "im" else {"name": room.name}
    return {
        "id": room.id,
        **own,
        "is_im": room.kind == "im",
        "is_channel": room.kind == "channel",
        "is_group": room.kind == "group",
        "is_private": room.kind != "channel",
        "is_mpim": False,
        "is_archived": room.archived,
        "is_member": room.bot_in,
        "num_members": len(room.members) + room.bot_in,
        "context_team_id": call.world.workspace.team_id,
    }


METHODS = (
    Method(
        "conversations.open",
        open_dm,
        {"users": Text(), "channel": Text(), "return_im": Flag()},
        ("im:write",),
        TIER_3,
    ),
    Method(
        "conversations.info",
        info,
        {"channel": Text(required=True), "include_num_members": Flag(), "include_locale": Flag()},
        READ,
        TIER_3,
        json=False,
    ),
    Method(
        "conversations.members",
        members,
        {"channel": Text(required=True), "cursor": Text(), "limit": Number(low=1, high=1000)},
        READ,
        TIER_3,
        json=False,
    ),
    Method("conversations.history", history, PAGE, HISTORY, TIER_3),
    Method("conversations.replies", replies, {**PAGE, "ts": Text(required=True)}, HISTORY, TIER_3),
)
