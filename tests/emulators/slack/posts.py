"""A message as JSON, the way the API and the events show it."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.emulators.slack.rooms import Post, Room
from tests.emulators.slack.workspace import Workspace

MENTION = re.compile(r"(<@[UW][A-Z0-9]+>)")
CHANNEL_TYPES = {"im": "im", "channel": "channel", "group": "group"}


def as_json(post: Post, workspace: Workspace, *, metadata: bool = False) -> dict[str, Any]:
    """The message; `metadata` only where it was asked for."""
    answer: dict[str, Any] = {"type": "message", "user": post.user, "ts": post.ts, "text": post.text}
    optional: dict[str, Any] = {
        "subtype": post.subtype,
        "client_msg_id": post.client_msg_id,
        "blocks": post.blocks,
        "thread_ts": post.thread_ts,
        "files": post.files,
        "metadata": post.metadata if metadata else None,
        "edited": {"user": post.user, "ts": post.edited} if post.edited else None,
    }
    answer.update({name: value for name, value in optional.items() if value})
    if post.user == workspace.bot_user_id:
        answer.update({"bot_id": workspace.bot_id, "app_id": workspace.app_id})
    return {**answer, "team": workspace.team_id}


def with_replies(post: Post, room: Room, workspace: Workspace, *, metadata: bool) -> dict[str, Any]:
    """A message of a history, with the number of replies at the first one of a thread."""
    answer = as_json(post, workspace, metadata=metadata)
    replies = [reply for reply in room.thread(post.ts) if reply.is_reply]
    if replies:
        latest = {"reply_count": len(replies), "latest_reply": replies[-1].ts}
        answer.update({"thread_ts": post.ts, **latest, "reply_users": sorted({reply.user for reply in replies})})
    elif post.is_reply and (parent := room.find(post.thread_ts)):
        answer["parent_user_id"] = parent.user
    return answer


def words_in_blocks(text: str) -> list[dict[str, Any]]:
    """What a person typed, as the rich_text block that Slack makes of it: mentions apart, nothing escaped."""
    pieces = [_piece(part) for part in MENTION.split(text) if part]
    return [{"type": "rich_text", "block_id": "typed", "elements": [{"type": "rich_text_section", "elements": pieces}]}]


def _piece(part: str) -> dict[str, Any]:
    if MENTION.fullmatch(part):
        return {"type": "user", "user_id": part[2:-1]}
    return {"type": "text", "text": html.unescape(part)}
