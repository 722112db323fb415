"""What a sentence about recordings asks for. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Wish = Literal["list", "tasks", "close", "last", ""]
_CLOSE = re.compile(
    r"^\s*(?P<no>不用做|不用|去掉|drop)?(?:完成|做完|搞定|done)?\s*第?\s*(?P<n>\d{1,3})\s*[件个条]?\s*[。.!！]?$",
    re.IGNORECASE,
)
_TASKS = re.compile(r"待办|任务|to-?dos?\b|tasks?\b|答应|promise", re.IGNORECASE)
_LAST = re.compile(
    r"(?:通话|录音|电话|会议|聊天|拜访).{0,6}(?:说|讲|谈|聊)|(?:call|recording|meeting|talk).{0,20}about|what was said",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish, and the number of a task."""

    wish: Wish
    number: int = 0
    drop: bool = False


def asked(text: str) -> Asked:
    """The wish of a sentence; by itself a sentence that was routed here asks for the list."""
    if (hit := _CLOSE.match(text)) and re.search(r"[^\d\s第件个条。.!！]", text):
        return Asked("close", int(hit["n"]), bool(hit["no"]))
    if _LAST.search(text):
        return Asked("last")
    return Asked("tasks" if _TASKS.search(text) else "list")
