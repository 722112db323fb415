"""What a drawing is made of: bars, lines, marks at places of its own units. Types only, and what bars and trends share.

Made once: the page draws it in the frame's colours, the chat gets it as a picture (`picture.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from skills.questions.answer import Answer

WIDTH = 640  # of every drawing, in its own units


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its texts. `key`: the group that it shows; `series` 1: what it is compared with."""

    label: str
    brief: str  # the label where letters are large: on phones
    x: float
    y: float
    width: float
    height: float
    text: str
    text_x: float
    series: int = 0
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dot:
    """A step of a line."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series of a trend."""

    name: str
    path: str
    dots: tuple[Dot, ...]
    series: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at a place: an axis' number, a step's name."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template draws. `keys`: names of the series, when there are several."""

    height: float
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    rules: tuple[Mark, ...] = ()  # horizontal lines with their number
    steps: tuple[Mark, ...] = ()
    keys: tuple[str, ...] = ()
    more: int = 0  # groups without a bar

    @property
    def width(self) -> int:
        """Of every drawing."""
        return WIDTH


def against_name(answer: Answer) -> str:
    """What the second series is called."""
    return answer.names.text(f"against.{answer.result.plan.against or 'before'}")


def rounded(value: float) -> float:
    """As exact as a drawing is."""
    return round(value, 1)
