"""Charts as PowerPoint's own objects: a right click on one opens its numbers. What they hold is what the brief says."""

from __future__ import annotations

from typing import Any

from knowledge.labels import shortened
from skills.briefing.deck_content import Drawing
from skills.briefing.deck_letters import ACCENT, INK, SOFT, Fonts, describe, letters, paint
from skills.briefing.deck_measure import Box, width
from skills.briefing.words import Words

MOST = 12  # bars that can still be read; the others are told in the notes
ROOM = 24  # letters of a label, a Chinese character counting for two
OTHERS = f"{SOFT}+0.45"  # the colour of what isn't talked about
_SIZE = 12.0
_FEW = 2  # bars that would fill the page


def draw(slide: Any, drawing: Drawing, box: Box, fonts: Fonts, words: Words) -> None:
    """A bar or line chart in the box."""
    from pptx.chart import data as chart_data
    from pptx.util import Pt

    new: Any = chart_data.CategoryChartData
    shown = drawing.labels[:MOST]
    data = new(number_format=number_format(drawing, words))
    data.categories = [shortened(label, ROOM) for label in shown]
    for name, values in drawing.series:
        data.add_series(name, values[:MOST])
    flat = lies(drawing, box)
    place = (Pt(box.left), Pt(box.top), Pt(box.width), Pt(box.height))
    frame: Any = slide.shapes.add_chart(_kind(drawing, flat), *place, data)
    describe(frame, words.text("deck.chart", title=drawing.title))
    _dress(frame.chart, drawing, fonts, flat)


def number_format(drawing: Drawing, words: Words) -> str:
    """As Excel writes it: large sums in 万 or 亿 (k or m), the value in the sheet staying in yuan.

    Conditions are written with > only: python-pptx puts a < into the XML as it is.
    """
    if drawing.unit in {"yuan", "days"}:
        return words.text(f"deck.unit.{drawing.unit}")
    return "0.0%" if drawing.unit == "rate" else "#,##0"


def lies(drawing: Drawing, box: Box) -> bool:
    """Whether bars run from left to right: where their names have no room below them."""
    shown = drawing.labels[:MOST]
    if drawing.kind == "line" or not shown:
        return False
    return max(width(shortened(one, ROOM), _SIZE) for one in shown) > box.width / len(shown) * 0.85


def _kind(drawing: Drawing, flat: bool) -> Any:
    from pptx.enum.chart import XL_CHART_TYPE

    if drawing.kind == "line":
        return XL_CHART_TYPE.LINE_MARKERS
    return XL_CHART_TYPE.BAR_CLUSTERED if flat else XL_CHART_TYPE.COLUMN_CLUSTERED


def _dress(chart: Any, drawing: Drawing, fonts: Fonts, flat: bool) -> None:
    from pptx.oxml.ns import qn
    from pptx.util import Pt

    chart.has_title = False
    chart.font.size = Pt(_SIZE)
    paint(chart.font.color, INK)
    chart.font.name = fonts.latin
    _legend(chart, len(drawing.series) > 1)
    _axes(chart, drawing, flat)
    _labels(chart.plots[0], drawing)
    (_line if drawing.kind == "line" else _bars)(chart.plots[0], drawing)
    for properties in chart.element.iter(qn("a:defRPr")):
        if properties.find(qn("a:latin")) is not None:
            letters(properties, fonts)


def _legend(chart: Any, wanted: bool) -> None:
    from pptx.enum.chart import XL_LEGEND_POSITION

    chart.has_legend = wanted
    if wanted:
        chart.legend.position = XL_LEGEND_POSITION.TOP
        chart.legend.include_in_layout = False


def _axes(chart: Any, drawing: Drawing, flat: bool) -> None:
    """The axis of names; that of values is not drawn, since every value is written where it is."""
    from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK

    names, values = chart.category_axis, chart.value_axis
    names.has_major_gridlines = values.has_major_gridlines = False
    names.major_tick_mark = names.minor_tick_mark = XL_TICK_MARK.NONE
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    paint(names.format.line.color, OTHERS)
    names.reverse_order = flat  # else the first one would be the lowest
    values.visible = False
    every = [value for _, series in drawing.series for value in series[:MOST]]
    if min(every) >= 0:
        values.minimum_scale = 0
    if not any(every):
        values.maximum_scale = 1


def _labels(plot: Any, drawing: Drawing) -> None:
    from pptx.enum.chart import XL_LABEL_POSITION
    from pptx.util import Pt

    plot.has_data_labels = True
    labels = plot.data_labels
    labels.show_value = True
    labels.number_format_is_linked = True
    labels.font.size = Pt(_SIZE)
    labels.position = XL_LABEL_POSITION.ABOVE if drawing.kind == "line" else XL_LABEL_POSITION.OUTSIDE_END


def _bars(plot: Any, drawing: Drawing) -> None:
    """What is talked about stands out; of two series the second, which is now."""
    plot.gap_width, plot.overlap = 70 if len(drawing.labels) > _FEW else 300, 0  # one bar is no block of colour
    plot.vary_by_categories = False
    marked = _seen(drawing)
    for at, series in enumerate(plot.series):
        series.invert_if_negative = False
        alone = len(drawing.series) == 1 and not marked
        _filled(series, ACCENT if alone or at else OTHERS)
        for place in marked if at == 0 else ():
            _filled(series.points[place], ACCENT)


def _seen(drawing: Drawing) -> list[int]:
    """Marked bars that have a length: where none has, all are of one colour."""
    values = drawing.series[0][1]
    return [at for at in sorted(drawing.marked) if at < MOST and values[at]]


def _filled(one: Any, colour: str) -> None:
    one.format.fill.solid()
    paint(one.format.fill.fore_color, colour)


def _line(plot: Any, drawing: Drawing) -> None:
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.util import Pt

    for series in plot.series:
        series.smooth = False
        series.format.line.width = Pt(2.25)
        paint(series.format.line.color, SOFT)
        for place in range(len(drawing.labels[:MOST])):
            point, marked = series.points[place], place in drawing.marked
            colour = ACCENT if marked else SOFT
            point.marker.style, point.marker.size = XL_MARKER_STYLE.CIRCLE, 12 if marked else 6
            for one in (point.marker, point):  # LibreOffice takes the point's own colour for its mark
                _filled(one, colour)
                paint(one.format.line.color, colour)
