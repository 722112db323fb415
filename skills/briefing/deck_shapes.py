"""What is drawn on a page: texts that stay in their boxes, and panels behind them. Lengths are in points.

Line heights are fixed (see `deck_measure`), margins of boxes are nil: a box is exactly the room that was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skills.briefing.deck_letters import INK, PANEL, SOFT, Fonts, letter, paint
from skills.briefing.deck_measure import LEADING, Box, Fitted, fit

LINE = 0.75  # width of a rule
_UPPER, _LOWER = 0.65, 0.65  # of two texts: height of the first, size of the second
_BOTH, _LEAST = 16, 10  # the first isn't made smaller for the second's sake; the second is at least so large


class Pen:
    """Draws on one page and remembers what it had to shorten, for the speaker's notes."""

    def __init__(self, slide: Any, fonts: Fonts, soft: str = SOFT) -> None:
        self.slide, self._fonts, self.soft = slide, fonts, soft
        self.shortened: list[str] = []

    def text(
        self,
        text: str,
        box: Box,
        sizes: Sequence[float],
        *,
        colour: str = INK,
        bold: bool = False,
        align: str = "LEFT",
        anchor: str = "TOP",
    ) -> Fitted:
        """A text in its box, at the first size at which it fits."""
        fitted = self._fit(text, box, sizes, bold)
        if text:
            shape = self.slide.shapes.add_textbox(*place(box))
            _bare(shape.text_frame, anchor)
            self.write(shape.text_frame, fitted, colour=colour, bold=bold, align=align)
        return fitted

    def fill(self, shape: Any, text: str, sizes: Sequence[float], *, bold: bool | None = None, below: str = "") -> None:
        """A placeholder, in the colours and alignment of its layout; `below`: what stands under the text, smaller."""
        frame, room = shape.text_frame, _room(shape)
        if not below:
            self.write(frame, self._fit(text, room, sizes, bool(bold)), bold=bold)
            return
        upper, lower = two(text, below, room, sizes)
        self._remember(text, upper)
        self._remember(below, lower)
        self.write(frame, upper, bold=bold)
        self.write(frame, lower, gap=upper.size / 2)

    def write(
        self,
        frame: Any,
        fitted: Fitted,
        *,
        colour: str = "",
        bold: bool | None = None,
        align: str = "",
        gap: float = 0,
    ) -> None:
        """Paragraph by paragraph, with a gap below what is there, each with its fonts."""
        from pptx.enum.text import PP_ALIGN
        from pptx.util import Pt

        for at, part in enumerate(fitted.text.split("\n")):
            last = frame.paragraphs[-1]
            paragraph = frame.add_paragraph() if last.runs else last
            paragraph.line_spacing = Pt(fitted.size * LEADING)
            paragraph.space_before, paragraph.space_after = Pt(0 if at else gap), Pt(0)
            if align:
                paragraph.alignment = getattr(PP_ALIGN, align)
            run = paragraph.add_run()
            run.text = part
            run.font.size = Pt(fitted.size)
            run.font.bold = bold
            if colour:
                paint(run.font.color, colour)
            letter(run.font, self._fonts)

    def panel(self, box: Box, colour: str = PANEL, *, framed: bool = False) -> None:
        """A filled rectangle without words; `framed`: an outline instead, where the filling would hide the words."""
        from pptx.util import Pt

        shape = self.slide.shapes.add_textbox(*place(box))
        if framed:
            paint(shape.line.color, SOFT)
            shape.line.width = Pt(LINE)
            return
        shape.fill.solid()
        paint(shape.fill.fore_color, colour)

    def _fit(self, text: str, box: Box, sizes: Sequence[float], bold: bool) -> Fitted:
        fitted = fit(text, box, sizes, bold=bold)
        self._remember(text, fitted)
        return fitted

    def _remember(self, text: str, fitted: Fitted) -> None:
        if fitted.cut:
            self.shortened.append(text)


def two(text: str, below: str, room: Box, sizes: Sequence[float]) -> tuple[Fitted, Fitted]:
    """One text and a smaller one under it, at the first size at which both are whole; else the upper one first."""
    for size in (one for one in sizes if one >= _BOTH):
        upper = fit(text, room, (size,))
        lower = fit(below, room.cut_top(upper.height, size / 2)[1], (max(_LEAST, size * _LOWER),))
        if not upper.cut and not lower.cut and lower.height <= room.height - upper.height - size / 2:
            return upper, lower
    upper = fit(text, room.cut_top(room.height * _UPPER)[0], sizes)
    return upper, fit(below, room.cut_top(upper.height, upper.size / 2)[1], (_LEAST,))


def place(box: Box) -> tuple[Any, Any, Any, Any]:
    """Left, top, width and height in the units of the file."""
    from pptx.util import Pt

    left, top, right, bottom = (Pt(one) for one in (box.left, box.top, box.right, box.bottom))
    return left, top, max(0, right - left), max(0, bottom - top)


def _bare(frame: Any, anchor: str) -> None:
    """Without margins; PowerPoint changes neither its box nor its size."""
    from pptx.enum.text import MSO_ANCHOR

    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = getattr(MSO_ANCHOR, anchor)
    frame.word_wrap = True
    _sized(frame)


def _room(shape: Any) -> Box:
    """Within the margins of a placeholder, which are written down so that they stay as they are."""
    frame = shape.text_frame
    frame.word_wrap = True
    margins = [frame.margin_left, frame.margin_right, frame.margin_top, frame.margin_bottom]
    frame.margin_left, frame.margin_right, frame.margin_top, frame.margin_bottom = margins
    _sized(frame)
    left, right, top, bottom = (one.pt for one in margins)
    return Box(0, 0, shape.width.pt - left - right, shape.height.pt - top - bottom)


def _sized(frame: Any) -> None:
    from pptx.enum.text import MSO_AUTO_SIZE

    frame.auto_size = MSO_AUTO_SIZE.NONE
