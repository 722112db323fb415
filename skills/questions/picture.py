"""The drawing as a picture for chats: PNG, with Chinese letters, of the same SVG as the page shows. Blocking."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from knowledge.pictures import FONTS, png
from skills.questions.shapes import Drawing

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
SCALE = 2.0  # pixels for each unit: sharp on a phone
COLUMNS = 72  # of a line of the title; a Chinese character takes two
LINES = 3


def picture(drawing: Drawing, title: str, note: str) -> bytes | None:
    """PNG; None on a machine that has no Chinese letters and would draw boxes."""
    lines = _lines(title)
    top = 20 + 24 * len(lines) + (30 if drawing.keys else 8)
    svg = _template().render(drawing=drawing, title=lines, note=note, top=top, fonts=FONTS)
    return png(svg, SCALE)


def _lines(text: str) -> Sequence[str]:
    """Broken where a line is full."""
    lines, room = [""], COLUMNS
    for character in text:
        room -= 2 if east_asian_width(character) in "WF" else 1
        if room < 0 and len(lines) < LINES:
            lines.append("")
            room = COLUMNS
        lines[-1] += character if room >= 0 else ""
    return [line.strip() for line in lines]


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("picture.svg")
