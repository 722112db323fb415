"""Block Kit: the few blocks that we use, each within its limits, and sharing them out over messages. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from adapters.common.text import clean, shorten, units
from adapters.slack.mrkdwn import BREAK, escape, plain
from adapters.slack.split import split_mrkdwn

MESSAGE_BLOCKS, HOME_BLOCKS = 50, 100
MESSAGE_UNITS = 12_000  # all text of a message; Slack refuses somewhere above 13,200
BLOCK_UNITS = 6000  # all text of one block of ours, so that every block finds room in some message
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
    """Short mrkdwn texts side by side, at most ten in a block."""
    texts = [_mrkdwn(fitting(pair, FIELD)) for pair in pairs]
    return [{"type": "section", "fields": row} for row in _rows(texts, FIELDS)]


def context(elements: Sequence[str]) -> list[Block]:
    """Small print, at most ten elements in a block."""
    texts = [_mrkdwn(fitting(element, ELEMENT)) for element in elements if element.strip()]
    return [{"type": "context", "elements": row} for row in _rows(texts, ELEMENTS)]


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
    return sum(units(text["text"]) for text in _texts(blocks))


def as_text(blocks: Sequence[Block], limit: int) -> str:
    """What the blocks say, as one mrkdwn text, for when Slack won't have them. Buttons are left out."""
    texts = _texts(block for block in blocks if block["type"] != "actions")
    said = "\n".join(text["text"] if text["type"] == "mrkdwn" else escape(text["text"]) for text in texts)
    return fitting(said.replace(BREAK, ""), limit)


def share_out(fixed: Sequence[Block], flowing: Sequence[Block]) -> tuple[list[Block], list[list[Block]]]:
    """How much of `flowing` fits in one message beside `fixed`, and the rest as messages of its own."""
    here, rest = _fill(flowing, MESSAGE_BLOCKS - len(fixed), MESSAGE_UNITS - size(fixed))
    more: list[list[Block]] = []
    while rest:
        page, rest = _fill(rest, MESSAGE_BLOCKS, MESSAGE_UNITS)
        more.append(page)
    return here, more


def _texts(blocks: Iterable[Block]) -> Iterator[Block]:
    """Every text object in the blocks, in the order in which it is read."""
    for block in blocks:
        holders = [block, *block.get("fields", ()), *block.get("elements", ())]
        for holder in holders:
            text = holder.get("text")
            if text is not None:
                yield text if isinstance(text, dict) else holder


def _rows(texts: Sequence[Block], most: int) -> Iterator[list[Block]]:
    """Text objects shared out over blocks."""
    row: list[Block] = []
    used = 0
    for text in texts:
        if row and (len(row) == most or used + units(text["text"]) > BLOCK_UNITS):
            yield row
            row, used = [], 0
        row.append(text)
        used += units(text["text"])
    if row:
        yield row


def _fill(blocks: Sequence[Block], room: int, room_units: int) -> tuple[list[Block], list[Block]]:
    for count, block in enumerate(blocks):
        room_units -= size([block])
        if count >= room or room_units < 0:
            return list(blocks[:count]), list(blocks[count:])
    return list(blocks), []


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text.strip() or "·"}
