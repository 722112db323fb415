"""What the pages of a deck hold: words and numbers; how they look is left to `deck_pages`. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from knowledge.briefing.types import Unit


@dataclass(frozen=True, slots=True)
class Grid:
    """A table in words. `right`: which columns are numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart: its numbers as they are (yuan, counts, parts of 1), drawn natively so that they can be edited.

    `series`: (name, values), each as long as `labels`. `marked`: positions that are talked about.
    """

    title: str
    kind: Literal["bar", "line"]
    unit: Unit
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]
    marked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Cover:
    """Team and day, the one sentence, what else is worth knowing at once."""

    title: str
    sentence: str
    facts: tuple[str, ...]
    notes: str


@dataclass(frozen=True, slots=True)
class FindingPage:
    """One finding: the point as a sentence, its chart, what is at stake, who does what by when."""

    headline: str
    detail: str
    number: tuple[str, str]  # the big one, and what it is
    worth: tuple[str, str, str]  # the expected gain, what it is, its arithmetic
    action: tuple[str, str, str]  # heading, what, who and when
    proposal: tuple[str, str]  # heading, what
    source: str
    drawing: Drawing
    notes: str


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with lines below it."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TablePage:
    """A table, a chart, blocks of text: whatever of them there is, one below the other."""

    headline: str
    notes: str
    grid: Grid | None = None
    drawing: Drawing | None = None
    blocks: tuple[Block, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Deck:
    """All pages in their order."""

    title: str
    cover: Cover
    findings: tuple[FindingPage, ...]
    rest: tuple[TablePage, ...]


def paragraphs(*parts: Iterable[str]) -> str:
    """Groups of lines, an empty line between them."""
    return "\n\n".join("\n".join(line for line in part if line) for part in parts)
