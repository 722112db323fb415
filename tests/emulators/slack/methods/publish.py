"""Putting messages into conversations and changing them there."""

from __future__ import annotations

from copy import copy
from typing import Any

from tests.emulators.slack.hub import Change
from tests.emulators.slack.ledger import Outcome
from tests.emulators.slack.methods.content import Content
from tests.emulators.slack.rooms import Post, Room
from tests.emulators.slack.world import World

CUT = "text cut at 40,000 characters"


def publish(world: World, room: Room, post: Post, method: str, *, cut: bool = False) -> None:
    """A new message stands in the conversation: ledger, screens, events."""
    post.note = CUT if cut else ""
    room.posts.append(post)
    world.seen(Outcome.TRUNCATED if cut else Outcome.DELIVERED, room, post, method, post.note)
    if post.thread_ts:
        clear_status(world, room, post.thread_ts)
    world.happened(room, None, post)


def whisper(world: World, room: Room, post: Post, method: str) -> None:
    """A message for one person; lost without a word when they have no client open."""
    if post.only_for in world.away:
        world.note(Outcome.DROPPED, room.id, method, {"text": post.text}, post.ts, f"{post.only_for} isn't there")
        return
    room.posts.append(post)
    world.seen(Outcome.EPHEMERAL, room, post, method)


def change(world: World, room: Room, post: Post, content: Content, method: str) -> None:
    """Other words in the same place."""
    before = copy(post)
    post.text, post.blocks, post.edited = content.text, content.blocks, world.rooms.stamps.next()
    post.markdown = content.markdown
    if content.metadata is not None:
        post.metadata = content.metadata
    world.seen(Outcome.UPDATED, room, post, method, CUT if content.cut else "")
    world.happened(room, before, post)


def delete(world: World, room: Room, post: Post, method: str) -> None:
    """Take a message away; the first one of a thread leaves a tombstone only in Slack itself."""
    room.posts.remove(post)
    world.note(Outcome.DELETED, room.id, method, {"text": post.text}, post.ts)
    world.show(room, post)
    if not post.only_for:
        world.happened(room, post, None)


def clear_status(world: World, room: Room, thread_ts: str) -> None:
    """An answer takes the "is thinking…" away."""
    thread = world.threads.get((room.id, thread_ts))
    if thread and thread.status:
        thread.status = ""
        world.hub.tell(room.members, Change("thread", room.id, thread_ts))


def bot_post(world: World, content: Content, thread_ts: str = "", **more: Any) -> Post:
    """A message by the bot."""
    return Post(
        world.rooms.stamps.next(),
        world.workspace.bot_user_id,
        content.text,
        content.blocks,
        thread_ts,
        metadata=content.metadata,
        markdown=content.markdown,
        **more,
    )
