"""The drawing as a picture for chats: PNG, with Chinese letters. Blocking: a few hundredths of a second.

vl-convert's rasteriser draws the same SVG as the page shows; its charting language, which needs a second to start,
isn't used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import structlog

from skills.questions.drawing import Drawing

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
SCALE = 2.0  # pixels for each unit: sharp on a phone
COLUMNS = 72  # of a line of the title; a Chinese character takes two
LINES = 3
FONTS = ", ".join(
    ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei")
)
KEPT = timedelta(days=7)  # on the disk: a delivery may be tried again for as long

log = structlog.get_logger(__name__)


def picture(drawing: Drawing, title: str, note: str) -> bytes | None:
    """PNG; None on a machine that has no Chinese letters and would draw boxes."""
    if not has_letters():
        return None
    lines = _lines(title)
    top = 20 + 24 * len(lines) + (30 if drawing.keys else 8)
    svg = _template().render(drawing=drawing, title=lines, note=note, top=top, fonts=FONTS)
    return _png(svg)


def keep(folder: Path, content: bytes, kind: str, now: datetime) -> Path:
    """A file under a name that nobody guesses; what is older than a week goes."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("answer-*"):
        if old.stat().st_mtime < (now - KEPT).timestamp():
            old.unlink(missing_ok=True)
    path = folder / f"answer-{hashlib.sha256(content).hexdigest()[:32]}.{kind}"
    draft = path.with_suffix(".part")
    draft.write_bytes(content)
    draft.replace(path)
    return path


@cache
def has_letters() -> bool:
    """Whether two Chinese characters look different: without a font each is the same box."""
    one, other = (_png(_letter(character)) for character in "中国")
    if one == other:
        log.warning("no Chinese font is installed: answers come without pictures")
    return one != other


def _letter(character: str) -> str:
    text = f'<text x="2" y="16" font-family="{FONTS}">{character}</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{text}</svg>'


def _png(svg: str) -> bytes:
    import vl_convert

    made: bytes = vl_convert.svg_to_png(svg, scale=SCALE)
    return made


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
