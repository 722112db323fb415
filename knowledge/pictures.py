"""Drawings as pictures: SVG → PNG by vl-convert's rasteriser, whose charting language isn't started. Blocking.

A few hundredths of a second for a chart, up to a second for a page.
"""

from __future__ import annotations

from functools import cache

import structlog

FONTS = ", ".join(
    ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei")
)

log = structlog.get_logger(__name__)


def png(svg: str, scale: float) -> bytes | None:
    """`scale`: pixels for each unit. None on a machine that has no Chinese letters and would draw boxes."""
    return _png(svg, scale) if has_letters() else None


@cache
def has_letters() -> bool:
    """Whether two Chinese characters look different: without a font each is the same box."""
    one, other = (_png(_letter(character), 1.0) for character in "中国")
    if one == other:
        log.warning("no Chinese font is installed: answers and briefs come without pictures")
    return one != other


def _letter(character: str) -> str:
    text = f'<text x="2" y="16" font-family="{FONTS}, sans-serif">{character}</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{text}</svg>'


def _png(svg: str, scale: float) -> bytes:
    import vl_convert

    made: bytes = vl_convert.svg_to_png(svg, scale=scale)
    return made
