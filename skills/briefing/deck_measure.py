"""How much room a text takes on a page, and how it is made to fit. Pure; lengths are in points (1/72 inch).

PowerPoint measures with the fonts of the reader's machine, which we don't have. So widths are those of Arial (its font
metrics, in thousandths of the size) with a reserve, a Chinese character is as wide as it is high, and the height of a
line is fixed in the file, whatever the font would want.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import combining, east_asian_width

RESERVE = 1.06  # other fonts of a company's template are a little wider than Arial
BOLD = 1.07
LEADING = 1.35  # height of a line, in sizes: what Chinese fonts want
CUT = "…"
_ARIAL = {
    191: "'", 222: "ijl", 260: "|", 278: " !,./:;\\[]ftI", 333: "()-`r", 334: "{}", 355: '"', 389: "*", 469: "^",
    500: "ckvxyzsJ", 556: "#$0123456789?_abdeghnopquL", 584: "+<=>~", 611: "FTZ", 667: "&ABEKPSVXY", 722: "CDHNRUw",
    778: "GOQ", 833: "Mm", 889: "%", 944: "W", 1015: "@",
}  # fmt: skip
_WIDTHS = {character: width / 1000 for width, characters in _ARIAL.items() for character in characters}
_NEVER_FIRST = frozenset("，。、；：！？）》」』】〕”’…·％,.;:!?)]}%")
_NEVER_LAST = frozenset("（《「『【〔“‘([{¥￥")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from the upper left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height

    def inside(self, across: float, down: float | None = None) -> Box:
        """Without a margin on each side."""
        down = across if down is None else down
        return Box(self.left + across, self.top + down, self.width - 2 * across, self.height - 2 * down)

    def cut_top(self, height: float, gap: float = 0) -> tuple[Box, Box]:
        """A strip at the top, and what is left below it."""
        height = min(height, self.height)
        rest = max(0.0, self.height - height - gap)
        return Box(self.left, self.top, self.width, height), Box(self.left, self.bottom - rest, self.width, rest)

    def cut_left(self, width: float, gap: float = 0) -> tuple[Box, Box]:
        """A strip on the left, and what is left beside it."""
        rest = max(0.0, self.width - width - gap)
        return Box(self.left, self.top, width, self.height), Box(self.right - rest, self.top, rest, self.height)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text at a size at which it stays within its box; `cut` when something was left out."""

    text: str
    size: float
    lines: int
    cut: bool = False

    @property
    def height(self) -> float:
        """That it takes, in points."""
        return self.lines * self.size * LEADING


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Of one line, in points."""
    return sum(map(_part, text)) * size * RESERVE * (BOLD if bold else 1)


def wrapped(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """The lines of a text in a box so wide: Chinese breaks anywhere but before a comma or after a bracket, other words
    at spaces, and what is longer than a line where the line ends."""
    return [line for part in text.split("\n") for line in _paragraph(part, size, room, bold)]


def fit(text: str, box: Box, sizes: Sequence[float], *, bold: bool = False) -> Fitted:
    """At the first size that leaves the text whole; else at the last one, with … at its end."""
    for size in sizes:
        lines = len(wrapped(text, size, box.width, bold=bold))
        if lines * size * LEADING <= box.height:
            return Fitted(text, size, lines)
    return _shortened(text, box, sizes[-1], bold)


def one_line(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """Within one line, … where something is cut."""
    flat = " ".join(text.split())
    if width(flat, size, bold=bold) <= room:
        return flat
    while flat and width(flat + CUT, size, bold=bold) > room:
        flat = flat[:-1]
    return flat.rstrip() + CUT


def _shortened(text: str, box: Box, size: float, bold: bool) -> Fitted:
    most = max(1, int(box.height // (size * LEADING)))
    low, high = 0, len(text)
    while low < high:  # the most characters that still fit
        middle = (low + high + 1) // 2
        fits = len(wrapped(text[:middle].rstrip() + CUT, size, box.width, bold=bold)) <= most
        low, high = (middle, high) if fits else (low, middle - 1)
    kept = text[:low].rstrip() + CUT
    return Fitted(kept, size, len(wrapped(kept, size, box.width, bold=bold)), cut=True)


def _part(character: str) -> float:
    """Of the size."""
    if character in _WIDTHS:
        return _WIDTHS[character]
    if combining(character):
        return 0.0
    return 1.0 if east_asian_width(character) in "WFA" else 0.75


def _paragraph(text: str, size: float, room: float, bold: bool) -> list[str]:
    lines, line = [], ""
    for unit in _units(text):
        if not line or width((line + unit).rstrip(), size, bold=bold) <= room:
            line += unit
        else:
            lines.append(line)
            line = unit.lstrip()
        while width(line.rstrip(), size, bold=bold) > room and len(line) > 1:
            head = _head(line, size, room, bold)
            lines.append(head)
            line = line[len(head) :]
    return [*lines, line]


def _head(line: str, size: float, room: float, bold: bool) -> str:
    """As many letters as one line holds, at least one."""
    most = next((at for at in range(2, len(line) + 1) if width(line[:at], size, bold=bold) > room), len(line) + 1)
    return line[: most - 1]


def _units(text: str) -> list[str]:
    """What is never broken."""
    if not text:
        return []
    found = [text[0]]
    for before, character in pairwise(text):
        if _breaks(before, character):
            found.append(character)
        else:
            found[-1] += character
    return found


def _breaks(before: str, after: str) -> bool:
    if after in _NEVER_FIRST or before in _NEVER_LAST or after == " ":
        return False
    return before == " " or _wide(before) or _wide(after)


def _wide(character: str) -> bool:
    return east_asian_width(character) in "WF"
