"""From Slack's message text to what the person typed: links, mentions and entities unwrapped. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from adapters.common.text import clean

_TOKEN = re.compile(r"<([^<>\n]+)>")
_LEADING_MENTION = re.compile(r"^\s*<@[UW][A-Z0-9]+(?:\|[^<>\n]*)?>")


def typed(text: object, bots: Collection[str] = (), *, addressed: bool = False) -> str:
    """The words, without mentions of `bots`; when they are unknown and we were `addressed`, without the first one."""
    if not isinstance(text, str):
        return ""
    if addressed and not bots:
        text = _LEADING_MENTION.sub("", text, count=1)
    words = _TOKEN.sub(lambda match: _unwrapped(match[1], bots), clean(text))
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def mentions(text: object, bots: Collection[str]) -> bool:
    """Whether one of `bots` is addressed."""
    return isinstance(text, str) and any(f"<@{bot}>" in text or f"<@{bot}|" in text for bot in bots)


def _unwrapped(token: str, bots: Collection[str]) -> str:
    target, _, label = token.partition("|")
    if target.startswith("@"):
        return "" if target[1:] in bots else f"@{label or target[1:]}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    address = target.removeprefix("mailto:").removeprefix("tel:")
    return address if not label or label in target else f"{label} ({address})"
