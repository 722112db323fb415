"""How pages look: each is drawn into the area that its layout leaves free. Lengths are in points.

Everything is measured before it is drawn; what has no room is shortened with … and stands in full in the notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from skills.briefing.deck_charts import MOST, draw
from skills.briefing.deck_content import Block, Cover, Drawing, FindingPage, TablePage
from skills.briefing.deck_furniture import furnish, speak
from skills.briefing.deck_letters import ACCENT
from skills.briefing.deck_measure import LEADING, Box, wrapped
from skills.briefing.deck_shapes import Pen
from skills.briefing.deck_table import draw_table
from skills.briefing.deck_template import Look, subtitle_of, title_of, usual_title

if TYPE_CHECKING:
    from skills.briefing.words import Words

TITLE = (26, 24, 22, 20, 18, 16, 14)
LEAD = (16, 15, 14, 13, 12)
BODY = (15, 14, 13, 12, 11)
SMALL = (12, 11, 10)
LABEL = (13, *SMALL)
NUMBER = (44, 40, 36, 32, 28, 24, 20, 16)
GAP = 16.0


@dataclass(frozen=True, slots=True)
class Painter:
    """Draws pages of one deck. `footer`: what stands at the foot of each."""

    look: Look
    words: Words
    footer: str

    def cover(self, cover: Cover) -> None:
        """Team and day, the one sentence, what else is worth knowing."""
        slide, pen = self._slide(self.look.cover)
        self._title(slide, pen, cover.title, (36, *TITLE))
        facts, sizes = "\n".join(cover.facts), (28, 26, 24, 22, 20, *LEAD)
        subtitle = subtitle_of(slide)
        if subtitle is None:
            pen.text(f"{cover.sentence}\n{facts}", self.look.area, sizes)
        else:
            pen.fill(subtitle, cover.sentence, sizes, below=facts)
        self._finish(slide, pen, cover.notes)

    def finding(self, page: FindingPage) -> None:
        """The chart on the left; what is at stake and what to do on the right."""
        slide, pen = self._slide(self.look.page)
        self._title(slide, pen, page.headline, TITLE)
        body = self._foot(pen, page.source)
        left, right = body.cut_left(body.width * 0.57, GAP * 1.5)
        lead, left = left.cut_top(LEAD[0] * LEADING * 2, GAP / 2)
        pen.text(page.detail, lead, LEAD, colour=self.look.soft)
        extra = self._chart(slide, pen, page.drawing, left)
        top, bottom = right.cut_top(right.height * 0.44, GAP)
        self._numbers(pen, page, top)
        self._action(pen, page, bottom)
        self._finish(slide, pen, page.notes, extra)

    def table(self, page: TablePage) -> None:
        """Table, chart and blocks from top to bottom."""
        slide, pen = self._slide(self.look.page)
        self._title(slide, pen, page.headline, TITLE)
        rest = self._foot(pen, page.source)
        blocks = page.blocks
        if page.grid and blocks:  # the first block introduces the table
            head, rest = rest.cut_top(BODY[1] * LEADING, GAP / 3)
            pen.text(blocks[0].label, head, BODY[1:], colour=self.look.soft)
            blocks = blocks[1:]
        if page.grid:
            room = Box(rest.left, rest.top, rest.width, rest.height * (0.55 if blocks or page.drawing else 1))
            used = draw_table(pen, page.grid, room, name=self.words.text("deck.table", title=page.headline))
            rest = rest.cut_top(used, GAP)[1]
        extra = self._chart(slide, pen, page.drawing, rest) if page.drawing else ""
        self._blocks(pen, blocks, rest)
        self._finish(slide, pen, page.notes, extra)

    def _slide(self, layout: Any) -> tuple[Any, Pen]:
        slide = self.look.presentation.slides.add_slide(layout)
        return slide, Pen(slide, self.look.fonts, self.look.soft)

    def _title(self, slide: Any, pen: Pen, text: str, sizes: tuple[float, ...]) -> None:
        """In its placeholder; where the layout has none, at the usual place."""
        placeholder, pen_of_title = title_of(slide), Pen(slide, self.look.title_fonts)
        if placeholder is None:
            pen.text(text, usual_title(self.look.presentation), sizes, bold=True, anchor="MIDDLE")
            return
        pen_of_title.fill(placeholder, text, sizes, bold=True if self.look.ours else None)
        pen.shortened += pen_of_title.shortened

    def _foot(self, pen: Pen, source: str) -> Box:
        """The source below; what is left above it."""
        area = self.look.area
        height = SMALL[0] * LEADING
        foot = Box(area.left, area.bottom - height, area.width, height)
        pen.text(source, foot, SMALL, colour=self.look.soft, anchor="BOTTOM")
        return Box(area.left, area.top, area.width, area.height - height - GAP / 2)

    def _chart(self, slide: Any, pen: Pen, drawing: Drawing, box: Box) -> str:
        """With its title; returns what it doesn't show, for the notes."""
        head, rest = box.cut_top(BODY[2] * LEADING, GAP / 4)
        pen.text(drawing.title, head, BODY[2:], bold=True)
        if not drawing.labels:
            pen.text(self.words.text("deck.empty_chart"), rest, BODY, colour=self.look.soft)
            return ""
        more = len(drawing.labels) - MOST
        if more > 0:
            rest, note = _bottom(rest, SMALL[0] * LEADING)
            pen.text(self.words.text("deck.more", count=more), note, SMALL, colour=self.look.soft)
        draw(slide, drawing, rest, self.look.fonts, self.words)
        return ""

    def _numbers(self, pen: Pen, page: FindingPage, box: Box) -> None:
        """What is at stake, large; the expected gain with its arithmetic below."""
        pen.panel(box, framed=self.look.framed)
        inside = box.inside(GAP, GAP * 0.75)
        number, label = page.number
        big, inside = inside.cut_top(inside.height * 0.38)
        pen.text(number, big, NUMBER, colour=self.look.strong, bold=True, anchor="MIDDLE")
        under, inside = inside.cut_top(LABEL[0] * LEADING, GAP / 2)
        pen.text(label, under, LABEL, colour=self.look.soft)
        expected, name, arithmetic = page.worth
        line, inside = inside.cut_top(18 * LEADING)
        pen.text(f"{name} {expected}", line, (18, *LEAD), bold=True)
        pen.text(arithmetic, inside, SMALL, colour=self.look.soft)

    def _action(self, pen: Pen, page: FindingPage, box: Box) -> None:
        """Who does what by when; below it what should change for good."""
        pen.panel(box, framed=self.look.framed)
        pen.panel(Box(box.left, box.top, 4, box.height), ACCENT)
        inside = box.inside(GAP, GAP * 0.75)
        heading, what, who = page.action
        upper, lower = inside.cut_top(inside.height * 0.56, GAP / 2)
        head, upper = upper.cut_top(LABEL[0] * LEADING)
        pen.text(heading, head, LABEL, colour=self.look.strong, bold=True)
        upper, foot = _bottom(upper, BODY[0] * LEADING)
        pen.text(what, upper, (19, 18, 17, *LEAD), bold=True)
        pen.text(who, foot, BODY, anchor="MIDDLE")
        heading, what = page.proposal
        head, lower = lower.cut_top(LABEL[0] * LEADING)
        pen.text(heading, head, LABEL, colour=self.look.soft, bold=True)
        pen.text(what, lower, (14, *LABEL))

    def _blocks(self, pen: Pen, blocks: tuple[Block, ...], box: Box) -> None:
        """At the largest size at which all of them have room; else each gets its part."""
        if not blocks:
            return
        size = next((one for one in BODY if _height(blocks, one, box.width) <= box.height), BODY[-1])
        needed = _height(blocks, size, box.width)
        part = min(1.0, box.height / needed)
        for block in blocks:
            share, box = box.cut_top((_height((block,), size, box.width)) * part)
            if block.label:
                head, share = share.cut_top(size * LEADING)
                pen.text(block.label, head, (size, *SMALL), bold=True, colour=self.look.strong)
            pen.text("\n".join(block.lines), share, (size, *SMALL))

    def _finish(self, slide: Any, pen: Pen, notes: str, extra: str = "") -> None:
        """Foot, notes, and no placeholder that would say "click here"."""
        missing = [*dict.fromkeys(pen.shortened)]
        full = "\n".join((self.words.text("deck.shortened") + ":", *missing)) if missing else ""
        furnish(slide, self.look, self.footer)
        speak(slide, "\n\n".join(part for part in (notes, full, extra) if part), self.look.fonts)


def _bottom(box: Box, height: float) -> tuple[Box, Box]:
    """What is above, and a strip at the foot."""
    height = min(height, box.height)
    above = Box(box.left, box.top, box.width, box.height - height)
    return above, Box(box.left, above.bottom, box.width, height)


def _height(blocks: tuple[Block, ...], size: float, room: float) -> float:
    """Of all, with an empty half line after each."""
    lines = sum(
        bool(block.label) + sum(len(wrapped(line, size, room)) for line in block.lines) + 0.5 for block in blocks
    )
    return lines * size * LEADING
