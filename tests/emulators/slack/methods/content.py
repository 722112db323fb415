"""What a message says: text, Markdown or blocks, and the limits on each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.emulators.slack.desk import block_with_ids
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.methods.method import Call
from tests.emulators.slack.rooms import Post, Room
from tests.emulators.slack.shapes.blocks import MARKDOWN_TEXT, TOTAL_TEXT, check_blocks, total_text
from tests.emulators.slack.shapes.schema import Anything, Fields, Flag, Spec, Text
from tests.emulators.slack.world import World

TEXT_CUT, UPDATE_TEXT = 40_000, 4_000
METADATA = Fields({"event_type": Text(required=True, least=1), "event_payload": Anything(required=True)})
WORDS: dict[str, Spec] = {
    "text": Text(),
    "blocks": Anything(),
    "markdown_text": Text(),
    "link_names": Flag(),
    "parse": Text(choices=("none", "full", "client")),
}
LOOKS: dict[str, Spec] = {"icon_emoji": Text(), "icon_url": Text(), "username": Text()}


@dataclass(frozen=True)
class Content:
    """Checked words; `cut` says whether the end was lost."""

    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any] | None
    cut: bool = False
    markdown: bool = False


def content_of(call: Call) -> Content:
    """The content of a call; raises what Slack answers to a wrong one."""
    args = call.args
    if "markdown_text" in args and ("text" in args or "blocks" in args):
        raise SlackError("markdown_text_conflict")
    blocks = good_blocks(call.world, args.get("blocks"))
    markdown = markdown_of(args)
    text = markdown or args.get("text", "")
    if not text and not blocks:
        raise SlackError("no_text")
    if blocks and not text:
        call.world.record.warnings.append(f"{call.method}: blocks without text, so notifications are empty")
    return Content(text[:TEXT_CUT], blocks, metadata_of(args), cut=len(text) > TEXT_CUT, markdown=bool(markdown))


def markdown_of(args: Mapping[str, Any]) -> str:
    """The `markdown_text`, at most 12,000 characters."""
    text: str = args.get("markdown_text", "")
    if len(text) > MARKDOWN_TEXT:
        raise SlackError("msg_too_long")
    return text


def good_blocks(world: World, blocks: Any) -> list[dict[str, Any]]:
    """Blocks of a message, with ids; raises invalid_blocks or msg_blocks_too_long."""
    if blocks is None or blocks == []:
        return []
    if world.faults.refuse_blocks:
        raise SlackError("invalid_blocks", ["refused by a switch [json-pointer:/blocks]"])
    if problems := check_blocks(blocks, "message"):
        raise SlackError("invalid_blocks", problems)
    if total_text(blocks) > TOTAL_TEXT:
        raise SlackError("msg_blocks_too_long")
    return [block_with_ids(block) for block in blocks]


def metadata_of(args: Mapping[str, Any]) -> dict[str, Any] | None:
    """The metadata of a message; an empty object takes it away."""
    given = args.get("metadata")
    if given in (None, {}):
        return None
    problems = list(METADATA.check(given, "/metadata"))
    if problems or not isinstance(given["event_payload"], dict):
        raise SlackError("invalid_metadata_format", problems)
    checked: dict[str, Any] = given
    return checked


def thread_of(world: World, room: Room, thread_ts: str) -> str:
    """The first message's ts of a thread; "" when none is wanted."""
    if not thread_ts:
        return ""
    parent = room.find(thread_ts)
    if parent is None or parent.only_for:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        world.record.violation(f"thread_ts {thread_ts} is a reply, not the first message of its thread")
        return parent.thread_ts
    return thread_ts


def own_post(world: World, room: Room, ts: str, error: str) -> Post:
    """A message that the bot wrote and everybody sees."""
    post = room.find(ts)
    if post is None or post.only_for:
        raise SlackError("message_not_found")
    if post.user != world.workspace.bot_user_id:
        raise SlackError(error)
    return post
