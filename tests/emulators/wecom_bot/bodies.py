"""What comes to the bot: messages and events as the documentation shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Body = dict[str, Any]
BUTTON_EVENT = "template_card_event"


def text(content: str) -> Body:
    """A text message."""
    return {"msgtype": "text", "text": {"content": content}}


def media(kind: str, link: Body) -> Body:
    """A picture, file or film, by the link under which it can be fetched for five minutes."""
    return {"msgtype": kind, kind: link}


def mixed(items: Sequence[Body]) -> Body:
    """Words and pictures in one message; each item is itself a text or an image."""
    return {"msgtype": "mixed", "mixed": {"msg_item": list(items)}}


def voice(words: str) -> Body:
    """A voice message: WeCom sends what it understood, never the sound."""
    return {"msgtype": "voice", "voice": {"content": words}}


def refresh(stream_id: str) -> Body:
    """The question for the next state of a stream."""
    return {"msgtype": "stream", "stream": {"id": stream_id}}


def event(name: str, **details: Any) -> Body:
    """An event; its details stand under its own name."""
    return {"msgtype": "event", "event": {"eventtype": name, **({name: details} if details else {})}}


def card_event(card_type: str, key: str, task_id: str, selected: Mapping[str, Sequence[str]]) -> Body:
    """A pressed button, submitted form or chosen menu entry of a card."""
    items = [{"question_key": name, "option_ids": {"option_id": list(ids)}} for name, ids in selected.items()]
    chosen = {"selected_items": {"selected_item": items}} if items else {}
    return event(BUTTON_EVENT, card_type=card_type, event_key=key, task_id=task_id, **chosen)


def feedback(feedback_id: str, kind: int, content: str, reasons: Sequence[int]) -> Body:
    """A thumb under an answer: 1 up, 2 down, 3 taken back. Words and reasons come with a thumb down."""
    more = {"content": content, "inaccurate_reason_list": list(reasons)} if kind == 2 else {}
    return event("feedback_event", id=feedback_id, type=kind, **more)
