"""A deck read again with python-pptx, as a test sees it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from typing import Any

from pptx import Presentation
from pptx.oxml.ns import qn

from knowledge.briefing.types import Brief
from knowledge.playbook.vocabulary import Vocabulary
from skills.briefing.deck import make_deck
from skills.briefing.deck_measure import width, wrapped
from skills.briefing.words import Words
from tests.unit.skills.briefing.deck_briefs import BRIEFS, ZONE

VOCABULARY = Vocabulary.load()


def written(brief: Brief, language: str = "zh", **given: Any) -> bytes:
    """The file."""
    return make_deck(brief, Words(language, VOCABULARY), ZONE, **given)


@cache
def kept(name: str, language: str = "zh") -> bytes:
    """The file of one of the named briefs, made once."""
    return written(BRIEFS[name](), language)


def opened(content: bytes) -> Any:
    """As python-pptx reads it."""
    return Presentation(io.BytesIO(content))


def texts(slide: Any) -> str:
    """All that is written on a page, tables included."""
    cells = [cell.text for table in tables(slide) for row in table.rows for cell in row.cells]
    return "\n".join([*(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame), *cells])


def charts(slide: Any) -> list[Any]:
    """Its charts."""
    return [shape.chart for shape in slide.shapes if shape.has_chart]


def tables(slide: Any) -> list[Any]:
    """Its tables."""
    return [shape.table for shape in slide.shapes if shape.has_table]


def outside(presentation: Any) -> list[str]:
    """Shapes that aren't wholly on their page."""
    across, down = presentation.slide_width, presentation.slide_height
    return [
        f"{slide.slide_id} {shape.name}"
        for slide in presentation.slides
        for shape in slide.shapes
        if min(shape.left, shape.top) < 0 or shape.left + shape.width > across or shape.top + shape.height > down
    ]


def too_full(presentation: Any) -> list[str]:
    """Texts that need more room than their box, cells that need more than a line, tables longer than their page."""
    found = []
    for slide in presentation.slides:
        for shape in slide.shapes:
            if shape.has_text_frame and _height(shape.text_frame, shape.width.pt) > shape.height.pt + 0.5:
                found.append(shape.text_frame.text)
            if shape.has_table:
                found += list(_wide_cells(shape.table))
                if sum(row.height for row in shape.table.rows) > shape.height:
                    found.append(shape.name)
    return found


def _height(frame: Any, across: float) -> float:
    room = across - frame.margin_left.pt - frame.margin_right.pt
    needed = frame.margin_top.pt + frame.margin_bottom.pt
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            lines = wrapped(run.text, run.font.size.pt, room, bold=bool(run.font.bold))
            needed += len(lines) * paragraph.line_spacing.pt + paragraph.space_before.pt
    return float(needed)


def _wide_cells(table: Any) -> Iterator[str]:
    for row in table.rows:
        for cell, column in zip(row.cells, table.columns, strict=True):
            for run in cell.text_frame.paragraphs[0].runs:
                room = column.width.pt - cell.margin_left.pt - cell.margin_right.pt
                if width(run.text, run.font.size.pt, bold=bool(run.font.bold)) > room + 0.5:
                    yield run.text


def typefaces(presentation: Any) -> set[tuple[str, str]]:
    """(Latin, East Asian) typefaces of every run, also of charts and notes."""
    parts = [slide.element for slide in presentation.slides]
    parts += [slide.notes_slide.element for slide in presentation.slides]
    parts += [chart.element for slide in presentation.slides for chart in charts(slide)]
    found = set()
    for part in parts:
        for properties in (*part.iter(qn("a:rPr")), *part.iter(qn("a:defRPr"))):
            if properties.getparent().tag == qn("a:fld"):
                continue  # a page's number has no letters
            if properties.getparent().tag == qn("a:r") or properties.find(qn("a:latin")) is not None:
                found.add((_face(properties, "latin"), _face(properties, "ea")))
    return found


def _face(properties: Any, name: str) -> str:
    found = properties.find(qn(f"a:{name}"))
    return "" if found is None else str(found.get("typeface"))
