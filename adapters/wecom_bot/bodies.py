"""The bodies that WeCom takes as answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def stream(stream_id: str, content: str, *, finish: bool, card: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A state of a stream: the whole content every time. With a card it can be said only once."""
    about = {"id": stream_id, "finish": finish, "content": content}
    if card:
        return {"msgtype": "stream_with_template_card", "stream": about, "template_card": dict(card)}
    return {"msgtype": "stream", "stream": about}


def markdown(content: str) -> dict[str, Any]:
    """Text for response_url and pushes."""
    return {"msgtype": "markdown", "markdown": {"content": content}}


def card(drawn: Mapping[str, Any]) -> dict[str, Any]:
    """A template card alone."""
    return {"msgtype": "template_card", "template_card": dict(drawn)}


def welcome(content: str, drawn: Mapping[str, Any] | None) -> dict[str, Any]:
    """The answer to enter_chat: text or a card."""
    return card(drawn) if drawn else {"msgtype": "text", "text": {"content": content}}


def update(drawn: Mapping[str, Any], user: str) -> dict[str, Any]:
    """The pressed card, changed for who pressed it: in a group others may not be allowed to see what unfolds."""
    users = {"userids": [user]} if user else {}
    return {"response_type": "update_template_card", **users, "template_card": dict(drawn)}


def with_task(drawn: Mapping[str, Any], task_id: str, *, fresh: bool = True) -> dict[str, Any]:
    """The card with its id. A fresh one has no greyed buttons: WeCom knows them in updates only."""
    return {**{name: value for name, value in drawn.items() if not fresh or name != "replace_text"}, "task_id": task_id}
