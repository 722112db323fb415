"""Block Kit: the few blocks that we use, each within its limits, and sharing them out over messages. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from adapters.common.text import clean, shorten, units
from adapters.slack.mrkdwn import BREAK, plain
from adapters.slack.split import split_mrkdwn

MESSAGE_BLOCKS, HOME_BLOCKS = 50, 100
MESSAGE_UNITS = 12_000  # all text of a message; Slack refuses somewhere above 13,200
SECTION, HEADER, BUTTON, FIELD, ELEMENT = 3000, 150, 75, 2000, 2000
FIELDS, BUTTONS, ELEMENTS = 10, 25, 10

Block = dict[str, Any]


def header(text: str) -> Block:
    """A headline; it shows no marks."""
    return {"type": "header", "text": plain_text(text, HEADER)}


def sections(mrkdwn: str) -> list[Block]:
    """Paragraphs; as many blocks as the text needs."""
    return [{"type": "section", "text": _mrkdwn(part)} for part in split_mrkdwn(mrkdwn, SECTION)]


def fields(pairs: Sequence[str]) -> list[Block]:
    """Short mrkdwn texts side by side, ten in a block."""
    texts = [_mrkdwn(fitting(pair, FIELD)) for pair in pairs]
    return [{"type": "section", "fields": texts[n : n + FIELDS]} for n in range(0, len(texts), FIELDS)]


def context(elements: Sequence[str]) -> list[Block]:
    """Small print, ten elements in a block."""
    texts = [_mrkdwn(fitting(element, ELEMENT)) for element in elements if element.strip()]
    return [{"type": "context", "elements": texts[n : n + ELEMENTS]} for n in range(0, len(texts), ELEMENTS)]


def actions(buttons: Sequence[Block]) -> list[Block]:
    """Rows of buttons, 25 in a block."""
    return [{"type": "actions", "elements": list(buttons[n : n + BUTTONS])} for n in range(0, len(buttons), BUTTONS)]


def divider() -> Block:
    """A line between cards."""
    return {"type": "divider"}


def plain_text(text: str, limit: int) -> Block:
    """A text object without marks. Never empty: Slack refuses that."""
    words = " ".join(plain(clean(text)).split())
    return {"type": "plain_text", "text": shorten(words, limit) or "·", "emoji": False}


def fitting(mrkdwn: str, limit: int) -> str:
    """The beginning of a mrkdwn text, marked with … when something is missing; no link is cut."""
    if units(mrkdwn) <= limit:
        return mrkdwn
    return split_mrkdwn(mrkdwn, limit - 2)[0].rstrip() + " …"


def size(blocks: Iterable[Block]) -> int:
    """UTF-16 units of all text in the blocks."""
    return sum(units(text) for text in texts(blocks))


def texts(blocks: Iterable[Block]) -> list[str]:
    """Every text in the blocks, in the order in which it is read."""
    found: list[str] = []
    for block in blocks:
        holders = [block.get("text"), *block.get("fields", ())]
        holders += [element.get("text", element) for element in block.get("elements", ()) if isinstance(element, dict)]
        for holder in holders:
            found += [str(holder["text"])] if isinstance(holder, dict) and "text" in holder else []
            found += [holder] if isinstance(holder, str) else []
    return found


def as_text(blocks: Sequence[Block], limit: int) -> str:
    """What the blocks say, as one mrkdwn text, for when Slack won't have them. Buttons are left out."""
    said = "\n".join(texts(block for block in blocks if block["type"] != "actions"))
    return fitting(said.replace(BREAK, ""), limit)


def share_out(fixed: Sequence[Block], flowing: Sequence[Block]) -> tuple[list[Block], list[list[Block]]]:
    """How much of `flowing` fits in one message beside `fixed`, and the rest as messages of its own."""
    here, rest = _fill(flowing, MESSAGE_BLOCKS - len(fixed), MESSAGE_UNITS - size(fixed))
    more: list[list[Block]] = []
    while rest:
        page, rest = _fill(rest, MESSAGE_BLOCKS, MESSAGE_UNITS)
        more.append(page)
    return here, more


def _fill(blocks: Sequence[Block], room: int, room_units: int) -> tuple[list[Block], list[Block]]:
    for count, block in enumerate(blocks):
        room_units -= size([block])
        if count >= room or room_units < 0:
            return list(blocks[:count]), list(blocks[count:])
    return list(blocks), []


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text.strip() or "·"}
