"""A WeCom chat archive (会话内容存档), decrypted: a JSON object a line, out of a file or as it is pulled."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage.imports.encodings import find_encoding
from storage.imports.report import ImportRefused, Problem
from storage.imports.sheet import MEGABYTES

_LONGEST = 1 << 20  # characters of one line: more is no message
_ROBOT = "wb"  # ids of robots begin so: what they write, nobody said
_LATEST = 1 << 42  # milliseconds since 1970, in the year 2109: more is another unit


@dataclass(frozen=True, slots=True)
class Said:
    """A message. `text` is empty where somebody sent something else than words."""

    id: str
    sender: str
    to: tuple[str, ...]
    room: str  # "": between two people
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Recalled:
    """Its author took a message back."""

    id: str
    sender: str
    to: tuple[str, ...]
    room: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """A contact agreed to the archive in a room, or no longer does."""

    contact: str
    sender: str
    to: tuple[str, ...]
    room: str
    given: bool
    at: datetime


Item = Said | Recalled | Agreed | Problem | None  # None: nothing that anybody said


def read_archive(path: Path) -> Iterator[tuple[int, Item]]:
    """Number and content of every line that isn't empty. Raises ImportRefused for a file that is no text."""
    try:
        if path.stat().st_size > MEGABYTES * 1024 * 1024:
            raise ImportRefused("too_large", file=path.name, limit=MEGABYTES)
        with path.open(encoding=find_encoding(path), errors="replace", newline="\n") as file:
            number = 0
            while line := file.readline(_LONGEST):
                number += 1
                if line.strip():
                    yield number, understood(line)
    except OSError as error:
        raise ImportRefused("unreadable", file=path.name, reason=error.strerror) from error


def understood(line: str) -> Item:
    """What one message says."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return Problem("not_json")
    if not isinstance(found, dict):
        return Problem("not_json")
    try:
        return _item(found)
    except Problem as problem:
        return problem


def _item(found: Mapping[str, Any]) -> Item:
    if found.get("action") == "switch":  # somebody changed to another company: nothing was said
        return None
    sender, room = _text(found, "from"), str(found.get("roomid") or "")
    to = tuple(str(one) for one in found.get("tolist") or () if one)
    if found.get("action") == "recall" or found.get("msgtype") == "revoke":
        return Recalled(_text(_part(found, "revoke"), "pre_msgid"), sender, to, room)
    kind = found.get("msgtype")
    if kind in {"agree", "disagree"}:
        contact = _text(_part(found, str(kind)), "userid")
        return Agreed(contact, sender, to, room, kind == "agree", _moment(found))
    if sender.startswith(_ROBOT):
        return None
    return Said(_text(found, "msgid"), sender, to, room, _moment(found), _words(found))


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise Problem("no_key", missing=name)
    return value


def _moment(found: Mapping[str, Any]) -> datetime:
    value = found.get("msgtime")
    if not isinstance(value, int) or not 0 < value < _LATEST:
        raise Problem("no_key", missing="msgtime")
    return datetime.fromtimestamp(value / 1000, UTC)


def _words(found: Mapping[str, Any]) -> str:
    """What was written; "" for pictures, files and the like, which still say that somebody was there."""
    kind = str(found.get("msgtype") or "")
    if kind == "mixed":
        items = _part(found, "mixed").get("item")
        return "\n".join(filter(None, map(_mixed, items if isinstance(items, list) else ())))
    part = _part(found, "info" if kind == "markdown" else kind)
    words = part.get("content") if kind in {"text", "markdown"} else part.get("title")
    return words if isinstance(words, str) else ""


def _mixed(item: Any) -> str:
    """A part of a message of several parts: its content is JSON inside JSON."""
    try:
        inner = json.loads(item["content"]) if item["type"] == "text" else {}
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    words = inner.get("content") if isinstance(inner, dict) else None
    return words if isinstance(words, str) else ""


def _part(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = found.get(name)
    return part if isinstance(part, dict) else {}
