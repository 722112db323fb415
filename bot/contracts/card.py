"""The foldable card (可折叠知识卡片): one line first, the rest on request, within every platform's limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value, shown as one row: 阶段 | 报价."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part, seen when the card is unfolded. `body` is Markdown (lists, tables, quotes)."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form: free text, or a choice when `choices` (value, label) are given."""

    key: str  # [a-z0-9_]+
    label: str
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""  # what stands there at first
    required: bool = True
    lines: int = 1  # of free text: more than one asks for a larger box


@dataclass(frozen=True, slots=True)
class Form:
    """What to ask when a button is pressed, where the platform can ask at once (a Slack modal, the console)."""

    title: str  # at most 10 characters of Chinese, 24 of English: Slack shows no more
    submit: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """A button. With `url` it opens a page; otherwise pressing it comes back as `Press(card_id, key)`.

    With a `form` the platform asks first and the answers come as `Press.values`. A platform that can't ask sends
    the press without values: whoever handles it must then ask in words.
    """

    key: str  # [a-z0-9_]+, at most 40 characters; "unfold" and "fold" are understood by the conversation flow
    label: str  # at most 10 characters of Chinese; platforms shorten what is longer
    style: Literal["default", "primary", "danger"] = "default"
    url: str = ""
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement comes from, so that a reader can check it."""

    title: str
    url: str = ""
    detail: str = ""  # owner, version, date


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says, whatever the platform. Folded it shows headline, summary and actions only."""

    id: str  # unique per card shown; presses carry it
    headline: str
    summary: str = ""
    source: str = ""  # small line above: 话术库 · 报价
    facts: tuple[Fact, ...] = ()
    sections: tuple[Section, ...] = ()
    actions: tuple[Action, ...] = ()
    citations: tuple[Citation, ...] = ()
    url: str = ""  # the page that shows the whole
    unfolded: bool = False
    pressed: str = ""  # key of an action that is done and shown as such
    notice: str = ""  # one line that thanks or confirms after a press
