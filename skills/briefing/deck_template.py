"""What is drawn on: our own look, or a company's template with its layouts, fonts, colours and free room.

A layout is found by its type, then by the placeholders it has, never by its name, which is of any language.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skills.briefing.deck_base import LATIN, our_look
from skills.briefing.deck_file import MALFORMED, fault, open_template
from skills.briefing.deck_letters import ACCENT, CHINESE, SOFT, Fonts
from skills.briefing.deck_measure import Box
from skills.briefing.deck_theme import fonts, hides_words, soft, strong

_FURNITURE = frozenset({"dt", "ftr", "sldNum", "hdr"})
_MARGIN = 0.05  # of the page's width, where a layout says nothing
_LEAST = 0.4  # of the page's width and height, that is free in any case


class NoLayout(Exception):
    """A presentation without any layout."""


@dataclass(frozen=True, slots=True)
class Look:
    """A presentation to draw on. `cover`, `page`: layouts; `area`: of a page, what its title and footer leave free;
    `framed`: panels are outlined, since the theme's filling would hide words; `strong`, `soft`: colours of words that
    stand out or step back; `ours`: no company's template."""

    presentation: Any
    cover: Any
    page: Any
    area: Box
    fonts: Fonts
    title_fonts: Fonts
    framed: bool = False
    strong: str = ACCENT
    soft: str = SOFT
    ours: bool = True


def open_look(template: Path | None, language: str) -> Look:
    """Our look, or the company's. Raises ConfigurationError that names the file and the remedy."""
    tag = "en-US" if language == "en" else "zh-CN"
    if template is None:
        ours = Fonts(LATIN, CHINESE, tag)
        presentation = our_look()
        cover, page = _layouts(presentation)
        return Look(presentation, cover, page, free_area(presentation, page), ours, ours)
    presentation = open_template(template, language)
    try:
        return _read(presentation, tag)
    except NoLayout as error:
        raise fault("layouts", template, language) from error
    except MALFORMED as error:
        raise fault("broken", template, language, reason=type(error).__name__) from error


def _read(presentation: Any, tag: str) -> Look:
    cover, page = _layouts(presentation)
    master = page.slide_master
    body, title = fonts(master, tag)
    return Look(
        presentation,
        cover,
        page,
        free_area(presentation, page),
        body,
        title,
        framed=hides_words(master),
        strong=strong(master),
        soft=soft(master),
        ours=False,
    )


def free_area(presentation: Any, layout: Any) -> Box:
    """What title, footer and drawings of master and layout leave free."""
    width, height = presentation.slide_width.pt, presentation.slide_height.pt
    margin = width * _MARGIN
    title = title_of(layout)
    left, right, top, bottom = margin, width - margin, height * 0.2, height - margin / 2
    if title is not None and _is_above(title, width, height):
        left, right = title.left.pt, title.left.pt + title.width.pt
        top = title.top.pt + title.height.pt
    for shape in (*layout.shapes, *layout.slide_master.shapes):
        if shape.top is None or (shape.is_placeholder and kind_of(shape) not in _FURNITURE):
            continue
        begin, end = shape.top.pt, shape.top.pt + shape.height.pt
        if _is_bar(shape, width, height):
            beside = shape.left.pt + shape.width.pt + height * 0.02
            left, right = (max(left, beside), right) if beside < width / 2 else (left, min(right, shape.left.pt))
        elif begin > height * 0.8:
            bottom = min(bottom, begin)
        elif end < height * 0.3 and not shape.is_placeholder and shape.width.pt > width * 0.3:
            top = max(top, end)
    if right - left < width * _LEAST or bottom - top < height * _LEAST:  # drawings that are the ground of the page
        left, right, top, bottom = margin, width - margin, height * 0.2, height - margin
    gap = height * 0.02
    return Box(left, top + gap, right - left, bottom - top - 2 * gap)


def title_of(holder: Any) -> Any | None:
    """The title's placeholder of a layout or page."""
    return next((one for one in holder.placeholders if kind_of(one) in {"title", "ctrTitle"}), None)


def subtitle_of(holder: Any) -> Any | None:
    """The placeholder below a cover's title."""
    kinds = {kind_of(one): one for one in reversed(list(holder.placeholders))}
    return kinds.get("subTitle") or kinds.get("body")


def usual_title(presentation: Any) -> Box:
    """Where a title goes if the layout has no place for it."""
    width, height = presentation.slide_width.pt, presentation.slide_height.pt
    return Box(width * _MARGIN, height * 0.05, width * (1 - 2 * _MARGIN), height * 0.13)


def _is_above(title: Any, width: float, height: float) -> bool:
    """Whether a title lies where titles lie: else our own place is better."""
    return bool(title.width.pt > width * 0.5 and title.top.pt + title.height.pt < height * 0.4)


def _is_bar(shape: Any, width: float, height: float) -> bool:
    """Whether a drawing stands at a side of the page."""
    upright = shape.height.pt > height * 0.3 and shape.width.pt < width * 0.2
    return bool(upright and not shape.is_placeholder)


def kind_of(shape: Any) -> str:
    """Of a placeholder, as the file calls it: title, subTitle, body, ftr, …; "" of anything else."""
    from pptx.oxml.ns import qn

    found = shape.element.find(f".//{qn('p:ph')}")
    return "" if found is None else str(found.get("type", "obj"))


def _layouts(presentation: Any) -> tuple[Any, Any]:
    """For the cover and for all other pages. Raises NoLayout."""
    every = [layout for master in presentation.slide_masters for layout in master.slide_layouts]
    if not every:
        raise NoLayout
    with_title = [one for one in every if title_of(one) is not None]
    page = _typed(every, "titleOnly") or min(with_title or every, key=_filled)
    covers = [one for one in with_title if any(kind_of(part) in {"ctrTitle", "subTitle"} for part in one.placeholders)]
    return _typed(every, "title") or next(iter(covers), page), page


def _typed(layouts: list[Any], kind: str) -> Any | None:
    return next((one for one in layouts if one.element.get("type") == kind and title_of(one) is not None), None)


def _filled(layout: Any) -> int:
    """How many placeholders would stay empty."""
    return sum(kind_of(one) not in _FURNITURE | {"title", "ctrTitle"} for one in layout.placeholders)
