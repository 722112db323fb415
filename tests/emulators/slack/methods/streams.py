"""chat.startStream, appendStream, stopStream: a message that is written before the reader's eyes."""

from __future__ import annotations

from copy import copy
from datetime import timedelta

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.ledger import Outcome
from tests.emulators.slack.methods.content import (
    LOOKS,
    Content,
    good_blocks,
    markdown_of,
    metadata_of,
    own_post,
    thread_of,
)
from tests.emulators.slack.methods.method import TIER_2, TIER_4, Answer, Call, Method
from tests.emulators.slack.methods.publish import bot_post, publish
from tests.emulators.slack.posts import as_json
from tests.emulators.slack.rooms import Post, Room
from tests.emulators.slack.shapes.blocks import MARKDOWN_TEXT
from tests.emulators.slack.shapes.schema import Anything, Fields, Items, OneOf, Spec, Text

IDLE = timedelta(minutes=5)  # users report that a stream ends by itself after a few minutes without words
SOURCES = Items(Fields({"url": Text(required=True), "text": Text(required=True)}, type="url"))
CHUNKS = Items(
    OneOf(
        {
            "markdown_text": Fields({"text": Text(required=True)}),
            "plan_update": Fields({"title": Text(required=True)}),
            "task_update": Fields(
                {
                    "id": Text(required=True),
                    "title": Text(required=True),
                    "status": Text(required=True, choices=("pending", "in_progress", "complete", "error")),
                    "details": Text(),
                    "output": Text(),
                    "sources": SOURCES,
                }
            ),
            "blocks": Fields({"blocks": Anything(required=True)}),
        }
    )
)
PLACE: dict[str, Spec] = {"channel": Text(required=True, least=1)}
WORDS: dict[str, Spec] = {"markdown_text": Text(), "chunks": Anything()}


def start(call: Call) -> Answer:
    """chat.startStream: always a reply; in channels to one named person."""
    world, args = call.world, call.args
    room = world.rooms.for_bot(args["channel"])
    if room.kind != "im":
        _check_recipient(call, room)
    thread = thread_of(world, room, args["thread_ts"])
    words = _words(call)
    world.buckets.message(room.id)
    post = bot_post(world, Content(words, [], None, markdown=True), thread, streaming=True)
    publish(world, room, post, call.method)
    _touch(call, room, post)
    return {"channel": room.id, "ts": post.ts}


def append(call: Call) -> Answer:
    """chat.appendStream: more words at the end."""
    room, post = _open_stream(call)
    words = _words(call)
    if not words and not call.args.get("chunks"):
        raise SlackError("no_text")
    post.text += words
    _touch(call, room, post)
    call.world.seen(Outcome.STREAMED, room, post, call.method)
    return {"channel": room.id, "ts": post.ts}


def stop(call: Call) -> Answer:
    """chat.stopStream: the last words, and blocks below them."""
    world = call.world
    room, post = _open_stream(call)
    words, blocks, metadata = _words(call), good_blocks(world, call.args.get("blocks")), metadata_of(call.args)
    before = copy(post)
    post.text, post.blocks, post.streaming = post.text + words, blocks, False
    post.metadata = metadata or post.metadata
    world.seen(Outcome.UPDATED, room, post, call.method)
    world.happened(room, before, post)
    return {"channel": room.id, "ts": post.ts, "message": as_json(post, world.workspace)}


def _check_recipient(call: Call, room: Room) -> None:
    if "recipient_team_id" not in call.args:
        raise SlackError("missing_recipient_team_id")
    if "recipient_user_id" not in call.args:
        raise SlackError("missing_recipient_user_id")
    if call.args["recipient_user_id"] not in room.members:
        raise SlackError("user_not_found")


def _words(call: Call) -> str:
    """The Markdown of this call, its own and that of the chunks; 12,000 characters in all."""
    chunks = call.args.get("chunks", [])
    if problems := list(CHUNKS.check(chunks, "/chunks")):
        raise SlackError("invalid_chunks", problems)
    for chunk in chunks:
        if chunk["type"] == "blocks":
            good_blocks(call.world, chunk["blocks"])
    words = markdown_of(call.args) + "".join(chunk["text"] for chunk in chunks if chunk["type"] == "markdown_text")
    if len(words) > MARKDOWN_TEXT:
        raise SlackError("msg_too_long")
    return words


def _open_stream(call: Call) -> tuple[Room, Post]:
    room = call.world.rooms.for_bot(call.args["channel"])
    post = own_post(call.world, room, call.args["ts"], "message_not_owned_by_app")
    last = call.world.streams.get((room.id, post.ts))
    if last is None or call.world.clock.now() - last > IDLE:
        post.streaming = False
    if not post.streaming:
        raise SlackError("message_not_in_streaming_state")
    return room, post


def _touch(call: Call, room: Room, post: Post) -> None:
    call.world.streams[room.id, post.ts] = call.world.clock.now()


METHODS = (
    Method(
        "chat.startStream",
        start,
        {
            **PLACE,
            **WORDS,
            **LOOKS,
            "thread_ts": Text(required=True, least=1),
            "recipient_user_id": Text(),
            "recipient_team_id": Text(),
            "task_display_mode": Text(choices=("timeline", "plan")),
        },
        ("chat:write",),
        TIER_2,
        writes=True,
    ),
    Method(
        "chat.appendStream", append, {**PLACE, **WORDS, "ts": Text(required=True)}, ("chat:write",), TIER_4, writes=True
    ),
    Method(
        "chat.stopStream",
        stop,
        {**PLACE, **WORDS, "ts": Text(required=True), "blocks": Anything(), "metadata": Anything()},
        ("chat:write",),
        TIER_2,
        writes=True,
    ),
)
