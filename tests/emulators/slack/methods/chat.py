"""chat.*: messages."""

from __future__ import annotations

from typing import Any

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.methods.content import (
    LOOKS,
    UPDATE_TEXT,
    WORDS,
    Content,
    content_of,
    own_post,
    thread_of,
)
from tests.emulators.slack.methods.method import SPECIAL, TIER_3, TIER_4, Answer, Call, Method
from tests.emulators.slack.methods.publish import bot_post, change, delete, publish, whisper
from tests.emulators.slack.posts import as_json
from tests.emulators.slack.rooms import Post
from tests.emulators.slack.shapes.schema import Anything, Flag, Text

CHANNEL = Text(required=True, least=1)
TS = Text(required=True, least=1)


def post_message(call: Call) -> Answer:
    """chat.postMessage."""
    world, args = call.world, call.args
    room = world.rooms.for_bot(args["channel"], by_user=True)
    content = content_of(call)
    thread = thread_of(world, room, args.get("thread_ts", ""))
    world.buckets.message(room.id)
    post = bot_post(world, content, thread)
    publish(world, room, post, call.method, cut=content.cut)
    return {"channel": room.id, "ts": post.ts, "message": as_json(post, world.workspace), **_warning(content)}


def post_ephemeral(call: Call) -> Answer:
    """chat.postEphemeral: `ok` doesn't mean that anybody saw it."""
    world, args = call.world, call.args
    room = world.rooms.for_bot(args["channel"])
    if args["user"] not in room.members:
        raise SlackError("user_not_in_channel")
    content = content_of(call)
    world.buckets.message(room.id)
    post = bot_post(world, content, thread_of(world, room, args.get("thread_ts", "")), only_for=args["user"])
    whisper(world, room, post, call.method)
    return {"message_ts": post.ts}


def update(call: Call) -> Answer:
    """chat.update: text without blocks takes the blocks away; [?] a careful client sends `blocks: []`."""
    world, args = call.world, call.args
    room = world.rooms.for_bot(args["channel"])
    post = own_post(world, room, args["ts"], "cant_update_message")
    if post.streaming:
        raise SlackError("streaming_state_conflict")
    if len(args.get("text", "")) > UPDATE_TEXT:
        raise SlackError("msg_too_long")
    if post.blocks and "blocks" not in args:
        world.record.warnings.append("chat.update: text alone on a message with blocks; say blocks: []")
    content = content_of(call)
    change(world, room, post, content, call.method)
    return {"channel": room.id, "ts": post.ts, "text": post.text, "message": as_json(post, world.workspace)}


def remove(call: Call) -> Answer:
    """chat.delete."""
    room = call.world.rooms.for_bot(call.args["channel"])
    post = own_post(call.world, room, call.args["ts"], "cant_delete_message")
    delete(call.world, room, post, call.method)
    return {"channel": room.id, "ts": post.ts}


def _warning(content: Content) -> dict[str, Any]:
    if not content.cut:
        return {}
    return {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}


def permalink(call: Call) -> Answer:
    """chat.getPermalink."""
    room = call.world.rooms.for_bot(call.args["channel"])
    post: Post | None = room.find(call.args["message_ts"])
    if post is None:
        raise SlackError("message_not_found")
    address = f"{call.world.base_url}/client?channel={room.id}&message=p{post.ts.replace('.', '')}"
    return {"channel": room.id, "permalink": address}


METHODS = (
    Method(
        "chat.postMessage",
        post_message,
        {
            **WORDS,
            **LOOKS,
            "channel": CHANNEL,
            "thread_ts": Text(),
            "reply_broadcast": Flag(),
            "unfurl_links": Flag(),
            "unfurl_media": Flag(),
            "mrkdwn": Flag(),
            "metadata": Anything(),
            "client_msg_id": Text(),
        },
        ("chat:write",),
        SPECIAL,
        writes=True,
    ),
    Method(
        "chat.postEphemeral",
        post_ephemeral,
        {**WORDS, **LOOKS, "channel": CHANNEL, "user": Text(required=True), "thread_ts": Text()},
        ("chat:write",),
        TIER_4,
        writes=True,
    ),
    Method(
        "chat.update",
        update,
        {
            **WORDS,
            "channel": CHANNEL,
            "ts": TS,
            "metadata": Anything(),
            "file_ids": Text(),
            "reply_broadcast": Flag(),
        },
        ("chat:write",),
        TIER_3,
        writes=True,
    ),
    Method("chat.delete", remove, {"channel": CHANNEL, "ts": TS}, ("chat:write",), TIER_3, writes=True),
    Method("chat.getPermalink", permalink, {"channel": CHANNEL, "message_ts": TS}, per_minute=SPECIAL, json=False),
)
